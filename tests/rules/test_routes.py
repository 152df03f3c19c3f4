#!/usr/bin/python3
"""test_routes.py - every type of Okta's catalogue has a deliberate way, and `weir coverage` tells it.

Lives here: the lists of facts against the rules, packs in several languages against each other, the command's options.
SPDX-License-Identifier: Apache-2.0
"""
import csv
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
WEIR = pathlib.Path(os.environ.get("WEIR", TOP / "build" / "weir")).resolve()
FACTS = TOP.parent / "shared" / "facts"
CATALOGUE = TOP / "rules" / "okta" / "event-types.tsv"
CLOUDAUDIT = {"3001", "3003", "3004", "3005", "3006"}
# Okta has no such type as the one on Taegis's page; both spellings go the same way.
OURS = {"system.api_token.revoke": {"cloudaudit"}}


def facts(name):
    with open(FACTS / name, encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Routes(unittest.TestCase):
    def weir(self, *words, code=0):
        run = subprocess.run([WEIR, "coverage", *words], capture_output=True, text=True, cwd=TOP, check=False)
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        return run.stdout + run.stderr

    def told(self, *words):
        return json.loads(self.weir("--json", *words))

    def routes(self, *words):
        return {t["type"]: set(t["schema"].split(" or ")) for t in self.told(*words)["types"]}

    # --- the lists ---

    @unittest.skipUnless(FACTS.exists(), "the facts are not here")
    def test_the_catalogue_is_that_of_the_facts(self):
        with open(CATALOGUE, encoding="utf-8") as file:
            ours = [line.rstrip("\n").split("\t")[:2] for line in file if not line.startswith("#")]
        self.assertEqual(ours, sorted([t["event_type"], t["release"]] for t in facts("okta-event-types.csv")))
        self.assertEqual(len(ours), 1274)

    @unittest.skipUnless(FACTS.exists(), "the facts are not here")
    def test_listed_types_go_where_the_page_says_and_all_others_to_generic(self):
        want = {t["event_type"]: set() for t in facts("okta-event-types.csv")}
        for row in facts("mission-events.csv"):
            want.setdefault(row["event_type"], set()).add(row["schema"])
        want |= OURS
        strangers = want.keys() - {t["event_type"] for t in facts("okta-event-types.csv")}
        told = self.told()
        self.assertEqual(told["strangers"], sorted(strangers))
        self.assertEqual(self.routes(), {t: schemas or {"generic"} for t, schemas in want.items() if t not in strangers})

    @unittest.skipUnless(FACTS.exists(), "the facts are not here")
    def test_auto_sends_the_others_by_their_family(self):
        listed = {row["event_type"] for row in facts("mission-events.csv")} | OURS.keys()
        usual, auto = self.routes(), self.routes("--set", "unlisted=auto")
        for row in facts("okta-event-map.csv"):
            kind, family = row["eventType"], row["ocsf_class_uid"]
            if kind not in usual:
                continue
            schema = ("auth" if family == "3002" else
                      "cloudaudit" if family in CLOUDAUDIT or kind.startswith("system.api_token.") else "generic")
            self.assertEqual(auto[kind], usual[kind] if kind in listed else {schema}, row)

    def test_without_the_facts_each_type_has_a_way(self):
        told = self.told()
        self.assertEqual(sum(told["schemas"].values()), len(told["types"]))
        self.assertNotIn("nowhere", told["by"])
        self.assertEqual(told["by"]["name"], 49)
        drop = self.told("--set", "unlisted=drop")
        self.assertEqual(drop["by"], {"name": 49, "nowhere": len(told["types"]) - 49})
        self.assertEqual(self.told("--set", "unlisted=auto")["by"].keys(), {"name", "family", "default"})

    def test_packs_of_all_languages_agree(self):
        packs = [p.name for p in (TOP / "rules").glob("taegis-*")]
        if not packs:
            self.skipTest("there is one pack")
        for setting in ("generic", "auto", "drop"):
            for pack in packs:
                with self.subTest(pack=pack, unlisted=setting):
                    words = ("--set", f"unlisted={setting}")
                    self.assertEqual(self.routes(f"rules/{pack}", *words), self.routes("rules/taegis", *words))

    # --- the command ---

    def test_what_is_shown_can_be_chosen(self):
        self.assertEqual(len(self.told("--schema", "cloudaudit")["types"]), 9)
        self.assertEqual(len(self.told("--schema", "auth")["types"]), 28)
        self.assertTrue(all(t["by"] != "name" for t in self.told("--unlisted")["types"]))
        text = self.weir("--only", "user.session.start", "--only", "iam.role.create")
        self.assertRegex(text, r"(?m)^iam\.role\.create +generic +rules/taegis/generic\.lua:\d+ +every other type$")
        self.assertRegex(text, r"(?m)^user\.session\.start +auth +rules/taegis/auth\.lua:\d+ +by name$")
        self.assertIn("2 of 1274 types", text)

    def test_a_later_folder_and_another_catalogue(self):
        with tempfile.TemporaryDirectory() as folder:
            own = pathlib.Path(folder)
            (own / "mine.lua").write_text('return map { when = { eventType = "user.session.start" }, drop = "mine" }\n')
            (own / "types.tsv").write_text("user.session.start\t1\tSign-in\nno.such\t1\tx\n")
            (one, two) = self.told("rules/taegis", folder, "--catalogue", str(own / "types.tsv"))["types"]
            self.assertEqual((one["type"], one["schema"], two["schema"]), ("no.such", "generic", "nowhere"))
            self.assertEqual(two["steps"][0]["drop"], "mine")
            (own / "types.tsv").write_text("nothing\n")
            self.assertIn("types.tsv:1: a line is", self.weir("--catalogue", str(own / "types.tsv"), code=2))


if __name__ == "__main__":
    unittest.main()
