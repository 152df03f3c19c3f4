# SPDX-License-Identifier: Apache-2.0
"""cursor - the opaque, signed value of `after`.

Lives here: making and reading one.  It carries a position, when it was made and the org's cursor generation, signed
together with the query it belongs to, so that neither it nor the query can be changed by hand.  `limit` is left out:
it may differ from page to page.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass



class BadCursor(ValueError):
    """Not ours, not for this query, or too old."""


@dataclass(frozen=True)
class Position:
    """Polling: `index` is where the next page begins.  Bounded: the last event given was (`ms`, `index`)."""

    ms: int
    index: int


class Signer:
    """Makes and reads the cursors of one org."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self.generation = 0
        self.life_s: float | None = None

    def _mac(self, text: str, query: str) -> str:
        digest = hmac.new(self._secret, f"{text}|{query}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:12]).decode()

    def make(self, position: Position, query: str, now: float) -> str:
        text = f"{position.ms}_{position.index}_{self.generation:x}.{int(now * 1000):x}"
        return f"{text}_{self._mac(text, query)}"

    def read(self, after: str, query: str, now: float) -> Position:
        text, _, mac = after[:-17], after[-17:-16], after[-16:]
        if not hmac.compare_digest(mac.encode(), self._mac(text, query).encode()):
            raise BadCursor("signature")
        ms, index, made = text.split("_")
        generation, made_ms = (int(part, 16) for part in made.split("."))
        if generation != self.generation:
            raise BadCursor("revoked")
        if self.life_s is not None and now - made_ms / 1000 > self.life_s:
            raise BadCursor("expired")
        return Position(int(ms), int(index))
