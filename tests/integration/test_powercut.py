# SPDX-License-Identifier: Apache-2.0
"""test_powercut - a kill that is a power cut: what was not synced is gone (tests/lib/powercut.c).

First the layer itself: it must undo what it says.  Then weir under it.
"""

import json
import os
import random
import signal
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Any

from lib import TOP, Case, main
from lib.weir import PROGRAM, Weir

LAYER = Path(os.environ.get("WEIR_BUILD", TOP / "build")) / "tests" / "powercut.so"
EVENTS = int(os.environ.get("POWERCUT_EVENTS", "60000"))
KILLS = int(os.environ.get("POWERCUTS", "12"))


def cut_env(folder: Path) -> dict[str, str]:
    (folder / "journal").mkdir(exist_ok=True)
    return {**os.environ, "LD_PRELOAD": str(LAYER), "POWERCUT_DIR": str(folder / "journal"), "POWERCUT_WATCH": str(folder)}


@unittest.skipUnless(LAYER.exists(), "the layer is not built")
class Layer(Case):
    def cut(self, script: str) -> None:
        """Runs a script in the watched folder and kills it; then lets the layer undo."""
        env, out = cut_env(self.folder), self.folder / "out"
        out.mkdir(exist_ok=True)
        code = f"import os, signal\n{script}\nos.kill(os.getpid(), signal.SIGKILL)"
        done = subprocess.run([sys.executable, "-c", code], cwd=out, env=env, check=False, capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (-9, b""))
        subprocess.run(["/bin/true"], env=env, check=True)

    def seen(self) -> dict[str, str]:
        out = self.folder / "out"
        return {str(p.relative_to(out)): p.read_text() for p in sorted(out.rglob("*")) if p.is_file()}

    def kept(self, files: dict[str, str]) -> None:
        out = self.folder / "out"
        out.mkdir(exist_ok=True)
        for name, text in files.items():
            (out / name).write_text(text)

    def test_what_was_not_synced_is_gone(self) -> None:
        self.kept({"a": "old"})
        self.cut("fd = os.open('a', os.O_RDWR)\n"
                 "os.pwrite(fd, b'NEW and more', 0)\nos.ftruncate(fd, 2)\nos.write(fd, b'x')")
        self.assertEqual(self.seen(), {"a": "old"})

    def test_what_was_synced_stays(self) -> None:
        self.kept({"a": "old"})
        self.cut("fd = os.open('a', os.O_RDWR)\nos.pwrite(fd, b'NEW', 0)\nos.fsync(fd)\nos.pwrite(fd, b'later', 1)")
        self.assertEqual(self.seen(), {"a": "NEW"})

    def test_a_new_name_needs_its_folder_synced(self) -> None:
        make = "fd = os.open('{0}', os.O_RDWR | os.O_CREAT, 0o600)\nos.write(fd, b'x')\nos.fsync(fd)\n"
        self.cut(make.format("a") + "os.fsync(os.open('.', os.O_RDONLY))\n" + make.format("b"))
        self.assertEqual(self.seen(), {"a": "x"})

    def test_names_come_back(self) -> None:
        self.kept({"a": "A", "b": "B", "c": "C"})
        self.cut("os.unlink('c')\nos.rename('a', 'b')\nopen('b', 'w').write('lost')\nos.mkdir('d')")
        self.assertEqual(self.seen(), {"a": "A", "b": "B", "c": "C"})
        self.assertFalse((self.folder / "out" / "d").exists())

    def test_a_synced_rename_stays(self) -> None:
        self.kept({"a": "A"})
        self.cut("fd = os.open('new', os.O_RDWR | os.O_CREAT, 0o600)\nos.write(fd, b'N')\nos.fsync(fd)\n"
                 "os.rename('new', 'a')\nos.fsync(os.open('.', os.O_RDONLY))")
        self.assertEqual(self.seen(), {"a": "N"})


@unittest.skipUnless(LAYER.exists(), "the layer is not built")
class Cuts(Case):
    """file -> file, so that the kills hit disks and nothing else."""

    def config(self, name: str = "all.ndjson", **sink: Any) -> dict[str, Any]:
        return {"state_dir": str(self.folder / "state"), "log_format": "json", "commit_interval": "10ms", "commit_size": "64KiB",
                "sources": {"export": {"plugin": "file", "path": str(self.folder / "in.ndjson"), "page_size": "16KiB"}},
                "sinks": {"out": {"plugin": "file", "inputs": ["export"], "path": str(self.folder / "out" / name), **sink}}}

    def records(self) -> list[str]:
        out = self.folder / "out"
        rotated, last = sorted(out.glob("*.0*.ndjson")), [path for path in out.glob("*.ndjson") if ".0" not in path.name]
        return [line for path in [*rotated, *last] for line in path.read_text().splitlines()]

    def run_weir(self, env: dict[str, str]) -> "subprocess.Popen[bytes]":
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen([str(PROGRAM), "run", "-c", str(self.weir.config)], env=env, stdin=subprocess.DEVNULL,
                                    stdout=subprocess.DEVNULL, stderr=log)

    def cut_once(self, env: dict[str, str], after_s: float) -> bool:
        """False: it had come to its end before."""
        process = self.run_weir(env)
        try:
            process.wait(after_s)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        return process.wait() == -signal.SIGKILL

    def told(self, _process: "subprocess.Popen[bytes]") -> str:
        return (self.folder / "log").read_text()[-3000:]

    def kill_often(self, **sink: Any) -> None:
        seed = random.randrange(1 << 32)
        rng = random.Random(seed)
        lines = [json.dumps({"n": n, "pad": "x" * rng.randrange(300)}) for n in range(EVENTS)]
        (self.folder / "in.ndjson").write_text("\n".join(lines) + "\n")
        env = cut_env(self.folder)
        self.weir = Weir(self.folder, self.config(**sink))
        cuts = sum(self.cut_once(env, rng.random() * 0.15) for _ in range(KILLS))
        done = self.run_weir(env)
        self.assertEqual(done.wait(), 0, self.told(done))
        subprocess.run(["/bin/true"], env=env, check=True)
        self.assertEqual(self.records(), lines, f"seed {seed}, {cuts} cuts, last log: {self.told(done)}")
        print(f"{self.id()}: {cuts} power cuts", file=sys.stderr)

    def test_nothing_is_lost_or_repeated(self) -> None:
        self.kill_often()

    def test_nor_with_a_side_file_elsewhere(self) -> None:
        self.kill_often(name="{source}.ndjson")

    def test_nor_with_rotation(self) -> None:
        self.kill_often(rotate_size="256KiB")


if __name__ == "__main__":
    main()
