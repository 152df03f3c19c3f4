# SPDX-License-Identifier: Apache-2.0
"""control - the switches of the simulation, over HTTP on loopback and by script.

Lives here: /_org/ and its words.  Not here: what they change.  A script is a list of the same calls, each with the
seconds after which it is made.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from .faults import KINDS
from .service import Service
from .state import Org
from .tls import MODES, REFUSE

Body = dict[str, Any]
POISON: dict[str, bytes] = {
    "bad_escape": rb'{"uuid":"%b","published":"2026-01-01T00:00:00.000Z","eventType":"user.session.start","displayMessage":"\x"}',
    "bad_utf8": b'{"uuid":"%b","published":"2026-01-01T00:00:00.000Z","eventType":"user.session.start","displayMessage":"\xff\xfe"}',
    "control": b'{"uuid":"%b","published":"2026-01-01T00:00:00.000Z","eventType":"user.session.start","displayMessage":"\x01"}',
    "no_value": b'{"uuid":"%b","published":"2026-01-01T00:00:00.000Z","eventType":}',
}


class BadRequest(ValueError):
    """A word there is not."""


class Control:
    """`refresh_tls` makes the listener present what the orgs' `tls` says, and closes what is open."""

    def __init__(self, service: Service, ready: Body, refresh_tls: Callable[[], None], close: Callable[[], int],
                 connections: Callable[[], Body]) -> None:
        self._service = service
        self._ready = ready
        self._refresh_tls = refresh_tls
        self._close = close
        self._connections = connections
        self._posts: dict[str, Callable[[Body], Any]] = {
            "faults": self._faults, "state": self._state, "keys": self._keys, "do": self._do, "events": self._events}

    def app(self) -> web.Application:
        app = web.Application(client_max_size=256 << 20)
        app.router.add_post("/_org/{word}", self._post)
        app.router.add_get("/_org/{word}", self._get)
        app.router.add_delete("/_org/faults", self._clear)
        return app

    async def run_script(self, steps: list[Body]) -> None:
        """Each step: {"in_s": 2, "faults": {...}} and so on; a step without in_s is made at once."""
        loop = asyncio.get_running_loop()
        for step in steps:
            for word, body in step.items():
                if word != "in_s":
                    loop.call_later(step.get("in_s", 0), self.call, word, body)

    def call(self, word: str, body: Body) -> Any:
        """BadRequest when the word or something in its body is not known."""
        if word not in self._posts:
            raise BadRequest(f"unknown word {word!r}; there are: {', '.join(self._posts)}")
        try:
            return self._posts[word](body)
        except (KeyError, TypeError, ValueError) as error:
            raise BadRequest(f"{word}: {error}") from None

    # --- HTTP ---

    async def _post(self, request: web.Request) -> web.Response:
        try:
            return web.json_response(self.call(request.match_info["word"], json.loads(await request.text() or "{}")))
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)

    async def _clear(self, request: web.Request) -> web.Response:
        number = request.query.get("id")
        self._service.faults.clear(int(number) if number else None)
        return web.json_response({})

    async def _get(self, request: web.Request) -> web.Response:
        words: dict[str, Callable[[Org], Any]] = {
            "stats": self._stats, "uuids": self._uuids, "served": self._served,
            "requests": lambda org: list(org.stats.requests), "faults": lambda _: self._service.faults.list(),
            "kinds": lambda _: KINDS, "ready": lambda _: self._ready, "gaps": lambda _: self._gaps()}
        word = words.get(request.match_info["word"])
        if word is None:
            return web.json_response({"error": f"there are: {', '.join(words)}"}, status=404)
        return web.json_response(word(self._orgs(dict(request.query))[0]))

    # --- what can be asked ---

    def _stats(self, org: Org) -> Body:
        served = org.store.served()
        visible = org.store.visible(org.clock.true())
        return {"org": org.number, "visible": visible, "size": org.store.size, "served": sum(1 for n in served if n),
                "served_again": sum(n - 1 for n in served if n > 1), "max_gap_s": round(org.stats.max_gap_s, 3),
                "tokens": len(org.tokens), "foreign": self._service.foreign, **self._connections(), **org.stats.counts}

    @staticmethod
    def _uuids(org: Org) -> list[str]:
        return [org.store.uuid(i) for i in range(org.store.visible(org.clock.true()))]

    @staticmethod
    def _served(org: Org) -> dict[str, int]:
        return {org.store.uuid(i): n for i, n in enumerate(org.store.served()) if n}

    def _gaps(self) -> list[Body]:
        """For fleets: per org the longest time between two polls, and how long ago the last was."""
        now = self._service.orgs[0].clock.true()
        return [{"org": org.number, "max_gap_s": org.stats.max_gap_s, "polls": org.stats.counts["logs"],
                 "idle_s": None if org.stats.last_logs is None else now - org.stats.last_logs} for org in self._service.orgs]

    # --- what can be changed ---

    def _orgs(self, body: Body) -> list[Org]:
        """`org` names one, `orgs` several, neither the first; "all" is all."""
        chosen = body.pop("orgs", body.pop("org", 1))
        if chosen == "all":
            return self._service.orgs
        return [self._service.orgs[int(n) - 1] for n in (chosen if isinstance(chosen, list) else [chosen])]

    def _faults(self, body: Body) -> Body:
        return {"id": self._service.faults.add(body).number}

    def _state(self, body: Body) -> Body:
        orgs, tls = self._orgs(body), body.get("tls")
        if tls is not None and tls not in (*MODES, REFUSE):
            raise ValueError(f"tls is one of {', '.join((*MODES, REFUSE))}")
        for org in orgs:
            for name, value in body.items():
                set_state(org, name, value)
        if tls is not None:
            self._refresh_tls()
        return {}

    def _keys(self, body: Body) -> Body:
        for org in self._orgs(body):
            org.app.keys[body["kid"]].active = bool(body["active"])
        return {}

    def _do(self, body: Body) -> Body:
        action, out = body["action"], {}
        if action == "close_connections":
            return {"closed": self._close()}
        for org in self._orgs(body):
            now = org.clock.now()
            if action == "revoke_tokens":
                org.tokens.clear()
            elif action == "revoke_cursors":
                org.signer.generation += 1
            elif action == "rotate_nonce":
                org.token_nonces.rotate(now, forget=True)
                org.resource_nonces.rotate(now, forget=True)
            elif action == "forget_gaps":
                org.stats.max_gap_s = 0.0
            elif action == "plan":
                org.begin(body)
            elif action == "emit":
                out["first"], out["end"] = org.store.emit(int(body["count"]), org.clock.true())
            else:
                raise ValueError("action is one of close_connections, revoke_tokens, revoke_cursors, rotate_nonce, forget_gaps, emit,"
                                 " plan")
        return out

    def _events(self, body: Body) -> Body:
        """kind: big (bytes), deep (levels), raw (text), restore, or one of POISON."""
        kind, i = body["kind"], int(body["index"])
        for org in self._orgs(body):
            store = org.store
            if kind == "big":
                text: bytes | None = store.padded(i, int(body.get("bytes", 1 << 20)))
            elif kind == "deep":
                levels = int(body.get("levels", 2000))
                text = b'{"uuid":"%b","deep":%b%b}' % (store.uuid(i).encode(), b"[" * levels, b"]" * levels)
            elif kind == "raw":
                text = body["text"].encode()
            elif kind == "restore":
                text = None
            else:
                text = POISON[kind] % store.uuid(i).encode()
            store.change(i, text)
        return {}


def set_state(org: Org, name: str, value: Any) -> None:
    """One switch.  ValueError for a name there is not."""
    app, nonces = org.app, {"token_nonce": org.token_nonces, "resource_nonce": org.resource_nonces}
    if name in ("active", "auth_method", "application_type", "dpop_required", "zone_allowed", "client_id"):
        setattr(app, name, value)
    elif name in ("scopes", "roles"):
        setattr(app, name, set(value))
    elif name in nonces:
        nonces[name].required = value != "off"
        nonces[name].each_call = value == "each_call"
    elif name in ("rate_limit", "rate_window_s", "concurrent"):
        field = {"rate_limit": "limit", "rate_window_s": "window_s", "concurrent": "concurrent"}[name]
        setattr(org.buckets["logs"], field, value)
    elif name == "cursor_life_s":
        org.signer.life_s = value
    elif name == "clock_shift_s":
        org.clock.shift = float(value)
    elif name == "date_shift_s":
        org.clock.date_shift = float(value)
    elif name in ("token_life_s", "tls", "hide_each"):
        setattr(org, name, value)
    else:
        raise ValueError(f"no state named {name!r}")
