# SPDX-License-Identifier: Apache-2.0
"""test_clock - clocks that are wrong, on either side."""

from lib import Case, main


class Clocks(Case):
    def skewed(self, seconds: int, pattern: str | None) -> None:
        self.start(count=1000, backlog=500, state={"clock_shift_s": seconds, "token_life_s": 3})
        self.recovered(500)
        self.emit(500)
        self.delivered(1000)
        self.until("a second token", lambda: self.count("token.ok") >= 2)
        for line in self.weir.warnings():
            self.assertRegex(line, pattern or "clock|time|ahead|behind|skew|offset")
        self.assertLessEqual(len(self.weir.warnings()), 1, self.weir.warnings())
        self.settled()

    def test_a_local_clock_90_s_fast_is_lived_with(self) -> None:
        self.skewed(-90, None)

    def test_a_local_clock_90_s_slow_is_lived_with(self) -> None:
        self.skewed(90, None)

    def test_a_local_clock_ten_minutes_slow_is_lived_with(self) -> None:
        self.skewed(600, None)

    def test_a_clock_that_jumps_while_weir_runs_is_followed(self) -> None:
        self.start(count=1500, backlog=500, state={"token_life_s": 2})
        self.delivered(500)
        for shift, count in ((-90, 1000), (0, 1500)):
            self.org.post("state", clock_shift_s=shift)
            self.emit(500)
            self.recovered(count)
        self.settled()

    def test_a_wrong_date_alone_breaks_nothing(self) -> None:
        self.through("wrong_date", None, by=-3000, times=20)


if __name__ == "__main__":
    main()
