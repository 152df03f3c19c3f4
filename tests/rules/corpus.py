#!/usr/bin/python3
# corpus.py - as many Okta events as wanted, of every type, many of them odd.
#
#   corpus.py COUNT [SEED] > events.ndjson
#
# Lives here: events grown from the goldens by exchanging types, outcomes, people, addresses, times and by breaking
# single values.
# Not here: events of a plausible day; tests/org/ has a generator of those.
# SPDX-License-Identifier: Apache-2.0
"""The same count and seed give the same bytes."""

import copy
import glob
import json
import os
import random
import sys

import second_mapping

PACK = os.path.join(second_mapping.RULES, "taegis")
TYPES = sorted({*second_mapping.AUTH, *second_mapping.CLOUDAUDIT, *second_mapping.GENERIC})
OTHER_TYPES = sorted({*second_mapping.AUTO_AUTH, *second_mapping.AUTO_CLOUDAUDIT, "security.threat.detected",
                      "system.org.rate_limit.violation", "an.event.type.of.tomorrow", "x", ""})
OUTCOMES = ("SUCCESS", "ALLOW", "FAILURE", "DENY", "CHALLENGE", "SKIPPED", "UNKNOWN", "ABANDONED", "success", None)
ADDRESSES = ("192.0.2.1", "198.51.100.255", "2001:db8::1", "2001:DB8:0:0::0001", "::ffff:192.0.2.1", "::", "192.0.2.256",
             "192.0.2", "192.0.2.01", "192.0.2.1:443", " 192.0.2.1", "fe80::1%eth0", "unknown", "", None)
TIMES = ("2026-01-31T23:59:59Z", "2026-01-31T23:59:59.1Z", "2026-01-31 23:59:59.12+00:00", "2024-02-29T00:00:00.123456Z",
         "2026-02-29T00:00:00Z", "2026-01-31T23:59:59.123456789-11:30", "1969-12-31T23:59:59.999999Z", "2026-01-31T24:00:00Z",
         "2026-06-30T23:59:60Z", "2026-01-31T23:59:59", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "unknown", None)
LOGINS = ("ada@example.com", "CORP\\ada", "ada", "@example.com", "ada@", "\\ada", "a\\b@example.com", "a@b@example.com",
          "unknown", "Unknown", "N/A", "null", "", None, "zoë@example.com", "日本@example.jp")
TEXT_MAPS = ("{level=LOW}", "{reasons=A, B, level=HIGH}", "{level=MEDIUM, reasons=New Device, New IP}", "{}", "{level=}", "level=LOW",
             "{a, level=LOW}", "{A=POSITIVE, B C=NEGATIVE, D=POSITIVE}", "{A=POSITIVE,B=POSITIVE}", "{x=a=b, level=LOW}", None)
ODD = (None, "", "unknown", "N/A", "text", 0, -1, 1.5, 12345678901234567890, True, False, [], {}, ["text"], [None], {"type": "User"},
       [{"type": "User", "id": "00u9", "alternateId": "odd@example.com"}], "\u0000", "é\U0001f600\u2028\"\\/\n", "x" * 600)


def main(count, seed):
    chance, seeds = random.Random(seed), golden_events()
    for number in range(count):
        event = grow(copy.deepcopy(chance.choice(seeds)), chance)
        if chance.random() < 0.99:
            event["uuid"] = f"00000000-0000-11f1-b000-{number:012d}"
        print(json.dumps(event, ensure_ascii=chance.random() < 0.1, separators=chance.choice(((",", ":"), (", ", ": ")))))


def golden_events():
    events = []
    for name in ("auth", "auth.account", "cloudaudit", "generic"):
        with open(os.path.join(PACK, name + ".in.ndjson"), encoding="utf-8") as file:
            events += [json.loads(line) for line in file if line.strip()]
    return events


def grow(event, chance):
    if chance.random() < 0.7:
        event["eventType"] = chance.choice(TYPES if chance.random() < 0.8 else OTHER_TYPES)
    if chance.random() < 0.7:
        event["outcome"] = {"result": chance.choice(OUTCOMES), "reason": chance.choice((None, "INVALID_CREDENTIALS", ""))}
    if chance.random() < 0.3:
        event["published"] = chance.choice(TIMES)
    for share, change in ((0.3, change_client), (0.3, change_people), (0.3, change_debug)):
        if chance.random() < share:
            change(event, chance)
    for _ in range(chance.choice((0, 0, 1, 1, 2, 5))):
        break_something(event, chance)
    return event


def change_client(event, chance):
    client = event.get("client")
    if isinstance(client, dict):
        client["ipAddress"] = chance.choice(ADDRESSES)
    event["request"] = {"ipChain": [{"ip": chance.choice(ADDRESSES)} for _ in range(chance.choice((0, 1, 1, 3)))]}
    event["transaction"] = {"type": chance.choice(("WEB", "JOB", None)), "id": "tx"}


def change_people(event, chance):
    kind = chance.choice(("User", "User", "SystemPrincipal", "PublicClientApp", None))
    event["actor"] = {"id": "00u7", "type": kind, "alternateId": chance.choice(LOGINS), "displayName": chance.choice(("Ada", None))}
    if isinstance(event.get("target"), list):
        chance.shuffle(event["target"])
        for each in event["target"]:
            if isinstance(each, dict) and chance.random() < 0.5:
                each["alternateId"] = chance.choice(LOGINS)
                each["type"] = chance.choice(("User", "AppUser", "AppInstance", "Token", "AuthenticatorEnrollment", "Rule"))


def change_debug(event, chance):
    factor = chance.choice((None, "PASSWORD_AS_FACTOR", "Password", "OKTA_VERIFY_PUSH", "unknown", 7))
    event["debugContext"] = {"debugData": {"factor": factor, "risk": chance.choice(TEXT_MAPS), "behaviors": chance.choice(TEXT_MAPS)}}
    credential = chance.choice(("PASSWORD", "OTP", "JWT", "SMS", "password", None))
    provider = chance.choice(("FEDERATION", "unknown", None))
    event["authenticationContext"] = {"credentialType": credential, "authenticationProvider": provider}


def break_something(event, chance):
    """Takes away or exchanges one value somewhere; the event's own type and id stay usable most of the time."""
    place, key = event, chance.choice(sorted(event))
    while isinstance(place[key], (dict, list)) and place[key] and chance.random() < 0.7:
        place = place[key]
        key = chance.choice(sorted(place) if isinstance(place, dict) else range(len(place)))
    if place is event and key in ("uuid", "eventType") and chance.random() < 0.8:
        return
    if isinstance(place, dict) and chance.random() < 0.3:
        del place[key]
    else:
        place[key] = copy.deepcopy(chance.choice(ODD))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
