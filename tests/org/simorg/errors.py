# SPDX-License-Identifier: Apache-2.0
"""errors - Okta's refusals by name: status, code, text, as they are on the wire.

Lives here: two tables and the bodies made from them.  Not here: when to refuse (oauth.py, logs.py).
Texts: https://developer.okta.com/docs/reference/error-codes/ .
"""

import secrets
from dataclasses import dataclass


@dataclass(eq=False)
class OAuthError(Exception):
    """A refusal of the token endpoint, or of a proof or token at a resource."""

    name: str
    status: int
    error: str
    description: str


@dataclass(eq=False)
class ApiError(Exception):
    """A refusal of the management API."""

    code: str
    status: int
    summary: str
    causes: tuple[str, ...] = ()


_DPOP = (400, "invalid_dpop_proof")
_CLIENT = (401, "invalid_client")
_OAUTH: dict[str, tuple[int, str, str]] = {
    "use_dpop_nonce": (400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof."),
    "invalid_dpop_proof": (*_DPOP, "The DPoP proof JWT is invalid."),
    "invalid_dpop_proof_missing_header": (*_DPOP, "The DPoP proof JWT header is missing."),
    "invalid_dpop_proof_multiple_headers_not_allowed": (*_DPOP, "Multiple DPoP proof JWT headers are not allowed."),
    "invalid_dpop_proof_invalid_type": (*_DPOP, "'typ' must be 'dpop+jwt' in the DPoP proof JWT."),
    "invalid_dpop_proof_invalid_signature_algorithm": (*_DPOP, "The DPoP proof JWT signature algorithm is invalid."),
    "invalid_dpop_proof_invalid_jwt": (*_DPOP, "The DPoP proof JWT cannot be parsed."),
    "invalid_dpop_proof_invalid_signature": (*_DPOP, "The DPoP proof JWT signature is invalid."),
    "invalid_dpop_proof_invalid_htm": (*_DPOP, "'htm' claim in the DPoP proof JWT is invalid."),
    "invalid_dpop_proof_invalid_htu": (*_DPOP, "'htu' claim in the DPoP proof JWT is invalid."),
    "invalid_dpop_proof_invalid_iat": (*_DPOP, "'iat' claim in the DPoP proof JWT is invalid."),
    "invalid_dpop_proof_jwt_issued_in_future": (*_DPOP, "The DPoP proof JWT is issued in the future."),
    "invalid_dpop_proof_jwt_too_old": (*_DPOP, "The DPoP proof JWT is issued more than five minutes in the past."),
    "invalid_dpop_proof_jwt_expired": (*_DPOP, "The DPoP proof JWT is expired."),
    "invalid_dpop_proof_invalid_jti": (*_DPOP, "'jti' claim in the DPoP proof JWT is invalid."),
    "dpop_proof_already_used": (*_DPOP, "The DPoP proof JWT has already been used."),
    "dpop_proof_invalid_ath": (*_DPOP, "'ath' claim in the DPoP proof does not match the presented access_token."),
    "invalid_access_token_dpop_binding": (*_DPOP, "The access_token is not bound to the provided DPoP proof."),
    "dpop_proof_required_for_token": (400, "invalid_request", "The resource request requires a DPoP proof."),
    "dpop_authentication_scheme_required": (
        400, "invalid_request", "The resource request must use the DPoP authentication scheme when using a DPoP bound token."),
    "access_token_not_dpop_bound": (401, "invalid_token", "The presented access_token is not DPoP bound."),
    "access_token_expired": (401, "invalid_token", "The token has expired."),
    "access_token_insufficient_scopes": (
        403, "insufficient_scope", "The access token provided does not contain the required scopes."),
    "invalid_client": (*_CLIENT, "Client authentication failed. Either the client or the client credentials are invalid."),
    "missing_client_credentials": (*_CLIENT, "No client credentials found."),
    "invalid_client_id": (*_CLIENT, "Invalid value for 'client_id' parameter."),
    "unsupported_auth_method_client_creds": (
        *_CLIENT, "Client Credentials requests to the Org Authorization Server must use the private_key_jwt "
                  "token_endpoint_auth_method."),
    "invalid_application_type_client_credentials": (
        *_CLIENT, "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' with the "
                  "Org Authorization Server."),
    "client_assertion_invalid_issuer": (*_CLIENT, "The issuer claim for client_assertion is not a valid client_id."),
    "client_assertion_invalid_subject": (*_CLIENT, "The subject claim for client_assertion is not a valid client_id."),
    "client_assertion_invalid_audience": (
        *_CLIENT, "The audience claim for client_assertion must be the endpoint invoked for the request."),
    "client_assertion_expiration_required": (
        *_CLIENT, "The client_assertion must contain the 'exp' claim as seconds since epoch."),
    "client_assertion_expired_token": (*_CLIENT, "The client_assertion token is expired."),
    "client_assertion_expires_too_far_in_future": (
        *_CLIENT, "The client_assertion token has an expiration too far into the future."),
    "client_assertion_issued_at_in_future": (
        *_CLIENT, "The client_assertion token must be issued before the current time."),
    "client_assertion_already_used": (*_CLIENT, "The client_assertion token has already been used."),
    "client_assertion_invalid_signature": (*_CLIENT, "The client_assertion signature is invalid."),
    "client_assertion_invalid_jwt": (*_CLIENT, "The parsing of the client_assertion failed."),
    "client_assertion_invalid_kid": (*_CLIENT, "The client_assertion JWT kid is invalid."),
    "client_assertion_invalid_signature_algorithm": (*_CLIENT, "The client_assertion JWT signature algorithm is invalid."),
    "client_assertion_jwks_not_configured": (
        *_CLIENT, "The client does not have a JWKSet configured, but the client_assertion requires one."),
    "client_assertion_type_invalid": (400, "invalid_request", "The client_assertion_type is invalid."),
    "multiple_client_credentials": (
        401, "invalid_request", "Cannot supply multiple client credentials. Use one of the following: credentials in the "
                                "Authorization header, credentials in the post body, or a client_assertion in the post body."),
    "client_credentials_in_query": (
        400, "invalid_request", "Client credentials cannot be supplied via query parameters."),
    "invalid_scope": (
        400, "invalid_scope", "The requested scope is invalid, unknown, malformed, or exceeds the scope granted by the "
                              "resource owner."),
    "no_matching_scope": (
        400, "invalid_scope", "One or more scopes are not configured for the authorization server resource."),
    "missing_scopes": (400, "invalid_scope", "No scopes were requested."),
    "unauthorized_client": (
        400, "unauthorized_client", "The client is not authorized to use the provided grant type. Configured grant types: "
                                    "[authorization_code]."),
    "unsupported_grant_type": (
        400, "unsupported_grant_type", "The authorization grant type is not supported by the authorization server. "
                                       "Configured grant types: [client_credentials]."),
    "disallowed_network_zone": (
        403, "access_denied", "The request is made from outside the client's permitted network zones."),
    "temporarily_unavailable": (
        400, "temporarily_unavailable", "The authorization server is currently unable to handle the request due to a "
                                        "temporary overloading or maintenance of the server."),
    "server_error": (
        500, "server_error", "The authorization server encountered an unexpected condition that prevented it from "
                             "fulfilling the request."),
}

_API: dict[str, tuple[int, str]] = {
    "E0000001": (400, "Api validation failed: {0}"),
    "E0000003": (400, "The request body was not well-formed."),
    "E0000004": (401, "Authentication failed"),
    "E0000005": (403, "Invalid session"),
    "E0000006": (403, "You do not have permission to perform the requested action"),
    "E0000007": (404, "Not found: Resource not found: {0}"),
    "E0000008": (404, "The requested path was not found"),
    "E0000009": (500, "Internal Server Error"),
    "E0000010": (503, "Service is in read only mode"),
    "E0000011": (401, "Invalid token provided"),
    "E0000015": (401, "You do not have permission to access the feature you are requesting"),
    "E0000022": (405, "The endpoint does not support the provided HTTP method"),
    "E0000031": (400, "Invalid search criteria."),
    "E0000047": (429, "API call exceeded rate limit due to too many requests."),
    "E0000053": (400, "Invalid SCIM filter."),
    "E0000060": (501, "Unsupported operation."),
}


def oauth(name: str) -> OAuthError:
    """KeyError for a name that is not in the table."""
    status, error, description = _OAUTH[name]
    return OAuthError(name, status, error, description)


def oauth_names() -> list[str]:
    return list(_OAUTH)


def api(code: str, about: str = "", status: int | None = None, summary: str | None = None,
        causes: tuple[str, ...] = ()) -> ApiError:
    """`about` fills the table's text; `summary` replaces it (one code has several texts, one even two statuses)."""
    usual, text = _API[code]
    return ApiError(code, status or usual, summary or text.replace("{0}", about), causes)


def api_codes() -> list[str]:
    return list(_API)


def api_body(error: ApiError) -> dict[str, object]:
    return {"errorCode": error.code, "errorSummary": error.summary, "errorLink": error.code,
            "errorId": "oae" + secrets.token_urlsafe(15), "errorCauses": [{"errorSummary": c} for c in error.causes]}


def challenge(error: OAuthError, host: str, resource: str) -> str:
    """WWW-Authenticate as Okta words it; that the addresses in it say http is how it is."""
    return (f'DPoP algs="RS256 RS384 RS512 ES256 ES384 ES512", authorization_uri="http://{host}/oauth2/v1/authorize", '
            f'realm="http://{host}", scope="okta.logs.read", error="{error.error}", '
            f'error_description="{error.description}", resource="{resource}"')
