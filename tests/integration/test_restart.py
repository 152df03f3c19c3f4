# SPDX-License-Identifier: Apache-2.0
"""test_restart - stops and starts in the middle of the stream."""

import signal

from lib import Case, main


class Restart(Case):
    def test_stops_in_good_order_lose_and_repeat_nothing(self) -> None:
        self.start(count=3000, rate=600)
        for count in (300, 900, 1500):
            self.delivered(count)
            self.assertEqual(self.weir.stop(), 0, self.story())
            mark = len(self.weir.log)
            self.weir.start()
            self.until("it runs", lambda: self.weir.said("weir: running", mark))
        self.delivered(3000)
        self.quiet()
        self.settled()

    def test_kills_lose_and_repeat_nothing(self) -> None:
        self.start(count=3000, rate=600)
        for count in (300, 700, 1100, 1500, 1900, 2300):
            self.delivered(count)
            self.weir.stop(signal.SIGKILL)
            self.weir.start()
        self.delivered(3000)
        self.settled()


if __name__ == "__main__":
    main()
