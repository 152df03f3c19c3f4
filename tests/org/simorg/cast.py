# SPDX-License-Identifier: Apache-2.0
"""cast - the people, places and things that appear in generated events, as ready JSON fragments.

Lives here: pools drawn once from a seed.  Not here: which of them an event names (events.py).
Fragments are rendered once, so that an event is a join of bytes and not a serialization.
"""

import json
import random
from dataclasses import dataclass

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
FIRST = ("Ada", "Zoë", "Jürgen", "Màiri", "Łukasz", "Noor", "Chidi", "Sven", "Inês", "Mary Ann", "花子", "Ольга",
         "Ravi", "Aoife", "Tom", "Leila")
LAST = ("Byron", "Åström", "O'Neill", "Núñez", "Kowalski", "al-Farsi", "Okafor", "Lund", "da Silva", "\"Buzz\" Smith",
        "山田", "Иванова", "Patel", "Ní Bhriain", "Müller-Lüdenscheidt", "Haddad \U0001f511")
CITIES = (("Toronto", "Ontario", "Canada", "M4M", 43.6567, -79.34), ("Zürich", "Zurich", "Switzerland", "8001", 47.3667, 8.55),
          ("São Paulo", "São Paulo", "Brazil", "01000-000", -23.5475, -46.6361), ("東京", "東京都", "Japan", "100-0001", 35.6895, 139.6917),
          ("Austin", "Texas", "United States", "78701", 30.2672, -97.7431), ("Nairobi", None, "Kenya", None, -1.2833, 36.8167),
          ("Reykjavík", "Capital Region", "Iceland", "101", 64.1355, -21.8954), ("Chennai", "Tamil Nadu", "India", "600006", 12.8996, 80.2209))
CARRIERS = ((577, "bell canada", "bell canada", "bell.ca"), (3303, "swisscom", "swisscom (schweiz) ag", "bluewin.ch"),
            (16509, "amazon.com inc.", "amazon technologies inc.", "amazonaws.com"), (2516, "kddi", "kddi corporation", "."),
            (60068, "cdnext", "datacamp limited", "datapacket.com"), (None, None, None, None))
AGENTS = (
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
     "Windows 10", "CHROME", "Computer"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
     "Mac OS X", "SAFARI", "Computer"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Linux", "FIREFOX", "Computer"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
     "iOS (iPhone)", "UNKNOWN", "Mobile"),
    ("okta-sdk-java/15.0.0 java/17.0.11 Linux/5.15", "Linux", "UNKNOWN", "Unknown"),
    ("curl/8.5.0", "Unknown", "UNKNOWN", "Unknown"),
)
THINGS: dict[str, tuple[str, tuple[str, ...]]] = {
    "AppInstance": ("0oa", ("Okta Admin Console", "Salesforce.com", "Office 365 – Überblick", "Slack", "AWS IAM Identity Center",
                            "GitHub Enterprise Cloud", "Workday", "Wiki <internal>", "VPN \\ Radius", "Jira & Confluence")),
    "UserGroup": ("00g", ("Everyone", "Engineering", "Finanzbuchhaltung", "Contractors (EU)", "Administrators/Tier 0")),
    "PolicyEntity": ("00p", ("Default Policy", "Admin Sign-On", "MFA Enrollment", "Any two factors")),
    "PolicyRule": ("0pr", ("Default Rule", "Catch-all Rule", "Deny anonymizers", "Outside \"trusted\" zones")),
    "AuthenticatorEnrollment": ("pfd", ("Password", "Okta Verify", "Google Authenticator", "Security Key or Biometric", "Phone")),
    "Token": ("00T", ("siem collector", "terraform", "nightly-sync", "old token, rotate me")),
    "PublicClientApp": ("0oa", ("Mobile App", "Partner Portal SPA", "Batch Service")),
    "NetworkZone": ("nzo", ("BlockedIpZone", "LegacyIpZone", "Offices EMEA")),
    "IdentityProvider": ("0oa", ("Google", "Corporate SAML")),
    "Device": ("guo", ("LAPTOP-7F3K2", "Zoë's MacBook Pro", "Pixel 8", "iPhone")),
    "URL": ("unk", ("/api/v1/logs", "/api/v1/users/{id}", "/oauth2/v1/token")),
    "ROLE": ("cr0", ("Help Desk L2", "Log Reader")),
    "inlinehook": ("cal", ("Token enrichment", "Registration check")),
    "eventhook": ("who", ("Security events",)),
    "code": ("oc", ("Authorization Code",)),
    "access_token": ("AT.", ("Access Token",)),
    "id_token": ("ID.", ("ID Token",)),
    "refresh_token": ("oar", ("Refresh Token",)),
}
METHODS = {"Password": "Password", "Okta Verify": "Get a push notification", "Phone": "SMS"}


@dataclass(frozen=True)
class Person:
    """A user of the org: as actor, as target of each kind, and the same with a change of its profile."""

    login: bytes
    actor: bytes
    user: bytes
    changed: bytes
    app_user: bytes


@dataclass(frozen=True)
class Place:
    """Where a request came from: the parts of client, securityContext and request that follow from the address."""

    ip: bytes
    geo: bytes
    security: bytes
    chain: bytes


@dataclass(frozen=True)
class Cast:
    people: list[Person]
    places: list[Place]
    agents: list[tuple[bytes, bytes]]
    things: dict[str, list[bytes]]
    devices: list[bytes]
    system: bytes
    clients: list[bytes]


def to_json(value: object, ascii_only: bool = False) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=ascii_only).encode()


def make_id(rng: random.Random, prefix: str) -> str:
    return prefix + "".join(rng.choices(LETTERS, k=20 - len(prefix)))


def _entity(kind: str, ident: str, alternate: str | None, name: str | None, detail: object = None) -> dict[str, object]:
    return {"id": ident, "type": kind, "alternateId": alternate, "displayName": name, "detailEntry": detail}


def _person(rng: random.Random, n: int) -> Person:
    first, last = rng.choice(FIRST), rng.choice(LAST)
    name, ident, login = f"{first} {last}", make_id(rng, "00u"), f"user{n}@example.com"
    ascii_only = n % 3 == 0
    user = _entity("User", ident, login, name)
    change = {"from": {"department": "Ops", "title": None}, "to": {"department": "R&D", "title": "Principal Engineer"}}
    return Person(
        login=login.encode(),
        actor=to_json(user, ascii_only),
        user=to_json(user, ascii_only),
        changed=to_json({**user, "changeDetails": change}, ascii_only),
        app_user=to_json(_entity("AppUser", make_id(rng, "0ua"), login, name, {"signOnModeType": "SAML_2_0"}), ascii_only),
    )


def _address(rng: random.Random, n: int) -> tuple[str, str]:
    if n % 8 == 7:
        return "V6", "2001:db8:%x::%x" % (rng.getrandbits(16), rng.getrandbits(16))
    net = rng.choice(("192.0.2", "198.51.100", "203.0.113"))
    return "V4", f"{net}.{rng.randrange(1, 255)}"


def _place(rng: random.Random, n: int) -> Place:
    city, state, country, postal, lat, lon = rng.choice(CITIES)
    number, org, isp, domain = rng.choice(CARRIERS)
    version, ip = _address(rng, n)
    geo = None if n % 16 == 15 else {"city": city, "state": state, "country": country, "postalCode": postal,
                                     "geolocation": {"lat": lat, "lon": lon}}
    proxy = None if number is None else number == 60068
    services = [{"type": "VPN", "operator": "EXAMPLE_VPN", "isAnonymous": True}] if proxy else None
    details = {"asNumber": number, "asOrg": org, "isp": isp, "domain": domain, "ipServiceCategories": services}
    level = "HIGH" if proxy else "LOW"
    security = {"asNumber": number, "asOrg": org, "isp": isp, "domain": domain, "isProxy": proxy,
                "ipDetails": details if number else None,
                "risk": {"level": level, "previousLevel": None, "detectionName": None, "issuer": None,
                         "reasons": ["Anomalous Location", "Anomalous Device"] if proxy else []},
                "userBehaviors": [{"id": make_id(rng, "bha"), "name": "New Geo-Location",
                                   "result": "POSITIVE" if proxy else "NEGATIVE"},
                                  {"id": make_id(rng, "bha"), "name": "New Device", "result": "NEGATIVE"}],
                "botProtection": {"level": "NONE"}}
    chain: list[dict[str, object]] = [{"ip": ip, "geographicalContext": geo, "version": version, "source": None,
                                       "ipDetails": None}]
    if n % 4 == 0:
        chain.append({"ip": f"10.0.{rng.randrange(256)}.{rng.randrange(256)}", "geographicalContext": None,
                      "version": "V4", "source": "proxy", "ipDetails": None})
    return Place(to_json(ip), to_json(geo), to_json(security), to_json(chain))


def _things(rng: random.Random) -> dict[str, list[bytes]]:
    out: dict[str, list[bytes]] = {}
    for kind, (prefix, names) in THINGS.items():
        entities = []
        for name in names:
            detail = {"methodTypeUsed": METHODS[name]} if name in METHODS else None
            alternate = "unknown" if kind in ("PolicyEntity", "PolicyRule", "AuthenticatorEnrollment", "UserGroup") else name
            entities.append(_entity(kind, make_id(rng, prefix), alternate, name, detail))
        out[kind] = [to_json(e) for e in entities]
        change = {"from": {"status": "INACTIVE", "priority": 2}, "to": {"status": "ACTIVE", "priority": 1}}
        out[kind + "+"] = [to_json({**e, "changeDetails": change}) for e in entities]
    return out


def _device(rng: random.Random, n: int) -> bytes:
    return to_json({"id": make_id(rng, "guo"), "name": THINGS["Device"][1][n % 4], "os_platform": ("WINDOWS", "MACOS", "ANDROID", "IOS")[n % 4],
                    "os_version": f"1{n % 9}.{n % 7}.0", "managed": n % 2 == 0, "registered": True, "device_integrator": None,
                    "disk_encryption_type": "ALL_INTERNAL_VOLUMES", "screen_lock_type": "BIOMETRIC", "jailbreak": None,
                    "secure_hardware_present": True})


def make_cast(seed: int) -> Cast:
    """Draws everyone and everything; the same seed gives the same bytes."""
    rng = random.Random(seed)
    return Cast(
        people=[_person(rng, n) for n in range(256)],
        places=[_place(rng, n) for n in range(128)],
        agents=[(to_json({"rawUserAgent": raw, "os": os, "browser": browser}), to_json(device))
                for raw, os, browser, device in AGENTS],
        things=_things(rng),
        devices=[_device(rng, n) for n in range(32)],
        system=to_json(_entity("SystemPrincipal", make_id(rng, "spr"), "system@okta.com", "Okta System")),
        clients=[to_json(_entity("PublicClientApp", make_id(rng, "0oa"), None, name)) for name in THINGS["PublicClientApp"][1]],
    )
