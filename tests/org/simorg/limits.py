# SPDX-License-Identifier: Apache-2.0
"""limits - the rate limit of one bucket of one org: a count per window, and how many at once.

Lives here: arithmetic, no clock of its own.  Not here: the 429 reply (logs.py, oauth.py).
"""

import math
from dataclasses import dataclass


@dataclass
class Verdict:
    allowed: bool
    headers: list[tuple[str, str]]
    concurrent: bool = False


class Bucket:
    """`limit` requests per `window_s`; windows begin where the org began, not at the clock's minute."""

    def __init__(self, limit: int, window_s: float, concurrent: int, now: float) -> None:
        self.limit = limit
        self.window_s = window_s
        self.concurrent = concurrent
        self.in_flight = 0
        self._begin = now
        self._used = 0

    def take(self, now: float) -> Verdict:
        """Counts one request.  A refused one by the concurrent limit says 0/0, as Okta does."""
        if now >= self._begin + self.window_s or now < self._begin:
            self._begin += math.floor((now - self._begin) / self.window_s) * self.window_s
            self._used = 0
        reset = math.ceil(self._begin + self.window_s)
        if self.in_flight >= self.concurrent:
            return Verdict(False, rate_headers(0, 0, reset), concurrent=True)
        allowed = self._used < self.limit
        if allowed:
            self._used += 1
        return Verdict(allowed, rate_headers(self.limit, self.limit - self._used, reset))


def rate_headers(limit: int, remaining: int, reset: int) -> list[tuple[str, str]]:
    return [("x-rate-limit-limit", str(limit)), ("x-rate-limit-remaining", str(remaining)),
            ("x-rate-limit-reset", str(reset))]
