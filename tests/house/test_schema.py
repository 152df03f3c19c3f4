#!/usr/bin/python3
"""test_schema.py - the JSON Schema for editors takes what weir takes and refuses what it refuses.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import subprocess
import unittest

import jsonschema
import yaml

WEIR = os.environ.get("WEIR", "build/weir")

WHOLE = """
state_dir: /var/lib/weir
sources:
  acme: {plugin: file, path: /var/log/okta.ndjson}
sinks:
  out: {plugin: stdout}
"""

# Laid over the whole one. True: both take it.
CASES = [
    ("{}", True),
    ("{workers: 4}", True),
    ("{workers: '4'}", True),
    ("{workers: many}", False),
    ("{workers: 4.5}", False),
    ("{workers: -1}", False),
    ("{workers: null}", True),
    ("{worker: 4}", False),
    ("{retry_min: 150ms}", True),
    ("{retry_min: 1h30m, retry_max: 2h}", True),
    ("{retry_min: 30}", False),
    ("{retry_min: 30sec}", False),
    ("{seen_for: 0}", True),
    ("{page_max: 64MiB}", True),
    ("{page_max: 64M}", False),
    ("{dead_letter_limit: 5%}", True),
    ("{dead_letter_limit: 0.05}", False),
    ("{watch: true}", True),
    ("{watch: 'yes'}", False),
    ("{log_level: warn}", True),
    ("{log_level: loud}", False),
    ("{state_dir: null}", False),
    ("{sources: {acme: {plugin: nothing}}}", False),
    ("{sources: {acme: {path: '7'}}}", True),
    ("{sources: {acme: {paht: x}}}", False),
    ("{sources: {acme: {inputs: [out]}}}", False),
    ("{sources: {acme: {path: [x]}}}", False),
    ("{sources: [acme]}", False),
    ("{sinks: {out: {inputs: [acme]}}}", True),
    ("{sinks: {out: {inputs: acme}}}", False),
    ("{sinks: {two: {path: x}}}", False),
]


def merged(base, over):
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    result = dict(base)
    for key, value in over.items():
        result[key] = merged(base[key], value) if key in base else value
    return result


class Schema(unittest.TestCase):
    def setUp(self):
        text = subprocess.run([WEIR, "describe", "--json-schema"], capture_output=True, text=True,
                              check=True).stdout
        self.schema = json.loads(text)
        jsonschema.Draft7Validator.check_schema(self.schema)
        self.validator = jsonschema.Draft7Validator(self.schema)

    def weir_takes(self, config):
        run = subprocess.run([WEIR, "check", "-c", "/dev/stdin", "--json"], capture_output=True,
                             text=True, input=yaml.safe_dump(config, sort_keys=False), check=False)
        return json.loads(run.stdout)

    def test_both_agree(self):
        for text, taken in CASES:
            config = merged(yaml.safe_load(WHOLE), yaml.safe_load(text))
            said = self.weir_takes(config)
            errors = [e.message for e in self.validator.iter_errors(config)]
            with self.subTest(text):
                self.assertEqual(taken, said["ok"], said["errors"])
                self.assertEqual(taken, not errors, errors)

    def test_every_option_is_described(self):
        described = json.loads(subprocess.run([WEIR, "describe", "--json"], capture_output=True,
                                              text=True, check=True).stdout)
        for plugin in described["plugins"] + [described["core"]]:
            for row in plugin["options"]:
                self.assertTrue(row["doc"].endswith("."), f"{plugin['name']}.{row['name']}")
                self.assertNotIn("\n", row["doc"])


if __name__ == "__main__":
    unittest.main()
