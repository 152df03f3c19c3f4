# SPDX-License-Identifier: Apache-2.0
"""weir - a running weir: its configuration on disk, its process, its log, its records.

Lives here: one process and its folder.  Not here: what is expected of it (case.py).
"""

import ctypes
import json
import os
import re
import signal
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

TOP = Path(__file__).resolve().parents[3]
PROGRAM = Path(os.environ.get("WEIR", TOP / "build" / "weir"))
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def _die_with_parent() -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """What the kernel says of one; 0 or Z when it is gone."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        try:
            text = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            text = ""
        found = re.search(r"^RssAnon:\s*(\d+)", text, re.MULTILINE)
        self.own_kib = int(found[1]) if found else 0
        found = re.search(r"^State:\s*(\w)", text, re.MULTILINE)
        self.state = found[1] if found else "Z"

    def descendants(self) -> "list[Process]":
        found: list[Process] = []
        try:
            tasks = os.listdir(f"/proc/{self.pid}/task")
        except OSError:
            return []
        for task in tasks:
            try:
                text = Path(f"/proc/{self.pid}/task/{task}/children").read_text()
            except OSError:
                continue  # the thread has just ended
            found += [Process(int(pid)) for pid in text.split()]
        return [one for child in found for one in (child, *child.descendants())]


class Weir:
    """A folder with weir.yaml and what weir makes of it; started and stopped any number of times."""

    def __init__(self, folder: Path, config: dict[str, Any], program: Path = PROGRAM) -> None:
        self.folder = folder
        self.program = program
        self.config = folder / "weir.yaml"
        self.out = folder / "out"
        self.log: list[dict[str, Any]] = []
        self.env: dict[str, str] | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self.write(config)

    def write(self, config: dict[str, Any]) -> None:
        """Replaces the configuration at once, as an editor would."""
        self.settings = config
        fresh = self.config.with_suffix(".new")
        fresh.write_text(yaml.safe_dump(config, sort_keys=False))
        fresh.rename(self.config)

    # --- the process ---

    def start(self, *flags: str) -> None:
        self.process = subprocess.Popen([str(self.program), "run", "-c", str(self.config), *flags], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=_die_with_parent,
                                        env=self.env)
        self._reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self._reader.start()

    def _read(self, process: "subprocess.Popen[bytes]") -> None:
        """What is said of the configuration comes before the log, as text; later text (a sanitizer's report) is a fault."""
        assert process.stderr is not None
        level = "note"
        for raw in process.stderr:
            text = raw.decode("utf-8", "replace").rstrip("\n")
            try:
                line = json.loads(text)
                level = "raw"
            except ValueError:
                line = {"level": level, "who": "", "text": text}
            self.log.append({"at": time.monotonic(), **line})

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def plain(self) -> bool:
        """False when a sanitizer is built in, whose memory is not weir's."""
        return b"__asan_" not in self.program.read_bytes() and b"__tsan_" not in self.program.read_bytes()

    def descendants(self) -> "list[Process]":
        """The processes that it has started, and they, also those that have ended and that nobody has buried."""
        return Process(self.pid).descendants()

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, number: int = signal.SIGTERM, limit_s: float = 30) -> int:
        """Ends it by a signal and gives its exit code; one that does not end is killed, with -9 as its code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.wait(limit_s)

    def send(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def wait(self, limit_s: float) -> int:
        """Waits until it ends by itself, and gives its exit code; -9 when it had to be killed."""
        assert self.process is not None and self._reader is not None
        try:
            code = self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self._reader.join(10)
        return code

    def kill(self) -> None:
        if self.process is not None:
            self.stop(signal.SIGKILL)

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Another subcommand on the same configuration."""
        return subprocess.run([str(self.program), words[0], "-c", str(self.config), *words[1:]], capture_output=True, text=True,
                              timeout=60, preexec_fn=_die_with_parent, check=False)

    # --- what it said ---

    def warnings(self, since: int = 0) -> list[str]:
        """The lines of a fault, from line `since` on: warnings, and what is no line of a log."""
        return [f"{line['who']}: {line['text']}" for line in self.log[since:] if line["level"] in ("warn", "raw")]

    def said(self, pattern: str, since: int = 0) -> bool:
        return any(re.search(pattern, f"{line['who']}: {line['text']}") for line in self.log[since:])

    # --- what it made ---

    def lines(self) -> list[bytes]:
        """Every record in every file, in order within a file; a last line without end is not one yet."""
        found: list[bytes] = []
        for path in sorted(self.out.glob("*.ndjson")):
            text = path.read_bytes()
            found += text[:text.rfind(b"\n") + 1].splitlines()
        return found

    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines()]

    def uuids(self) -> Counter[str]:
        return Counter(record["sensor_event_id"] for record in self.records())

    def torn(self) -> list[str]:
        """Files whose last line has no end."""
        return [path.name for path in self.out.glob("*.ndjson") if path.stat().st_size and not path.read_bytes().endswith(b"\n")]
