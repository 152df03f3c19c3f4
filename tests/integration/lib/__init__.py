# SPDX-License-Identifier: Apache-2.0
"""lib - what the integration cases share: an org, a weir, and what the one delivered of the other.

Lives here: Case and the faults' common waits.  Not here: cases (../test_*.py), the org itself (../../org).
"""

from .case import TOP, Case, main, utc

__all__ = ["TOP", "Case", "main", "utc"]
