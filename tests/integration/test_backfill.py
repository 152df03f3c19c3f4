# SPDX-License-Identifier: Apache-2.0
"""test_backfill - a stretch of the past, read beside the live lane: nothing lost, nothing twice, and no more than its share."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from typing import Any

from lib import Case, main

DAY_S = 86400
EVENTS, SPAN_S = 1000, 10 * DAY_S


class Backfill(Case):
    def past(self, core: dict[str, Any] | None = None, **options: Any) -> int:
        """An org with ten days of events, and a weir that began two days ago; gives how many events it reads by itself."""
        self.serve(count=EVENTS + 500, backlog=EVENTS, span=SPAN_S, state=options.pop("state", None))
        self.configure(core, start="-2d", limit=50, **options)
        self.weir.start()
        self.until("the live lane has caught up", lambda: self.count("empty_pages") >= 2)
        return len(self.weir.lines())

    def backfill(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return self.weir.command("backfill", "--source", "acme", *words)

    def at_terminal(self, *words: str) -> tuple[int, str]:
        ours, its = pty.openpty()
        run = subprocess.Popen([str(self.weir.program), "backfill", "-c", str(self.weir.config), *words], stdin=its, stdout=its,
                               stderr=its, start_new_session=True)
        os.close(its)
        shown = b""
        try:
            while part := os.read(ours, 4096):
                shown += part
        except OSError:
            pass
        os.close(ours)
        return run.wait(60), shown.decode()

    def listed(self) -> dict[str, Any]:
        out = self.weir.command("backfill", "--list", "--json").stdout.splitlines()
        return json.loads(out[0]) if out else {}

    def test_a_window_that_overlaps_the_live_lane_repeats_nothing(self) -> None:
        live = self.past()
        done = self.backfill("--since", "-11d", "--share", "90%")
        self.assertEqual(done.returncode, 0, f"{done.stdout}{done.stderr}{self.story()}")
        self.assertRegex(done.stdout, r"about [\d,]+ events in \d+ requests, about ")
        self.assertRegex(done.stdout, rf"done; {EVENTS - live:,} events, and {live:,} that had been delivered before")
        self.assertEqual(self.count("token.ok"), 1, "both lanes use one token")
        self.emit(500)
        self.delivered(EVENTS + 500)
        listed = self.listed()
        self.assertEqual((listed["state"], listed["delivered"], listed["repeated"]), ("done", EVENTS - live, live))
        self.quiet()
        self.settled()

    def test_what_it_would_take_is_told_before(self) -> None:
        live = self.past()
        told = json.loads(self.backfill("--since", "-11d", "--dry-run", "--json").stdout.splitlines()[-1])
        self.assertAlmostEqual(told["events_expected"], EVENTS, delta=EVENTS / 5)
        self.assertAlmostEqual(told["requests_expected"], EVENTS / 50, delta=8)
        self.assertEqual((told["dry_run"], told["delivered"]), (True, 0))
        self.assertEqual(len(self.weir.lines()), live)
        self.assertEqual(self.backfill("--since", "-11d", "--share", "90%").returncode, 0, self.story())
        self.settled()

    def test_it_goes_on_after_a_kill(self) -> None:
        self.past(state={"rate_limit": 60, "rate_window_s": 2})
        self.assertEqual(self.backfill("--since", "-11d", "--share", "50%", "--detach").returncode, 0, self.story())
        for _ in range(5):
            before = len(self.weir.lines())
            self.until("it goes on", lambda n=before: len(self.weir.lines()) > n or self.listed().get("state") == "done")
            self.weir.stop(signal.SIGKILL)
            self.weir.start()
        self.emit(500)
        self.delivered(EVENTS + 500)
        self.until("done", lambda: self.listed().get("state") == "done")
        self.assertEqual(self.count("logs.429"), 0)
        self.settled()

    def test_ctrl_c_ends_the_command_and_not_the_backfill(self) -> None:
        self.past(state={"rate_limit": 60, "rate_window_s": 6})
        following = subprocess.Popen([str(self.weir.program), "backfill", "-c", str(self.weir.config), "--source", "acme", "--since",
                                      "-11d", "--share", "5%"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.until("it runs", lambda: self.listed().get("state") == "running")
        following.send_signal(signal.SIGINT)
        _, said = following.communicate(timeout=20)
        self.assertIn("it goes on in the running weir", said)
        self.assertEqual(self.listed().get("state"), "running")
        again = self.backfill("--since", "-5d")
        self.assertEqual(again.returncode, 2)
        self.assertIn("under way", again.stderr)
        self.assertEqual(self.backfill("--cancel").returncode, 0)
        self.assertEqual(self.listed().get("state"), "cancelled")
        done = self.backfill("--since", "-11d", "--share", "90%")
        self.assertEqual(done.returncode, 0, f"{done.stdout}{done.stderr}{self.story()}")
        self.settled()

    def test_a_backfill_that_hangs_does_not_hold_the_live_lane_up(self) -> None:
        live = self.past(timeout="60s")
        number = self.org.fault("hang", at="logs", bounded=True, times=None, seconds=600)
        self.assertEqual(self.backfill("--since", "-11d", "--share", "90%", "--detach").returncode, 0, self.story())
        self.met("hang", 1)
        for n in range(1, 6):
            began = time.monotonic()
            self.emit(20)
            self.delivered(live + 20 * n)
            print(f"{self.id()}: live events after {time.monotonic() - began:.3f} s", file=sys.stderr)
        self.assertEqual(self.listed().get("state"), "running")
        self.assertEqual(self.weir.stop(), 0, self.story())
        self.org.clear(number)
        self.weir.start()
        self.delivered(EVENTS + 100)
        self.until("done", lambda: self.listed().get("state") == "done")
        self.settled()

    def test_a_live_event_waits_no_longer_while_a_backfill_runs(self) -> None:
        """Prints how long a live event takes, without a backfill and beside one; no time decides."""
        self.past(core={"commit_interval": None}, state={"rate_limit": 600, "rate_window_s": 6})
        times: dict[bool, list[float]] = {False: [], True: []}
        have = 0
        for beside in (False, True):
            if beside:
                self.assertEqual(self.backfill("--since", "-11d", "--share", "10%", "--detach").returncode, 0, self.story())
            for _ in range(15):
                self.emit(1)
                have += 1
                began = time.monotonic()
                newest = self.org.get("uuids")[-1].encode()
                while not any(newest in path.read_bytes() for path in self.weir.out.glob("*.ndjson")):
                    time.sleep(0.005)
                times[beside].append(time.monotonic() - began)
        for beside, took in times.items():
            print(f"{self.id()}: {'beside a backfill' if beside else 'alone'}: median {sorted(took)[7]:.3f} s, most {max(took):.3f} s",
                  file=sys.stderr)
        self.delivered(EVENTS + have)
        self.until("done", lambda: self.listed().get("state") == "done")
        self.settled()

    def test_what_okta_no_longer_keeps_is_said_as_a_gap(self) -> None:
        self.past()
        done = self.backfill("--since", "-200d", "--share", "90%")
        self.assertEqual(done.returncode, 0, f"{done.stdout}{done.stderr}{self.story()}")
        self.assertRegex(done.stdout, r"gap: Okta keeps 90 days, so the events from \S+ to \S+ cannot be had")
        self.settled()

    def test_it_goes_on_over_reloads(self) -> None:
        self.past(state={"rate_limit": 60, "rate_window_s": 2})
        self.assertEqual(self.backfill("--since", "-11d", "--share", "50%", "--detach").returncode, 0, self.story())
        for n in range(4):
            before = len(self.weir.lines())
            self.until("it goes on", lambda n=before: len(self.weir.lines()) > n or self.listed().get("state") == "done")
            self.weir.settings["sources"]["acme"]["limit"] = 90 - n
            self.weir.write(self.weir.settings)
            told = self.weir.command("reload")
            self.assertEqual(told.returncode, 0, told.stderr)
        self.until("done", lambda: self.listed().get("state") == "done")
        self.emit(500)
        self.delivered(EVENTS + 500)
        self.settled()

    def test_ctrl_c_stops_the_weir_that_the_command_runs(self) -> None:
        self.past()
        self.assertEqual(self.weir.stop(), 0, self.story())
        self.org.post("state", rate_limit=60, rate_window_s=6)
        command = [str(self.weir.program), "backfill", "-c", str(self.weir.config), "--source", "acme"]
        own = subprocess.Popen([*command, "--since", "-11d", "--share", "20%"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, start_new_session=True)
        before = len(self.weir.lines())
        while len(self.weir.lines()) < before + 100 and own.poll() is None:
            time.sleep(0.05)
        os.killpg(own.pid, signal.SIGINT)
        _, said = own.communicate(timeout=20)
        self.assertIn("stopped; it goes on when weir runs", said)
        self.assertEqual(self.listed().get("state"), "running")
        code, shown = self.at_terminal("--source", "acme")
        self.assertEqual(code, 0, shown)
        self.assertRegex(shown, r'(?s)"text":"running".*done; ')
        self.assertNotIn("\033[K", shown, "no bar is drawn through its log")
        self.weir.start()
        self.delivered(EVENTS)
        self.settled()

    def test_without_a_weir_the_command_runs_one(self) -> None:
        live = self.past()
        self.assertEqual(self.weir.stop(), 0, self.story())
        self.emit(500)
        done = self.backfill("--since", "-11d", "--until", "-3d", "--share", "90%")
        self.assertEqual(done.returncode, 0, f"{done.stdout}{done.stderr}")
        self.assertIn("done; ", done.stdout)
        old = len(self.weir.lines()) - live
        self.assertGreater(old, EVENTS / 2)
        told = self.backfill("--since", "-11d", "--dry-run")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn("requests", told.stdout)
        self.weir.start()
        self.assertEqual(self.backfill("--since", "-3d", "--share", "90%").returncode, 0, self.story())
        self.delivered(live + old + 500)
        self.until("all", lambda: len(self.weir.lines()) == EVENTS + 500)
        self.settled()

    def test_a_window_whose_ids_are_forgotten_is_refused_with_both_bounds(self) -> None:
        live = self.past(core={"seen_for": "2s"})
        refused = self.until("ids are forgotten", lambda: self.refused("-5d"))
        self.assertRegex(refused, r"events from \d{4}-\S+ to \d{4}-\S+ were delivered before, and their ids are no longer known")
        self.assertRegex(refused, r"--since \d{4}-\S+, or --until \d{4}-")
        self.assertEqual(len(self.weir.lines()), live)
        self.assertEqual(self.backfill("--since", "-11d", "--until", "-49h", "--share", "90%").returncode, 0, self.story())
        self.until("so are those of the backfill", lambda: self.refused("-11d", "-10d"))
        self.assertEqual(self.weir.stop(), 0, self.story())
        self.assertEqual([u for u, n in self.weir.uuids().items() if n > 1], [])
        self.assertGreater(len(self.weir.lines()), EVENTS * 0.9)

    def refused(self, since: str, until: str = "now") -> str:
        """What is said when the window is refused; nothing when it is not."""
        told = self.backfill("--since", since, "--until", until, "--dry-run")
        return told.stderr if told.returncode == 2 else ""


if __name__ == "__main__":
    main()
