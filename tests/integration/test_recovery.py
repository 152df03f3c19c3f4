# SPDX-License-Identifier: Apache-2.0
"""test_recovery - cursors refused at any moment while events flow.

RECOVERY_TIMES sets how often (10; the closing figure of the issue is 200).
"""

import os
import random
import time

from lib import Case, main

TIMES = int(os.environ.get("RECOVERY_TIMES", "10"))
RATE = 100


class Recovery(Case):
    def test_refused_cursors_lose_and_repeat_nothing(self) -> None:
        chance = random.Random(TIMES)
        events = 400 + TIMES * RATE // 4
        self.start(count=events, backlog=200, rate=RATE, late=0.05)
        self.delivered(200)
        for turn in range(TIMES):
            self.org.post("do", action="revoke_cursors")
            self.reached("logs.E0000001", turn + 1)
            time.sleep(chance.random() * 0.2)
        self.delivered(events)
        self.assertTrue(self.weir.said("reading again from"))
        self.settled()


if __name__ == "__main__":
    main()
