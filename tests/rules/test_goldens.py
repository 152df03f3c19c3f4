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

LISTED = sorted({*second_mapping.AUTH, *second_mapping.CLOUDAUDIT, *second_mapping.GENERIC})


def golden_events():
    for path in sorted(glob.glob(os.path.join(goldens.PACK, "*.in.ndjson"))):
        for line in goldens.lines_of(path):
            yield path, second_mapping.source_json.read(line), line


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
