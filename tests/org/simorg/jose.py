# SPDX-License-Identifier: Apache-2.0
"""jose - checks of the two JWTs a client sends: the client assertion and the DPoP proof.

Lives here: RFC 7523 and RFC 9449 as strictly as Okta applies them; no clock and no memory of its own.  Not here: the
order of a token request (oauth.py), who a client is (state.py).  A refusal is an OAuthError by name.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from jwcrypto.common import JWException
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from .errors import oauth

ALGORITHMS = {"RS256": "RSA", "RS384": "RSA", "RS512": "RSA", "ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
MAX_ASSERTION_S = 3600
MAX_PROOF_AGE_S = 300
REMEMBER_S = 2 * MAX_ASSERTION_S


@dataclass(frozen=True)
class Target:
    """The request a proof must have been made for."""

    method: str
    url: str


@dataclass(frozen=True)
class Parsed:
    text: str
    header: dict[str, Any]
    claims: dict[str, Any]


class Replays:
    """Which identifiers were seen, for as long as they could come again."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}
        self._sweep_at = 20000

    def burn(self, identifier: str, now: float) -> bool:
        """True when it is new.  It is not, ever after."""
        if len(self._seen) > self._sweep_at:
            self._seen = {jti: at for jti, at in self._seen.items() if now - at < REMEMBER_S}
            self._sweep_at = 2 * len(self._seen) + 20000
        if identifier in self._seen:
            return False
        self._seen[identifier] = now
        return True


def _decode(part: str) -> dict[str, Any]:
    if "=" in part:
        raise ValueError("padding")
    value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def parse(text: str, refusal: str) -> Parsed:
    try:
        header, claims, _ = text.split(".")
        return Parsed(text, _decode(header), _decode(claims))
    except ValueError:
        raise oauth(refusal) from None


def _kind(key: JWK) -> str:
    public = key.export_public(as_dict=True)
    return public.get("crv") or public["kty"]


def _verify(parsed: Parsed, key: JWK, refusal: str) -> None:
    algorithm = parsed.header["alg"]
    jws = JWS()
    jws.allowed_algs = [algorithm]
    try:
        jws.deserialize(parsed.text)
        jws.verify(key, algorithm)
    except (JWException, ValueError):
        raise oauth(refusal) from None


def _seconds(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def check_assertion(parsed: Parsed, key: JWK, audience: str, now: float) -> None:
    """Everything but who the client is, its kid, and the replay."""
    if ALGORITHMS.get(parsed.header.get("alg", "")) != _kind(key):
        raise oauth("client_assertion_invalid_signature_algorithm")
    _verify(parsed, key, "client_assertion_invalid_signature")
    claims = parsed.claims
    if claims.get("aud") not in (audience, [audience]):
        raise oauth("client_assertion_invalid_audience")
    if not _seconds(claims.get("exp")):
        raise oauth("client_assertion_expiration_required")
    if claims["exp"] <= now:
        raise oauth("client_assertion_expired_token")
    if claims["exp"] > now + MAX_ASSERTION_S:
        raise oauth("client_assertion_expires_too_far_in_future")
    if "iat" in claims and (not _seconds(claims["iat"]) or claims["iat"] > now):
        raise oauth("client_assertion_issued_at_in_future")


def proof_header(headers: list[str]) -> str:
    """The one DPoP header there must be."""
    if not headers:
        raise oauth("invalid_dpop_proof_missing_header")
    if len(headers) > 1:
        raise oauth("invalid_dpop_proof_multiple_headers_not_allowed")
    return headers[0]


def _proof_key(header: dict[str, Any]) -> JWK:
    if header.get("typ") != "dpop+jwt":
        raise oauth("invalid_dpop_proof_invalid_type")
    jwk = header.get("jwk")
    if not isinstance(jwk, dict) or PRIVATE_MEMBERS & jwk.keys():
        raise oauth("invalid_dpop_proof_invalid_jwt")
    try:
        key = JWK(**jwk)
        kind = _kind(key)
    except (JWException, ValueError, TypeError, KeyError):
        raise oauth("invalid_dpop_proof_invalid_jwt") from None
    if ALGORITHMS.get(header.get("alg", "")) != kind:
        raise oauth("invalid_dpop_proof_invalid_signature_algorithm")
    return key


def check_proof(text: str, target: Target, now: float) -> tuple[Parsed, str]:
    """RFC 9449 section 4.3 without nonce, ath and replay.  Gives the proof and the thumbprint of its key."""
    parsed = parse(text, "invalid_dpop_proof_invalid_jwt")
    key = _proof_key(parsed.header)
    _verify(parsed, key, "invalid_dpop_proof_invalid_signature")
    claims = parsed.claims
    if claims.get("htm") != target.method:
        raise oauth("invalid_dpop_proof_invalid_htm")
    if claims.get("htu") != target.url:
        raise oauth("invalid_dpop_proof_invalid_htu")
    if not _seconds(claims.get("iat")):
        raise oauth("invalid_dpop_proof_invalid_iat")
    if claims["iat"] > now:
        raise oauth("invalid_dpop_proof_jwt_issued_in_future")
    if claims["iat"] < now - MAX_PROOF_AGE_S:
        raise oauth("invalid_dpop_proof_jwt_too_old")
    if "exp" in claims and (not _seconds(claims["exp"]) or claims["exp"] <= now):
        raise oauth("invalid_dpop_proof_jwt_expired")
    if not isinstance(claims.get("jti"), str) or not claims["jti"]:
        raise oauth("invalid_dpop_proof_invalid_jti")
    return parsed, key.thumbprint()


def token_hash(token: str) -> str:
    """The `ath` of a token."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
