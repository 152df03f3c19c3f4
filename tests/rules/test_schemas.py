#!/usr/bin/python3
"""test_schemas.py - `weir describe schema`, and every golden record against the JSON Schema that it prints.

Lives here: schemas as a user sees them; the judge is Debian's python3-jsonschema, which weir has no part in.
Not here: how schemas are read; plugins/transform/rule/tests know.
SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

try:
    import jsonschema
except ImportError:
    print("skipped: needs python3-jsonschema")
    sys.exit(77)

TOP = pathlib.Path(__file__).resolve().parents[2]
RULES = TOP / "rules"
WEIR = pathlib.Path(os.environ.get("WEIR", TOP / "build" / "weir")).resolve()


def weir(*words, at=TOP, events=""):
    return subprocess.run([WEIR, *words], cwd=at, input=events, text=True, capture_output=True, timeout=60, check=False)


def validator(name, *words, at=TOP):
    schema = json.loads(weir("describe", "schema", name, "--json-schema", *words, at=at).stdout)
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.draft7_format_checker)


def goldens():
    """(file, record) of every expected record of a pack whose schemas are rules/schemas."""
    for path in sorted(RULES.glob("taegis*/*.out.ndjson")):
        for line in path.read_text().splitlines():
            yield path, json.loads(line)


def schema_of(record):
    """Records carry their schema's name in the id that Taegis gives them, if there is a tenant; else by what only it has."""
    if "resource_id" in record:
        return record["resource_id"].split("scwx.")[1].split(":")[0]
    return "auth" if "action" in record else "cloudaudit" if "event_name" in record else "generic"


class Schemas(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="weir-schemas-")
        self.addCleanup(folder.cleanup)
        self.at = pathlib.Path(folder.name)

    def test_every_golden_record_is_valid(self):
        judges = {name: validator(name) for name in ("auth", "cloudaudit", "generic")}
        seen = dict.fromkeys(judges, 0)
        for path, record in goldens():
            if "rejected" in record:
                continue
            name = schema_of(record)
            errors = [f"{'.'.join(map(str, e.path))}: {e.message}" for e in judges[name].iter_errors(record)]
            self.assertEqual([], errors, f"{path}: {record.get('sensor_event_id')} is no {name}")
            seen[name] += 1
        self.assertTrue(all(count >= 5 for count in seen.values()), seen)

    def test_the_judge_refuses_what_weir_would(self):
        judge = validator("auth")
        good = next(r for _, r in goldens() if schema_of(r) == "auth" and "source_address" in r)
        self.assertTrue(judge.is_valid(good))
        for change in ({"action": "SIGN_IN"}, {"source_address": "10.0.0"}, {"mfa_used": "yes"}, {"event_time_usec": "now"},
                       {"unknown_field": 1}, {"event_metadata": {"record": [{"key": 1}]}},
                       {"event_metadata": {"record": [{"name": "x"}]}}, {"source_address_geo_summary": {"city": "Berlin"}}):
            self.assertFalse(judge.is_valid({**good, **change}), change)
        for name in ("action", "event_time_usec", "sensor_event_id"):
            self.assertFalse(judge.is_valid({k: v for k, v in good.items() if k != name}), name)

    def test_a_schema_of_ones_own_is_described(self):
        (self.at / "mine" / "schemas").mkdir(parents=True)
        (self.at / "mine" / "schemas" / "door.yaml").write_text(
            "doc: who went through\nopen: true\nfields:\n"
            "  id: {type: text, required: true, max: 8, sure: D, doc: its number}\n"
            "  way: {type: text, enum: [in, out], doc: which way}\n"
            "  at.when: {type: time, required: true, doc: when}\n"
            "  seen[].who: {type: text, required: true, doc: who}\n"
            "  seen[].ips: {type: list of ip, doc: addresses}\n"
            "base:\n  id: \"{{{hash id}\"\n")
        said = weir("describe", "schema", "door", "--rules", "mine", at=self.at)
        self.assertEqual("""schema door: who went through
mine/schemas/door.yaml

fields (type, how sure, meaning):
  id          text, at most 8 bytes  required  D  its number
  way         text                                which way
  at.when     time as text           required     when
  seen[].who  text                   required     who
  seen[].ips  list of ip                          addresses

It is open: other fields are written as they are.

values of way (mine/schemas/door.yaml):
    in, out

filled in where no row does:
  id  {{{hash id}

how sure: D documentation, S the vendor's public code, X documentation of a related
schema, R not confirmed
""", said.stdout, said.stderr)
        judge = validator("door", "--rules", "mine", at=self.at)
        good = {"id": "1", "at": {"when": "2026-01-31T00:00:00Z"}, "seen": [{"who": "a", "ips": ["::1", "10.0.0.1"]}], "more": 1}
        self.assertTrue(judge.is_valid(good))
        self.assertTrue(judge.is_valid({"id": "1", "at": {"when": "2026-01-31T00:00:00Z"}}))
        for change in ({"way": "up"}, {"at": {}}, {"seen": [{}]}, {"seen": [{"who": "a", "ips": ["x"]}]}, {"id": "123456789"},
                       {"at": {"when": "2026-01-31T00:00:00Z", "more": 1}}):
            self.assertFalse(judge.is_valid({**good, **change}), change)
        names = [line.split()[0] for line in weir("describe", "schema", "--rules", "mine", at=self.at).stdout.splitlines() if line]
        self.assertEqual(["auth", "cloudaudit", "door", "generic"], names[:4])

    def test_a_wrong_name_and_a_wrong_schema_are_told(self):
        said = weir("describe", "schema", "auht")
        self.assertEqual((2, "no schema 'auht'; did you mean auth?\n"), (said.returncode, said.stderr))
        (self.at / "schemas").mkdir()
        (self.at / "schemas" / "bad.yaml").write_text("doc: x\nfields:\n  a: {type: txet, doc: x}\n")
        said = weir("describe", "schema", "bad", "--rules", ".", at=self.at)
        self.assertEqual(2, said.returncode)
        self.assertIn("schemas/bad.yaml:3:13: a: 'txet' is no type", said.stderr)

    def test_a_value_is_renamed_in_one_place(self):
        """A copy of the table beside rules of one's own goes before the installed one."""
        table = (RULES / "schemas" / "_enums.yaml").read_text()
        renamed = table.replace("LOGON:                     LOGON\n", "LOGON:                     Logon Success\n")
        self.assertNotEqual(table, renamed)
        shutil.copytree(RULES, self.at / "rules")
        (self.at / "ours" / "schemas").mkdir(parents=True)
        (self.at / "ours" / "schemas" / "_enums.yaml").write_text(renamed)
        (self.at / "ours" / "none.lua").write_text('return map { drop = "none", when = { eventType = "none" } }')
        event = (RULES / "taegis" / "auth.in.ndjson").read_text().splitlines()[0]
        record = json.loads(weir("map", "rules/taegis", "ours", at=self.at, events=event).stdout)
        self.assertEqual("Logon Success", record["action"])
        self.assertEqual("LOGON", json.loads(weir("map", "rules/taegis", at=self.at, events=event).stdout)["action"])
        self.assertIn("LOGON -> Logon Success,", weir("describe", "schema", "auth", "--rules", "ours", at=self.at).stdout)
        self.assertTrue(validator("auth", "--rules", "ours", at=self.at).is_valid(record))
        self.assertFalse(validator("auth", at=self.at).is_valid(record))
        # In place, too: every rule and the checks at load follow.
        (self.at / "rules" / "schemas" / "_enums.yaml").write_text(renamed)
        self.assertEqual("Logon Success", json.loads(weir("map", "rules/taegis", at=self.at, events=event).stdout)["action"])


if __name__ == "__main__":
    unittest.main()
