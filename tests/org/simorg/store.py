# SPDX-License-Identifier: Apache-2.0
"""store - the events of one org, and since when each is there to be read.

Lives here: order of persistence, times, changed events, what was served how often.  Not here: which of them a
request asks for (logs.py), how they look (events.py).

An index is an event's place in the order of persistence; it never changes.  Times are seconds of the org's epoch
clock (floats) but for `published`, which is in milliseconds as on the wire.
"""

import json
import re
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Protocol

from .events import Generator

UUID = re.compile(rb'"uuid"\s*:\s*"([^"]*)"')
PUBLISHED = re.compile(rb'"published"\s*:\s*"([^"]*)"')
CACHE_BYTES = 256 << 20


class Origin(Protocol):
    """Where events come from.  `size` is None when they never end."""

    size: int | None

    def published_ms(self, i: int, persisted: float) -> int: ...
    def body(self, i: int, published_ms: int) -> bytes: ...
    def uuid(self, i: int, published_ms: int) -> str: ...


class Generated:
    """Events of a seed; `size` of them or no end."""

    def __init__(self, generator: Generator, size: int | None) -> None:
        self.size = size
        self._generator = generator

    def published_ms(self, i: int, persisted: float) -> int:
        return int(persisted * 1000) - self._generator.delay_ms(i)

    def body(self, i: int, published_ms: int) -> bytes:
        return self._generator.render(i, published_ms)

    def uuid(self, i: int, published_ms: int) -> str:
        return self._generator.uuid(i, published_ms)


class Given:
    """Events of an NDJSON file, byte for byte."""

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines
        self.size: int | None = len(lines)

    def published_ms(self, i: int, persisted: float) -> int:
        """What the event says, or else (Okta's own examples hold impossible dates) when it was persisted."""
        found = PUBLISHED.search(self._lines[i])
        try:
            return parse_time_ms(found.group(1).decode()) if found else int(persisted * 1000)
        except ValueError:
            return int(persisted * 1000)

    def body(self, i: int, published_ms: int) -> bytes:
        return self._lines[i]

    def uuid(self, i: int, published_ms: int) -> str:
        found = UUID.search(self._lines[i])
        return found.group(1).decode() if found else ""


def parse_time_ms(text: str) -> int:
    """RFC 3339 to milliseconds; ValueError when it is none."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)", text)
    if not match:
        raise ValueError(f"not an RFC 3339 time: {text!r}")
    zone = "+00:00" if match.group(3) in "Zz" else match.group(3)
    base = datetime.fromisoformat(match.group(1).upper().replace(" ", "T") + zone).astimezone(timezone.utc)
    return int(base.timestamp()) * 1000 + int(((match.group(2) or "") + "000")[:3])


class Page:
    """A JSON array as sent, plain and packed; packed once."""

    def __init__(self, plain: bytes) -> None:
        self.plain = plain
        self._packed: bytes | None = None

    def packed(self) -> bytes:
        if self._packed is None:
            self._packed = gzip(self.plain)
        return self._packed


def gzip(text: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(text) + packer.flush()


@dataclass
class Stretch:
    """Events from index `first` on, `count` of them (None: for ever), one each `interval` seconds from `start`."""

    first: int
    count: int | None
    start: float
    interval: float

    def visible(self, now: float) -> int:
        if now < self.start:
            return 0
        if self.interval <= 0:
            return self.count or 0
        there = int((now - self.start) / self.interval + 1e-9) + 1
        return there if self.count is None else min(there, self.count)


@dataclass(frozen=True)
class Plan:
    """What a store begins with: a backlog spread evenly over `span` seconds before now, then `rate` events a second."""

    backlog: int = 0
    span: float = 3600.0
    rate: float = 0.0


class Store:
    """See the head of this file."""

    def __init__(self, origin: Origin, plan: Plan, now: float) -> None:
        self._origin = origin
        self._changed: dict[int, bytes] = {}
        self._pages: OrderedDict[tuple[int, int], Page] = OrderedDict()
        self._pages_bytes = 0
        self._served = array("I")
        self._published = array("q")
        self.started = now
        backlog = plan.backlog if origin.size is None else min(plan.backlog, origin.size)
        step = plan.span / backlog if backlog else 0.0
        self._stretches = [Stretch(0, backlog, now - plan.span, step)]
        rest = None if origin.size is None else origin.size - backlog
        if plan.rate > 0 and rest != 0:
            self._stretches.append(Stretch(backlog, rest, now, 1 / plan.rate))

    # --- time ---

    def visible(self, now: float) -> int:
        """How many events can be read at `now`."""
        for stretch in reversed(self._stretches):
            there = stretch.visible(now)
            if there:
                return stretch.first + there
        return 0

    def persisted(self, i: int) -> float:
        at = bisect_right(self._stretches, i, key=lambda s: s.first) - 1
        while at and self._stretches[at].count == 0:
            at -= 1
        stretch = self._stretches[at]
        return stretch.start + (i - stretch.first) * stretch.interval

    def first_since(self, since: float, now: float) -> int:
        """The first index persisted at `since` or later, or what will be the next."""
        return bisect_left(range(self.visible(now)), since, key=self.persisted)

    def published_ms(self, i: int) -> int:
        while len(self._published) <= i:
            n = len(self._published)
            self._published.append(self._origin.published_ms(n, self.persisted(n)))
        return self._published[i]

    def emit(self, count: int, now: float) -> tuple[int, int]:
        """Makes `count` more events visible at once; what was to come comes after them.  Gives [first, end)."""
        first = self.visible(now)
        if self._origin.size is not None:
            count = min(count, self._origin.size - first)
        last = self._stretches[-1]
        following: list[Stretch] = []
        if last.count is None or last.first + last.count > first:
            rest = None if last.count is None else max(0, last.first + last.count - first - count)
            last.count = max(0, first - last.first)
            following = [Stretch(first + count, rest, now + last.interval, last.interval)]
        self._stretches += [Stretch(first, count, now, 0.0), *following]
        return first, first + count

    # --- content ---

    @property
    def size(self) -> int | None:
        return self._origin.size

    def body(self, i: int) -> bytes:
        changed = self._changed.get(i)
        return self._origin.body(i, self.published_ms(i)) if changed is None else changed

    def uuid(self, i: int) -> str:
        return self._origin.uuid(i, self.published_ms(i))

    def change(self, i: int, body: bytes | None) -> None:
        """Event i is these bytes from now on, or itself again."""
        if body is None:
            self._changed.pop(i, None)
        else:
            self._changed[i] = body
        self._pages.clear()
        self._pages_bytes = 0

    def padded(self, i: int, size: int) -> bytes:
        """Event i made `size` bytes long by its debugData."""
        event = json.loads(self.body(i))
        event.setdefault("debugContext", {}).setdefault("debugData", {})["padding"] = ""
        text = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
        return text.replace(b'"padding":""', b'"padding":"%b"' % (b"x" * max(0, size - len(text))))

    def page(self, lo: int, hi: int) -> Page:
        """The events [lo, hi).  Kept, so that the next time costs nothing."""
        key = (lo, hi)
        found = self._pages.get(key)
        if found is not None:
            self._pages.move_to_end(key)
            return found
        page = Page(self.join(range(lo, hi)))
        self._pages[key] = page
        self._pages_bytes += len(page.plain)
        while self._pages_bytes > CACHE_BYTES and len(self._pages) > 1:
            self._pages_bytes -= len(self._pages.popitem(last=False)[1].plain)
        return page

    def join(self, indices: "range | list[int]") -> bytes:
        return b"[" + b",".join([self.body(i) for i in indices]) + b"]"

    # --- what was served ---

    def count_served(self, indices: "range | list[int]") -> None:
        if not indices:
            return
        missing = max(indices) + 1 - len(self._served)
        if missing > 0:
            self._served.extend([0] * missing)
        for i in indices:
            self._served[i] += 1

    def served(self) -> array:
        """By index, how often each event was in a page that was sent whole."""
        return self._served
