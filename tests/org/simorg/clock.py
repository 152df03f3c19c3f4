# SPDX-License-Identifier: Apache-2.0
"""clock - the org's time, which may be wrong on purpose.

Lives here: now and the Date header.  Events appear by true time, so that a wrong clock moves no event.
"""

import time
from email.utils import formatdate


class Clock:
    """`shift` moves what the org believes (token checks, Date); `date_shift` only what it says in Date."""

    def __init__(self) -> None:
        self.shift = 0.0
        self.date_shift = 0.0

    @staticmethod
    def true() -> float:
        return time.time()

    def now(self) -> float:
        return time.time() + self.shift

    def date(self) -> str:
        return formatdate(time.time() + self.shift + self.date_shift, usegmt=True)
