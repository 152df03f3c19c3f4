# SPDX-License-Identifier: Apache-2.0
"""events - event number i of a seed, as the bytes of a full LogEvent.

Lives here: rendering.  Not here: when an event becomes visible (store.py), the vocabulary (catalogue.py, cast.py).

Everything about event i follows from (seed, i) and its time, so that any event can be made at any moment, in any
order, without the ones before it.
"""

import hashlib
import struct
import time
from functools import lru_cache

from . import catalogue
from .cast import Cast, Person, Place, make_cast, to_json

DRAW = struct.Struct("<12I")
HEX = [b"%02x" % n for n in range(256)]
NULL_CLIENT = b'{"userAgent":null,"zone":null,"device":null,"id":null,"ipAddress":null,"geographicalContext":null}'
NULL_SECURITY = b'{"asNumber":null,"asOrg":null,"isp":null,"domain":null,"isProxy":null}'
UUID_EPOCH_MS = 12219292800000

FAMILIES: dict[str, bytes] = {
    "oauth": b'"grantType":"authorization_code","grantedScopes":"openid, profile, email, offline_access",'
             b'"requestedScopes":"openid profile email offline_access","responseTime":"%(n)d","clientAuthType":"client_secret_basic",'
             b'"authorizationServer":"aus1f2g3h4i5j6k7L1d6","authorizationServerName":"default",',
    "hook": b'"hookId":"cal1a2b3c4d5e6f7G1d6","hookType":"com.okta.oauth2.tokens.transform","responseStatus":"200","latency":"%(n)d",',
    "signon": b'"authnRequestId":"%(rid)s","behaviors":"{New Geo-Location=NEGATIVE, New Device=NEGATIVE, New IP=NEGATIVE, New State=NEGATIVE, '
              b'New Country=NEGATIVE, Velocity=NEGATIVE, New City=NEGATIVE}","risk":"{reasons=Anomalous Device, Anomalous Location, level=LOW}",'
              b'"threatSuspected":"false","origin":"https://example.okta.com","deviceFingerprint":"%(h)s",',
    "factor": b'"factor":"OKTA_VERIFY_PUSH","factorIntent":"AUTHENTICATION","pushOnlyResponseType":"OV_RESPONSE_APPROVE",'
              b'"pushWithNumberChallengeResponseType":"OV_WITH_CHALLENGE_RESPONSE_NONE","authnRequestId":"%(rid)s","threatSuspected":"false",',
    "sso": b'"initiationType":"SP_INITIATED","signOnMode":"SAML 2.0","authnRequestId":"%(rid)s","authenticationElapsedTime":"%(n)d",'
           b'"deviceFingerprint":"%(h)s","traceId":"%(h)s",',
    "privilege": b'"privilegeGranted":"Report administrator, Group administrator (Engineering)","privilegeRevoked":"",',
    "phone": b'"phoneNumber":"XXX-XXX-4%(d)d","provider":"TELEPHONY_A","messageType":"VERIFICATION",',
    "job": b'"appname":"active_directory","importTrigger":"scheduled","usersAdded":"%(d)d","usersUpdated":"%(n)d","durationMs":"%(n)d",',
    "suspicious": b'"suspiciousActivityTimestamp":"2026-01-01T00:00:00.000Z","suspiciousActivityEventId":"%(h)s",'
                  b'"suspiciousActivityEventType":"user.session.start","suspiciousActivityEventIp":"203.0.113.9",'
                  b'"suspiciousActivityEventCity":"Kyiv","suspiciousActivityEventCountry":"Ukraine",',
    "device": b'"certificateSerial":"%(h)s","deviceManagement":"MANAGED","platform":"WINDOWS",',
    "threat": b'"threatDetections":"{\\"Login failures\\":\\"HIGH\\",\\"Password Spray\\":\\"LOW\\"}","threatSuspected":"true",'
              b'"threatDetectionsDetails":"n=%(n)d",',
    "limit": b'"rateLimitBucketUuid":"%(h)s","rateLimitSecondsToReset":"%(d)d","rateLimitScopeType":"ORG","threshold":"60","timeSpan":"1",'
             b'"timeUnit":"MINUTES","userId":"unknown","warningPercent":"90",',
    "radius": b'"radiusUdpPort":"1812","factor":"PUSH","traceId":"%(h)s",',
}
PATHS: dict[str, bytes] = {
    "oauth": b"/oauth2/aus1f2g3h4i5j6k7L1d6/v1/token", "signon": b"/idp/idx/identify", "factor": b"/idp/idx/challenge/answer",
    "sso": b"/app/salesforce/exk1a2b3c4D5e6F7G1d6/sso/saml", "phone": b"/idp/idx/challenge", "radius": b"/api/v1/radius",
}
PROVIDERS: dict[str, bytes] = {
    "factor": b'"authenticationProvider":"FACTOR_PROVIDER","credentialProvider":"OKTA_CREDENTIAL_PROVIDER","credentialType":"OTP"',
    "sso": b'"authenticationProvider":"FEDERATION","credentialProvider":null,"credentialType":"ASSERTION"',
    "signon": b'"authenticationProvider":"OKTA_AUTHENTICATION_PROVIDER","credentialProvider":"OKTA_AUTHENTICATION_PROVIDER",'
              b'"credentialType":"PASSWORD"',
    "oauth": b'"authenticationProvider":null,"credentialProvider":null,"credentialType":"OAuth 2.0"',
}
NO_PROVIDER = b'"authenticationProvider":null,"credentialProvider":null,"credentialType":null'


class _Form:
    """What does not change between two events of a type: head, outcomes by weight, debugData with holes."""

    def __init__(self, kind: catalogue.EventType) -> None:
        self.kind = kind
        self.head = b',"displayMessage":%b,"eventType":%b,"outcome":' % (to_json(kind.message), to_json(kind.name))
        outcomes = [(to_json({"result": result, "reason": reason}), weight) for result, reason, weight in kind.outcomes]
        self.outcomes = [text for text, weight in outcomes for _ in range(weight)] or [b"null"]
        path = PATHS.get(kind.debug, b"/api/v1/" + kind.name.replace(".", "/").encode())
        self.debug = (b',"debugContext":{"debugData":{' + FAMILIES.get(kind.debug, b"")
                      + b'"requestId":"%(rid)s","dtHash":"%(h2)s","requestUri":"' + path + b'","url":"' + path + b'?",'
                      b'"logOnlySecurityData":"{\\"risk\\":{\\"level\\":\\"LOW\\"},\\"behaviors\\":{\\"New Geo-Location\\":\\"NEGATIVE\\",'
                      b'\\"New Device\\":\\"NEGATIVE\\",\\"New IP\\":\\"NEGATIVE\\",\\"New State\\":\\"NEGATIVE\\",\\"New Country\\":\\"NEGATIVE\\",'
                      b'\\"Velocity\\":\\"NEGATIVE\\",\\"New City\\":\\"NEGATIVE\\"}}"}},"legacyEventType":' + to_json(kind.legacy)
                      + b',"transaction":{"type":"' + kind.transaction.encode() + b'","id":"%(rid)s","detail":{}},"uuid":"')
        self.severity = b',"severity":"%b"' % kind.severity.encode()
        self.provider = PROVIDERS.get(kind.debug, NO_PROVIDER)
        self.background = kind.transaction == "JOB" or (kind.actor == "SystemPrincipal" and kind.debug != "phone")
        self.with_device = kind.debug in ("signon", "device", "factor")


@lru_cache(maxsize=8)
def _cast(seed: int) -> Cast:
    return make_cast(seed)


@lru_cache(maxsize=1)
def _forms() -> tuple[list[_Form], list[int]]:
    forms = [_Form(kind) for kind in catalogue.ALL]
    return forms, [n for n, form in enumerate(forms) for _ in range(form.kind.weight)]


def time_text(ms: int) -> bytes:
    """RFC 3339 with milliseconds, as `published` has it."""
    second, rest = divmod(ms, 1000)
    return b"%b.%03dZ" % (_second_text(second), rest)


@lru_cache(maxsize=4096)
def _second_text(second: int) -> bytes:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second)).encode()


class Generator:
    """Events of one org.  `late` is the share of events that become visible long after they were published."""

    def __init__(self, seed: int, org: int, late: float = 0.01, late_max_s: float = 3600.0) -> None:
        self._key = b"weir%d/%d" % (seed, org)
        self._cast = _cast(seed)
        self._node = hashlib.blake2b(self._key, digest_size=6).hexdigest().encode()
        self._late = int(late * 2**32)
        self._late_max_ms = int(late_max_s * 1000)

    def draw(self, i: int) -> tuple[int, ...]:
        return DRAW.unpack(hashlib.blake2b(i.to_bytes(8, "little"), digest_size=48, key=self._key).digest())

    def delay_ms(self, i: int) -> int:
        """How long before its persistence event i was published."""
        r = self.draw(i)
        if r[0] < self._late:
            return 5000 + r[1] % max(1, self._late_max_ms - 5000)
        return r[1] % 1500

    def uuid(self, i: int, published_ms: int) -> str:
        return self._uuid(i, published_ms).decode()

    def _uuid(self, i: int, published_ms: int) -> bytes:
        """A version 1 uuid of the published time; number and org stand in counter, sequence and node."""
        ticks = (published_ms + UUID_EPOCH_MS) * 10000 + i % 10000
        sequence = 0x8000 | (i // 10000) & 0x3FFF
        return b"%08x-%04x-1%03x-%04x-%b" % (ticks & 0xFFFFFFFF, ticks >> 32 & 0xFFFF, ticks >> 48 & 0xFFF, sequence, self._node)

    def render(self, i: int, published_ms: int) -> bytes:
        """The minified JSON of event i."""
        forms, shares = _forms()
        r = self.draw(i)
        form = forms[(i * 31) % len(forms) if i < len(forms) else shares[r[2] % len(shares)]]
        cast, kind = self._cast, form.kind
        subject = cast.people[r[3] & 255]
        place, agent = cast.places[r[4] & 127], cast.agents[(r[4] >> 8) % len(cast.agents)]
        request = b"%08x%08x%08x" % (r[5], r[6], r[7])
        holes = {b"rid": b"Z" + request, b"h": request + b"%08x" % r[8],
                 b"h2": b"%b%b%08x%08x" % (request, request, r[8], r[9]), b"n": r[9] % 5000, b"d": r[9] % 100}
        session = b'"idx%b"' % request if not form.background else b"null"
        return b"".join((
            b'{"actor":', self._actor(kind, r),
            b',"client":', self._client(form, place, agent),
            b',"device":', cast.devices[r[10] & 31] if form.with_device and r[10] & 64 else b"null",
            b',"authenticationContext":{', form.provider, b',"issuer":null,"authenticationStep":0,"externalSessionId":', session,
            b',"rootSessionId":', session, b',"interface":null}',
            form.head, form.outcomes[r[11] % len(form.outcomes)],
            b',"published":"', time_text(published_ms), b'","securityContext":',
            NULL_SECURITY if form.background else place.security,
            form.severity, form.debug % holes, self._uuid(i, published_ms),
            b'","version":"0","request":{"ipChain":', b"[]" if form.background else place.chain,
            b'},"target":', self._targets(kind, subject, r), b"}"))

    def _actor(self, kind: catalogue.EventType, r: tuple[int, ...]) -> bytes:
        if kind.actor == "User":
            return self._cast.people[r[3] >> 8 & 255].actor
        if kind.actor == "SystemPrincipal":
            return self._cast.system
        return self._cast.clients[r[3] % len(self._cast.clients)]

    @staticmethod
    def _client(form: _Form, place: Place, agent: tuple[bytes, bytes]) -> bytes:
        if form.background:
            return NULL_CLIENT
        return b'{"userAgent":%b,"zone":"null","device":%b,"id":null,"ipAddress":%b,"geographicalContext":%b}' % (
            agent[0], agent[1], place.ip, place.geo)

    def _targets(self, kind: catalogue.EventType, subject: Person, r: tuple[int, ...]) -> bytes:
        """The list of targets, begun at a drawn place since its order is not fixed; null when there is none."""
        if not kind.targets:
            return b"null"
        people = {"User": subject.user, "User+": subject.changed, "AppUser": subject.app_user}
        parts = []
        for n, name in enumerate(kind.targets):
            things = self._cast.things.get(name)
            parts.append(people[name] if things is None else things[(r[9] >> 4 * n) % len(things)])
        turn = r[10] >> 8 & 3
        if turn == 1:
            parts = parts[1:] + parts[:1]
        return b"[" + b",".join(parts) + b"]"
