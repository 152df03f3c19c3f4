# SPDX-License-Identifier: Apache-2.0
"""faults - what goes wrong, with which requests, how often.

Lives here: the list of faults and the choice of one for a request.  Not here: what a fault does (logs.py and oauth.py
through damage.py), switches of the org's own state (control.py).
"""

import time
from dataclasses import dataclass, field
from typing import Any

KINDS = {
    "status": "any reply: status, body, headers (a list of pairs)",
    "html": "an HTML page with status (502)",
    "oauth_error": "an error of the token endpoint or of a proof, by name",
    "api_error": "an error of the management API: code, status, summary",
    "too_many": "429; reset: seconds ahead, or null for none of the headers; retry_after",
    "too_many_at_once": "429 with limit 0 and remaining 0",
    "rate_headers": "a good reply with other rate-limit headers: limit, remaining, reset (seconds ahead), twice",
    "reset": "the connection is reset in the body's middle",
    "drop": "the connection is closed without a reply",
    "hang": "no reply for seconds (600), then closed",
    "slow": "a body of rate bytes a second in pieces of piece bytes",
    "slow_head": "a head of rate bytes a second",
    "wrong_length": "Content-Length is off by delta bytes",
    "truncated_gzip": "a gzip body that ends early; framing: sound or cut",
    "not_gzip": "says gzip, is not",
    "invalid_json": "200 with how: cut, garbage, html, trailing, object, empty",
    "empty_page": "200 and [] with a next that leads to where this page was",
    "repeat_page": "the page, and a next that leads to it again",
    "foreign_next": "the page, and a next on host (foreign.localhost) or scheme or path",
    "no_next": "the page without a next",
    "joined_links": "the page with its links in one header line",
    "refused_cursor": "a refusal of `after`: code, status, summary",
    "redirect": "302 to location",
    "wrong_date": "a good reply with a Date header off by seconds",
    "wrong_type": "a good reply that says it is text/html",
}


@dataclass
class Fault:
    """One fault.  It passes over `after` matching requests, then takes each `every`-th, `times` of them (None: no end)."""

    kind: str
    at: str = "logs"
    orgs: set[int] | None = None
    times: int | None = 1
    after: int = 0
    every: int = 1
    seconds: float | None = None
    cursor: bool | None = None
    bounded: bool | None = None
    params: dict[str, Any] = field(default_factory=dict)
    number: int = 0
    seen: int = 0
    used: int = 0
    born: float = 0.0

    def spent(self, now: float) -> bool:
        return (self.times is not None and self.used >= self.times) or (
            self.seconds is not None and now - self.born > self.seconds)

    def matches(self, org: int, at: str, has_cursor: bool, has_until: bool) -> bool:
        return (self.at in (at, "any") and (self.orgs is None or org in self.orgs)
                and (self.cursor is None or self.cursor == has_cursor)
                and (self.bounded is None or self.bounded == has_until))

    def get(self, name: str, default: Any = None) -> Any:
        return self.params.get(name, default)


OWN = ("kind", "at", "times", "after", "every", "seconds", "cursor", "bounded")


class Faults:
    """The faults in force.  A request meets the first that is due; one fault a request."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._count = 0

    def add(self, wish: dict[str, Any]) -> Fault:
        """ValueError for a kind there is not."""
        if wish.get("kind") not in KINDS:
            raise ValueError(f"unknown fault {wish.get('kind')!r}; there are: {', '.join(KINDS)}")
        own = {name: wish[name] for name in OWN if name in wish}
        if own["kind"] == "refused_cursor":
            own.setdefault("cursor", True)
        fault = Fault(**own, params={name: value for name, value in wish.items() if name not in OWN})
        chosen = fault.params.get("orgs", fault.params.get("org"))
        fault.orgs = None if chosen is None else set(chosen if isinstance(chosen, list) else [chosen])
        self._count += 1
        fault.number, fault.born = self._count, time.monotonic()
        self._faults.append(fault)
        return fault

    def clear(self, number: int | None = None) -> None:
        self._faults = [] if number is None else [f for f in self._faults if f.number != number]

    def list(self) -> list[dict[str, Any]]:
        now = time.monotonic()
        return [{"id": f.number, "kind": f.kind, "at": f.at, "seen": f.seen, "used": f.used, "spent": f.spent(now)}
                for f in self._faults]

    def take(self, org: int, at: str, has_cursor: bool = False, has_until: bool = False) -> Fault | None:
        now = time.monotonic()
        for fault in self._faults:
            if fault.spent(now) or not fault.matches(org, at, has_cursor, has_until):
                continue
            fault.seen += 1
            turn = fault.seen - fault.after - 1
            if turn >= 0 and turn % fault.every == 0:
                fault.used += 1
                return fault
        return None
