#!/usr/bin/python3
# test_identity.py - a rule that gives the event itself gives every document back.
#
# Lives here: documents made at random, through Lua and through jq. Not here: the reader (tests/unit/test_json*.c).
# SPDX-License-Identifier: Apache-2.0
"""Random JSON comes back byte for byte, once both sides are printed alike."""

import json
import os
import random
import subprocess
import tempfile
import unittest

import libjq

HERE = os.path.dirname(os.path.abspath(__file__))
WEIR = os.environ.get("WEIR", os.path.join(HERE, "..", "..", "build", "weir"))
COUNT = int(os.environ.get("WEIR_DOCUMENTS", "2000"))

LUA = 'return map { schema = "any", when = { eventType = "*" }, fields = path "." }\n'
JQ = 'module { schema: "any", when: { eventType: "*" } };\n.\n'
SCHEMA = "doc: anything\nopen: true\nfields: {}\n"

TEXTS = ["", "a", "eventType", "\"\\/\b\f\n\r\t", "\x00\x1f\x7f", "ä€𝄞😀", "\u2028\uffff", "x" * 300, "{}", "1", "null", "a.b[0]"]


class Documents:
    """Documents as text: spelled in every way that means the same. exact says which integers come back."""

    def __init__(self, seed, exact):
        self.random, self.exact = random.Random(seed), exact

    def text(self):
        text = self.random.choice(TEXTS) + self.random.choice(TEXTS)
        return "".join(self.spelled(c) for c in text).join('""')

    def spelled(self, c):
        if c in '"\\' or ord(c) < 32:
            return json.dumps(c)[1:-1] if self.random.random() < 0.5 else f"\\u{ord(c):04x}"
        if self.random.random() < 0.2:
            return json.dumps(c)[1:-1].upper().replace("\\U", "\\u") if ord(c) > 127 else f"\\u{ord(c):04X}"
        return c

    def number(self):
        most = self.exact
        return self.random.choice([
            lambda: str(self.random.randint(-most, most)), lambda: str(self.random.choice([0, 1, -1, most, -most, most - 1])),
            lambda: repr(self.random.uniform(-1e6, 1e6)), lambda: repr(self.random.random() * 10.0 ** self.random.randint(-300, 300)),
            lambda: f"{self.random.randint(-99, 99)}.{self.random.randint(0, 99)}{self.random.choice('eE')}"
                    f"{self.random.choice(['', '+', '-'])}{self.random.randint(0, 200)}",
            lambda: self.random.choice(["-0", "0.0", "-0.0", "1e0", "1E+2", "0e5"]),
        ])()

    def blank(self):
        return self.random.choice(["", "", "", " ", "\t"])

    def value(self, depth):
        kind = self.random.randrange(8 if depth > 0 else 5)
        if kind < 3:
            return self.random.choice(["null", "true", "false"]) if kind == 0 else self.number() if kind == 1 else self.text()
        if kind < 5:
            return self.random.choice(["[]", "{}", "[ ]", "null", '""'])
        parts = [self.value(depth - 1) for _ in range(self.random.randrange(6))]
        if kind == 5:
            return "[" + ",".join(self.blank() + part + self.blank() for part in parts) + "]"
        return "{" + ",".join(self.blank() + self.text() + self.blank() + ":" + part for part in parts) + "}"

    def document(self):
        if self.random.random() < 0.02:
            depth = self.random.randrange(1, 100)
            return '{"a":[' * (depth // 2) + "1" + "]}" * (depth // 2) if depth > 1 else '{"a":1}'
        return '{"v":' + self.value(self.random.randrange(6)) + "}"


def canonical(line):
    """Printed alike: keys in order, the last of equal ones, integers and doubles of equal value alike."""
    def number(text):
        value = float(text)
        return int(value) if value == int(value) else value
    return json.dumps(json.loads(line, parse_float=number), sort_keys=True)


class Identity(unittest.TestCase):
    def comes_back(self, name, rule, exact):
        documents = Documents(20260131, exact)
        lines = [documents.document() for _ in range(COUNT)]
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "schemas"))
            for path, text in ((name, rule), ("schemas/any.yaml", SCHEMA)):
                with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
                    file.write(text)
            ran = subprocess.run([WEIR, "map", folder], input="".join(line + "\n" for line in lines).encode(), capture_output=True,
                                 timeout=60 + COUNT, check=False)
        self.assertEqual(ran.stderr.decode()[-3000:], "")
        back = ran.stdout.decode().split("\n")[:-1]
        self.assertEqual(len(back), len(lines))
        for line, other in zip(lines, back):
            self.assertEqual(canonical(line), canonical(other), line)

    def test_lua(self):
        self.comes_back("id.lua", LUA, 2**63 - 1)

    def test_jq(self):
        """Integers up to 2^53 where jq has doubles only (1.6)."""
        self.comes_back("id.jq", JQ, 2**63 - 1 if libjq.keeps_literals() else 2**53 - 1)


if __name__ == "__main__":
    unittest.main()
