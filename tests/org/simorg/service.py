# SPDX-License-Identifier: Apache-2.0
"""service - one request to an org: which org, checks, limits, fault, reply, counts.

Lives here: the order in which these happen.  Not here: each of them.
"""

import re

from aiohttp import web

from . import damage
from .errors import ApiError, OAuthError, api, api_body, challenge
from .faults import Fault, Faults
from .limits import Verdict
from .logs import LOGS_PATH, Answer, Query, Reader, parse_query
from .oauth import TOKEN_PATH, Call, authorize, base_url, read_call, token_reply
from .reply import Headers, Reply, common_headers, json_reply, send
from .state import Org

HOST = re.compile(r"(?:org(\d+)\.okta\.localhost|localhost|127\.0\.0\.1|\[::1\])(?::\d+)?", re.IGNORECASE)
PATHS = {TOKEN_PATH: ("token", "POST"), LOGS_PATH: ("logs", "GET")}


class Service:
    """All orgs behind one listener, told apart by the host name; an address or plain localhost is the first."""

    def __init__(self, orgs: list[Org], faults: Faults) -> None:
        self.orgs = orgs
        self.faults = faults
        self.foreign: list[dict[str, object]] = []
        self._readers = {org.number: Reader(org) for org in orgs}

    def org_of(self, host: str | None) -> Org | None:
        match = HOST.fullmatch(host or "localhost")
        number = int(match.group(1) or 1) if match else 0
        return self.orgs[number - 1] if 1 <= number <= len(self.orgs) else None

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        org = self.org_of(request.host)
        if org is None:
            self.foreign.append({"host": request.host, "path": request.path,
                                 "credentials": "Authorization" in request.headers or "DPoP" in request.headers})
            return await send(request, json_reply(404, api_body(api("E0000008"))))
        kind, method = PATHS.get(request.path, ("other", ""))
        if not method or request.method != method:
            error = api("E0000022" if method else "E0000008")
            org.stats.counts[kind] += 1
            return await send(request, json_reply(error.status, api_body(error), common_headers(org.clock.date())))
        bucket = org.buckets[kind]
        verdict = bucket.take(org.clock.now())
        bucket.in_flight += 1
        try:
            return await self._serve(request, org, kind, verdict)
        finally:
            bucket.in_flight -= 1

    async def _serve(self, request: web.BaseRequest, org: Org, kind: str, verdict: Verdict) -> web.StreamResponse:
        call = await read_call(request)
        has_cursor = "after" in request.query
        fault = self.faults.take(org.number, kind, has_cursor, "until" in request.query)
        if fault is not None:
            fault.params.setdefault("org_host", request.host)
        headers = common_headers(org.clock.date()) + verdict.headers
        turn = _Turn(request, org, call, headers, fault, verdict)
        reply, note = turn.token() if kind == "token" else turn.logs(self._readers[org.number])
        _count(org, kind, reply, note, fault, has_cursor)
        return await send(request, reply)


class _Turn:
    """The reply of one request.  Credentials are looked at first, so that their identifiers are burnt whatever follows."""

    def __init__(self, request: web.BaseRequest, org: Org, call: Call, headers: Headers, fault: Fault | None,
                 verdict: Verdict) -> None:
        self._request, self._org, self._call = request, org, call
        self._headers, self._fault, self._verdict = headers, fault, verdict

    def _instead(self) -> bool:
        return self._fault is not None and self._fault.kind in damage.BEFORE_CONTENT

    def _damaged(self, reply: Reply) -> Reply:
        return damage.damaged(reply, self._fault, self._org.clock)

    def _too_many(self) -> Reply:
        return json_reply(429, api_body(api("E0000047")), self._headers)

    def token(self) -> tuple[Reply, str]:
        reply, name = token_reply(self._org, self._call, self._headers)
        if self._instead():
            return self._damaged(damage.general(self._headers)), "fault"
        if not self._verdict.allowed:
            return self._too_many(), "429"
        return self._damaged(reply), name

    def logs(self, reader: Reader) -> tuple[Reply, str]:
        refusal = self._refusal()
        if self._instead():
            return self._damaged(damage.general(self._headers)), "fault"
        if refusal is None and not self._verdict.allowed:
            return self._too_many(), "429"
        try:
            if refusal is not None:
                raise refusal
            query = parse_query(dict(self._request.query), self._org.clock.now())
            return self._page(reader, query, reader.answer(query, self._fault)), "page"
        except ApiError as error:
            return json_reply(error.status, api_body(error), self._headers), error.code
        except OAuthError as error:
            return self._unauthorized(error), error.name

    def _refusal(self) -> ApiError | OAuthError | None:
        try:
            authorize(self._org, self._call, self._request.method)
        except (ApiError, OAuthError) as error:
            return error
        finally:
            if self._org.resource_nonces.required:
                nonce = self._org.resource_nonces.current(self._org.clock.now())
                self._headers.append(("DPoP-Nonce", nonce))
        return None

    def _unauthorized(self, error: OAuthError) -> Reply:
        """Proof and token errors say why in WWW-Authenticate; only some have a body."""
        status = 401 if error.name == "use_dpop_nonce" else error.status
        header = ("WWW-Authenticate", challenge(error, self._request.host, self._request.path))
        if error.name == "access_token_expired":
            return json_reply(status, api_body(api("E0000011")), [*self._headers, header])
        if error.status == 403:
            return json_reply(status, api_body(api("E0000006")), [*self._headers, header])
        return Reply(status, [*self._headers, header])

    def _page(self, reader: Reader, query: Query, answer: Answer) -> Reply:
        base = base_url(self._request)
        links = [("Link", f'<{base}{self._request.rel_url.raw_path_qs}>; rel="self"')]
        if answer.next is not None:
            links.append(("Link", f'<{base}{reader.link(query, answer.next)}>; rel="next"'))
        reply = Reply(200, [("Content-Type", "application/json"), *links, *self._headers], answer.page.plain)
        unpacked = self._fault is not None and self._fault.kind in damage.UNPACKED
        if "gzip" in self._request.headers.get("Accept-Encoding", "") and not unpacked:
            reply.headers.append(("Content-Encoding", "gzip"))
            reply.body = answer.page.packed()
        counts = self._org.stats.counts
        counts["pages"] += 1
        counts["empty_pages"] += not answer.indices
        counts["events_sent"] += len(answer.indices)
        if self._fault is None or self._fault.kind in damage.WHOLE:
            self._org.store.count_served(answer.indices)
        return self._damaged(reply)


def _count(org: Org, kind: str, reply: Reply, note: str, fault: Fault | None, has_cursor: bool) -> None:
    stats, now = org.stats, org.clock.true()
    stats.counts.update([kind, f"{kind}.{reply.status}", f"{kind}.{note}"])
    if fault is not None:
        stats.counts[f"fault.{fault.kind}"] += 1
    if kind == "logs":
        stats.polled(now)
    stats.requests.append({"t": now, "kind": kind, "status": reply.status, "note": note, "cursor": has_cursor,
                           "fault": fault.kind if fault else None, "bytes": len(reply.body)})
