#!/usr/bin/python3
# test_taegis_jq.py - the Taegis pack in jq makes the records that the one in Lua makes.
#
# Lives here: both packs over one corpus, under every setting; WEIR_CORPUS is how many events (200000 for a long run).
# Not here: whether the records are right; test_taegis.py says that of Lua's.
# SPDX-License-Identifier: Apache-2.0
"""rules/taegis and rules/taegis-jq give the same records, in the same order, by value."""

import contextlib
import io
import os
import subprocess
import unittest

import corpus
import goldens
import libjq
import second_mapping
import source_json

WEIR = os.environ.get("WEIR", os.path.join(second_mapping.RULES, "..", "build", "weir"))
COUNT = int(os.environ.get("WEIR_CORPUS", "1500"))
JQ = goldens.PACK + "-jq"

# Beyond 2^53 a number loses digits in jq 1.6, which docs/jq-rules.md says.
TOO_LARGE, LARGE = "12345678901234567890", "9007199254740991"


def generated(count, seed):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        corpus.main(count, seed)
    text = out.getvalue()
    return (text if libjq.keeps_literals() else text.replace(TOO_LARGE, LARGE)).encode()


def records_of(pack, events, settings):
    words = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    ran = subprocess.run([WEIR, "map", *words, pack], input=events, capture_output=True, timeout=60 + COUNT, check=False)
    if ran.returncode != 0:
        raise AssertionError(ran.stderr.decode()[-6000:])
    return ran.stdout.split(b"\n")[:-1]


class Packs(unittest.TestCase):
    def same(self, count, seed, **settings):
        events = generated(count, seed)
        lua, jq = (records_of(pack, events, settings) for pack in (goldens.PACK, JQ))
        self.assertEqual(len(lua), len(jq))
        self.assertGreater(len(lua), count // 2)
        differ = [(one, other) for one, other in zip(lua, jq) if one != other]
        wanted, found = ([source_json.read(pair[i].decode()) for pair in differ] for i in (0, 1))
        self.assertEqual(goldens.compare(f"seed {seed}", wanted, found), 0)

    def test_goldens_pass(self):
        ran = subprocess.run([WEIR, "test", JQ], capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual(ran.returncode, 0, (ran.stdout + ran.stderr)[-6000:])

    def test_it_has_the_goldens_of_the_other(self):
        names = [name for name in os.listdir(goldens.PACK) if not name.startswith("_") and not name.endswith(".lua")]
        for name in names:
            with open(os.path.join(goldens.PACK, name), "rb") as one, open(os.path.join(JQ, name), "rb") as other:
                self.assertEqual(one.read(), other.read(), name)

    def test_default_settings(self):
        self.same(COUNT, 11)

    def test_both_records_of_types_listed_twice(self):
        self.same(COUNT // 5, 12, duplicates="both")

    def test_auth_only(self):
        self.same(COUNT // 5, 13, duplicates="auth-only")

    def test_generic_only(self):
        self.same(COUNT // 5, 14, duplicates="generic-only", auth_system="provider")

    def test_unlisted_types_by_family(self):
        self.same(COUNT // 5, 15, unlisted="auto")


if __name__ == "__main__":
    unittest.main()
