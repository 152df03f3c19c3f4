# SPDX-License-Identifier: Apache-2.0
"""case - a test case with an org, a weir, a time limit, and the questions that every case asks.

Lives here: waiting by asking again, the counts of both sides, cleaning up.  Not here: the faults themselves
(../../org), what is special to one of them (../test_*.py).

No time decides a case: a condition is waited for until it holds or the limit of the whole case is over.
"""

import faulthandler
import json
import shutil
import sys
import tempfile
import time
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .config import RETRY_MAX_S, One, Org, pipeline
from .weir import PROGRAM, TOP, Weir

__all__ = ["TOP", "Case", "main", "utc"]
LIMIT_S = 120
ORGS = 24
SKIPPED = 77


class Case(unittest.TestCase):
    """`org` and `weir` are there after `start`.  The cases of a class share a server, and each has an org of its own in it."""

    org: One
    weir: Weir
    _server: Org | None = None
    _used = 0

    def setUp(self) -> None:
        faulthandler.dump_traceback_later(LIMIT_S, exit=True)
        self.addCleanup(faulthandler.cancel_dump_traceback_later)
        self.folder = Path(tempfile.mkdtemp(prefix="weir-case-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self._end = time.monotonic() + LIMIT_S - 20

    # --- starting ---

    def serve(self, state: dict[str, Any] | None = None, **plan: Any) -> One:
        """An org with these events (count, backlog, rate, late) and switches."""
        kind = type(self)
        if kind._server is None:
            kind._server = Org("--orgs", str(ORGS), "--count", "0")
            self.addClassCleanup(kind._server.close)
        kind._used += 1
        self.org = kind._server.of(kind._used)
        self.org.post("do", action="plan", **plan)
        if state:
            self.org.post("state", **state)
        return self.org

    def serve_alone(self, *flags: str) -> One:
        """An org in a server of its own, with these flags."""
        server = Org(*flags)
        self.addCleanup(server.close)
        self.org = server.of(1)
        return self.org

    def configure(self, core: dict[str, Any] | None = None, **options: Any) -> Weir:
        """Makes the folder of a weir that reads from the org, and does not start it."""
        self.weir = Weir(self.folder, pipeline(self.org, self.folder, core, **options))
        self.addCleanup(self.weir.kill)
        return self.weir

    def start(self, core: dict[str, Any] | None = None, state: dict[str, Any] | None = None, **plan: Any) -> None:
        """An org with these events and switches, and a weir with these top-level options, both running."""
        self.serve(state, **plan)
        self.configure(core)
        self.weir.start()

    def fresh(self) -> None:
        """Forgets what the last weir of this case delivered and where it was."""
        for name in ("out", "state"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    # --- waiting ---

    def until(self, what: str, condition: Callable[[], Any], ended: bool = False) -> Any:
        """The first true value of condition(); the case fails when weir ends, unless it has, or time is over."""
        while True:
            value = condition()
            if value:
                return value
            if not ended and not self.weir.running():
                self.fail(f"weir ended while waiting: {what}\n{self.story()}")
            if time.monotonic() > self._end:
                self.fail(f"never came true: {what}\n{self.story()}")
            time.sleep(0.05)

    def met(self, kind: str, times: int = 1) -> None:
        """Waits until requests met a fault of this kind so many times."""
        self.until(f"{times} x {kind}", lambda: self.count(f"fault.{kind}") >= times)

    def reached(self, name: str, count: int) -> None:
        """Waits until a count of the org is there."""
        self.until(f"{name} >= {count}", lambda: self.count(name) >= count)

    def count(self, name: str) -> int:
        return int(self.org.get("stats").get(name, 0))

    def delivered(self, count: int) -> None:
        """Waits until so many records are in the files."""
        self.until(f"{count} records", lambda: len(self.weir.lines()) >= count)

    def recovered(self, count: int) -> None:
        """Waits for the last records after a fault, and says how long that was in back-off caps."""
        began = time.monotonic()
        self.delivered(count)
        took = time.monotonic() - began
        print(f"{self.id()}: whole {took:.2f} s after the fault, {took / RETRY_MAX_S:.2f} of the back-off cap", file=sys.stderr)

    # --- the usual story ---

    def through(self, kind: str, pattern: str | None, times: int = 5, most: int = 1, **words: Any) -> None:
        """300 events arrive, a fault meets `times` requests while 300 more appear, they arrive, and 300 more.

        The log must name the fault once (or up to `most` times) by a warning that matches `pattern`, or, for None, not at all.
        """
        self.start(count=900, backlog=300)
        self.delivered(300)
        self.org.fault(kind, times=times, **words)
        self.emit(300)
        self.met(kind, times)
        self.recovered(600)
        self.emit(300)
        self.delivered(900)
        if pattern is None:
            self.quiet()
        else:
            self.told(pattern, most)
        self.settled()

    def emit(self, count: int) -> None:
        """So many events appear now."""
        self.org.post("do", action="emit", count=count)

    # --- judging ---

    def settled(self, dead: int = 0) -> None:
        """Stops weir when all is committed; then every event that the org has is in the files once, but for `dead` of them."""
        have = len(self.org.get("uuids"))
        self.until("all is committed", lambda: self.ledger()["delivered"] + self.ledger()["dead"] >= have)
        self.assertEqual(self.weir.stop(), 0, self.story())
        self.whole(dead)

    def whole(self, dead: int = 0) -> None:
        """Of a weir that has ended: nothing lost, nothing twice, no torn line, no dead letter unheard of."""
        want = set(self.org.get("uuids"))
        got = self.weir.uuids()
        twice = [uuid for uuid, times in got.items() if times > 1]
        lost = want - got.keys()
        self.assertEqual((len(lost), len(twice), len(got.keys() - want)), (dead, 0, 0),
                         f"lost, twice, strange; {self.story()}")
        self.assertEqual(self.weir.torn(), [])
        self.assertEqual([line for line in self.weir.log if line["level"] == "raw"], [])
        self.conserved(dead)

    def ledger(self) -> dict[str, int]:
        """The row of the one source and the one sink, as committed."""
        rows: list[dict[str, int]] = json.loads(self.weir.command("status", "--json").stdout)["ledger"]
        return rows[0] if rows else {"delivered": 0, "dead": 0}

    def conserved(self, dead: int) -> None:
        """The ledger of a weir that has ended adds up, and agrees with the files."""
        row = self.ledger()
        self.assertEqual(row["in"], row["delivered"] + row["dead"] + row["dropped"] + row["repeated"], row)
        self.assertEqual((row["delivered"], row["dead"], row["in_flight"]), (len(self.weir.lines()), dead, 0), row)

    def told_once(self, pattern: str, since: int = 0) -> None:
        """Exactly one warning was given since then, and it is this one."""
        self.told(pattern, 1, since)

    def told(self, pattern: str, most: int, since: int = 0) -> None:
        """At least one and at most so many warnings were given since then, all of this kind."""
        lines = self.weir.warnings(since)
        self.assertTrue(1 <= len(lines) <= most, "\n".join([f"{len(lines)} warnings", *lines]))
        for line in lines:
            self.assertRegex(line, pattern)

    def quiet(self) -> None:
        """No warning was given."""
        self.assertEqual(self.weir.warnings(), [])

    def story(self) -> str:
        """What a person needs to see why: the last lines of the log, and the org's counts."""
        lines = [f"  {line['level']} {line['who']}: {line['text']}" for line in self.weir.log[-60:]]
        org = self.org.get("stats") if hasattr(self, "org") else "none"
        return "\n".join(["log:", *lines, f"org: {org}", f"records: {len(self.weir.lines())}"])


def utc(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def main() -> None:
    """Runs the cases of a file."""
    if not PROGRAM.exists():
        print(f"{PROGRAM} is not built", file=sys.stderr)
        sys.exit(SKIPPED)
    unittest.main()
