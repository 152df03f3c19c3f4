# SPDX-License-Identifier: Apache-2.0
"""oauth - POST /oauth2/v1/token, and who a request to a resource is from.

Lives here: the order of checks.  Not here: the checks of a JWT (jose.py), texts of refusals (errors.py).

Identifiers of assertions and proofs are burnt by every request that carries them, whatever comes of it: Okta does so
even for its use_dpop_nonce reply, and clients that send them twice must be seen to fail.
"""

from dataclasses import dataclass
from urllib.parse import parse_qs, parse_qsl

from aiohttp import web

from . import jose
from .errors import OAuthError, api, oauth
from .reply import Headers, Reply, json_reply
from .state import READER_ROLES, SCOPE, App, Nonces, Org, Token

TOKEN_PATH = "/oauth2/v1/token"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CREDENTIALS = {"client_id", "client_secret", "client_assertion"}


@dataclass(frozen=True)
class Call:
    """What the checks need of a request."""

    url: str
    query: str
    form: dict[str, str]
    authorization: str | None
    proofs: list[str]


def base_url(request: web.Request) -> str:
    return f"{request.scheme}://{request.host}"


async def read_call(request: web.Request) -> Call:
    """The form of a POST is read here; a field that comes twice counts as malformed."""
    form: dict[str, str] = {}
    if request.method == "POST" and request.content_type == "application/x-www-form-urlencoded":
        pairs = parse_qsl((await request.read()).decode("utf-8", "replace"), keep_blank_values=True)
        form = dict(pairs)
    return Call(base_url(request) + request.path, request.query_string, form, request.headers.get("Authorization"),
                request.headers.getall("DPoP", []))


def _check_form(app: App, call: Call) -> None:
    if CREDENTIALS & parse_qs(call.query).keys():
        raise oauth("client_credentials_in_query")
    if "client_assertion" in call.form and ("client_secret" in call.form or call.authorization):
        raise oauth("multiple_client_credentials")
    if call.form.get("grant_type") != "client_credentials":
        raise oauth("unsupported_grant_type")
    if "client_assertion" not in call.form:
        raise oauth("missing_client_credentials")
    if call.form.get("client_assertion_type") != ASSERTION_TYPE:
        raise oauth("client_assertion_type_invalid")


def _check_app(app: App) -> None:
    """What an admin may have set up otherwise than the guide says."""
    if app.application_type != "service":
        raise oauth("invalid_application_type_client_credentials")
    if app.auth_method != "private_key_jwt":
        raise oauth("unsupported_auth_method_client_creds")
    if not app.zone_allowed:
        raise oauth("disallowed_network_zone")


def _check_client(org: Org, call: Call, now: float) -> None:
    """private_key_jwt, RFC 7523."""
    app = org.app
    parsed = jose.parse(call.form["client_assertion"], "client_assertion_invalid_jwt")
    jti = parsed.claims.get("jti")
    new = jti is None or org.assertions.burn(str(jti), now)
    if not app.active or call.form.get("client_id", app.client_id) != app.client_id:
        raise oauth("invalid_client_id")
    if parsed.claims.get("iss") != app.client_id:
        raise oauth("client_assertion_invalid_issuer")
    if parsed.claims.get("sub") != app.client_id:
        raise oauth("client_assertion_invalid_subject")
    if not app.keys:
        raise oauth("client_assertion_jwks_not_configured")
    key = app.keys.get(str(parsed.header.get("kid")))
    if key is None or not key.active:
        raise oauth("client_assertion_invalid_kid")
    jose.check_assertion(parsed, key.jwk, call.url, now)
    if not new:
        raise oauth("client_assertion_already_used")


def _check_proof(org: Org, call: Call, method: str, now: float) -> tuple[jose.Parsed, str]:
    text = jose.proof_header(call.proofs)
    parsed, jkt = jose.check_proof(text, jose.Target(method, call.url), now)
    if not org.proofs.burn(parsed.claims["jti"], now):
        raise oauth("dpop_proof_already_used")
    return parsed, jkt


def _check_nonce(nonces: Nonces, parsed: jose.Parsed, now: float) -> None:
    if nonces.required and not nonces.accept(parsed.claims.get("nonce"), now):
        raise oauth("use_dpop_nonce")


def _check_scope(app: App, form: dict[str, str]) -> set[str]:
    wanted = set(form.get("scope", "").split())
    if not wanted:
        raise oauth("missing_scopes")
    if not wanted <= app.scopes:
        raise oauth("no_matching_scope" if any(s.startswith("okta.") for s in wanted) else "invalid_scope")
    return wanted


def grant(org: Org, call: Call) -> dict[str, object]:
    """The body of a good token reply; raises OAuthError."""
    now = org.clock.now()
    _check_form(org.app, call)
    _check_client(org, call, now)
    _check_app(org.app)
    jkt = None
    if org.app.dpop_required:
        parsed, jkt = _check_proof(org, call, "POST", now)
        _check_nonce(org.token_nonces, parsed, now)
    scopes = _check_scope(org.app, call.form)
    text = org.issue(Token(scopes, now + org.token_life_s, jkt), call.url.removesuffix(TOKEN_PATH))
    return {"token_type": "DPoP" if jkt else "Bearer", "expires_in": org.token_life_s, "access_token": text,
            "scope": " ".join(sorted(scopes))}


def token_reply(org: Org, call: Call, headers: Headers) -> tuple[Reply, str]:
    """The reply, and for the counts what it says: `ok` or the error's name."""
    try:
        body, status, name = grant(org, call), 200, "ok"
    except OAuthError as error:
        body, status, name = {"error": error.error, "error_description": error.description}, error.status, error.name
    reply = json_reply(status, body, headers)
    if org.app.dpop_required and (name in ("ok", "use_dpop_nonce")):
        reply.headers.append(("dpop-nonce", org.token_nonces.current(org.clock.now())))
    return reply, name


def _token_of(org: Org, text: str, now: float) -> Token:
    token = org.tokens.get(text)
    if token is None:
        raise api("E0000011")
    if token.expires <= now:
        raise oauth("access_token_expired")
    return token


def authorize(org: Org, call: Call, method: str) -> None:
    """Raises OAuthError or ApiError unless the request may read the System Log."""
    now = org.clock.now()
    scheme, _, text = (call.authorization or "").partition(" ")
    if scheme.upper() == "SSWS":
        if text != org.api_token:
            raise api("E0000011")
    elif scheme.upper() in ("BEARER", "DPOP"):
        token = _token_of(org, text, now)
        _check_binding(org, token, scheme.upper(), call, method)
        if SCOPE not in token.scopes:
            raise oauth("access_token_insufficient_scopes")
    else:
        raise api("E0000005")
    if not org.app.roles & READER_ROLES:
        raise api("E0000006")


def _check_binding(org: Org, token: Token, scheme: str, call: Call, method: str) -> None:
    if token.jkt is None:
        if scheme == "DPOP":
            raise oauth("access_token_not_dpop_bound")
        return
    if scheme != "DPOP":
        raise oauth("dpop_authentication_scheme_required")
    if not call.proofs:
        raise oauth("dpop_proof_required_for_token")
    now = org.clock.now()
    parsed, jkt = _check_proof(org, call, method, now)
    if parsed.claims.get("ath") != jose.token_hash(call.authorization.partition(" ")[2]):  # type: ignore[union-attr]
        raise oauth("dpop_proof_invalid_ath")
    if jkt != token.jkt:
        raise oauth("invalid_access_token_dpop_binding")
    _check_nonce(org.resource_nonces, parsed, now)
