# SPDX-License-Identifier: Apache-2.0
"""test_cursor - cursors that Okta no longer takes."""

import os
import sys
from random import Random

from lib import Case, main

REFUSALS = 200 if os.environ.get("WEIR_LONG") else 20
SEED = int(os.environ.get("SEED", "1"))
EVENTS = 150 * REFUSALS


class Cursor(Case):
    def test_a_refused_cursor_goes_back_and_repeats_nothing(self) -> None:
        self.start(count=1500, backlog=500)
        self.delivered(500)
        mark = len(self.weir.log)
        self.org.fault("refused_cursor", times=1)
        self.met("refused_cursor", 1)
        self.emit(500)
        self.recovered(1000)
        self.told_once("cursor", mark)
        self.emit(500)
        self.delivered(1500)
        self.settled()

    def test_every_code_it_could_come_with(self) -> None:
        self.start(count=1500, backlog=300)
        self.delivered(300)
        for n, (code, status) in enumerate((("E0000001", None), ("E0000031", None), ("E0000053", None)), 2):
            self.org.fault("refused_cursor", times=1, code=code, status=status)
            self.met("refused_cursor", n - 1)
            self.emit(300)
            self.recovered(300 * n)
        self.settled()

    def test_cursors_revoked_while_weir_is_down(self) -> None:
        self.start(count=1500, backlog=500)
        self.delivered(500)
        self.assertEqual(self.weir.stop(), 0, self.story())
        self.org.post("do", action="revoke_cursors")
        self.emit(500)
        mark = len(self.weir.log)
        self.weir.start()
        self.recovered(1000)
        self.told_once("cursor", mark)
        self.settled()

    def test_refusals_at_random_while_events_flow(self) -> None:
        self.start(count=EVENTS, rate=EVENTS / 10, late=0.05)
        random = Random(SEED)
        for n in range(1, REFUSALS + 1):
            self.org.fault("refused_cursor", times=1, after=random.randrange(4))
            self.met("refused_cursor", n)
        self.until("all events there", lambda: self.count("visible") == EVENTS)
        print(f"{self.id()}: {REFUSALS} cursors refused, seed {SEED}; Okta sent {self.count('served_again')} of {EVENTS} events again",
              file=sys.stderr)
        self.recovered(EVENTS)
        self.settled()


if __name__ == "__main__":
    main()
