# SPDX-License-Identifier: Apache-2.0
"""state - one org as its admins and its requests made it: app, keys, tokens, nonces, limits, counts.

Lives here: the data and its small changes.  Not here: HTTP (oauth.py, logs.py), the switches' names (control.py).
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from jwcrypto.jwk import JWK

from .clock import Clock
from .cursor import Signer
from .events import Generator
from .jose import Replays
from .limits import Bucket
from .store import Generated, Plan, Store

SCOPE = "okta.logs.read"
NONCE_RENEWED_S = 24 * 3600
NONCE_LIFE_S = 3 * 24 * 3600
READER_ROLES = {"REPORT_ADMIN", "READ_ONLY_ADMIN", "SUPER_ADMIN", "ORG_ADMIN"}


@dataclass
class Key:
    jwk: JWK
    active: bool = True


@dataclass
class App:
    """The service app as the Admin Console shows it."""

    client_id: str
    keys: dict[str, Key]
    active: bool = True
    auth_method: str = "private_key_jwt"
    application_type: str = "service"
    dpop_required: bool = True
    zone_allowed: bool = True
    scopes: set[str] = field(default_factory=lambda: {SCOPE})
    roles: set[str] = field(default_factory=lambda: {"REPORT_ADMIN"})


@dataclass
class Token:
    """An access token; `jkt` is the thumbprint of the key it is bound to, None for Bearer."""

    scopes: set[str]
    expires: float
    jkt: str | None


class Nonces:
    """The nonces of one endpoint.  `each_call`: a nonce is good for one accepted call, and only the newest."""

    def __init__(self, required: bool) -> None:
        self.required = required
        self.each_call = False
        self._made: deque[tuple[str, float]] = deque(maxlen=4)

    def current(self, now: float) -> str:
        if not self._made or now - self._made[-1][1] >= NONCE_RENEWED_S:
            self.rotate(now)
        return self._made[-1][0]

    def rotate(self, now: float, forget: bool = False) -> None:
        if forget or self.each_call:
            self._made.clear()
        self._made.append((secrets.token_urlsafe(24), now))

    def accept(self, nonce: object, now: float) -> bool:
        self.current(now)
        good = any(nonce == made and now - at < NONCE_LIFE_S for made, at in self._made)
        if good and self.each_call:
            self.rotate(now)
        return good


@dataclass
class Stats:
    """Counts by kind; when each request came (newest ones); the errors given, by name."""

    counts: Counter[str] = field(default_factory=Counter)
    requests: deque[dict[str, object]] = field(default_factory=lambda: deque(maxlen=4000))
    last_logs: float | None = None
    max_gap_s: float = 0.0

    def polled(self, now: float) -> None:
        if self.last_logs is not None:
            self.max_gap_s = max(self.max_gap_s, now - self.last_logs)
        self.last_logs = now


class Org:
    """Everything about one org."""

    def __init__(self, number: int, app: App, store: Store, clock: Clock, buckets: dict[str, Bucket]) -> None:
        self.number = number
        self.host = f"org{number}.okta.localhost"
        self.app = app
        self.store = store
        self.clock = clock
        self.buckets = buckets
        self.tokens: dict[str, Token] = {}
        self.api_token = "00" + hashlib.sha256(f"ssws {number}".encode()).hexdigest()[:40]
        self.assertions = Replays()
        self.proofs = Replays()
        self.token_nonces = Nonces(required=True)
        self.resource_nonces = Nonces(required=False)
        self.signer = Signer(hmac.new(b"cursor", str(number).encode(), "sha256").digest())
        self.token_life_s = 3600
        self.tls = "good"
        self.hide_each = 0
        self.stats = Stats()

    def begin(self, words: dict[str, Any]) -> None:
        """Other events, as from a start now: count, backlog, span, rate, late as on the command line; counts begin anew."""
        count, rate = words.get("count"), float(words.get("rate", 0))
        backlog = words.get("backlog", 0 if rate else count or 0)
        origin = Generated(Generator(int(words.get("seed", 1)), self.number, float(words.get("late", 0.01))), count)
        self.store = Store(origin, Plan(int(backlog), float(words.get("span", 3600)), rate), self.clock.true())
        self.stats = Stats()

    def issue(self, token: Token, issuer: str) -> str:
        """An access token in the form of a JWT, as Okta's are; valid because it is known here, not by its signature."""
        now = int(self.clock.now())
        claims: dict[str, object] = {"ver": 1, "jti": "AT." + secrets.token_urlsafe(24), "iss": issuer, "aud": issuer, "iat": now,
                                     "exp": int(token.expires), "cid": self.app.client_id, "sub": self.app.client_id,
                                     "scp": sorted(token.scopes)}
        if token.jkt:
            claims["cnf"] = {"jkt": token.jkt}
        parts = [json.dumps({"kid": "org", "alg": "RS256"}).encode(), json.dumps(claims).encode(), secrets.token_bytes(256)]
        text = ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
        if len(self.tokens) > 1000:
            self.tokens = {name: t for name, t in self.tokens.items() if t.expires > now}
        self.tokens[text] = token
        return text
