#!/usr/bin/python3
"""test_docs.py - links in the documentation lead somewhere, and commands that it names exist.

Lives here: README.md and docs/. Not here: whether what a page says is so; docs/reference/ (test_reference.py).
SPDX-License-Identifier: Apache-2.0
"""
import os
import re
import subprocess
import unittest

from source import TOP

WEIR = os.environ.get("WEIR", str(TOP / "build" / "weir"))
FENCE = re.compile(r"^( *)```.*?^\1```$", re.M | re.S)
LINK = re.compile(r"\]\(([^)\s]+)\)")
INLINE = re.compile(r"`[^`\n]*`")
# Where a command can stand: at the start of a line of code or of a code span, behind sudo, a path or a separator.
COMMAND = re.compile(r"(?:^|[;&|]|\bsudo|=)[ \t]*(?:[\w./~-]*/)?weir[ \t]+([a-z][a-z-]*)", re.M)
SHELL = re.compile(r"^ *```(?:sh|ini)\n(.*?)^ *```$", re.M | re.S)


def pages():
    return [TOP / "README.md"] + sorted((TOP / "docs").rglob("*.md"))


def prose(text):
    return FENCE.sub("", text)


def anchors(text):
    """As GitHub makes them from headings."""
    found = set()
    for heading in re.findall(r"^#+ +(.*)$", prose(text), re.M):
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        number = 0
        while (name if number == 0 else f"{name}-{number}") in found:
            number += 1
        found.add(name if number == 0 else f"{name}-{number}")
    return found


def links(text):
    return [link for link in LINK.findall(INLINE.sub("", prose(text))) if not re.match(r"[a-z]+:", link)]


def commands(text):
    """The COMMAND of every `weir COMMAND`, in blocks of shell and in code spans."""
    places = SHELL.findall(text) + [span.strip("`") for span in INLINE.findall(prose(text))]
    return {name for place in places for name in COMMAND.findall(place)}


def known_commands():
    printed = subprocess.run([WEIR, "help"], stdout=subprocess.PIPE, text=True, check=True).stdout
    listed = printed.partition("commands:\n")[2].partition("\n\n")[0]
    return {line.split()[0] for line in listed.splitlines()}


class Documentation(unittest.TestCase):
    def test_every_relative_link_leads_to_a_file_and_a_heading(self):
        for page in pages():
            for link in links(page.read_text(encoding="utf-8")):
                path, _, anchor = link.partition("#")
                target = (page.parent / path).resolve() if path else page
                with self.subTest(page=str(page.relative_to(TOP)), link=link):
                    self.assertTrue(target.exists(), "leads nowhere")
                    if anchor and target.suffix == ".md":
                        self.assertIn(anchor, anchors(target.read_text(encoding="utf-8")))

    def test_every_command_that_is_named_exists(self):
        known = known_commands()
        self.assertIn("check", known)
        for page in pages():
            for name in sorted(commands(page.read_text(encoding="utf-8"))):
                with self.subTest(page=str(page.relative_to(TOP)), command=name):
                    self.assertIn(name, known)

    def test_this_test_sees_what_is_wrong(self):
        text = "# A b: c\n[x](gone.md#y)\n`weir nosuch -c x` and `the weir goes`\n```sh\nsudo weir bad --now\ncd /weir && ./weir worse\n```\n"
        self.assertEqual(links(text), ["gone.md#y"])
        self.assertEqual(commands(text), {"nosuch", "bad", "worse"})
        self.assertEqual(anchors(text), {"a-b-c"})


if __name__ == "__main__":
    unittest.main()
