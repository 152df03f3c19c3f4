# SPDX-License-Identifier: Apache-2.0
"""test_reload - rules that change while events flow: every event once, each mapped by one set of rules, and the sources rest
only for a moment. RELOADS=200 makes it long; how long a reload took, asked and answered, is printed and decides nothing."""

import json
import os
import shutil
import socket
import sys
import time
from pathlib import Path

from lib import TOP, Case, main
from lib.config import pipeline

RELOADS = int(os.environ.get("RELOADS", "15"))
EVENTS = RELOADS * 100


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

    def edit(self, rule: Path, number: int) -> None:
        """Another constant in every auth record, as an editor would save it."""
        text = rule.read_text().splitlines()
        text = [f'    sensor_type         = const "N{number}",' if line.strip().startswith("sensor_type ") else line for line in text]
        fresh = rule.with_suffix(".new")
        fresh.write_text("\n".join(text) + "\n")
        fresh.rename(rule)

    def ask_reload(self) -> float:
        """Milliseconds from the question to the answer: more than the sources rested."""
        with socket.socket(socket.AF_UNIX) as to:
            to.connect(str(self.folder / "state" / "control"))
            began = time.monotonic()
            to.sendall(b'{"command":"reload"}\n')
            answer = to.makefile().readline()
        self.assertTrue(json.loads(answer)["ok"], answer)
        return (time.monotonic() - began) * 1000

    def test_rules_change_under_load(self) -> None:
        rule = self.prepare()
        self.weir.start()
        self.until("weir answers", lambda: (self.folder / "state" / "control").exists())
        took = []
        for number in range(RELOADS):
            self.delivered(number * EVENTS // RELOADS * 3 // 4)
            self.emit(EVENTS // RELOADS)
            self.edit(rule, number)
            took.append(self.ask_reload())
        self.delivered(EVENTS)
        self.settled()
        kinds = {record["sensor_type"] for record in self.weir.records()}
        self.assertGreater(len(kinds), 2, "no record was mapped by the changed rules")
        took.sort()
        print(f"{RELOADS} reloads: median {took[len(took) // 2]:.1f} ms, p99 {took[len(took) * 99 // 100]:.1f} ms", file=sys.stderr)

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
