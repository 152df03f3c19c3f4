# SPDX-License-Identifier: Apache-2.0
"""logs - GET /api/v1/logs: parameters, pages, links.

Lives here: polling and bounded mode.  Not here: who may ask (oauth.py), what is there (store.py).

Polling (no `until`, ascending) goes by order of persistence and always has a next; bounded goes by `published`,
knows what is persisted now, and ends.
"""

import json
from bisect import bisect_right
from dataclasses import dataclass
from urllib.parse import urlencode

from .cursor import BadCursor, Position
from .errors import ApiError, api
from .faults import Fault
from .scim import FilterError, Predicate, parse_filter, parse_q
from .state import Org
from .store import Page, parse_time_ms

LOGS_PATH = "/api/v1/logs"
DAY_S = 86400
DEFAULT_BACK_S = 7 * DAY_S
RETENTION_S = 90 * DAY_S
REACH_S = 180 * DAY_S
MAX_LIMIT = 1000
POLLING_KEPT = ("filter", "q", "sortOrder")
BOUNDED_KEPT = ("since", "until", *POLLING_KEPT)
MATCH_CACHE = 4


@dataclass(frozen=True)
class Query:
    """The parameters as understood.  `identity` is what a cursor is bound to."""

    params: dict[str, str]
    since: float | None
    until: float | None
    limit: int
    descending: bool
    match: Predicate | None

    @property
    def polling(self) -> bool:
        return self.until is None and not self.descending

    @property
    def kept(self) -> dict[str, str]:
        """What stays in the link: everything but `since` when polling, which no longer needs it."""
        names = POLLING_KEPT if self.polling else BOUNDED_KEPT
        return {name: self.params[name] for name in names if name in self.params}

    @property
    def identity(self) -> str:
        return json.dumps(self.kept)


@dataclass(frozen=True)
class Answer:
    """A page, whose events it holds, and where the next begins (None: there is none)."""

    page: Page
    indices: "range | list[int]"
    next: Position | None


def _time(params: dict[str, str], name: str) -> float | None:
    if name not in params:
        return None
    try:
        return parse_time_ms(params[name]) / 1000
    except ValueError:
        raise api("E0000001", name, causes=(f"{name}: the value is not a valid date",)) from None


def _limit(params: dict[str, str]) -> int:
    text = params.get("limit", "100")
    if not text.isascii() or not text.isdigit() or int(text) > MAX_LIMIT:
        raise api("E0000001", "limit", causes=("limit: The limit must be between 0 and 1000",))
    return int(text)


def _match(params: dict[str, str]) -> Predicate | None:
    try:
        tests = [parse(params[name]) for name, parse in (("filter", parse_filter), ("q", parse_q)) if params.get(name)]
    except FilterError as error:
        raise api(error.code, summary=str(error)) from None
    if not tests:
        return None
    return tests[0] if len(tests) == 1 else lambda event: all(test(event) for test in tests)


def parse_query(params: dict[str, str], now: float) -> Query:
    """Raises ApiError for what Okta refuses."""
    order = params.get("sortOrder", "ASCENDING").upper()
    if order not in ("ASCENDING", "DESCENDING"):
        raise api("E0000001", "sortOrder")
    since, until = _time(params, "since"), _time(params, "until")
    if since is not None and now - since > REACH_S:
        raise api("E0000053", summary="Invalid parameter: The since parameter is over 180 days prior to the current day.")
    if since is not None and until is not None and since > until:
        raise api("E0000001", "since", causes=("since: must be before until",))
    return Query(params, since, until, _limit(params), order == "DESCENDING", _match(params))


class Reader:
    """Answers the queries of one org."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._sorted: dict[tuple[object, ...], list[tuple[int, int]]] = {}

    def answer(self, query: Query, fault: Fault | None) -> Answer:
        """The page that is asked for.  A fault may refuse the cursor, empty the page, or lead back to it."""
        position = self._position(query)
        if fault and fault.kind == "refused_cursor":
            raise refused_cursor(fault)
        real = self._poll(query, position) if query.polling else self._bounded(query, position)
        here = position or self._first(query)
        if fault and fault.kind == "empty_page":
            return Answer(Page(b"[]"), [], here)
        if fault and fault.kind == "repeat_page":
            return Answer(real.page, real.indices, here)
        return real

    def link(self, query: Query, position: Position) -> str:
        """Path and query of the page that begins there."""
        after = self._org.signer.make(position, query.identity, self._org.clock.now())
        return LOGS_PATH + "?" + urlencode({**query.kept, "limit": str(query.limit), "after": after})

    def _position(self, query: Query) -> Position | None:
        if "after" not in query.params:
            return None
        try:
            return self._org.signer.read(query.params["after"], query.identity, self._org.clock.now())
        except (BadCursor, ValueError):
            raise refused_cursor(None) from None

    def _oldest(self, query: Query) -> float:
        """What a query without cursor begins with: its `since`, within retention."""
        now = self._org.clock.true()
        since = query.since if query.since is not None else (query.until or now) - DEFAULT_BACK_S
        return max(since, now - RETENTION_S)

    def _first(self, query: Query) -> Position:
        if not query.polling:
            return Position(2**53 if query.descending else int(self._oldest(query) * 1000), -1)
        now = self._org.clock.true()
        return Position(int(now * 1000), self._org.store.first_since(self._oldest(query), now))

    def _poll(self, query: Query, position: Position | None) -> Answer:
        store, now = self._org.store, self._org.clock.true()
        first, end = (position or self._first(query)).index, store.visible(now)
        if self._org.hide_each:
            last = min(end, first + query.limit)
            found = [i for i in range(first, last) if i % self._org.hide_each]
            page = Page(store.join(found))
        elif query.match is None:
            last = min(end, first + query.limit)
            found: range | list[int] = range(first, max(first, last))
            page = store.page(first, last) if found else Page(b"[]")
        else:
            found, last = self._matching(query, first, end)
            page = Page(store.join(found))
        at = store.persisted(last - 1) if last > first else now
        return Answer(page, found, Position(int(at * 1000), max(first, last)))

    def _matching(self, query: Query, first: int, end: int) -> tuple[list[int], int]:
        found: list[int] = []
        for i in range(first, end):
            if len(found) == query.limit:
                return found, i
            if query.match and query.match(json.loads(self._org.store.body(i))):
                found.append(i)
        return found, max(first, end)

    def _bounded(self, query: Query, position: Position | None) -> Answer:
        store = self._org.store
        order = self._in_order(query)
        if position is None:
            begin = 0
        elif query.descending:
            begin = bisect_right(order, (-position.ms, -position.index), key=lambda e: (-e[0], -e[1]))
        else:
            begin = bisect_right(order, (position.ms, position.index))
        chosen = order[begin:begin + query.limit]
        page = Page(store.join([i for _, i in chosen]))
        more = begin + len(chosen) < len(order)
        return Answer(page, [i for _, i in chosen], Position(*chosen[-1]) if chosen and more else None)

    def _in_order(self, query: Query) -> list[tuple[int, int]]:
        """(published, index) of everything in the query's bounds, in its order.  Kept for the pages that follow."""
        store, now = self._org.store, self._org.clock.true()
        there = store.visible(now)
        since = int(self._oldest(query) * 1000)
        until = 2**62 if query.until is None else int(query.until * 1000)
        key = (since // 1000, until, query.descending, there, query.params.get("filter"), query.params.get("q"))
        if key not in self._sorted:
            times = sorted(((store.published_ms(i), i) for i in range(there)), reverse=query.descending)
            low = [t for t in times if since <= t[0] < until]
            if query.match is not None:
                low = [t for t in low if query.match(json.loads(store.body(t[1])))]
            while len(self._sorted) >= MATCH_CACHE:
                self._sorted.pop(next(iter(self._sorted)))
            self._sorted[key] = low
        return self._sorted[key]


def refused_cursor(fault: Fault | None) -> ApiError:
    """Okta documents no error for a bad `after`; this is what its parameter errors look like."""
    if fault is None:
        return api("E0000001", "after", causes=("after: The after cursor is invalid",))
    return api(fault.get("code", "E0000001"), "after", status=fault.get("status"), summary=fault.get("summary"),
               causes=("after: The after cursor is invalid",))
