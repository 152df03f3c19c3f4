"""source.py - the project's C files, with and without comments and strings.

SPDX-License-Identifier: Apache-2.0
"""
import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parents[2]
TOKENS = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)


def c_files(*folders):
    """Paths relative to the top, of .c and .h files below the folders, sorted."""
    found = []
    for folder in folders:
        for path in (TOP / folder).rglob("*.[ch]"):
            found.append(path.relative_to(TOP))
    return sorted(found)


def text_of(path):
    return (TOP / path).read_text(encoding="utf-8")


def _blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def without_comments(text):
    """The same text with comments blanked out; line numbers stay."""
    return TOKENS.sub(lambda m: _blank(m) if m.group(0).startswith("/") else m.group(0), text)


def code_only(text):
    """Comments and the insides of strings blanked out."""
    return TOKENS.sub(_blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def functions(text):
    """(name, first line, lines between its braces, parameters) of each function in K&R style."""
    code = code_only(text)
    pattern = re.compile(r"^(?!typedef\b|struct \w+ \{|enum|union)[A-Za-z_][^;{}()=\n]*?\b(\w+)"
                         r"\(([^{};]*?)\)[^;{}()]*\n\{$", re.MULTILINE)
    for match in pattern.finditer(code):
        end = code.find("\n}", match.end())
        first = line_of(code, match.start())
        last = line_of(code, end + 1) if end >= 0 else first
        yield match.group(1), first, last - line_of(code, match.end()) - 1, match.group(2)
