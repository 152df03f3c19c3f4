# SPDX-License-Identifier: Apache-2.0
"""test_operate - what an operator asks and tells: status, dead, state, reload, beside a running weir and without one."""

import json
import os
import signal
import stat
from typing import Any

from lib import Case, main
from lib.weir import Weir


class Operate(Case):
    def begin(self, events: int = 100, **source: Any) -> None:
        self.write_events("in.ndjson", [json.dumps({"n": n}) for n in range(events)])
        self.weir = Weir(self.folder, self.config(**source))
        self.addCleanup(self.weir.kill)

    def write_events(self, name: str, lines: list[str]) -> None:
        with (self.folder / name).open("a") as file:
            file.writelines(f"{line}\n" for line in lines)

    def config(self, **source: Any) -> dict[str, Any]:
        return {"state_dir": str(self.folder / "state"), "log_format": "json", "commit_interval": "10ms", "retry_min": "100ms",
                "retry_max": "200ms",
                "sources": {"export": {"plugin": "file", "path": str(self.folder / "in.ndjson"), "poll_interval": "20ms", **source}},
                "sinks": {"out": {"plugin": "file", "inputs": ["export"], "path": str(self.folder / "out" / "all.ndjson")}}}

    def ask(self, *words: str, code: int = 0) -> str:
        done = self.weir.command(*words)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = json.loads(self.ask("status", "--json"))
        return status

    def ledger(self) -> tuple[int, int, int, int]:
        row = self.status()["ledger"][0]
        return row["in"], row["delivered"], row["dead"], row["in_flight"]

    # --- status ---

    def test_status_of_a_running_weir_and_of_none(self) -> None:
        self.begin(follow=True)
        self.weir.start()
        self.delivered(100)
        self.until("all committed", lambda: self.ledger() == (100, 100, 0, 0))
        text = self.ask("status")
        self.assertRegex(text, rf"weir running, pid {self.weir.process.pid}")  # type: ignore[union-attr]
        self.assertRegex(text, r"export → out +100 += +100 +\+ +0 .* ✓")
        self.assertIn('weir_events_total{source="export",sink="out",fate="delivered"} 100', self.ask("status", "--prometheus"))
        self.assertEqual(self.weir.stop(), 0, self.story())
        text = self.ask("status")
        self.assertIn("no weir runs here", text)
        self.assertRegex(text, r"export → out +100 += +100 +\+ +0 .* ✓")
        self.assertEqual(self.status()["state"], "stopped")
        self.assertIn("weir_up 0", self.ask("status", "--prometheus"))

    def test_the_control_socket_is_the_owners_alone(self) -> None:
        self.begin(follow=True)
        self.weir.start()
        self.delivered(100)
        mode = os.stat(self.folder / "state" / "control").st_mode
        self.assertEqual((stat.S_ISSOCK(mode), mode & 0o777), (True, 0o600))

    def test_nothing_has_run_yet(self) -> None:
        self.begin()
        self.assertIn("holds no state", self.ask("status", code=1))
        self.assertIn("no weir runs", self.ask("reload", code=1))

    def test_a_second_weir_is_refused_with_the_pid(self) -> None:
        self.begin(follow=True)
        self.weir.start()
        self.delivered(100)
        self.assertRegex(self.ask("run", code=2), rf"in use by the weir with pid {self.weir.process.pid}")  # type: ignore[union-attr]

    # --- dead letters ---

    def test_dead_letters_are_listed_and_shown_whole(self) -> None:
        self.begin(10)
        self.write_events("in.ndjson", ["{\"broken\": \u001b[31m", json.dumps({"n": 10})])
        self.weir.start()
        self.assertEqual(self.weir.wait(60), 0)
        self.assertEqual(self.ledger(), (12, 11, 1, 0))
        self.assertRegex(self.ask("dead", "list"), r"(?m)^ +1  20\S+Z  export  out   sources.export  -   not sound JSON at offset")
        shown = self.ask("dead", "show", "1")
        self.assertIn("source:  export\n", shown)
        self.assertIn("{\"broken\": ", shown)
        letter = json.loads(self.ask("dead", "show", "1", "--json"))
        self.assertEqual((letter["number"], letter["code"]), (1, "data"))
        self.assertIn("broken", letter["event_text"])
        self.assertIn("no dead letter 2", self.ask("dead", "show", "2", code=1))
        self.assertIn("did you mean list", self.ask("dead", "lst", code=2))
        self.assertEqual(self.ask("dead", "list", "--since", "now"), "no dead letters\n")

    # --- accepting changed files ---

    def spoil(self) -> None:
        """Somebody shortens the file by one record."""
        path = self.folder / "out" / "all.ndjson"
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))

    def test_a_changed_file_is_accepted_while_weir_runs(self) -> None:
        self.begin(follow=True)
        self.weir.start()
        self.delivered(100)
        self.until("all committed", lambda: self.ledger() == (100, 100, 0, 0))
        self.assertIn("waits for nothing", self.ask("state", "accept", "out", code=1))
        self.spoil()
        self.write_events("in.ndjson", [json.dumps({"n": 100})])
        self.until("it says so", lambda: self.weir.said("shorter than what was delivered.*weir state accept out"))
        self.until("status says so", lambda: "shorter than what was delivered" in self.ask("status"))
        self.assertIn("there is no sink other; there are: out", self.ask("state", "accept", "other", code=2))
        self.ask("state", "accept", "out")
        self.until("it goes on", lambda: self.ledger() == (101, 101, 0, 0))
        self.assertEqual([r["n"] for r in self.weir.records()], [*range(99), 100])
        self.assertEqual(self.weir.stop(), 0, self.story())
        self.weir.start()
        self.write_events("in.ndjson", [json.dumps({"n": 101})])
        self.delivered(101)

    def test_a_changed_file_is_accepted_before_weir_runs(self) -> None:
        self.begin()
        self.weir.start()
        self.assertEqual(self.weir.wait(60), 0)
        self.spoil()
        self.assertIn("did you mean out", self.ask("state", "accept", "ou", code=2))
        self.assertRegex(self.ask("state", "show"), r"sinks\.out \(file, version 1\)")
        self.assertIn("accepted", self.ask("state", "accept", "out"))
        self.write_events("in.ndjson", [json.dumps({"n": 100})])
        self.weir.start()
        self.assertEqual(self.weir.wait(60), 0)
        self.assertEqual([r["n"] for r in self.weir.records()], [*range(99), 100])

    def test_a_changed_file_holds_up_a_start_until_it_is_accepted(self) -> None:
        self.begin(follow=True)
        self.weir.start()
        self.delivered(100)
        self.until("all committed", lambda: self.ledger() == (100, 100, 0, 0))
        self.assertEqual(self.weir.stop(), 0, self.story())
        self.spoil()
        self.write_events("in.ndjson", [json.dumps({"n": 100})])
        self.weir.start()
        self.until("it says so", lambda: self.weir.said("shorter than what was delivered"))
        self.ask("state", "accept", "out")
        self.until("it goes on", lambda: self.ledger() == (101, 101, 0, 0))
        self.assertEqual([r["n"] for r in self.weir.records()], [*range(99), 100])

    # --- reload ---

    def test_a_reload_with_mistakes_changes_nothing(self) -> None:
        self.begin(follow=True)
        self.weir.start()
        self.delivered(100)
        bad = self.config(follow=True)
        bad["sources"]["export"]["folow"] = True
        self.weir.write(bad)
        said = self.weir.command("reload", "--state-dir", str(self.folder / "state"))
        self.assertEqual(said.returncode, 2, said)
        self.assertRegex(said.stderr, r"weir\.yaml:\d+:\d+: .*folow.*follow")
        self.weir.write(self.config(follow=True))
        self.assertIn("reloaded", self.ask("reload"))
        self.write_events("in.ndjson", [json.dumps({"n": 100})])
        self.delivered(101)
        self.assertEqual(self.weir.stop(signal.SIGINT), 0)
        self.assertEqual([r["n"] for r in self.weir.records()], list(range(101)))


if __name__ == "__main__":
    main()
