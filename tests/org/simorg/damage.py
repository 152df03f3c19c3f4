# SPDX-License-Identifier: Apache-2.0
"""damage - what a fault does to the reply of a request.

Lives here: one small function per kind.  Not here: which request a fault meets (faults.py).  Faults that change where
the next page begins (empty_page, repeat_page, refused_cursor) are in logs.py, which knows pages.
"""

import base64
import json
import math
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

from . import errors
from .clock import Clock
from .faults import Fault
from .limits import rate_headers
from .reply import Headers, Reply, Wire, json_reply
from .store import gzip

HTML = ("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
        "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")
RATE = ("x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset")
Damage = Callable[[Reply, Fault, Clock], Reply]


def _anew(reply: Reply, status: int, content_type: str, body: bytes) -> Reply:
    """Another reply in the place of this one, with its general headers."""
    gone = ("content-type", "content-encoding", "link")
    kept = [(name, value) for name, value in reply.headers if name.lower() not in gone]
    return Reply(status, [*kept, ("Content-Type", content_type)], body)


def _without(reply: Reply, names: tuple[str, ...]) -> Reply:
    for name in names:
        reply.replace(name, None)
    return reply


def _status(reply: Reply, fault: Fault, _: Clock) -> Reply:
    body = fault.get("body", "")
    text = base64.b64decode(fault.get("base64")) if fault.get("base64") else (
        body if isinstance(body, str) else json.dumps(body)).encode()
    out = _anew(reply, fault.get("status", 500), fault.get("content_type", "application/json"), text)
    out.headers += [(name, value) for name, value in fault.get("headers", [])]
    return out


def _html(reply: Reply, fault: Fault, _: Clock) -> Reply:
    return _anew(reply, fault.get("status", 502), "text/html", fault.get("body", HTML).encode())


def _oauth_error(reply: Reply, fault: Fault, _: Clock) -> Reply:
    error = errors.oauth(fault.get("name", "server_error"))
    if fault.at == "logs":
        out = _anew(reply, error.status, "application/json", b"")
        out.headers.append(("WWW-Authenticate", errors.challenge(error, fault.get("org_host", ""), "/api/v1/logs")))
        return out
    body = {"error": error.error, "error_description": error.description}
    return _anew(reply, error.status, "application/json", json.dumps(body).encode())


def _api_error(reply: Reply, fault: Fault, _: Clock) -> Reply:
    error = errors.api(fault.get("code", "E0000009"), status=fault.get("status"), summary=fault.get("summary"))
    return _anew(reply, error.status, "application/json", json.dumps(errors.api_body(error)).encode())


def _too_many(reply: Reply, fault: Fault, clock: Clock) -> Reply:
    out = _without(_anew(reply, 429, "application/json", json.dumps(errors.api_body(errors.api("E0000047"))).encode()), RATE)
    ahead = fault.get("reset", 2)
    if ahead is not None:
        out.headers += rate_headers(fault.get("limit", 60), 0, math.ceil(clock.now() + ahead))
    if fault.get("retry_after") is not None:
        out.headers.append(("Retry-After", str(fault.get("retry_after"))))
    return out


def _too_many_at_once(reply: Reply, fault: Fault, clock: Clock) -> Reply:
    out = _without(_anew(reply, 429, "application/json", json.dumps(errors.api_body(errors.api("E0000047"))).encode()), RATE)
    out.headers += rate_headers(0, 0, math.ceil(clock.now() + fault.get("reset", 2)))
    return out


def _rate_headers(reply: Reply, fault: Fault, clock: Clock) -> Reply:
    if not fault.get("twice"):
        _without(reply, RATE)
    if fault.get("limit") is not None:
        reply.headers += rate_headers(fault.get("limit"), fault.get("remaining", 0),
                                      math.ceil(clock.now() + fault.get("reset", 2)))
    return reply


def _middle(reply: Reply, fault: Fault) -> int:
    return int(len(reply.body) * fault.get("part", 0.5))


def _reset(reply: Reply, fault: Fault, _: Clock) -> Reply:
    reply.wire = Wire(cut=_middle(reply, fault), reset=True)
    return reply


def _drop(reply: Reply, fault: Fault, _: Clock) -> Reply:
    reply.silent_s = 0.0
    return reply


def _hang(reply: Reply, fault: Fault, _: Clock) -> Reply:
    reply.silent_s = fault.get("hold", 600.0)
    return reply


def _slow(reply: Reply, fault: Fault, _: Clock) -> Reply:
    reply.wire = Wire(body_rate=fault.get("rate", 100.0), piece=fault.get("piece"))
    return reply


def _slow_head(reply: Reply, fault: Fault, _: Clock) -> Reply:
    reply.wire = Wire(head_rate=fault.get("rate", 10.0))
    return reply


def _wrong_length(reply: Reply, fault: Fault, _: Clock) -> Reply:
    reply.wire = Wire(claim=max(0, len(reply.body) + fault.get("delta", 100)))
    return reply


def _packed(reply: Reply) -> bytes:
    return reply.body if any(n.lower() == "content-encoding" for n, _ in reply.headers) else gzip(reply.body)


def _truncated_gzip(reply: Reply, fault: Fault, _: Clock) -> Reply:
    reply.body = _packed(reply)
    reply.replace("Content-Encoding", "gzip")
    cut = _middle(reply, fault)
    if fault.get("framing", "sound") == "sound":
        reply.body = reply.body[:cut]
    else:
        reply.wire = Wire(cut=cut)
    return reply


def _not_gzip(reply: Reply, fault: Fault, _: Clock) -> Reply:
    reply.body = b"[]" * 100
    reply.replace("Content-Encoding", "gzip")
    return reply


def _invalid_json(reply: Reply, fault: Fault, _: Clock) -> Reply:
    plain = reply.body
    bodies = {"cut": plain[:len(plain) // 2], "garbage": b"\x00\xff\x7f not json", "html": HTML.encode(), "trailing": plain + b"]",
              "object": b'{"events":' + plain + b"}", "empty": b""}
    reply.body = bodies[fault.get("how", "cut")]
    return reply


def _foreign_next(reply: Reply, fault: Fault, _: Clock) -> Reply:
    def elsewhere(value: str) -> str:
        scheme, host, path, query, _ = urlsplit(value[1:value.index(">")])
        port = host[host.rindex(":"):] if ":" in host else ""
        other = fault.get("host", "foreign.localhost" + port)
        url = urlunsplit((fault.get("scheme", scheme), other, fault.get("path", path), query, ""))
        return f'<{url}>; rel="next"'

    reply.headers = [(n, elsewhere(v) if n == "Link" and 'rel="next"' in v else v) for n, v in reply.headers]
    return reply


def _no_next(reply: Reply, fault: Fault, _: Clock) -> Reply:
    reply.headers = [(n, v) for n, v in reply.headers if not (n == "Link" and 'rel="next"' in v)]
    return reply


def _joined_links(reply: Reply, fault: Fault, _: Clock) -> Reply:
    joined = ", ".join(v for n, v in reply.headers if n == "Link")
    reply.replace("Link", joined or None)
    return reply


def _redirect(reply: Reply, fault: Fault, _: Clock) -> Reply:
    out = _anew(reply, fault.get("status", 302), "text/html", b"")
    out.headers.append(("Location", fault.get("location", "https://foreign.localhost/api/v1/logs")))
    return out


def _wrong_date(reply: Reply, fault: Fault, clock: Clock) -> Reply:
    moved = Clock()
    moved.shift = clock.shift + fault.get("by", 90.0)
    reply.replace("Date", moved.date())
    return reply


def _wrong_type(reply: Reply, fault: Fault, _: Clock) -> Reply:
    reply.replace("Content-Type", "text/html")
    return reply


def _as_it_is(reply: Reply, fault: Fault, _: Clock) -> Reply:
    return reply


DAMAGES: dict[str, Damage] = {
    "status": _status, "html": _html, "oauth_error": _oauth_error, "api_error": _api_error, "too_many": _too_many,
    "too_many_at_once": _too_many_at_once, "rate_headers": _rate_headers, "reset": _reset, "drop": _drop, "hang": _hang,
    "slow": _slow, "slow_head": _slow_head, "wrong_length": _wrong_length, "truncated_gzip": _truncated_gzip,
    "not_gzip": _not_gzip, "invalid_json": _invalid_json, "foreign_next": _foreign_next, "no_next": _no_next,
    "joined_links": _joined_links, "redirect": _redirect, "wrong_date": _wrong_date, "wrong_type": _wrong_type,
    "empty_page": _as_it_is, "repeat_page": _as_it_is, "refused_cursor": _as_it_is,
}
UNPACKED = {"invalid_json"}
WHOLE = {"slow", "rate_headers", "repeat_page", "foreign_next", "no_next", "joined_links", "wrong_date", "wrong_type", "empty_page",
         "slow_head"}
BEFORE_CONTENT = {"status", "html", "oauth_error", "api_error", "too_many", "too_many_at_once", "drop", "hang", "redirect"}


def damaged(reply: Reply, fault: Fault | None, clock: Clock) -> Reply:
    """The reply after its fault, if it has one."""
    return reply if fault is None else DAMAGES[fault.kind](reply, fault, clock)


def general(headers: Headers) -> Reply:
    """An empty reply that a fault of BEFORE_CONTENT makes its own of."""
    return json_reply(200, None, headers)
