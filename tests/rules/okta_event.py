# okta_event.py - reads the odd parts of an Okta event: addresses, times, targets, maps written as text.
#
# Lives here: what a value means by itself.
# Not here: which field of a record it goes to; second_mapping.py says.
# SPDX-License-Identifier: Apache-2.0
"""Whatever is missing or of the wrong kind reads as nothing."""

import re
import socket
from datetime import datetime, timedelta, timezone

from source_json import Number


def known(value):
    """Texts, numbers and booleans that say something."""
    if isinstance(value, (dict, list)) or value is None:
        return None
    if not isinstance(value, Number) and isinstance(value, str):
        if value == "" or value.lower() in ("null", "unknown", "n/a"):
            return None
    return value


def obj(value, *names):
    """The object at a path of names; an empty one where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def targets(event):
    found = event.get("target")
    return found if isinstance(found, list) else []


def of_type(found, *kinds):
    """The first object of these types in a list; or the object itself, where a forwarder took it out of its list."""
    for kind in kinds:
        for each in found if isinstance(found, list) else [found]:
            if isinstance(each, dict) and each.get("type") == kind:
                return each
    return None


def target(event, *kinds):
    return of_type(event.get("target"), *kinds)


def actor_if(event, kind):
    return of_type(event.get("actor"), kind)


def target_user(event):
    return target(event, "User", "AppUser")


def name_of(who):
    if not isinstance(who, dict):
        return None
    return next((text(known(who.get(k))) for k in ("alternateId", "displayName", "id") if known(who.get(k)) is not None), None)


def id_of(who):
    return text(known(who.get("id"))) if isinstance(who, dict) else None


def domain_of(who):
    login = text(known(who.get("alternateId"))) if isinstance(who, dict) else None
    if login is None:
        return None
    domain, slash, _ = login.partition("\\")
    if slash and domain:
        return domain
    return login.partition("@")[2] or None


def as_address(value):
    if not isinstance(value, str) or isinstance(value, Number):
        return None
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            return socket.inet_ntop(family, socket.inet_pton(family, value))
        except (OSError, ValueError):
            pass
    return None


def address(event):
    chain = obj(event, "request").get("ipChain")
    first = chain[0] if isinstance(chain, list) and chain else None
    return as_address(obj(event, "client").get("ipAddress")) or as_address(obj(first).get("ip"))


STAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([-+])(\d\d):(\d\d))", re.ASCII)


def stamp_parts(value):
    return STAMP.fullmatch(value) if isinstance(value, str) else None


def microseconds(value):
    parts = stamp_parts(value)
    if not parts:
        return None
    year, month, day, hour, minute, second = (int(parts.group(i)) for i in range(1, 7))
    if second > 60 or hour > 23 or minute > 59 or int(parts.group(9) or 0) > 23 or int(parts.group(10) or 0) > 59:
        return None
    try:
        moment = datetime(year, month, day, hour, minute, tzinfo=timezone.utc) + timedelta(seconds=second)
    except (ValueError, OverflowError):
        return None
    offset = (int(parts.group(9) or 0) * 60 + int(parts.group(10) or 0)) * 60
    seconds = (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(seconds=1)
    seconds -= offset if parts.group(8) == "+" else -offset
    return seconds * 1000000 + int(((parts.group(7) or "") + "000000")[:6])


def fidelity(value):
    digits = len(stamp_parts(value).group(7) or "")
    return "SECOND" if digits == 0 else "MILLISECOND" if digits <= 3 else "MICROSECOND" if digits <= 6 else "NANOSECOND"


def text_map(value):
    """Okta's maps written as text: {reasons=New Device, New IP, level=HIGH}"""
    if not isinstance(value, str) or len(value) < 2 or value[0] != "{" or value[-1] != "}":
        return []
    pairs = []
    for piece in value[1:-1].split(", "):
        name, equals, rest = piece.partition("=")
        if equals:
            pairs.append([name, rest])
        elif pairs:
            pairs[-1][1] += ", " + piece
        else:
            return []
    return pairs
