# SPDX-License-Identifier: Apache-2.0
"""client - a small Okta client that shares no code with the simulation.

Lives here: requests, JOSE by hand on `cryptography`.  Not here: cases (test_*.py).
"""

import base64
import hashlib
import http.client
import json
import re
import secrets
import socket
import ssl
import sys
import time
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from handle import ORG, Org  # noqa: E402

__all__ = ["ORG", "Client", "Org", "Reply", "eventually", "public_jwk", "utc"]
HASHES: dict[str, Any] = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
EC_NAMES = {"secp256r1": ("P-256", "ES256"), "secp384r1": ("P-384", "ES384"), "secp521r1": ("P-521", "ES512")}
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int, size: int) -> str:
    return b64(value.to_bytes(size, "big"))


def algorithm_of(key: Any) -> str:
    return "RS256" if isinstance(key, rsa.RSAPrivateKey) else EC_NAMES[key.curve.name][1]


def public_jwk(key: Any) -> dict[str, str]:
    public = key.public_key().public_numbers()
    if isinstance(key, rsa.RSAPrivateKey):
        return {"kty": "RSA", "n": number(public.n, (public.n.bit_length() + 7) // 8), "e": "AQAB"}
    size = (key.curve.key_size + 7) // 8
    return {"kty": "EC", "crv": EC_NAMES[key.curve.name][0], "x": number(public.x, size), "y": number(public.y, size)}


def sign(key: Any, header: dict[str, Any], claims: dict[str, Any]) -> str:
    text = b64(json.dumps(header).encode()) + "." + b64(json.dumps(claims).encode())
    digest = HASHES[str(header["alg"])[2:]] if str(header.get("alg"))[2:] in HASHES else HASHES["256"]
    if isinstance(key, rsa.RSAPrivateKey):
        return text + "." + b64(key.sign(text.encode(), padding.PKCS1v15(), digest))
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(digest)))
    size = (key.curve.key_size + 7) // 8
    return text + "." + b64(r.to_bytes(size, "big") + s.to_bytes(size, "big"))


class Reply:
    """Status, headers as pairs, and the body unpacked."""

    def __init__(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers = status, headers
        self.packed = (self.header("Content-Encoding") or "") == "gzip"
        self.size = len(body)
        self.body = zlib.decompress(body, 31) if self.packed else body

    def header(self, name: str) -> str | None:
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)

    def all(self, name: str) -> list[str]:
        return [v for n, v in self.headers if n.lower() == name.lower()]

    def json(self) -> Any:
        return json.loads(self.body)

    def link(self, rel: str) -> str | None:
        for line in self.all("Link"):
            match = re.search(rf'<([^>]*)>; rel="{rel}"', line)
            if match:
                return match.group(1)
        return None


class Client:
    """A service app.  What a method sends can be changed by its arguments, to see it refused."""

    def __init__(self, org: Org, key: str = "ec", url: str | None = None, client_id: str | None = None) -> None:
        self.org = org
        self.url = url or org.ready["url"]
        self.client_id = client_id or org.ready["client_id"]
        self.kid = f"kid-{key}"
        self.key = load_pem_private_key((Path(org.ready["dir"]) / f"client-{key}.pem").read_bytes(), None)
        self.dpop_key = ec.generate_private_key(ec.SECP256R1())
        self.nonce: str | None = None
        self.token: dict[str, Any] = {}

    # --- the wire ---

    def connect(self, timeout: float = 10) -> http.client.HTTPConnection:
        """Whatever the name, to loopback: names under localhost need no resolver."""
        parts = urlsplit(self.url)
        assert parts.hostname and parts.port
        sock: socket.socket = socket.create_connection(("127.0.0.1", parts.port), timeout)
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=self.org.ready["ca_file"])
            try:
                sock = context.wrap_socket(sock, server_hostname=parts.hostname)
            except BaseException:
                sock.close()
                raise
        connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
        connection.sock = sock
        return connection

    def request(self, method: str, target: str, headers: list[tuple[str, str]], body: str = "", timeout: float = 10) -> Reply:
        connection = self.connect(timeout)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body.encode())
            reply = connection.getresponse()
            return Reply(reply.status, reply.getheaders(), reply.read())
        finally:
            connection.close()

    # --- tokens ---

    def assertion(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        now = int(time.time())
        usual = {"iss": self.client_id, "sub": self.client_id, "aud": self.url + "/oauth2/v1/token", "iat": now, "exp": now + 300,
                 "jti": secrets.token_hex(16)}
        return sign(self.key, {"alg": algorithm_of(self.key), "kid": self.kid, **(header or {})}, _without_none({**usual, **claims}))

    def proof(self, method: str, url: str, header: dict[str, Any] | None = None, **claims: Any) -> str:
        usual = {"htm": method, "htu": url, "iat": int(time.time()), "jti": secrets.token_hex(16)}
        head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": public_jwk(self.dpop_key), **(header or {})}
        return sign(self.dpop_key, head, _without_none({**usual, **claims}))

    def token_proof(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        return self.proof("POST", self.url + "/oauth2/v1/token", header, **{"nonce": self.nonce, **claims})

    def ask(self, assertion: str | None = None, proofs: list[str] | None = None, query: str = "", **form: Any) -> Reply:
        """One token request as it is."""
        usual = {"grant_type": "client_credentials", "scope": "okta.logs.read", "client_assertion_type": ASSERTION_TYPE,
                 "client_assertion": assertion or self.assertion()}
        headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")]
        headers += [("DPoP", proof) for proof in ([self.token_proof()] if proofs is None else proofs)]
        reply = self.request("POST", "/oauth2/v1/token" + query, headers, urlencode(_without_none({**usual, **form})))
        self.nonce = reply.header("dpop-nonce") or self.nonce
        return reply

    def login(self) -> dict[str, Any]:
        """A token, by as many requests as the nonce needs."""
        reply = self.ask()
        if reply.status == 400 and reply.json()["error"] == "use_dpop_nonce":
            reply = self.ask()
        assert reply.status == 200, (reply.status, reply.body)
        self.token = reply.json()
        return self.token

    # --- the log ---

    def logs_proof(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        ath = b64(hashlib.sha256(self.token["access_token"].encode()).digest())
        return self.proof("GET", self.url + "/api/v1/logs", header, **{"ath": ath, **claims})

    def get(self, target: str, proofs: list[str] | None = None, authorization: str | None = None, gzip: bool = False,
            timeout: float = 10) -> Reply:
        """One request to a path or a whole URL of the log."""
        if target.startswith("http"):
            target = target[len(self.url):]
        scheme = self.token.get("token_type", "DPoP")
        value = authorization or f"{scheme} {self.token.get('access_token')}"
        headers = [("Accept", "application/json"), ("Authorization", value)]
        if scheme == "DPoP":
            headers += [("DPoP", proof) for proof in ([self.logs_proof()] if proofs is None else proofs)]
        if gzip:
            headers.append(("Accept-Encoding", "gzip"))
        return self.request("GET", target, headers, timeout=timeout)

    def logs(self, gzip: bool = False, **params: Any) -> Reply:
        if not self.token:
            self.login()
        return self.get("/api/v1/logs?" + urlencode(params), gzip=gzip)


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def utc(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + ".000Z"


def eventually(what: str, condition: Any, limit_s: float = 20.0) -> Any:
    """The first true value of condition(), asked again and again."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"never came true: {what}")
