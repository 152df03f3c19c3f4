# SPDX-License-Identifier: Apache-2.0
"""test_disk_full - the disks of the sink and of the state are full for a while: weir says so once, waits, and goes on by itself."""

import json
import subprocess
import unittest
from pathlib import Path

from lib import Case, main
from lib.weir import Weir

EVENTS = 20000


class DiskFull(Case):
    def disk(self, name: str, size: str) -> Path:
        """A small disk of its own; making one takes root."""
        folder = self.folder / name
        folder.mkdir()
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, check=False)
        if made.returncode != 0:
            self.skipTest("no disk can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", folder], check=False)
        return folder

    def numbers(self) -> list[int]:
        return [json.loads(line)["n"] for line in self.weir.lines()]

    def test_full_disks_cost_nothing_but_time(self) -> None:
        out, state = self.disk("out", "2m"), self.disk("state", "3m")
        with (self.folder / "in.ndjson").open("w") as file:
            file.writelines(json.dumps({"n": n, "pad": "x" * 200}) + "\n" for n in range(EVENTS))
        self.weir = Weir(self.folder, {
            "state_dir": str(state), "log_format": "json", "retry_min": "100ms", "retry_max": "200ms",
            "sources": {"export": {"plugin": "file", "path": str(self.folder / "in.ndjson"), "page_size": "64KiB"}},
            "sinks": {"out": {"plugin": "file", "path": str(out / "all.ndjson")}}})
        self.addCleanup(self.weir.kill)
        self.weir.start()
        self.until("the sink's disk is full", lambda: self.weir.said("sinks.out: .*No space left"))
        with (state / "fill").open("wb") as fill:
            try:
                fill.write(b"\0" * (4 << 20))
            except OSError:
                pass
        subprocess.run(["mount", "-o", "remount,size=16m", out], check=True)
        self.until("the state's disk is full", lambda: self.weir.said("weir: commit .*full"))
        (state / "fill").unlink()
        self.assertEqual(self.weir.wait(30), 0, self.weir.log[-5:])
        self.assertEqual(self.numbers(), list(range(EVENTS)))
        self.assertEqual(len(self.weir.warnings()), 2, self.weir.warnings())
        self.assertEqual(self.weir.torn(), [])


if __name__ == "__main__":
    unittest.TestCase.maxDiff = 2000
    main()
