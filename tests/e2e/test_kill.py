# SPDX-License-Identifier: Apache-2.0
"""test_kill - kill -9 at random instants, again and again; at the end the files and the ledger add up to the event.

okta -> lua (Taegis) -> lua (adds a field from record and event) -> a C stage built outside the tree -> file, and new events
for each life. Once as it is, once under the layer that undoes every write that was not synced at the kill.

KILLS=1000 EVENTS=50000 makes it long.
"""

import json
import os
import random
import shlex
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))
from lib import TOP, Case, main  # noqa: E402
from lib import case as cases  # noqa: E402

BUILD = Path(os.environ.get("WEIR_BUILD", TOP / "build"))
LAYER = BUILD / "tests" / "powercut.so"
KILLS = int(os.environ.get("KILLS", "50"))
EVENTS = int(os.environ.get("EVENTS", str(KILLS * 100)))
cases.LIMIT_S = 120 + KILLS * 3

SECOND = """-- The second stage: one field from the record of the first and from the event.

return change {
  when   = { eventType = "*" },
  fields = {
    event_metadata = { second = format("%s %s", record "sensor_event_id", "eventType") },
  },
}
"""
SCHEMA = """doc: what the second stage adds to
fields:
  event_metadata.second: {type: text, doc: the id of the record and the type of the event}
"""


class Kill(Case):
    def build_stage(self) -> Path:
        """The C stage, built with what an installed weir gives and nothing else."""
        usr, plugins = self.folder / "usr", self.folder / "plugins"
        plugins.mkdir()
        subprocess.run(["cmake", "--install", BUILD, "--prefix", usr], check=True, capture_output=True)
        pc = next(usr.rglob("weir.pc"))
        flags = subprocess.run(["pkg-config", "--cflags", f"--define-variable=prefix={usr}", pc], check=True, capture_output=True,
                               text=True).stdout
        subprocess.run(["cc", "-std=c17", "-O2", "-fPIC", "-shared", *shlex.split(flags), "-o", plugins / "stamp.so",
                        TOP / "tests/plugins/stamp.c"], check=True)
        return plugins

    def prepare(self) -> None:
        self.serve("--count", str(EVENTS), "--backlog", "0")
        weir = self.configure({"commit_interval": "10ms"}, limit=100, poll_interval="100ms")
        config = cases.pipeline(self.org, self.folder, {"commit_interval": "10ms"}, limit=100, poll_interval="100ms")
        rules = self.folder / "second"
        (rules / "schemas").mkdir(parents=True)
        (rules / "second.lua").write_text(SECOND)
        config["transforms"]["add"] = {"plugin": "lua", "inputs": ["normalize"], "rules": [str(rules)]}
        config["transforms"]["stamp"] = {"plugin": "stamp", "inputs": ["add"], "value": "here"}
        config["sinks"]["out"]["inputs"] = ["stamp"]
        weir.write(config)
        self.flags = ("--plugins", str(self.build_stage()))

    def life(self, rng: random.Random, events: int) -> None:
        """One life: at a random instant from before its first request to after its last commit."""
        self.emit(events)
        have = len(self.weir.lines())
        self.weir.start(*self.flags)
        if rng.random() < 0.7:
            end = time.monotonic() + 5
            while len(self.weir.lines()) <= have and time.monotonic() < end and self.weir.running():
                time.sleep(0.002)
            time.sleep(rng.random() * 0.03)
        else:
            time.sleep(rng.random() * 0.3)
        self.weir.kill()

    def kill_often(self) -> None:
        seed = random.randrange(1 << 32)
        rng = random.Random(seed)
        print(f"{self.id()}: seed {seed}, {KILLS} kills, {EVENTS} events", file=sys.stderr)
        for number in range(KILLS):
            self.life(rng, EVENTS * (number + 1) // KILLS - EVENTS * number // KILLS)
        lives = len(self.weir.log)
        self.weir.start(*self.flags)
        self.until("weir runs", lambda: self.weir.said("weir: running", lives))
        self.delivered(EVENTS)
        self.settled()
        records = self.weir.records()
        self.assertEqual({record["stamp"] for record in records}, {"here"})
        self.assertTrue(all(record["event_metadata"]["second"].startswith(record["sensor_event_id"]) for record in records))
        self.adds_up()

    def adds_up(self) -> None:
        status = json.loads(self.weir.command("status", "--json").stdout)
        rows = status["ledger"]
        self.assertEqual([(row["in"], row["delivered"]) for row in rows], [(EVENTS, EVENTS)], rows)

    def test_kills_lose_and_repeat_nothing(self) -> None:
        self.prepare()
        self.kill_often()

    @unittest.skipUnless(LAYER.exists(), "the layer is not built")
    def test_power_cuts_lose_and_repeat_nothing(self) -> None:
        self.prepare()
        for name in ("journal", "state", "out"):
            (self.folder / name).mkdir(exist_ok=True)
        self.weir.env = {**os.environ, "LD_PRELOAD": str(LAYER), "POWERCUT_DIR": str(self.folder / "journal"),
                         "POWERCUT_WATCH": f"{self.folder / 'state'}:{self.folder / 'out'}"}
        self.kill_often()


if __name__ == "__main__":
    main()
