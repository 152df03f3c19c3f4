# SPDX-License-Identifier: Apache-2.0
"""test_damage - a state store that is damaged or lost between two runs: weir heals itself and loses nothing."""

import json
import shutil
import signal
import time
import unittest
from pathlib import Path
from typing import Any

from lib import Case, main
from lib.weir import Weir

EVENTS = 60000


class Damage(Case):
    """file -> file: both have positions, so nothing may be repeated either."""

    def begin(self) -> None:
        self.lines = [json.dumps({"n": n, "schema": "abc"[n % 3], "pad": "x" * (n % 300)}) for n in range(EVENTS)]
        (self.folder / "in.ndjson").write_text("\n".join(self.lines) + "\n")
        self.weir = Weir(self.folder, self.config())
        self.addCleanup(self.weir.kill)

    def config(self) -> dict[str, Any]:
        return {"state_dir": str(self.folder / "state"), "log_format": "json", "commit_interval": "10ms", "commit_size": "64KiB",
                "sources": {"export": {"plugin": "file", "path": str(self.folder / "in.ndjson"), "page_size": "4KiB"}},
                "sinks": {"out": {"plugin": "file", "inputs": ["export"], "path": str(self.folder / "out" / "all.ndjson")}}}

    def records(self) -> list[str]:
        path = self.folder / "out" / "all.ndjson"
        return path.read_text().splitlines() if path.exists() else []

    def run_until(self, size: int, number: int) -> None:
        self.weir.start()
        path = self.folder / "out" / "all.ndjson"
        while self.weir.running() and not (path.exists() and path.stat().st_size > size):
            time.sleep(0.002)
        self.weir.stop(number)

    def zero(self, name: str, half: int) -> None:
        path = self.folder / "state" / name
        size = path.stat().st_size // 2
        with path.open("r+b") as file:
            file.seek(size * half)
            file.write(b"\0" * size)

    def heals(self, warning: str) -> None:
        self.weir.start()
        self.assertEqual(self.weir.wait(60), 0, self.weir.log[-5:])
        said = [line["text"] for line in self.weir.log if line["level"] == "warn" and "previous generation" in line["text"]]
        self.assertEqual(len(said), 1, self.weir.log[-5:])
        self.assertRegex(said[0], warning)
        self.assertEqual(self.records(), self.lines)

    def test_half_of_the_store_overwritten_after_a_stop(self) -> None:
        for half in (0, 1):
            with self.subTest(half=half):
                self.begin()
                self.run_until(1 << 20, signal.SIGTERM)
                self.zero("state.db", half)
                self.heals("damaged.*may get again")
                self.fresh()

    def test_half_of_the_store_overwritten_after_a_kill(self) -> None:
        for half in (0, 1):
            with self.subTest(half=half):
                self.begin()
                self.run_until(2 << 20, signal.SIGKILL)
                # What is in the log of the store would hide the damage.
                (self.folder / "state" / "state.db-wal").unlink(missing_ok=True)
                self.zero("state.db", half)
                self.heals("damaged.*may get again")
                self.fresh()

    def test_a_lost_store(self) -> None:
        self.begin()
        self.run_until(1 << 20, signal.SIGKILL)
        for path in Path(self.folder / "state").glob("state.db*"):
            if path.name != "state.db.1":
                path.unlink()
        self.heals("missing")


class Lost(Case):
    """okta -> lua -> file: the state folder is gone, and the org gives its events again."""

    def lose(self, number: int) -> None:
        self.weir.stop(number)
        shutil.rmtree(self.folder / "state")

    def again(self) -> None:
        mark = len(self.weir.log)
        self.weir.start()
        self.until("it is said", lambda: self.weir.said("not written again", mark))

    def test_a_lost_folder_repeats_nothing(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(signal=number.name):
                self.start(count=1000, backlog=600)
                self.delivered(600)
                self.lose(number)
                self.emit(400)
                self.again()
                self.settled()
                self.fresh()

    def test_nor_when_it_is_killed_while_it_reads_again(self) -> None:
        self.start(count=3000)
        self.delivered(3000)
        self.lose(signal.SIGKILL)
        self.again()
        for later_s in (0.0, 0.01, 0.03, 0.1):
            self.weir.stop(signal.SIGKILL)
            mark = len(self.weir.log)
            self.weir.start()
            self.until("it runs", lambda since=mark: self.weir.said("weir: running", since))
            time.sleep(later_s)
        self.weir.stop(signal.SIGKILL)
        self.weir.start()
        self.settled()


if __name__ == "__main__":
    unittest.TestCase.maxDiff = 2000
    main()
