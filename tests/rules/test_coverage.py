#!/usr/bin/python3
"""test_coverage.py - what a rule author and a build server see of `weir test --coverage` and of a failure.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as tree

TOP = pathlib.Path(__file__).resolve().parents[2]
WEIR = pathlib.Path(os.environ.get("WEIR", TOP / "build" / "weir")).resolve()

FILES = {
    "mine/schemas/plain.yaml": """doc: x
fields:
  id:   {type: text, required: true, doc: x}
  user: {type: text, doc: x}
  note: {type: text, doc: x}
  from: {type: text, doc: x}
base:
  from: "{source}"
""",
    "mine/a.lua": """return map {
  schema = "plain",
  when   = { { eventType = { "in", "out" } }, { eventType = "odd.*", [function(e) return e.odd end] = present } },
  fields = {
    id   = "uuid",
    user = "user",
    note = function(e) return e.note end,
  },
}
""",
    "mine/a.in.ndjson": '{"eventType":"in","uuid":"1"}\n',
    "mine/a.out.ndjson": '{"id":"1","from":"test"}\n',
}


class Coverage(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="weir-coverage-")
        self.addCleanup(folder.cleanup)
        self.at = pathlib.Path(folder.name)
        for name, text in FILES.items():
            (self.at / name).parent.mkdir(parents=True, exist_ok=True)
            (self.at / name).write_text(text)

    def weir(self, *words):
        return subprocess.run([WEIR, "test", "mine", *words], cwd=self.at, text=True, timeout=60, capture_output=True, check=False)

    def test_gaps_are_listed_and_fail_nothing(self):
        done = self.weir("--coverage")
        self.assertEqual(("""ok      mine/a
1 passed, 0 failed

coverage of mine by 1 example
  rows      1 of 3 wrote a value; the others:
    mine/a.lua:6: user = "user"
    mine/a.lua:7: note = function 2 of mine/a.lua:7
  types     1 of 3 were taken by their rule; the others:
    mine/a.lua:3: out
    mine/a.lua:3: odd.*
  required  1 of 1 were set
  fields    2 of 4 were set; the others:
    plain: user, note
  functions slow path, these run for each event:
    mine/a.lua: up to 2 an event: line 7 for note, in conditions
""", "", 0), (done.stdout, done.stderr, done.returncode))

    def test_min_fails_what_stays_below(self):
        self.assertEqual(0, self.weir("--coverage", "--min", "33").returncode)
        done = self.weir("--coverage", "--min", "34")
        self.assertEqual((1, "weir test: mine: 33 % of the rows wrote a value, --min asks for 34 %\n"), (done.returncode, done.stderr))
        self.assertEqual(2, self.weir("--min", "50").returncode)

    def test_the_examples_of_our_own_rules_exercise_every_row_and_every_type_that_a_rule_names(self):
        done = subprocess.run([WEIR, "test", "rules", "--coverage", "--min", "100", "--json"], cwd=TOP, text=True,
                              capture_output=True, check=False)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        packs = json.loads(done.stdout)["coverage"]
        self.assertEqual(["rules/taegis", "rules/taegis-jq"], [pack["folder"] for pack in packs])
        for pack in packs:
            self.assertGreater(pack["types"]["all"], 150)
            self.assertEqual([], pack["types"]["never"], "a rule names these, and no golden has them")
            self.assertEqual([], pack["required"]["never"])

    def test_programs_get_it_too(self):
        done = self.weir("--coverage", "--json", "--junit", "report.xml")
        got = json.loads(done.stdout)
        self.assertEqual((1, 0), (got["passed"], got["failed"]))
        cover = got["coverage"][0]
        self.assertEqual(("mine", 3, 1), (cover["folder"], cover["rows"]["all"], cover["rows"]["hit"]))
        self.assertEqual([("user", 6), ("note", 7)], [(r["target"], r["line"]) for r in cover["rows"]["never"]])
        self.assertEqual(["out", "odd.*"], [t["type"] for t in cover["types"]["never"]])
        self.assertEqual([], cover["required"]["never"])
        self.assertEqual(["note"], [r["target"] for r in cover["functions"]["rows"]])
        report = tree.parse(self.at / "report.xml").getroot()
        self.assertEqual({"mine: rows": "1 of 3", "mine: types": "1 of 3", "mine: required": "1 of 1", "mine: fields": "2 of 4"},
                         {p.get("name"): p.get("value") for p in report.find("properties")})
        self.assertIn("mine/a.lua:6: user", report.find("system-out").text)
        self.assertNotIn("coverage", json.loads(self.weir("--json").stdout))

    def test_required_fields_of_a_schema_that_no_example_makes_are_a_gap(self):
        (self.at / "mine" / "a.in.ndjson").write_text('{"eventType":"none"}\n')
        (self.at / "mine" / "a.out.ndjson").write_text("")
        self.assertIn("  required  0 of 1 were set; the others:\n    plain: id\n", self.weir("--coverage").stdout)

    def test_rules_of_a_later_stage_are_tested_behind_the_earlier_ones(self):
        (self.at / "more").mkdir()
        (self.at / "more" / "c.lua").write_text('return change { when = { eventType = "*" }, fields = { user = record "id", no = "no" } }\n')
        (self.at / "more" / "c.in.ndjson").write_text(FILES["mine/a.in.ndjson"])
        (self.at / "more" / "_after.yaml").write_text("[../mine]\n")
        subprocess.run([WEIR, "test", "more", "--write"], cwd=self.at, check=True, capture_output=True)
        self.assertEqual({"id": "1", "from": "test", "user": "1"}, json.loads((self.at / "more" / "c.out.ndjson").read_text()))
        done = subprocess.run([WEIR, "test", "more", "--coverage"], cwd=self.at, text=True, capture_output=True, check=True)
        self.assertIn("  rows      1 of 2 wrote a value; the others:\n    more/c.lua:1: no = \"no\"\n", done.stdout)
        for text, why in (("[../none]", "more/../none: there is no such rule file or folder"), ("x: 1", "must list the rule folders"),
                          ("[", "_after.yaml:")):
            (self.at / "more" / "_after.yaml").write_text(text + "\n")
            done = subprocess.run([WEIR, "test", "more"], cwd=self.at, text=True, capture_output=True, check=False)
            self.assertEqual(1, done.returncode)
            self.assertIn(why, done.stdout)

    def test_a_failure_names_lines_event_field_and_the_place_of_an_error(self):
        (self.at / "mine" / "a.in.ndjson").write_text('{"eventType":"in","uuid":"1","user":"new"}\n{"eventType":"in","uuid":"2","user":[]}\n'
                                                      '{"eventType":"in","uuid":"3"}\n')
        (self.at / "mine" / "a.out.ndjson").write_text('{"id":"1","user":"old","from":"test"}\n{"id":"2","from":"test"}\n'
                                                       '{"id":"3","from":"test"}\n')
        done = self.weir()
        self.assertEqual(("""FAILED  mine/a
  mine/a.out.ndjson:1 of in 1 (mine/a.in.ndjson:1)
    - user: "old"
    + user: "new"
  mine/a.out.ndjson:2 of in 2 (mine/a.in.ndjson:2)
    - {"id":"2","from":"test"}
    + rejected: mine/a.lua:6:12: user: not a text: []
0 passed, 1 failed
""", 1), (done.stdout, done.returncode))


if __name__ == "__main__":
    unittest.main()
