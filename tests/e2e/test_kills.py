# SPDX-License-Identifier: Apache-2.0
"""test_kills - kill -9 at random instants while events flow: okta -> lua -> lua -> a stage in C -> file.

Every event of the org must be in the files once: nothing lost, nothing twice, no torn line; and the ledger adds up. Then the
same with a layer that drops at each kill what was not synced (tests/lib/powercut.c).

    KILLS=1000 EVENTS=50000 tests/e2e/test_kills.py      # the long one; the default is what CI runs
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests" / "integration"))
from lib import Case, main  # noqa: E402
from lib import case  # noqa: E402
from lib.config import pipeline  # noqa: E402
from lib.weir import PROGRAM, Weir  # noqa: E402

KILLS = int(os.environ.get("KILLS", "50"))
EVENTS = int(os.environ.get("EVENTS", str(50 * KILLS)))
LAYER = Path(os.environ.get("WEIR_BUILD", TOP / "build")) / "tests" / "powercut.so"
LONGEST_RUN_S = 0.4
CHAINED = """-- Adds a field made of the record and of the event.
return change {
  when   = { eventType = "*" },
  fields = { chained = format("%s %s", record "sensor_event_id", "uuid") },
}
"""


class Kills(Case):
    def setUp(self) -> None:
        case.LIMIT_S = 240 + 2 * KILLS
        super().setUp()

    def stage_in_c(self) -> Path:
        """A plugin of its own, made with what an installed weir gives a plugin's author."""
        plugins = self.folder / "plugins"
        plugins.mkdir()
        subprocess.run(["cc", "-std=c17", "-O2", "-fPIC", "-shared", f"-I{TOP / 'include'}", "-o", str(plugins / "stamp.so"),
                        str(TOP / "tools" / "scaffold" / "plugin" / "transform.c")], check=True)
        return plugins

    def config(self) -> dict[str, Any]:
        rules = self.folder / "rules"
        rules.mkdir()
        (rules / "chained.lua").write_text(CHAINED)
        config = pipeline(self.org, self.folder, {"commit_interval": "20ms"}, limit=100)
        config["transforms"]["second"] = {"plugin": "lua", "inputs": ["normalize"], "rules": [str(rules)]}
        config["transforms"]["third"] = {"plugin": "stamp", "inputs": ["second"], "value": "here"}
        config["sinks"]["out"]["inputs"] = ["third"]
        return config

    def start_weir(self, env: dict[str, str]) -> "subprocess.Popen[bytes]":
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen([str(PROGRAM), "run", "-c", str(self.weir.config), "--plugins", str(self.plugins)],
                                    env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)

    def kill_often(self, env: dict[str, str], rng: random.Random) -> None:
        for _ in range(KILLS):
            process = self.start_weir(env)
            try:
                process.wait(rng.random() * LONGEST_RUN_S)
            except subprocess.TimeoutExpired:
                process.kill()
            self.assertEqual(process.wait(), -signal.SIGKILL, self.said())

    def said(self) -> str:
        return (self.folder / "log").read_text()[-2000:]

    def run_to_the_end(self, env: dict[str, str]) -> None:
        """Until all events have arrived, or none has for long."""
        process = self.start_weir(env)
        count, since = 0, time.monotonic()
        while count < EVENTS and time.monotonic() - since < 60:
            time.sleep(0.1)
            self.assertIsNone(process.poll(), self.said())
            if len(self.weir.lines()) > count:
                count, since = len(self.weir.lines()), time.monotonic()
        process.terminate()
        self.assertEqual(process.wait(30), 0, self.said())

    def judge(self, seed: int) -> None:
        self.whole()
        for record in self.weir.records():
            self.assertEqual(record["chained"], f"{record['sensor_event_id']} {record['sensor_event_id']}")
            self.assertEqual(record["stamp"], "here")
        status = json.loads(self.weir.command("status", "--json").stdout)
        (row,) = status["ledger"]
        self.assertEqual(row["in"], row["delivered"] + row["repeated"], row)
        self.assertEqual(row["delivered"], EVENTS, row)
        print(f"{self.id()}: {KILLS} kills, {EVENTS} events, seed {seed}", file=sys.stderr)

    def go_through(self, env: dict[str, str]) -> None:
        seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
        seconds = KILLS * LONGEST_RUN_S / 2
        self.serve_alone("--count", str(EVENTS), "--backlog", str(EVENTS // 2), "--rate", str(max(1, int(EVENTS / 2 / seconds))),
                   "--rate-limit", "1000000/60")
        self.plugins = self.stage_in_c()
        self.weir = Weir(self.folder, self.config())
        self.kill_often(env, random.Random(seed))
        self.run_to_the_end(env)
        if "LD_PRELOAD" in env:
            subprocess.run(["/bin/true"], env=env, check=True)
        self.judge(seed)

    def test_kills_lose_and_repeat_nothing(self) -> None:
        self.go_through(dict(os.environ))

    @unittest.skipUnless(LAYER.exists(), "the layer is not built")
    def test_power_cuts_lose_and_repeat_nothing(self) -> None:
        (self.folder / "journal").mkdir()
        self.go_through({**os.environ, "LD_PRELOAD": str(LAYER), "POWERCUT_DIR": str(self.folder / "journal"),
                         "POWERCUT_WATCH": str(self.folder)})


if __name__ == "__main__":
    if shutil.which("cc") is None:
        sys.exit(77)
    main()
