#!/usr/bin/python3
# test_taegis.py - weir with rules/taegis makes the records that the second mapping makes.
#
# Lives here: goldens as they stand, public samples where they are, and a generated corpus under every setting.
# Not here: the expected records; second_mapping.py computes them.
# SPDX-License-Identifier: Apache-2.0
"""Foreign events become goldens of a copy of the pack, so that `weir test` compares."""

import contextlib
import glob
import io
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import corpus
import goldens
import second_mapping
import source_json

WEIR = os.environ.get("WEIR", os.path.join(second_mapping.RULES, "..", "build", "weir"))
SAMPLES = os.path.join(second_mapping.RULES, "..", "..", "shared", "samples")
COUNT = int(os.environ.get("WEIR_CORPUS", "1500"))


def weir_test(folder):
    return subprocess.run([WEIR, "test", folder], capture_output=True, text=True, timeout=100, check=False)


def generated(count, seed):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        corpus.main(count, seed)
    return out.getvalue().split("\n")[:-1]


def of_the_simulated_org(count):
    sys.path.insert(0, os.path.join(second_mapping.RULES, "..", "tests", "org"))
    from simorg import events  # pylint: disable=import-outside-toplevel

    org = events.Generator(seed=1, org=1)
    return [org.render(i, 1772409600000 + 61001 * i).decode() for i in range(count)]


def public_samples():
    paths = sorted(p for p in glob.glob(os.path.join(SAMPLES, "*.ndjson")) if ".expected." not in p)
    return [line for path in paths for line in goldens.lines_of(path)]


class Pack(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.pack = os.path.join(self.folder, "taegis")
        shutil.copytree(os.path.join(second_mapping.RULES, "schemas"), os.path.join(self.folder, "schemas"))
        shutil.copytree(goldens.PACK, self.pack, ignore=shutil.ignore_patterns("*.*.*.ndjson", "*.set.yaml"))

    def golden(self, name, lines, records):
        for kind, texts in (("in", lines), ("out", [source_json.write(record) for record in records])):
            with open(os.path.join(self.pack, f"{name}.{kind}.ndjson"), "w", encoding="utf-8", newline="\n") as file:
                file.writelines(text + "\n" for text in texts)

    def same(self, lines, **settings):
        full = {"tenant_id": "11000", **settings}
        self.golden("auth.foreign", lines, [r for line in lines for r in second_mapping.records(line, full)])
        with open(os.path.join(self.pack, "auth.foreign.set.yaml"), "w", encoding="utf-8") as file:
            file.writelines(f"{name}: {value}\n" for name, value in settings.items())
        ran = weir_test(self.pack)
        self.assertEqual(ran.returncode, 0, (ran.stdout + ran.stderr)[-6000:])

    def test_goldens_of_the_pack_pass(self):
        ran = weir_test(goldens.PACK)
        self.assertEqual(ran.returncode, 0, (ran.stdout + ran.stderr)[-6000:])

    def test_a_wrong_golden_is_noticed(self):
        lines = generated(20, 1)
        records = [r for line in lines for r in second_mapping.records(line, {"tenant_id": "11000"})]
        records[7]["sensor_type"] = "OTHER"
        self.golden("auth.foreign", lines, records)
        self.assertEqual(weir_test(self.pack).returncode, 1)

    def test_a_field_and_a_type_are_added_in_one_place(self):
        def edit(name, old, new):
            path = os.path.join(self.pack, name)
            with open(path, encoding="utf-8") as file:
                text = file.read()
            self.assertEqual(text.count(old), 1, old)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.replace(old, new))

        edit("auth.lua", "    extra_status ", '    extra_substatus = known "severity",\n    extra_status ')
        edit("_types.lua", "  account = {\n", '  account = {\n    "user.account.lock",\n')
        event = ('{"eventType":"%s","uuid":"1","published":"2026-03-02T09:00:00Z","severity":"WARN",'
                 '"actor":{"type":"User","alternateId":"actor"},"target":[{"type":"User","alternateId":"target"}]}\n')
        ran = subprocess.run([WEIR, "map", self.pack], input=event % "user.session.start" + event % "user.account.lock",
                             capture_output=True, text=True, timeout=60, check=True)
        records = [source_json.read(line) for line in ran.stdout.splitlines()]
        self.assertEqual([("WARN", "actor"), ("WARN", "target")], [(r["extra_substatus"], r["target_user_name"]) for r in records])

    def test_public_samples_become_the_expected_records(self):
        lines = public_samples()
        if not lines:
            self.skipTest("the public samples are not here")
        self.same(lines)

    def test_events_of_the_simulated_org(self):
        self.same(of_the_simulated_org(COUNT // 2))

    def test_corpus_with_default_settings(self):
        self.same(generated(COUNT, 1))

    def test_corpus_with_both_records_of_types_listed_twice(self):
        self.same(generated(COUNT // 3, 2), duplicates="both")

    def test_corpus_with_auth_only(self):
        self.same(generated(COUNT // 3, 3), duplicates="auth-only")

    def test_corpus_with_generic_only(self):
        self.same(generated(COUNT // 3, 4), duplicates="generic-only", auth_system="provider")

    def test_corpus_with_unlisted_types_dropped(self):
        self.same(generated(COUNT // 3, 5), unlisted="drop")

    def test_corpus_with_unlisted_types_by_family(self):
        self.same(generated(COUNT // 3, 6), unlisted="auto")


if __name__ == "__main__":
    if subprocess.run([WEIR, "test", "--help"], capture_output=True, check=False).returncode != 0:
        print("weir has no `test`")
        sys.exit(77)
    unittest.main()
