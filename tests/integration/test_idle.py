# SPDX-License-Identifier: Apache-2.0
"""test_idle - what an integration costs while nothing happens: memory and wake-ups; and how soon it asks first.

The bounds are wide, since a loaded machine decides nothing here; the figures are printed.
"""

import sys
import time
from pathlib import Path

from lib import Case, main

RSS_MAX_KIB = 20 * 1024
POLL_S = 2


class Idle(Case):
    def rss_kib(self) -> int:
        text = Path(f"/proc/{self.weir.pid}/status").read_text()
        return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS:"))

    def switches(self) -> int:
        """How often a thread of weir has gone to sleep: each wake-up ends in one."""
        found = 0
        for task in Path(f"/proc/{self.weir.pid}/task").iterdir():
            for line in (task / "status").read_text().splitlines():
                if line.startswith("voluntary_ctxt_switches:"):
                    found += int(line.split()[1])
        return found

    def test_it_sleeps_between_polls_and_is_small(self) -> None:
        self.serve(count=50)
        self.configure(poll_interval=f"{POLL_S}s", timeout="10s", core={"commit_interval": None})
        self.weir.start()
        self.delivered(50)
        self.reached("logs", 2)
        woken, polls = self.switches(), self.count("logs")
        self.reached("logs", polls + 3)
        each = (self.switches() - woken) / (self.count("logs") - polls)
        print(f"{self.id()}: {self.rss_kib()} KiB, {each:.1f} wake-ups a poll", file=sys.stderr)
        if self.weir.plain:
            self.assertLessEqual(self.rss_kib(), RSS_MAX_KIB)
        self.assertLess(each, 60, "a timer runs beside the polls")
        self.settled()

    def test_the_first_request_comes_soon(self) -> None:
        self.serve(count=50)
        self.configure()
        began = time.time()
        self.weir.start()
        self.until("a request", lambda: self.org.get("requests"))
        took = self.org.get("requests")[0]["t"] - began
        print(f"{self.id()}: first request after {took * 1000:.0f} ms", file=sys.stderr)
        self.delivered(50)
        self.settled()


if __name__ == "__main__":
    main()
