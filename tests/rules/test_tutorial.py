#!/usr/bin/python3
"""test_tutorial.py - docs/writing-a-rule.md does what it says.

Lives here: the page's blocks, run in order in an empty folder. A block of json, yaml, lua or jq behind a text that ends with `NAME`:
is that file; a block of sh is run; a block of text is what the one before it printed, errors last.
The functions of docs/rule-words.md, too. Not here: what rules may say; the plugin's own tests know.
SPDX-License-Identifier: Apache-2.0
"""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
PAGE = TOP / "docs" / "writing-a-rule.md"
WEIR = pathlib.Path(os.environ.get("WEIR", TOP / "build" / "weir")).resolve()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
FILE = re.compile(r"`([\w./-]+\.(?:lua|jq|yaml|ndjson))`:\s*\Z")


def blocks(page):
    """(language, text, name of the file it is or None) of each block."""
    end = 0
    for match in BLOCK.finditer(page):
        named = FILE.search(page[end:match.start()])
        yield match[1], match[2], named[1] if named else None
        end = match.end()


class Tutorial(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="weir-tutorial-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.env = dict(os.environ, PATH=f"{WEIR.parent}:{os.environ['PATH']}", LC_ALL="C.UTF-8")

    def write(self, name, text):
        path = self.folder / name
        self.assertTrue(path.resolve().is_relative_to(self.folder.resolve()), name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run_block(self, text):
        done = subprocess.run(["bash", "-c", text], cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL, timeout=60,
                              capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    def test_the_functions_on_the_page_of_words_do_what_it_says(self):
        page = (TOP / "docs" / "rule-words.md").read_text()
        rule = next(text for language, text, _ in blocks(page) if language == "lua" and "weir.cidr(" in text)
        self.write("mine/schemas/signin.yaml", "doc: x\nfields:\n  id: {type: text, doc: x}\n  from: {type: text, doc: x}\n")
        self.write("mine/signin.lua", rule)
        event = '{"eventType":"user.session.start","uuid":"%s","target":[1%s],"client":{"ipAddress":"%s","zone":"%s"}}\n'
        self.write("events.ndjson", event % (1, ",2", "10.1.2.3", "null") + event % (2, ",2", "198.51.100.7", "vpn") +
                   event % (3, ",2", "198.51.100.7", "null") + event % (4, "", "10.1.2.3", "vpn"))
        said = self.run_block("weir map mine --explain < events.ndjson | grep -E 'from:|dropped:'")
        self.assertEqual(["from: \"inside\"", "from: \"vpn\"", "dropped: no zone", "dropped: no rule"],
                         [line.strip().split("  <-")[0] for line in said.splitlines()])

    def test_the_rule_on_the_page_of_jq_works(self):
        page = (TOP / "docs" / "jq-rules.md").read_text()
        self.write("mine/session_start.jq", next(text for language, text, _ in blocks(page) if language == "jq"))
        self.write("mine/countries.yaml", "Germany: DE\n")
        events = (TOP / "rules" / "taegis" / "auth.in.ndjson").read_text().splitlines()
        self.write("mine/session_start.in.ndjson", "\n".join(e for e in events if '"user.session.start"' in e) + "\n")
        self.assertIn("1 passed, 0 failed", self.run_block("weir test mine --write && weir test mine"))
        made = (self.folder / "mine" / "session_start.out.ndjson").read_text()
        for part in ('"action":"LOGON"', '"action":"LOGON_FAILURE"', '"iso_code":"DE"', '"application_name":"Okta Dashboard"'):
            self.assertIn(part, made)

    def test_the_mistake_on_the_page_of_the_first_steps_is_told_as_it_says(self):
        told = re.search(r"^rules/taegis/auth\.lua:.*$", (TOP / "docs" / "quickstart.md").read_text(), re.M)[0]
        shutil.copytree(TOP / "rules", self.folder / "rules")
        self.assertIn(told + "\n", self.run_block("sed -i 's/auth_system  /auth_sytem  /' rules/taegis/auth.lua; "
                                                  "echo | weir map rules/taegis"))

    def test_a_rule_of_ones_own_drops_what_the_page_about_taegis_calls_noise(self):
        rule = next(text for language, text, name in blocks((TOP / "docs" / "taegis.md").read_text()) if name == "noise.lua")
        self.write("ours/noise.lua", rule)
        self.write("events.ndjson", '{"eventType":"core.x"}\n{"eventType":"system.email.delivery"}\n{"eventType":"corex"}\n')
        said = self.run_block(f"weir map {TOP}/rules/taegis ours --explain < events.ndjson | grep -E '^  (took|dropped) ' | cut -c-10")
        self.assertEqual("  dropped \n  dropped \n  took    \n", said)

    def test_every_block_does_what_the_page_says(self):
        printed, compared = None, 0
        for language, text, name in blocks(PAGE.read_text()):
            if name:
                self.write(name, text)
            elif language == "sh":
                self.assertIn(printed, (None, ""), "the page does not show what the block before this one prints:\n" + text)
                printed = self.run_block(text)
            elif language == "text":
                self.assertEqual(text, printed)
                printed, compared = None, compared + 1
        self.assertGreaterEqual(compared, 8)


if __name__ == "__main__":
    unittest.main()
