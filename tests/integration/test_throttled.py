# SPDX-License-Identifier: Apache-2.0
"""test_throttled - 429 with reset, without reset, with Retry-After, and by the concurrent limit."""

from lib import Case, main


class Throttled(Case):
    def test_429_with_reset_waits_until_then(self) -> None:
        self.through("too_many", "429|rate limit", times=2, reset=1)

    def test_429_without_reset_backs_off(self) -> None:
        self.through("too_many", "429|rate limit", reset=None)

    def test_429_with_a_reset_that_is_past_backs_off(self) -> None:
        self.through("too_many", "429|rate limit", times=3, reset=-100)

    def test_429_with_retry_after_waits_for_it(self) -> None:
        self.through("too_many", "429|rate limit", times=2, reset=None, retry_after=1)

    def test_the_concurrent_limit_does_not_stop_for_good(self) -> None:
        self.through("too_many_at_once", "429|rate limit|at once|concurren", reset=1, times=3)

    def test_limits_of_zero_on_a_good_page_are_not_believed_for_ever(self) -> None:
        self.through("rate_headers", None, limit=0, remaining=0, reset=1, times=3)

    def test_repeated_limits_are_read(self) -> None:
        self.through("rate_headers", None, limit=6000, remaining=5000, reset=30, twice=True)

    def test_replies_without_limits_are_read(self) -> None:
        self.through("rate_headers", None)

    def test_a_throttled_token_endpoint_is_waited_for(self) -> None:
        self.serve(count=300)
        self.org.fault("too_many", at="token", times=3, reset=1)
        self.configure()
        self.weir.start()
        self.recovered(300)
        self.told_once("429|rate limit")
        self.settled()


if __name__ == "__main__":
    main()
