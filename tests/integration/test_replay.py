# SPDX-License-Identifier: Apache-2.0
"""test_replay - dead letters through mended rules: beside a running weir, without one, and killed at any instant.

    KILLS=200 tests/integration/test_replay.py      # the long one; the default is what CI runs
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from typing import Any

from lib import Case, main
from lib.weir import Weir, _die_with_parent

KILLS = int(os.environ.get("KILLS", "12"))
EVENTS = int(os.environ.get("EVENTS", str(200 * KILLS + 2000)))
SCHEMA = "doc: one\nfields:\n  n:  {type: int, doc: its number, required: true}\n  ip: {type: ip, doc: an address}\n"
RULE = """-- Numbers with an address.
return map {
  schema = "one",
  when   = { eventType = "*" },
  fields = { n = int "n", ip = %s },
}
"""
WRONG, MENDED = 'ip "ip"', 'maybe(ip "ip")'
SLOW = "function(e) for i = 1, 100000 do end end"


class Replay(Case):
    def begin(self, count: int, **options: Any) -> None:
        """Every second event has no address; a sink for each of two files."""
        self.rules = self.folder / "rules"
        (self.rules / "schemas").mkdir(parents=True)
        (self.rules / "schemas" / "one.yaml").write_text(SCHEMA)
        self.rule(WRONG)
        self.emit_lines(0, count)
        self.weir = Weir(self.folder, self.config(**options))
        self.addCleanup(self.weir.kill)

    def emit_lines(self, start: int, count: int) -> None:
        with (self.folder / "in.ndjson").open("a") as file:
            for n in range(start, start + count):
                ip = "none" if n % 2 else "192.0.2.1"
                file.write(json.dumps({"n": n, "eventType": "a.b", "uuid": f"u{n}", "ip": ip}) + "\n")

    def rule(self, address: str) -> None:
        (self.rules / "one.lua").write_text(RULE % address)

    def config(self, **options: Any) -> dict[str, Any]:
        out = {"plugin": "file", "inputs": ["normalize"]}
        source = options.pop("source", {})
        return {"state_dir": str(self.folder / "state"), "log_format": "json", "commit_interval": "10ms", "retry_min": "100ms",
                "dead_letter_limit": "100%", "retry_max": "200ms", **options,
                "sources": {"export": {"plugin": "file", "path": str(self.folder / "in.ndjson"), "poll_interval": "20ms",
                                       "follow": False, **source}},
                "transforms": {"normalize": {"plugin": "lua", "inputs": ["export"], "rules": [str(self.rules)]}},
                "sinks": {"out": {**out, "path": str(self.folder / "out" / "a.ndjson")},
                          "copy": {**out, "path": str(self.folder / "out" / "b.ndjson")}}}

    def ask(self, *words: str, code: int = 0) -> str:
        done = self.weir.command(*words)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def run_once(self) -> None:
        self.weir.start()
        self.assertEqual(self.weir.wait(60), 0, self.story())

    def letters(self) -> int:
        return len(self.weir.command("dead", "list", "--limit", "0", "--json").stdout.splitlines())

    def numbers(self, name: str) -> list[int]:
        return [json.loads(line)["n"] for line in (self.folder / "out" / name).read_bytes().splitlines()]

    def whole_twice(self, count: int) -> None:
        """Each file has each event once, and the ledger knows."""
        for name in ("a.ndjson", "b.ndjson"):
            self.assertEqual(sorted(self.numbers(name)), list(range(count)), name)
        for row in json.loads(self.ask("status", "--json"))["ledger"]:
            self.assertEqual((row["in"], row["delivered"], row["dead"], row["in_flight"]), (count, count, 0, 0), row)
            self.assertEqual(row["released"], count // 2, row)

    def test_without_a_weir(self) -> None:
        self.begin(100)
        self.run_once()
        self.assertEqual(self.letters(), 100)
        said = self.ask("dead", "list", "--sink", "copy", "--limit", "2")
        self.assertRegex(said, r"(?m)^ +\d+  20\S+Z  export  copy  transforms.normalize  - +\S+one.lua:5:\d+: ")
        self.assertRegex(said, r"there are older ones: --before \d+")
        (one, two) = [json.loads(line) for line in self.ask("dead", "list", "--summary", "--json").splitlines()]
        self.assertEqual((one["letters"], two["letters"], {one["sink"], two["sink"]}), (50, 50, {"out", "copy"}))
        self.assertRegex(self.ask("dead", "list", "--summary"), r"(?m)^ +50  20\S+Z  copy  transforms.normalize  +\d+  \S+one.lua:5:")
        self.assertIn("100 would fail again", self.ask("dead", "replay", "--dry-run", code=1))
        self.assertIn("100 failed again", self.ask("dead", "replay", code=1))
        self.rule(MENDED)
        dry = self.ask("dead", "replay", "--dry-run", "--sink", "out")
        self.assertIn("-> out: delivered: one\n", dry)
        self.assertIn("50 would be delivered", dry)
        self.assertEqual(self.letters(), 100)
        self.assertRegex(self.ask("dead", "replay", "1", "--id", "2"), "replayed 2: 2 delivered")
        sums = json.loads(self.ask("dead", "replay", "--since", "-1h", "--source", "export", "--json"))
        self.assertEqual((sums["ok"], sums["sent"], sums["delivered"], sums["failed"]), (True, 98, 98, 0))
        self.whole_twice(100)
        self.assertIn("replayed 0", self.ask("dead", "replay"))
        self.assertIn("-c FILE", self.ask("dead", "replay", "--state-dir", str(self.folder / "state"), code=1))

    def test_beside_new_events(self) -> None:
        self.begin(100, source={"follow": True})
        self.weir.start()
        self.until("the dead are committed", lambda: self.letters() == 100)
        self.rule(MENDED)
        self.ask("reload")
        self.emit_lines(100, 100)
        self.assertRegex(self.ask("dead", "replay"), "replayed 100: 100 delivered")
        self.until("all arrived", lambda: len(self.numbers("a.ndjson")) == len(self.numbers("b.ndjson")) == 200)
        metrics = self.ask("status", "--prometheus")
        self.assertIn('weir_events_total{source="export",sink="out",fate="dead"} 50\n', metrics)
        self.assertIn('weir_events_total{source="export",sink="out",fate="released"} 50\n', metrics)
        self.assertIn("weir_dead_letters 0\n", metrics)
        self.assertEqual(self.weir.stop(), 0, self.story())
        for name in ("a.ndjson", "b.ndjson"):
            self.assertEqual(sorted(self.numbers(name)), list(range(200)))

    def interrupted(self) -> int:
        """Ctrl-C in the middle of a replay; how many letters it says were not sent."""
        before = len(self.numbers("a.ndjson"))
        run = subprocess.Popen([str(self.weir.program), "dead", "replay", "-c", str(self.weir.config)], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, preexec_fn=_die_with_parent)
        while len(self.numbers("a.ndjson")) == before:
            self.assertIsNone(run.poll())
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        out, said = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 1, out + said)
        sent = re.match(r"replayed (\d+): \1 delivered, 0 dropped by rule, 0 failed again; 0 skipped\n$", out)
        left = re.search(r"weir dead: (?:cancelled|weir stops): (\d+) letters were not sent, and stay; run it again", said)
        self.assertTrue(sent and left, out + said)
        self.assertEqual(self.letters(), int(left[1]))
        self.assertEqual(len(self.numbers("a.ndjson")) + len(self.numbers("b.ndjson")) + int(left[1]), 6000)
        return int(left[1])

    def test_a_replay_is_interrupted_and_says_what_is_left(self) -> None:
        self.begin(3000, source={"follow": True})
        self.weir.start()
        self.until("the dead are committed", lambda: self.letters() == 3000)
        self.rule(SLOW)
        self.ask("reload")
        self.assertGreater(left := self.interrupted(), 0)
        self.assertEqual(self.weir.stop(), 0, self.story())
        self.assertLess(self.interrupted(), left)
        self.assertIn("delivered", self.ask("dead", "replay"))
        self.whole_twice(3000)

    def test_drop_beside_and_without_a_weir(self) -> None:
        self.begin(100, source={"follow": True})
        self.weir.start()
        self.until("the dead are committed", lambda: self.letters() == 100)
        self.assertIn("--all", self.ask("dead", "drop", code=2))
        self.assertEqual(self.ask("dead", "drop", "--sink", "out"), "dropped 50 dead letters\n")
        self.assertIn("no such dead letter", self.ask("dead", "drop", "--sink", "out"))
        self.assertEqual(self.weir.stop(), 0, self.story())
        self.assertEqual(json.loads(self.ask("dead", "drop", "--all", "--json")), {"dropped": 50})
        for row in json.loads(self.ask("status", "--json"))["ledger"]:
            self.assertEqual((row["in"], row["delivered"], row["dead"]), (100, 50, 0), row)
            self.assertEqual(row["dropped_because"], {"dropped by hand": 50}, row)

    def test_full_letters_pause_and_go_on(self) -> None:
        self.begin(400, dead_max="4KiB", queue_size="1KiB", source={"follow": True})
        self.weir.start()
        self.until("it says so", lambda: self.weir.said("paused: the dead letters are full"))
        self.assertIn("the dead letters are full", self.ask("status"))
        self.rule(MENDED)
        self.ask("reload")
        self.ask("dead", "replay")
        self.until("all arrived", lambda: len(self.numbers("a.ndjson")) == len(self.numbers("b.ndjson")) == 400)
        self.assertEqual(self.weir.stop(), 0, self.story())
        self.assertEqual(sorted(self.numbers("a.ndjson")), list(range(400)))

    # --- kills ---

    def kill_while(self, after_s: float, *words: str) -> None:
        process = subprocess.Popen([str(self.weir.program), words[0], "-c", str(self.weir.config), *words[1:]],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=_die_with_parent)
        try:
            process.wait(after_s)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()

    def test_kills_without_a_weir(self) -> None:
        seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
        rng = random.Random(seed)
        self.begin(EVENTS)
        self.run_once()
        self.rule(MENDED)
        began, left = time.monotonic(), []
        self.ask("dead", "replay", "--since", "now")
        startup_s = time.monotonic() - began
        for _ in range(KILLS):
            self.kill_while(startup_s * rng.random() + 0.05 * rng.random(), "dead", "replay")
            left.append(self.letters())
        self.ask("dead", "replay")
        print(f"{self.id()}: {KILLS} kills left {sorted(set(left))} of {EVENTS} letters, seed {seed}", file=sys.stderr)
        self.whole_twice(EVENTS)

    def test_kills_of_the_weir_that_replays(self) -> None:
        seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
        rng = random.Random(seed)
        self.begin(EVENTS, source={"follow": True})
        self.weir.start()
        self.until("the dead are committed", lambda: self.letters() == EVENTS)
        self.weir.stop(signal.SIGKILL)
        self.rule(MENDED)
        left = []
        for _ in range(KILLS):
            self.weir.start()
            self.until("it answers", lambda: self.weir.command("status").stdout.startswith("weir running"))
            asking = subprocess.Popen([str(self.weir.program), "dead", "replay", "-c", str(self.weir.config)],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=_die_with_parent)
            try:
                asking.wait(rng.random() * 0.1)
            except subprocess.TimeoutExpired:
                pass
            self.weir.stop(signal.SIGKILL)
            asking.wait()
            left.append(self.letters())
        self.ask("dead", "replay")
        print(f"{self.id()}: {KILLS} kills left {sorted(set(left))} of {EVENTS} letters, seed {seed}", file=sys.stderr)
        self.whole_twice(EVENTS)


if __name__ == "__main__":
    main()
