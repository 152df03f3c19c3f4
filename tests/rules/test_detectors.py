#!/usr/bin/python3
"""test_detectors.py - every type that becomes an auth record has a golden with all that detectors read.

Spray, brute force, impossible travel, stolen credentials and rare logons group on the user, the address, its place and network,
the agent, the action and the time; a record without one of them is invisible to some.
SPDX-License-Identifier: Apache-2.0
"""
import glob
import json
import os
import pathlib
import subprocess
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
WEIR = pathlib.Path(os.environ.get("WEIR", TOP / "build" / "weir")).resolve()
GEO = "source_address_geo_summary."
READ = ("event_time_usec", "action", "auth_system", "application_name", "target_user_name", "target_user_id", "target_domain_name",
        "target_host_name", "source_address", "user_agent", "sensor_event_id", GEO + "city.name", GEO + "country.iso_code",
        GEO + "location.latitude", GEO + "location.longitude", GEO + "asn.autonomous_system_no", GEO + "asn.autonomous_system_org")
# Okta itself calls the hook: there is no client.
WITHOUT_CLIENT = {"inline_hook.response.processed"}
# They tell of a session or of a way to sign in, and not that somebody did.
WITHOUT_ACTION = {
    "app.generic.unauth_app_access_attempt", "application.policy.sign_on.deny_access",  # when they say SUCCESS
    "policy.auth_reevaluate.action", "policy.auth_reevaluate.enforce", "policy.auth_reevaluate.fail",
    "user.authentication.auth_identifier_not_in_policy", "user.authentication.auth_unconfigured_identifier",
    "user.authentication.dsso_via_non_priority_source", "user.identity_verification", "user.identity_verification.start",
    "user.session.context.change", "user.session.impersonation.end", "user.session.impersonation.initiate",
}


def at(record, path):
    for key in path.split("."):
        record = record.get(key) if isinstance(record, dict) else None
    return record


def auth_types(*words):
    told = subprocess.run([WEIR, "coverage", "rules/taegis", "--schema", "auth", "--json", *words], capture_output=True, text=True,
                          cwd=TOP, check=True)
    return [t["type"] for t in json.loads(told.stdout)["types"]]


def records():
    """Of all goldens: the auth records, by the type of their event."""
    found = {}
    for path in glob.glob(str(TOP / "rules" / "taegis" / "*.out.ndjson")):
        with open(path, encoding="utf-8") as file:
            for record in map(json.loads, file):
                if "auth_system" in record:
                    pairs = {p["key"]: p["value"] for p in record["event_metadata"]["record"]}
                    found.setdefault(pairs.get("okta.event_type"), []).append(record)
    return found


class Detectors(unittest.TestCase):
    def complete(self, types):
        goldens = records()
        for kind in types:
            with self.subTest(kind):
                lacks = [[f for f in READ if at(r, f) is None] for r in goldens.get(kind, [])]
                self.assertTrue(lacks, "no golden")
                if kind not in WITHOUT_CLIENT:
                    self.assertEqual(min(lacks, key=len), [])
                actions = {r["action"] for r in goldens[kind]} - {"UNKNOWN"}
                self.assertTrue(actions or kind in WITHOUT_ACTION, "its action is UNKNOWN in each golden")

    def test_types_of_the_page(self):
        self.complete(auth_types())

    def test_types_by_family(self):
        self.complete(auth_types("--set", "unlisted=auto"))

    def test_sign_ins_that_fail_are_counted_as_such(self):
        for kind in ("user.session.start", "user.authentication.sso"):
            actions = {r["action"] for r in records()[kind]}
            self.assertTrue({"LOGON", "LOGON_FAILURE"} <= actions, actions)


if __name__ == "__main__":
    unittest.main()
