#!/usr/bin/python3
"""test_new.py - what `weir new` makes works at once, and writes over nothing.

Lives here: rules and configurations. Not here: plugins; tests/e2e/test_out_of_tree.py builds and runs those.
SPDX-License-Identifier: Apache-2.0
"""
import gzip
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
WEIR = pathlib.Path(os.environ.get("WEIR", TOP / "build" / "weir")).resolve()
LANGUAGES = [name for name in ("lua", "jq") if (WEIR.parent / "plugins" / "transform" / f"{name}.so").exists()]

# A required field of every type, one that needs quotes, and a list in an object.
ODD = """doc: everything
fields:
  id:     {type: text, required: true, doc: x}
  a-b:    {type: int, required: true, doc: how many}
  s.when: {type: time, required: true, doc: x}
  s.list: {type: list of text, required: true, doc: x}
  way:    {type: text, required: true, enum: [in, out], doc: which way}
  ok:     {type: bool, required: true, doc: x}
  t:      {type: time, unit: us, required: true, doc: x}
  n:      {type: number, required: true, doc: x}
  o:      {type: object, required: true, doc: x}
  ip:     {type: ip, required: true, doc: x}
"""


class New(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="weir-new-")
        self.addCleanup(folder.cleanup)
        self.at = pathlib.Path(folder.name)

    def weir(self, *words, code=0):
        done = subprocess.run([WEIR, *words], cwd=self.at, stdin=subprocess.DEVNULL, text=True, timeout=60, capture_output=True,
                              check=False)
        self.assertEqual(code, done.returncode, f"{words}\n{done.stdout}\n{done.stderr}")
        return done.stdout if code == 0 else done.stderr

    def files(self):
        return {str(p.relative_to(self.at)): p.read_bytes() for p in self.at.rglob("*") if p.is_file()}

    def test_a_rule_passes_its_example_in_every_language_and_schema(self):
        (self.at / "own" / "schemas").mkdir(parents=True)
        (self.at / "own" / "schemas" / "odd.yaml").write_text(ODD)
        (self.at / "own" / "schemas" / "raw.yaml").write_text("doc: as it comes\nopen: true\n")
        for schema, event in (("auth", "user.session.start"), ("cloudaudit", "user.lifecycle.*"), ("generic", "*")):
            for language in LANGUAGES:
                self.weir("new", "rule", "--schema", schema, "--event", event, "--lang", language, f"r/{schema}_{language}")
        for schema in ("odd", "raw"):
            for language in LANGUAGES:
                folder = self.at / f"{schema}_{language}"
                shutil.copytree(self.at / "own", folder)
                self.weir("new", "rule", "--schema", schema, "--event", "x.y", "--lang", language, folder.name)
        done = json.loads(self.weir("test", ".", "--json", "--coverage"))
        self.assertEqual((5 * len(LANGUAGES), 0), (done["passed"], done["failed"]))
        for cover in done["coverage"]:
            self.assertEqual([], cover["required"]["never"], cover["folder"])
        records = [(self.at / f"odd_{language}" / "x_y.out.ndjson").read_text() for language in LANGUAGES]
        self.assertEqual(1, len({json.dumps(json.loads(r), sort_keys=True) for r in records}), records)

    def test_files_and_next_steps_are_told(self):
        said = self.weir("new", "rule", "--schema", "auth", "--event", "user.session.start")
        stem = "rules/mine/user_session_start"
        self.assertEqual({f"{stem}.lua", f"{stem}.in.ndjson", f"{stem}.out.ndjson"}, set(self.files()))
        self.assertTrue(said.startswith(f"wrote {stem}.lua\nwrote {stem}.in.ndjson\nwrote {stem}.out.ndjson\n\nnext:\n  weir test rules/mine\n"))
        record = json.loads((self.at / f"{stem}.out.ndjson").read_text())
        self.assertEqual(("LOGON", "ada@example.com", 64496),
                         (record["action"], record["target_user_name"], record["source_address_geo_summary"]["asn"]["autonomous_system_no"]))

    def test_nothing_is_written_over_and_what_fails_leaves_nothing(self):
        make = ("new", "rule", "--schema", "auth", "--event", "user.session.start")
        self.weir(*make)
        before = self.files()
        self.assertIn("user_session_start.lua is there already", self.weir(*make, code=2))
        (self.at / "rules/mine/user_session_start.lua").rename(self.at / "rules/mine/first.lua")
        before = self.files()
        self.assertIn("user_session_start.in.ndjson is there already", self.weir(*make, code=2))
        self.assertEqual(before, self.files())
        # Another rule of the folder has the type already: the new one does not load, so it is not left behind.
        self.assertIn("on the same conditions as", self.weir(*make, "--name", "second", code=2))
        self.assertEqual(before, self.files())
        for words, text in ((("--schema", "auht", "--event", "x"), "did you mean auth?"), (("--schema", "auth"), "--event"),
                            (("--schema", "auth", "--event", 'x", y = "'), "is no event type"),
                            (("--schema", "auth", "--event", "x", "--lang", "basic"), "no plugin writes rules in basic")):
            self.assertIn(text, self.weir("new", "rule", *words, code=2))
        self.assertEqual(before, self.files())

    def test_an_event_of_ones_own_is_the_example(self):
        events = (TOP / "rules/taegis/auth.in.ndjson").read_text().splitlines()
        want = next(e for e in events if '"user.session.end"' in e)
        (self.at / "events.gz").write_bytes(gzip.compress(("[" + ",".join(events) + "]").encode()))
        self.weir("new", "rule", "--schema", "auth", "--event", "user.session.end", "-i", "events.gz", "mine")
        self.assertEqual(json.loads(want), json.loads((self.at / "mine/user_session_end.in.ndjson").read_text()))
        self.assertIn("has no event of type none", self.weir("new", "rule", "--schema", "auth", "--event", "none", "-i", "events.gz", code=2))

    def test_a_configuration_is_one_that_check_accepts(self):
        self.weir("new", "config", "--name", "file")
        (self.at / "events.ndjson").write_text((TOP / "rules/taegis/auth.in.ndjson").read_text())
        self.assertIn("events -> normalize -> out: exactly once", self.weir("check", "-c", "weir.yaml"))
        self.weir("run", "-c", "weir.yaml")
        self.assertTrue((self.at / "records/auth.ndjson").stat().st_size)
        self.assertIn("weir.yaml is there already", self.weir("new", "config", code=2))
        self.weir("new", "config", "okta.yaml")
        subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-out", "acme.pem"], cwd=self.at, check=True, capture_output=True)
        (self.at / "acme.pem").chmod(0o600)
        self.assertIn("acme -> normalize -> out: exactly once", self.weir("check", "-c", "okta.yaml"))

    def test_wrong_words_are_told(self):
        for words, text in (((), "weir new rule"), (("plugin", "sinks"), "KIND is source"), (("plugin", "sink", "Bad"), "no name for a plugin"),
                            (("plugin", "sink", "file"), "there is a sink file already"), (("config", "--name", "x"), "there is no configuration 'x'")):
            self.assertIn(text, self.weir("new", *words, code=2))
        self.assertEqual({}, self.files())


if __name__ == "__main__":
    unittest.main()
