#!/usr/bin/python3
# test_goldens.py - the goldens of the Taegis pack are complete, and are what the second mapping says.
#
# Lives here: checks that need no weir.
# Not here: running the rules; test_taegis.py does.
# SPDX-License-Identifier: Apache-2.0
"""Every listed type has a golden for success and for failure, and every golden is what the description says."""

import glob
import os
import re
import unittest

import goldens
import second_mapping
import source_json

LISTED = sorted({*second_mapping.AUTH, *second_mapping.CLOUDAUDIT, *second_mapping.GENERIC})

# What no record lacks: constants, what the schema requires, and rows that end in a constant. Of generic nothing is required.
STAMP = {"event_time_usec", "event_time_fidelity", "sensor_event_id"}
SURE = {"sensor_type", "sensor_tenant", "sensor_id", "sensor_cpe", "normalizer", "ingest_time_usec", "original_data"}
NEVER_ABSENT = {"auth": SURE | STAMP | {"okta.event_type", "action", "auth_system", "application_name", "target_host_name"},
                "cloudaudit": SURE | STAMP | {"okta.event_type", "event_name", "event_type", "event_source", "account_id"},
                "generic": SURE | {"hostname"}}


def golden_events():
    for path in sorted(glob.glob(os.path.join(goldens.PACK, "*.in.ndjson"))):
        for line in goldens.lines_of(path):
            yield path, second_mapping.source_json.read(line), line


def targets_of(record, at=""):
    """What a record holds, by name; the pairs of event_metadata by their key."""
    for key, value in record.items():
        if key == "event_metadata":
            yield from (re.sub(r"\.\d+\.", ".#.", pair["key"]) for pair in value["record"])
        elif isinstance(value, dict):
            yield from targets_of(value, f"{at}{key}.")
        else:
            yield at + key


def rule_of(record):
    return "auth" if "auth_system" in record else "cloudaudit" if "event_name" in record else "generic"


def names_of_pairs(*files):
    """The keys of event_metadata that rule files write."""
    for name in files:
        with open(os.path.join(goldens.PACK, name), encoding="utf-8") as file:
            yield from re.findall(r'^ +\["(okta\.[^"]+)"\] += ', file.read(), re.M)


class Goldens(unittest.TestCase):
    def test_fifty_types_are_listed(self):
        self.assertEqual(len(LISTED), 49 + 1)  # Taegis's 49, and the right spelling of one of them

    def test_each_listed_type_succeeds_and_fails(self):
        seen = {(event.get("eventType"), second_mapping.result_of(event)) for _, event, _ in golden_events()}
        for kind in LISTED:
            for result in (True, False):
                self.assertIn((kind, result), seen)

    def test_outputs_are_what_the_second_mapping_says(self):
        for path in sorted(glob.glob(os.path.join(goldens.PACK, "*.in.ndjson"))):
            out = path.replace(".in.", ".out.")
            found = [second_mapping.source_json.read(line) for line in goldens.lines_of(out)]
            with self.subTest(os.path.basename(out)):
                self.assertEqual(goldens.compare(os.path.basename(out), goldens.expected(path), found), 0)

    def test_each_row_of_each_rule_is_seen_present_and_absent(self):
        seen = {rule: [] for rule in NEVER_ABSENT}
        for path in glob.glob(os.path.join(goldens.PACK, "*.out.ndjson")):
            for record in map(source_json.read, goldens.lines_of(path)):
                seen[rule_of(record)].append(set(targets_of(record)))
        for rule, found in seen.items():
            with self.subTest(rule):
                rows = set.union(*found)
                self.assertEqual(set.intersection(*found), NEVER_ABSENT[rule])
                pairs = set(names_of_pairs("_metadata.lua", rule + ".lua"))
                self.assertGreater(len(pairs), 40)
                # An event without a time that can be read becomes a generic record.
                self.assertEqual(pairs - rows, set() if rule == "generic" else {"okta.published"})

    def test_addresses_and_names_are_those_reserved_for_documentation(self):
        reserved = re.compile(r"192\.0\.2\.|198\.51\.100\.|203\.0\.113\.")
        for path, event, line in golden_events():
            agent = event.get("client") or {}
            line = line.replace(str((agent.get("userAgent") or {}).get("rawUserAgent")), "")
            for address in re.findall(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", line):
                self.assertRegex(address, reserved, path)
            for domain in re.findall(r"[\w.+-]+@([\w.-]+)", line):
                self.assertRegex(domain, r"^(example\.(com|org|net)|okta\.com)$", path)


if __name__ == "__main__":
    unittest.main()
