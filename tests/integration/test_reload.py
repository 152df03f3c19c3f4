# SPDX-License-Identifier: Apache-2.0
"""test_reload - rules that change while events flow: every event once, each mapped by one set of rules, no more memory in the
end.  RELOADS=10000 makes it long.  How long a reload took, how long the loop was held and the sink rested is printed and
decides nothing."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lib import TOP, Case, main
from lib import case as limits
from lib.config import pipeline
from lib.weir import Process, Weir

RELOADS = int(os.environ.get("RELOADS", "200"))
OF_ORG = 15
EVENTS = OF_ORG * 100
EACH = 20
POLL_MS = 10
GROWTH_MAX_KIB = 8 * 1024
# The rules before the last ones are kept until the next reload. A set has its process, and one for each of two workers.
PROCESSES_MAX = 2 * 3
FILES_MAX = 3 * PROCESSES_MAX


def edit(rule: Path, number: int) -> None:
    """Another constant in every auth record, as an editor would save it."""
    fresh = rule.with_suffix(".new")
    fresh.write_text(re.sub(r'^( *sensor_type\b.*)"\w+"', rf'\1"N{number}"', rule.read_text(), flags=re.MULTILINE))
    fresh.rename(rule)


def ask(control: Path, command: str) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX) as to:
        to.connect(str(control))
        to.sendall(json.dumps({"command": command}).encode() + b"\n")
        with to.makefile() as answer:
            said: dict[str, Any] = json.loads(answer.readline())
    return said


def told(what: str, seconds: list[float]) -> str:
    seconds.sort()
    at = [seconds[min(len(seconds) - 1, len(seconds) * n // 1000)] * 1000 for n in (500, 990, 999)]
    return f"{what}: median {at[0]:.1f}, p99 {at[1]:.1f}, p99.9 {at[2]:.1f}, max {seconds[-1] * 1000:.1f} ms"


class Beside:
    """Does something again and again on a thread of its own, and notes what it gives."""

    def __init__(self, do: Callable[[], Any]) -> None:
        self.found: list[Any] = []
        self._do, self._over = do, False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._over:
            self.found.append(self._do())

    def stop(self) -> list[Any]:
        self._over = True
        self._thread.join()
        return self.found


class Many(Case):
    """A file that grows all the time, the Taegis rules, one file."""

    plugin, rules, reloads, each = "lua", "taegis", RELOADS, EACH

    def setUp(self) -> None:
        limits.LIMIT_S = max(limits.LIMIT_S, RELOADS // 2)
        super().setUp()
        self.control = self.folder / "state" / "control"
        self.input = self.folder / "in.ndjson"
        self.out = self.folder / "out.ndjson"
        self.input.write_text("")
        shutil.copytree(TOP / "rules" / self.rules, self.folder / "rules" / self.rules)
        shutil.copytree(TOP / "rules" / "schemas", self.folder / "rules" / "schemas")
        self.rule = self.folder / "rules" / self.rules / f"auth.{self.plugin}"
        self.weir = Weir(self.folder, {
            "state_dir": str(self.folder / "state"), "log_format": "json", "commit_interval": "20ms",
            "sources": {"feed": {"plugin": "file", "path": str(self.input), "follow": True, "poll_interval": f"{POLL_MS}ms"}},
            "transforms": {"normalize": {"plugin": self.plugin, "rules": [str(self.rule.parent)]}},
            "sinks": {"out": {"plugin": "file", "path": str(self.out)}},
        })
        self.addCleanup(self.weir.kill)
        # A sanitizer makes each of them many times as dear.
        self.reloads = self.reloads if self.weir.plain else max(5, self.reloads // 8)

    def start_weir(self) -> None:
        made = subprocess.run([sys.executable, TOP / "tests/bench/peers/gen_okta.py", "200"], capture_output=True, text=True, check=True)
        self.event = next(line + "\n" for line in made.stdout.splitlines() if '"user.session.start"' in line)
        self.id_of_event = json.loads(self.event)["uuid"]
        self.fed, self.over = 0, False
        self.weir.start()
        self.until("weir answers", self.control.exists)
        self.feed()
        self.until("records", lambda: self.out.exists() and self.out.stat().st_size)

    def feed(self) -> None:
        """Some more events; the n-th of all has n in its id."""
        with self.input.open("a") as to:
            for n in range(self.fed, self.fed + self.each):
                to.write(self.event.replace(self.id_of_event, f"e{n}"))
        self.fed += self.each
        time.sleep(POLL_MS / 1000)

    def own_kib(self) -> int:
        """Memory of weir, and of the largest process that it has just then, without what they share."""
        return Process(self.weir.pid).own_kib + max((one.own_kib for one in self.weir.descendants()), default=0)

    @staticmethod
    def are_few(processes: list[Process]) -> bool:
        return len(processes) <= PROCESSES_MAX and all(one.state != "Z" for one in processes)

    def open_files(self) -> int:
        return len(list(Path(f"/proc/{self.weir.pid}/fd").iterdir()))

    def ping(self) -> float:
        began = time.monotonic()
        ask(self.control, "status")
        return time.monotonic() - began

    def gap(self) -> float:
        """Until the output grows once more."""
        began, size = time.monotonic(), self.out.stat().st_size
        while self.out.stat().st_size == size and not self.over:
            time.sleep(0.0005)
        return time.monotonic() - began

    def reload(self, number: int) -> float:
        edit(self.rule, number)
        began = time.monotonic()
        self.assertTrue(ask(self.control, "reload")["ok"])
        return time.monotonic() - began

    def whole(self, dead: int = 0) -> None:
        """Each event is there once; the file is read line by line, since it may be large."""
        ids, kinds = set(), set()
        with self.out.open() as lines:
            count = 0
            for line in lines:
                record = json.loads(line)
                ids.add(record["sensor_event_id"])
                kinds.add(record["sensor_type"])
                count += 1
        self.assertEqual((len(ids), count), (self.fed, self.fed), "lost, or mapped twice")
        self.assertGreater(len(kinds), 1, "no record was mapped by the changed rules")

    def settle(self) -> None:
        def row() -> dict[str, int]:
            rows = ask(self.control, "status")["status"]["ledger"]
            return rows[0] if rows else {}
        self.until("all is delivered", lambda: row().get("delivered") == self.fed)
        self.assertEqual(self.weir.stop(), 0)

    def test_many_reloads_under_load(self) -> None:
        self.start_weir()
        files = self.open_files()
        took, memory, began = [], [], time.monotonic()
        beside = [Beside(self.ping), Beside(self.gap), Beside(self.feed)]
        for number in range(self.reloads):
            took.append(self.reload(number))
            memory.append(self.own_kib())
        each = (time.monotonic() - began) / self.reloads
        self.over = True
        held, rested, _ = (b.stop() for b in beside)
        self.until("no more files than two sets of rules need", lambda: self.open_files() <= files + FILES_MAX)
        self.until("no more processes either, and none dead", lambda: self.are_few(self.weir.descendants()))
        self.settle()
        self.whole()
        taken = [float(line["text"].split()[-2]) / 1000 for line in self.weir.log if "took over in" in line["text"]]
        fifth = self.reloads // 5
        early, late = min(memory[fifth:3 * fifth]), min(memory[3 * fifth:])
        print(f"{self.reloads} reloads, {1 / each:.0f} a second with {self.fed / each / self.reloads:.0f} events a second; at least {early} KiB in "
              f"the second and third fifth of them, {late} KiB in the rest", told("asked and answered", took), told("taken over in", taken),
              told("status answered in", held), told(f"sink rested (polls every {POLL_MS} ms)", rested), sep="\n", file=sys.stderr)
        if self.weir.plain:
            self.assertLess(late - early, GROWTH_MAX_KIB, "memory grows with reloads")

    def test_all_ways_to_ask_at_once_and_a_stop_among_them(self) -> None:
        self.weir.write({**self.weir.settings, "watch": True})
        self.start_weir()
        feeding = Beside(self.feed)
        asking = [Beside(lambda: ask(self.control, "reload")["ok"]) for _ in range(3)]
        for number in range(30):
            edit(self.rule, number)
            self.weir.send(signal.SIGHUP)
            time.sleep(POLL_MS / 1000)
        for beside in asking:
            found = beside.stop()
            self.assertTrue(found and all(found), found)
        feeding.stop()
        self.weir.send(signal.SIGHUP)
        self.assertEqual(self.weir.stop(), 0)
        self.assertEqual([text for text in self.weir.warnings() if "in the middle of a page" not in text], [])
        self.weir.start()
        self.until("weir answers", self.control.exists)
        self.settle()
        self.whole()


class ManyJq(Many):
    """The same in jq, where each reload starts a process that compiles the rules, of which each worker gets a copy.  As many
    events as it can keep up with: what waits holds on to the rules of its time."""

    plugin, rules, reloads, each = "jq", "taegis-jq", RELOADS // 16 if RELOADS < 1000 else RELOADS, 2


class Reload(Case):
    def prepare(self) -> Path:
        self.serve(count=EVENTS, backlog=0)
        self.configure()
        rules = self.folder / "rules"
        shutil.copytree(TOP / "rules" / "taegis", rules / "taegis")
        shutil.copytree(TOP / "rules" / "schemas", rules / "schemas")
        config = pipeline(self.org, self.folder)
        config["transforms"]["normalize"]["rules"] = [str(rules / "taegis")]
        self.weir.write(config)
        return rules / "taegis" / "auth.lua"

    def test_rules_change_under_load(self) -> None:
        rule = self.prepare()
        self.weir.start()
        self.until("weir answers", lambda: (self.folder / "state" / "control").exists())
        for number in range(OF_ORG):
            self.delivered(number * EVENTS // OF_ORG * 3 // 4)
            self.emit(EVENTS // OF_ORG)
            edit(rule, number)
            self.assertTrue(ask(self.folder / "state" / "control", "reload")["ok"])
        self.delivered(EVENTS)
        self.settled()
        kinds = {record["sensor_type"] for record in self.weir.records()}
        self.assertGreater(len(kinds), 2, "no record was mapped by the changed rules")

    def test_a_rule_that_does_not_load_leaves_the_old_ones(self) -> None:
        rule = self.prepare()
        self.weir.start()
        self.emit(EVENTS // 2)
        self.delivered(EVENTS // 4)
        good = rule.read_text()
        rule.write_text(good.replace("known \"uuid\"", "knwon \"uuid\""))
        said = self.weir.command("reload")
        self.assertEqual(said.returncode, 2, said.stdout + said.stderr)
        self.assertIn("knwon", said.stdout + said.stderr)
        self.emit(EVENTS - EVENTS // 2)
        self.delivered(EVENTS)
        self.settled()


if __name__ == "__main__":
    main()
