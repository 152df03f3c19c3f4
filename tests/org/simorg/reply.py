# SPDX-License-Identifier: Apache-2.0
"""reply - what goes back, and how it is put on the wire, well or badly.

Lives here: the reply as data, sending it through aiohttp or past it.  Not here: what to reply (logs.py, oauth.py),
which damage a fault does to it (damage.py).
"""

import asyncio
import json
import secrets
import socket
import struct
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web
from multidict import CIMultiDict

Headers = list[tuple[str, str]]
PIECE_S = 0.05


@dataclass
class Wire:
    """How a reply is sent when not as it should: a claimed length, an end before the end, a trickle."""

    claim: int | None = None
    cut: int | None = None
    reset: bool = False
    head_rate: float | None = None
    body_rate: float | None = None
    piece: int | None = None


@dataclass
class Reply:
    """`wire` None: the usual way.  `silent_s`: no reply at all, the connection is closed after so many seconds."""

    status: int
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    wire: Wire | None = None
    silent_s: float | None = None

    def replace(self, name: str, value: str | None) -> None:
        """Sets a header, all its lines; None takes it away."""
        self.headers = [(n, v) for n, v in self.headers if n.lower() != name.lower()]
        if value is not None:
            self.headers.append((name, value))


def json_reply(status: int, value: object, headers: Headers | None = None) -> Reply:
    return Reply(status, [("Content-Type", "application/json"), *(headers or [])], json.dumps(value).encode())


def common_headers(date: str) -> Headers:
    """What is on every reply of an org."""
    return [("Date", date), ("Server", "nginx"), ("X-Okta-Request-Id", secrets.token_hex(16)), ("X-XSS-Protection", "0"),
            ("Cache-Control", "no-cache, no-store"), ("Pragma", "no-cache"), ("X-Content-Type-Options", "nosniff"),
            ("Strict-Transport-Security", "max-age=315360000; includeSubDomains"), ("Vary", "Accept-Encoding"),
            ("Set-Cookie", "JSESSIONID=" + secrets.token_hex(16).upper() + "; Path=/; Secure; HttpOnly")]


def _gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


async def _silence(request: web.Request, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not _gone(request) and loop.time() < end:
        await asyncio.sleep(min(PIECE_S, seconds))
    if request.transport is not None:
        request.transport.close()


async def _trickle(request: web.Request, data: bytes, rate: float | None, piece: int | None) -> None:
    size = piece or max(1, int((rate or 0) * PIECE_S))
    pieces = [data] if rate is None else [data[at:at + size] for at in range(0, len(data), size)]
    for part in pieces:
        if _gone(request):
            return
        request.transport.write(part)  # type: ignore[union-attr]
        if rate is not None:
            await asyncio.sleep(len(part) / rate)


def _head(reply: Reply, length: int) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    return "\r\n".join([*lines, f"Content-Length: {length}", "Connection: close", "", ""]).encode()


def _abort(transport: asyncio.Transport) -> None:
    """RST and not FIN: linger zero, then close the socket under whatever is above it."""
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def _send_past(request: web.Request, reply: Reply, wire: Wire) -> None:
    body = reply.body if wire.cut is None else reply.body[:wire.cut]
    claim = len(reply.body) if wire.claim is None else wire.claim
    await _trickle(request, _head(reply, claim), wire.head_rate, 1 if wire.head_rate else None)
    await _trickle(request, body, wire.body_rate, wire.piece)
    if _gone(request):
        return
    transport = request.transport
    assert transport is not None
    if wire.reset:
        while transport.get_write_buffer_size() and not transport.is_closing():
            await asyncio.sleep(0.005)
        await asyncio.sleep(PIECE_S)
        _abort(transport)
    else:
        transport.close()


async def send(request: web.Request, reply: Reply) -> web.StreamResponse:
    """Sends it.  When it was sent past aiohttp the connection is closed, and aiohttp's own answer goes nowhere."""
    if reply.silent_s is not None:
        await _silence(request, reply.silent_s)
    elif reply.wire is not None:
        await _send_past(request, reply, reply.wire)
    else:
        return web.Response(status=reply.status, headers=CIMultiDict(reply.headers), body=reply.body)
    return web.Response(status=500)
