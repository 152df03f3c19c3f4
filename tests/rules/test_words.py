#!/usr/bin/python3
"""test_words.py - docs/word-examples.md is true, and both languages give the same for odd values, too.

Lives here: each block of the page as a rule in Lua and in jq, its lines as events; the same rules over the values below.
Not here: what a record may hold, and texts of errors; the plugins' own tests know.
SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import goldens
import libjq
import source_json
from test_editor import LUA, TOP, table

WEIR = pathlib.Path(os.environ.get("WEIR", TOP / "build" / "weir")).resolve()
PAGE = (TOP / "docs" / "word-examples.md").read_text()
LINE = re.compile(r"^     (\S.*?) +->  (.*)$")

# In JSON. Absent is None; in jq 1.6 the numbers that doubles cannot hold are left out.
ODD = [None, "null", '""', '" "', '"unknown"', '"n/A"', '"NULL"', "true", "false", "0", "-1", "1.5",
       "9007199254740991", "{}", "[]", "[[]]", '["a"]', '[1, null, "b", {}, "", [2]]', '{"a": "b"}', '{"a": null, "b": 0}',
       '{"type": "User", "id": 7}', '[{"type": "AppUser", "id": "u"}, 3, {"id": "unknown"}]', '{"a": {"c": [1]}, "b": "@"}',
       '"é"', '"\\u00e9"', '"\\ud83d\\ude00"', '"\\ufeff"', '"a\\u0000b"', '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\u001f x \\u007f"',
       '"\\u0075nknown"', '"@"', '"a@"', '"@b"', '"a@b@c"', '"%s %d %%"', '"' + "x" * 70000 + '"', '"' + "é@" * 9000 + '"',
       '"192.0.2.1"', '"192.0.2.01"', '"::ffff:192.0.2.1"', '"FE80::1%eth0"', '"2026-02-10T16:19:37.769Z"', '"2026-02-29T00:00:00Z"',
       '"2026-12-31t23:59:60.123456789-00:30"', '"0001-01-01T00:00:00Z"', '"9999-12-31T23:59:59.9Z"', '"-7"', '"007"', '"+7"', '"1e3"',
       '" 7"', '"9223372036854775807"', '"-9223372036854775809"', '"18446744073709551615"', '"18446744073709551616"', '"TRUE"', '"no"',
       '"{level=HIGH, reasons=a, b=c=d, e}"', '"{}"', '"{=POSITIVE}"', '"{A=POSITIVE, A=NEGATIVE}"', '"{reasons=}"', '"{x"',
       '"' + " " * 20000 + 'x"', '"' + "\\t" * 20000 + '"', '"{' + "a=POSITIVE, " * 2000 + 'level=x}"', "[" + '"a",' * 5000 + "1]",
       "[" * 100 + "]" * 100, '{"": 1, "a": {"": null}}', '{"v": 1, "v": 2, "a": 1, "a": "b", "b": "b"}']
LARGE = ["9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551615", "18446744073709551616",
         "0.1000000000000000055511151231257827", '[9007199254740993]']


class Block:
    def __init__(self, text):
        self.rows, self.lines = {}, []
        for line in text.split("\n"):
            example = LINE.match(line)
            if example:
                self.lines.append(example.groups())
            else:
                language, row = line.split(None, 1)
                self.rows[language] = row

    def rule(self, language, kind):
        if language == "lua":
            return f'return map {{ schema = "s", when = {{ eventType = "{kind}" }}, fields = {{ n = "n", x = {self.rows["lua"]} }} }}\n'
        return (f'module {{ schema: "s", when: {{ eventType: "{kind}" }}, settings: {{ color: {{ default: "blue" }} }} }};\n'
                f'include "weir";\n{{ n: .n, x: ({self.rows["jq"]}) }}\n')


BLOCKS = [Block(text.strip("\n")) for fence in re.findall(r"^```text\n(.*?)^```$", PAGE, re.M | re.S) for text in fence.split("\n\n")]


class Words(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="weir-words-")
        self.addCleanup(folder.cleanup)
        self.at = pathlib.Path(folder.name)
        (self.at / "schemas").mkdir()
        (self.at / "schemas" / "s.yaml").write_text("doc: x\nfields:\n  n: {type: text, doc: x}\n  x: {type: any, doc: x}\n")

    def outcomes(self, language, events):
        """What the blocks give in a language, for events (block, value): the value, an error, a cause, or absent."""
        rules = self.at / language
        rules.mkdir(exist_ok=True)
        (rules / "codes.yaml").write_text("Germany: DE\n")
        for number, block in enumerate(BLOCKS):
            if language in block.rows:
                (rules / f"w{number}.{language}").write_text(block.rule(language, f"w{number}"))
        lines = [f'{{"eventType":"w{number}","uuid":"{i}","n":"{i}"' + (f',"v":{value}' if value is not None else "") + "}\n"
                 for i, (number, value) in enumerate(events)]
        ran = subprocess.run([WEIR, "map", rules], input="".join(lines), capture_output=True, text=True, timeout=100, check=False)
        outcomes = ["dropped"] * len(events)
        for why, i in re.findall(r"^\S+:\d+:\d+: (?:x[^: ]*: )?(.*) \(w\d+ (\d+)\)$", ran.stderr, re.M):
            outcomes[int(i)] = f"error: {why}"
        for line in ran.stdout.split("\n")[:-1]:
            record = source_json.read(line)
            outcomes[int(record["n"])] = record.get("x", "absent")
        return outcomes

    def each_language(self, events):
        for language in ("lua", "jq"):
            mine = [(number, value, *more) for number, value, *more in events if language in BLOCKS[number].rows]
            yield language, mine, self.outcomes(language, [event[:2] for event in mine])

    def test_every_word_has_its_block(self):
        """Those of conditions and of later stages give nothing by themselves."""
        words = table("words.c", "} words[] = {") | {f"weir.{h}" for h in table("helpers.c", "helper_functions[] = {")}
        rows = " ".join(block.rows.get("lua", "") for block in BLOCKS)
        self.assertEqual({w for w in words if not re.search(rf"(?<![\w.]){re.escape(w)}\b", rows)},
                         {"map", "change", "remove", "none_of"})
        words = set(re.findall(r"^def (?!weir__)(\w+)", (LUA.parent / "jq" / "words.jq").read_text(), re.M))
        rows = " ".join(block.rows.get("jq", "") for block in BLOCKS)
        self.assertGreater(len(words), 35)
        self.assertEqual({w for w in words if not re.search(rf"(?<![.\w]){w}\b", rows)}, set())

    def test_the_page_is_true(self):
        events = [(number, value, gives) for number, block in enumerate(BLOCKS) for value, gives in block.lines]
        for language, mine, got in self.each_language(events):
            for (number, value, gives), outcome in zip(mine, got):
                with self.subTest(language, row=BLOCKS[number].rows[language], value=value):
                    self.assertRegex(shown(outcome), "^" + ".*".join(map(re.escape, shown(read(gives)).split("…"))))

    def test_both_languages_give_the_same_for_odd_values(self):
        values = ODD + (LARGE if libjq.keeps_literals() else [])
        events = [(number, value) for number, block in enumerate(BLOCKS) if len(block.rows) == 2 for value in values]
        (_, mine, lua), (_, _, jq) = self.each_language(events)
        for (number, value), one, other in zip(mine, lua, jq):
            with self.subTest(lua=BLOCKS[number].rows["lua"], jq=BLOCKS[number].rows["jq"], value=str(value)[:60]):
                self.assertEqual(shown(one)[:300], shown(other)[:300])

    def test_helpers_give_nothing_for_what_they_cannot_read(self):
        """Errors are of what the function gives: bytes that are no text, a number that JSON cannot have."""
        events = [(number, value) for number, block in enumerate(BLOCKS) if "weir." in block.rows.get("lua", "") for value in [*ODD, *LARGE, "1e400"]]
        self.assertGreater(len(events), 700)
        for (number, value), outcome in zip(events, self.outcomes("lua", events)):
            if shown(outcome).startswith("error"):
                with self.subTest(BLOCKS[number].rows["lua"], value=str(value)[:60]):
                    self.assertRegex(outcome, "unbase64|not UTF-8|not finite")
            self.assertNotEqual(outcome, "dropped", str(value)[:60])


def read(gives):
    return gives if re.match("absent|dropped|error:", gives) else source_json.read(gives)


def shown(outcome):
    """For comparing: numbers by their value, and errors less the value that they cite."""
    if isinstance(outcome, str) and not isinstance(outcome, source_json.Number) and outcome.startswith("error:"):
        return ":".join(outcome.split(":")[:2])
    return json.dumps(goldens.plain(outcome), ensure_ascii=False, sort_keys=True)


if __name__ == "__main__":
    unittest.main()
