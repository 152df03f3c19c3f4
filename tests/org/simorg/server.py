# SPDX-License-Identifier: Apache-2.0
"""server - sockets, start and stop.

Lives here: the listeners (TLS, plain, control) and the ready line.  Not here: requests (service.py).
"""

import asyncio
import json
import signal
import socket
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from .clock import Clock
from .control import Control, set_state
from .events import Generator
from .faults import Faults
from .keys import kid_of, make_keys
from .limits import Bucket
from .service import Service
from .state import App, Key, Org
from .store import Generated, Given, Plan, Store
from .tls import listening_context, make_certificates

BACKLOG = 1024
TOKEN_LIMIT = 100000


@dataclass(frozen=True)
class Settings:
    """What the command line says."""

    folder: Path
    orgs: int
    seed: int
    count: int | None
    late: float
    late_max_s: float
    plan: Plan
    started: float | None
    events: Path | None
    rate_limit: int
    rate_window_s: float
    concurrent: int
    port: int
    http_port: int
    control_port: int
    script: list[dict[str, Any]]
    state: dict[str, Any]
    exit_with_stdin: bool


def client_id(number: int) -> str:
    return f"0oaweir{number:013d}"


def _bind(port: int) -> list[socket.socket]:
    """127.0.0.1 and, where there is one, ::1 on the same port."""
    sockets = []
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind((address, port))
        except OSError:
            if family == socket.AF_INET:
                raise
            continue
        port = sock.getsockname()[1]
        sock.listen(BACKLOG)
        sock.setblocking(False)
        sockets.append(sock)
    return sockets


def make_orgs(settings: Settings) -> list[Org]:
    """All orgs; each has its own events, limits, clock and app, all know the same keys."""
    keys = make_keys(settings.folder)
    lines = None
    if settings.events is not None:
        lines = [line for line in settings.events.read_bytes().splitlines() if line.strip()]
    return [_make_org(settings, number, keys, lines) for number in range(1, settings.orgs + 1)]


def _make_org(settings: Settings, number: int, keys: dict[str, Any], lines: list[bytes] | None) -> Org:
    clock = Clock()
    now = clock.true()
    began = now if settings.started is None else settings.started
    generator = Generator(settings.seed, number, settings.late, settings.late_max_s)
    origin = Generated(generator, settings.count) if lines is None else Given(lines)
    app = App(client_id(number), {kid: Key(jwk) for kid, jwk in keys.items()})
    buckets = {"logs": Bucket(settings.rate_limit, settings.rate_window_s, settings.concurrent, now),
               "token": Bucket(TOKEN_LIMIT, 60.0, settings.concurrent, now)}
    org = Org(number, app, Store(origin, settings.plan, began), clock, buckets)
    for name, value in settings.state.items():
        set_state(org, name, value)
    return org


class Listener:
    """The org's ports.  The TLS one can be begun anew on the same socket, with other certificates."""

    def __init__(self, settings: Settings, service: Service) -> None:
        self._settings = settings
        self._service = service
        self._web = web.Server(service.handle, access_log=None)
        self._sockets = {"https": _bind(settings.port), "http": _bind(settings.http_port)}
        self._servers: dict[str, list[asyncio.AbstractServer]] = {"https": [], "http": []}
        self.most = 0

    def port(self, scheme: str) -> int:
        return int(self._sockets[scheme][0].getsockname()[1])

    def connections(self) -> dict[str, int]:
        live = len(self._web.connections)
        self.most = max(self.most, live)
        return {"connections": live, "max_connections": self.most}

    def _protocol(self) -> asyncio.Protocol:
        self.most = max(self.most, len(self._web.connections) + 1)
        return self._web()

    def _context(self) -> ssl.SSLContext:
        def mode_of(name: str | None) -> str:
            org = self._service.org_of(name)
            return "good" if org is None else org.tls

        return listening_context(self._settings.folder, mode_of, any(org.tls != "good" for org in self._service.orgs))

    async def _listen(self, scheme: str) -> None:
        context = self._context() if scheme == "https" else None
        loop = asyncio.get_running_loop()
        self._servers[scheme] = [await loop.create_server(self._protocol, sock=sock.dup(), ssl=context, backlog=BACKLOG)
                                 for sock in self._sockets[scheme]]

    async def start(self) -> None:
        for scheme in self._servers:
            await self._listen(scheme)

    def refresh_tls(self) -> None:
        for server in self._servers["https"]:
            server.close()
        self.close_connections()
        asyncio.get_running_loop().create_task(self._listen("https"))

    def close_connections(self) -> int:
        live = list(self._web.connections)
        for connection in live:
            connection.force_close()
        return len(live)


def ready_line(settings: Settings, orgs: list[Org], listener: Listener, control_port: int, ca: Path) -> dict[str, Any]:
    """Everything a client must know.  With many orgs the list is in the file `orgs_file`, not in the line."""
    def of(org: Org) -> dict[str, Any]:
        return {"org": org.number, "host": org.host, "url": f"https://{org.host}:{listener.port('https')}",
                "client_id": org.app.client_id, "api_token": org.api_token}

    folder = settings.folder
    listed = folder / "orgs.json"
    listed.write_text(json.dumps([of(org) for org in orgs]))
    return {"ready": True, **of(orgs[0]), "started": orgs[0].store.started, "orgs": len(orgs), "orgs_file": str(listed), "port": listener.port("https"),
            "http_url": f"http://127.0.0.1:{listener.port('http')}", "http_port": listener.port("http"),
            "control": f"http://127.0.0.1:{control_port}", "dir": str(folder), "ca_file": str(ca),
            "key_id": kid_of("rsa"), "private_key": str(folder / "client-rsa.pem"),
            "keys": {kid_of(name): str(folder / f"client-{name}.pem") for name in ("rsa", "ec", "p384", "p521", "next")}}


async def serve(settings: Settings) -> None:
    """Runs until SIGTERM, SIGINT, or the end of stdin when that is asked for."""
    orgs = make_orgs(settings)
    ca = make_certificates(settings.folder)
    service = Service(orgs, Faults())
    listener = Listener(settings, service)
    control_sockets = _bind(settings.control_port)
    ready = ready_line(settings, orgs, listener, control_sockets[0].getsockname()[1], ca)
    control = Control(service, ready, listener.refresh_tls, listener.close_connections, listener.connections)
    runner = web.AppRunner(control.app(), access_log=None)
    await runner.setup()
    for sock in control_sockets:
        await web.SockSite(runner, sock).start()
    await control.run_script(settings.script)
    await listener.start()
    stop = _stop_event(settings.exit_with_stdin)
    print(json.dumps(ready), flush=True)
    await stop.wait()


def _stop_event(with_stdin: bool) -> asyncio.Event:
    """Set by a signal, or at the end of stdin."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if with_stdin:
        def readable() -> None:
            if not sys.stdin.buffer.raw.read(4096):  # type: ignore[attr-defined]
                stop.set()
        try:
            loop.add_reader(sys.stdin.fileno(), readable)
        except PermissionError:
            # A plain file or /dev/null cannot be waited for, and has ended as soon as it is asked.
            stop.set()
    return stop
