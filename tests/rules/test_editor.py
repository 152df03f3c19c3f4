#!/usr/bin/python3
"""test_editor.py - rules/_editor/weir.lua names every word and helper of Lua rules, and docs/rule-words.md explains it.

SPDX-License-Identifier: Apache-2.0
"""
import pathlib
import re
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
LUA = TOP / "plugins" / "transform" / "lua"


def table(name, begin):
    """The names in a table of functions: { "lower", word_row, ... }."""
    text = (LUA / name).read_text()
    text = text[text.index(begin):]
    return set(re.findall(r'{ "([a-z]\w+)",', text[:text.index("};")]))


class Editor(unittest.TestCase):
    def setUp(self):
        self.words = table("words.c", "} words[] = {") | table("sandbox.c", "global_functions[] = {") - {"require"} | {"each"}
        self.helpers = table("helpers.c", "helper_functions[] = {")
        self.assertGreater(len(self.words), 40)
        self.assertGreater(len(self.helpers), 8)

    def test_an_editor_completes_all_of_them(self):
        known = (TOP / "rules" / "_editor" / "weir.lua").read_text()
        self.assertEqual(self.words | {f"weir.{h}" for h in self.helpers}, set(re.findall(r"^function ([\w.]+)\(", known, re.M)))

    def test_the_page_explains_all_of_them(self):
        page = (TOP / "docs" / "rule-words.md").read_text()
        for name in self.words | {f"weir.{h}" for h in self.helpers}:
            self.assertRegex(page, rf"`(return )?{re.escape(name)}\b", name)


if __name__ == "__main__":
    unittest.main()
