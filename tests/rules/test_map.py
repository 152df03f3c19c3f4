#!/usr/bin/python3
"""test_map.py - what a rule author sees of `weir map` and `weir diff`.

Lives here: the commands as a shell runs them, on small rules. Not here: what rules mean; the plugin's own tests know.
SPDX-License-Identifier: Apache-2.0
"""
import gzip
import json
import os
import pathlib
import pty
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
WEIR = pathlib.Path(os.environ.get("WEIR", TOP / "build" / "weir")).resolve()

SCHEMA = """doc: x
fields:
  id:    {type: text, required: true, doc: x}
  user:  {type: text, doc: x}
  note:  {type: text, doc: x}
  where: {type: text, doc: x}
base:
  where: "at {org_host}"
"""
SIGNIN = """return map {
  schema = "plain",
  when   = { eventType = "in", result = "ok" },
  fields = {
    id   = "uuid",
    user = first("user.name", "user.mail"),
    note = function(e)
      if e.bad then error("cannot bear it") end
      return e.note
    end,
  },
}
"""
REST = """return map {
  schema = "plain",
  when   = { eventType = "*" },
  fields = { id = "id" },
}
"""
ENRICH = """return change {
  when   = { eventType = "*" },
  fields = { note = record "id" },
}
"""
EVENTS = [{"eventType": "in", "uuid": "1", "result": "ok", "user": {"mail": "a@x"}},
          {"eventType": "in", "uuid": "2", "id": "b", "result": "no"},
          {"eventType": "out", "uuid": "3"}]


class Map(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="weir-map-")
        self.addCleanup(folder.cleanup)
        self.at = pathlib.Path(folder.name)
        for name, text in (("mine/schemas/plain.yaml", SCHEMA), ("mine/a.lua", SIGNIN), ("mine/b.lua", REST),
                           ("more/c.lua", ENRICH)):
            (self.at / name).parent.mkdir(parents=True, exist_ok=True)
            (self.at / name).write_text(text)

    def weir(self, *words, events=EVENTS, data=None):
        if data is None:
            data = "".join(json.dumps(e) + "\n" for e in events).encode()
        return subprocess.run([WEIR, *words], cwd=self.at, input=data, timeout=60, capture_output=True, check=False)

    def records(self, *words, **how):
        done = self.weir("map", "mine", *words, **how)
        self.assertEqual(b"", done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_what_is_nearly_a_name_of_okta_is_asked_about(self):
        rule = SIGNIN.replace('"in", result = "ok"', '"user.session.start", ["outcome.resutl"] = "x"')
        rule = rule.replace('"user.name", "user.mail"', '"actor.alterateId", "target[type=User].displayname"')
        (self.at / "mine" / "a.lua").write_text(rule)
        (self.at / "mine" / "b.lua").write_text(REST.replace('"*"', '"user.sesion.start"'))
        said = self.weir("map", "mine", events=[]).stderr.decode()
        self.assertEqual([
            "mine/a.lua:3:49: warning: no event of Okta has 'outcome.resutl'; did you mean 'outcome.result'?",
            "mine/a.lua:6:18: warning: no event of Okta has 'actor.alterateId'; did you mean 'actor.alternateId'?",
            "mine/a.lua:6:38: warning: no event of Okta has 'target[type=User].displayname'; "
            "did you mean 'target.displayName'?",
            "mine/b.lua:3:26: warning: Okta has no event type 'user.sesion.start'; did you mean 'user.session.start'?",
        ], [line for line in said.splitlines() if "warning" in line])

    def test_names_that_are_like_none_are_let_alone(self):
        rule = SIGNIN.replace('"in"', '{ "user.session.start", "acme.door.open" }')
        rule = rule.replace('"user.name", "user.mail"', '"acme.door", "debugContext.debugData.anyThing", "device.x.y"')
        (self.at / "mine" / "a.lua").write_text(rule)
        for folder in ("mine", "rules/taegis", "rules/taegis-jq"):
            self.assertEqual(b"", self.weir("map", folder, events=[]).stderr)

    def test_events_in_the_place_of_rules_are_told(self):
        for words in (("map", "mine", "e.ndjson"), ("diff", "mine", "e.ndjson")):
            done = self.weir(*words, events=[])
            self.assertEqual(2, done.returncode)
            said = f"weir {words[0]}: e.ndjson holds events, not rules; write -i e.ndjson\n"
            self.assertEqual(said.encode(), done.stderr)

    def test_a_folder_has_one_language(self):
        (self.at / "mine" / "a.jq").write_text("")
        done = self.weir("map", "mine", events=[])
        self.assertEqual(2, done.returncode)
        self.assertEqual(b"mine: holds rules in two languages; give each a folder of its own\n", done.stderr)

    def test_documents_of_several_lines_are_read(self):
        text = "".join(json.dumps(e, indent=2) + "\n" for e in EVENTS).encode()
        self.assertEqual(self.records(), self.records(data=b"\xef\xbb\xbf" + text))

    def test_what_is_no_json_is_told_with_its_line(self):
        done = self.weir("map", "mine", data=json.dumps(EVENTS[0]).encode() + b"\n\n{oops\n")
        self.assertEqual(1, done.returncode)
        self.assertIn(b"standard input:3: not sound JSON", done.stderr)

    def test_no_record_has_a_reason(self):
        done = self.weir("map", "mine", "--only", "inn")
        self.assertEqual(b"weir map: no event has the type 'inn'; did you mean 'in'?\n", done.stderr)
        done = self.weir("map", "mine", "--only", "out")
        self.assertEqual(b"weir map: no record; --explain tells what became of each event\n", done.stderr)

    def test_events_come_as_lines_as_an_array_and_packed(self):
        want = [{"id": "1", "user": "a@x", "where": "at example.okta.com"}, {"id": "b", "where": "at example.okta.com"}]
        array = json.dumps(EVENTS).encode()
        self.assertEqual(want, self.records())
        self.assertEqual(want, self.records(data=array))
        self.assertEqual(want, self.records(data=gzip.compress(array)))

    def test_only_takes_several_types(self):
        self.assertEqual(["1", "b"], [r["id"] for r in self.records("--only", "in", "--only", "out")])
        self.assertEqual(b"", self.weir("map", "mine", "--only", "out").stdout)

    def test_explain_names_rule_row_path_and_why_not(self):
        done = self.weir("map", "mine", "--explain")
        self.assertEqual(b"", done.stderr)
        self.assertEqual("""in 1
  took     mine/a.lua:3 plain for in
  plain
    id: "1"  <- uuid  mine/a.lua:5: "uuid"
    user: "a@x"  <- user.mail  mine/a.lua:6: first("user.name", "user.mail")
    where: "at example.okta.com"  <- base value  mine/schemas/plain.yaml:8: at {org_host}
in 2
  passed   mine/a.lua:3 plain for in: ["result"] = { "ok" } does not hold: it is "no"
  took     mine/b.lua:3 plain for *
  plain
    id: "b"  <- id  mine/b.lua:4: "id"
    where: "at example.okta.com"  <- base value  mine/schemas/plain.yaml:8: at {org_host}
out 3
  passed   mine/b.lua:3 plain for *: the required field id stays absent; see line 4
  dropped: no rule
""", done.stdout.decode())

    def test_a_rule_that_a_later_folder_overrides_says_so(self):
        (self.at / "over").mkdir()
        (self.at / "over" / "z.lua").write_text(SIGNIN.replace('"uuid"', 'const "over"'))
        said = self.weir("map", "mine", "over", "--explain").stdout.decode().splitlines()
        self.assertEqual(["in 1", "  passed   mine/a.lua:3 plain for in: a later folder has the same schema, type and conditions",
                          "  took     over/z.lua:3 plain for in"], said[:3])

    def test_colours_are_for_terminals_that_want_them(self):
        def printed(**changes):
            reader, writer = pty.openpty()
            environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm"} | changes
            subprocess.run([WEIR, "map", "mine", "--explain"], cwd=self.at, input=json.dumps(EVENTS[0]).encode(), stdout=writer,
                           env=environment, timeout=60, check=True)
            os.close(writer)
            text = os.read(reader, 100000).decode()
            os.close(reader)
            return text
        self.assertIn("\033[36muser\033[0m: ", printed())
        self.assertNotIn("\033", printed(NO_COLOR="1"))

    def test_a_later_stage_gets_the_records(self):
        self.assertEqual(["1", "b"], [r["note"] for r in self.records("--then", "more")])
        shown = self.weir("map", "mine", "--then", "more", "--explain", "--only", "in").stdout.decode()
        self.assertIn('note: "1"  <- record id  more/c.lua:3: record("id")\n', shown)
        self.assertIn('id: "1"  <- uuid  mine/a.lua:5', shown)

    def test_a_folder_may_name_the_stages_in_front_of_it(self):
        (self.at / "more" / "_after.yaml").write_text("[../mine]\n")
        done = self.weir("map", "more", "--explain", "--only", "in")
        self.assertIn('id: "1"  <- uuid  more/../mine/a.lua:5', done.stdout.decode())
        self.assertEqual(["1", "b"], [json.loads(line)["note"] for line in self.weir("map", "more").stdout.splitlines()])
        (self.at / "more" / "_after.yaml").write_text("[../none]\n")
        done = self.weir("map", "more")
        self.assertEqual((2, "more/../none: there is no such rule file or folder\n"), (done.returncode, done.stderr.decode()))

    def test_the_error_of_a_function_is_one_line_with_its_place(self):
        done = self.weir("map", "mine", events=[dict(EVENTS[0], bad=True), dict(EVENTS[0], bad=1, uuid="9")])
        self.assertEqual(1, done.returncode)
        self.assertEqual("""mine/a.lua:8: note: cannot bear it (in 1)
     8 |       if e.bad then error("cannot bear it") end
mine/a.lua:8: note: cannot bear it (in 9)
""", done.stderr.decode())

    def test_a_rule_that_does_not_load_is_told_with_its_place(self):
        (self.at / "mine" / "a.lua").write_text(SIGNIN.replace("user =", "usr ="))
        done = self.weir("map", "mine")
        self.assertEqual(2, done.returncode)
        self.assertIn("mine/a.lua:6:5: the schema plain has no field 'usr'; did you mean 'user'?", done.stderr.decode())

    def test_diff_shows_what_changes(self):
        (self.at / "new" / "schemas").mkdir(parents=True)
        (self.at / "new" / "schemas" / "plain.yaml").write_text(SCHEMA)
        (self.at / "new" / "a.lua").write_text(SIGNIN.replace('"user.name", ', ''))
        done = self.weir("diff", "mine", "new")
        self.assertEqual(("in 2\n    - [0].id: \"b\"\n    - [0].where: \"at example.okta.com\"\n    + [0].dropped: \"no rule\"\n"
                          "out 3\n    - [0].dropped: \"no rule\"\n    + [0].dropped: \"unlisted\"\n", 0),
                         (done.stdout.decode(), done.returncode))
        self.assertEqual("2 of 3 events change\n", done.stderr.decode())


if __name__ == "__main__":
    unittest.main()
