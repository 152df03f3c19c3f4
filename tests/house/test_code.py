#!/usr/bin/python3
"""test_code.py - the rules of the house that a compiler does not check.

SPDX-License-Identifier: Apache-2.0
"""
import re
import subprocess
import sys
import unittest

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from source import TOP, c_files, code_only, functions, line_of, text_of, without_comments

PRODUCT = ("include", "core", "plugins")
ALL = PRODUCT + ("tests",)
TOP_LEVEL = ("CMakeLists.txt CMakePresets.json LICENSE README.md core docs include plugins rules tests "
             "tools").split()
BANNED = "strcpy strcat sprintf vsprintf gets strtok atoi system alloca localtime".split()
# Library header -> how its users are called in messages. A library is hidden behind one file of
# the core; in the plugins, behind the folder of one plugin.
LIBRARIES = {
    r"curl/.*": "libcurl", r"yaml\.h": "libyaml", r"sqlite3\.h": "SQLite",
    r"openssl/.*": "OpenSSL", r"(lua|lualib|lauxlib)\.h": "Lua", r"(jq|jv)\.h": "libjq",
    r"zlib\.h": "zlib", r"libdeflate\.h": "libdeflate",
}


def product_code(path):
    return "tests" not in path.parts


def ours(*folders):
    """What other programs are compared with in tests/bench/peers has its own ways."""
    return [path for path in c_files(*folders) if "peers" not in path.parts]


def parameter_count(parameters):
    """Without `err`, which every function that can fail has."""
    flat = re.sub(r"\([^()]*\)", "", parameters)
    return sum(1 for p in flat.split(",") if not re.search(r"struct weir_error \*\w+\s*$", p))


class House(unittest.TestCase):
    """One method for each rule; every breach is listed."""

    def expect_none(self, breaches):
        self.assertEqual([], breaches, "\n" + "\n".join(breaches))

    def test_banned_calls_are_not_made(self):
        breaches = []
        pattern = re.compile(r"\b(%s)\s*\(" % "|".join(BANNED))
        for path in ours(*ALL):
            code = code_only(text_of(path))
            for match in pattern.finditer(code):
                breaches.append(f"{path}:{line_of(code, match.start())}: {match.group(1)}")
        self.expect_none(breaches)

    def test_what_is_printed_goes_through_print(self):
        """Which notices that it did not get there."""
        breaches = []
        pattern = re.compile(r"(?<!\w)(?:(printf|puts|putchar)\s*\(|"
                             r"(fprintf|fputs|fputc|putc|fwrite|fflush)\s*\([^;]*\bstdout\b)")
        for path in filter(product_code, c_files("core", "plugins")):
            if str(path) == "core/print.c":
                continue
            code = code_only(text_of(path))
            for match in pattern.finditer(code):
                breaches.append(f"{path}:{line_of(code, match.start())}: "
                                f"{match.group(1) or match.group(2)}")
        self.expect_none(breaches)

    def test_memory_comes_from_weir_alloc(self):
        breaches = []
        pattern = re.compile(r"(?<!\w)(malloc|calloc|realloc|reallocarray|strdup|strndup|asprintf)"
                             r"\s*\(")
        for path in filter(product_code, c_files("core", "plugins")):
            if str(path) == "core/alloc.c":
                continue
            code = code_only(text_of(path))
            for match in pattern.finditer(code):
                breaches.append(f"{path}:{line_of(code, match.start())}: {match.group(1)}")
        self.expect_none(breaches)

    def test_plugins_see_the_public_headers_only(self):
        breaches = []
        core = {path.name for path in c_files("core") if path.suffix == ".h"}
        for path in filter(product_code, c_files("plugins")):
            own = {p.name for p in (TOP / path).parent.iterdir()}
            for name in re.findall(r'^#include "(.*)"', text_of(path), re.MULTILINE):
                if name in core and name not in own:
                    breaches.append(f'{path}: includes "{name}" of the core')
        self.expect_none(breaches)

    def test_the_core_sees_no_plugin(self):
        breaches = []
        names = {p.name for p in (TOP / "plugins").glob("*/*") if p.is_dir()}
        # Words that mean something without the plugin, too; examples in a help text are no
        # knowledge.
        names -= {"file", "stdout", "rule", "tests"}
        names |= {"okta", "taegis", "lua", "jq"}
        pattern = re.compile(r'"\.?(%s)"|\b(%s)_\w+' % (("|".join(sorted(names)),) * 2))
        for path in filter(product_code, c_files("include", "core")):
            text = without_comments(text_of(path))
            for match in pattern.finditer(text):
                breaches.append(f"{path}:{line_of(text, match.start())}: {match.group(0)}")
            if re.search(r'#include ".*plugins/', text):
                breaches.append(f"{path}: includes a file of a plugin")
        self.expect_none(breaches)

    def test_each_library_is_hidden_behind_one_file(self):
        breaches = []
        for pattern, library in LIBRARIES.items():
            users = set()
            for path in filter(product_code, c_files("core")):
                if re.search(r"^#include <%s>" % pattern, text_of(path), re.MULTILINE):
                    users.add(str(path))
            if len(users) > 1:
                breaches.append(f"{library}: {', '.join(sorted(users))}")
            for path in filter(product_code, c_files("include")):
                if re.search(r"^#include <%s>" % pattern, text_of(path), re.MULTILINE):
                    breaches.append(f"{library}: {path} shows it to plugins")
        self.expect_none(breaches)

    def test_every_file_says_what_it_does(self):
        breaches = []
        for path in ours(*ALL):
            text = text_of(path)
            head = text[:text.find("*/") + 2] if text.startswith("/*") else text[:800]
            lines = head.splitlines()
            named = any(path.name in line or path.stem in line for line in lines[:2])
            if not (head.startswith(("/*", "//")) and named and " - " in "".join(lines[:2])):
                breaches.append(f"{path}: does not begin with `/* {path.name} - what it does`")
            if "SPDX-License-Identifier: Apache-2.0" not in head:
                breaches.append(f"{path}: no SPDX line in its head")
        self.expect_none(breaches)

    def test_files_and_functions_stay_small(self):
        breaches = []
        for path in ours(*ALL):
            text = text_of(path)
            if text.count("\n") > 500:
                breaches.append(f"{path}: {text.count(chr(10))} lines, at most 500")
        for path in filter(product_code, c_files(*PRODUCT)):
            text = text_of(path)
            for name, line, count, parameters in functions(text):
                if count > 60:
                    breaches.append(f"{path}:{line}: {name} has {count} lines, at most 60")
                if parameter_count(parameters) > 5:
                    breaches.append(f"{path}:{line}: {name} has more than 5 parameters")
        self.expect_none(breaches)

    def test_structs_have_no_second_name(self):
        breaches = []
        for path in filter(product_code, c_files(*PRODUCT)):
            code = code_only(text_of(path))
            for match in re.finditer(r"^\s*typedef\s+(struct|enum|union)\b[^(;]*[{;]", code,
                                     re.MULTILINE):
                breaches.append(f"{path}:{line_of(code, match.start())}: typedef")
        self.expect_none(breaches)

    def test_nothing_is_left_to_do(self):
        breaches = []
        pattern = re.compile(r"\b(TODO|FIXME|HACK)\b|\bXXX:|\bfor now[.,;:)]")
        for path in self.tracked():
            if path.startswith("tests/house/"):
                continue
            for number, line in enumerate(self.lines(path), 1):
                if pattern.search(line):
                    breaches.append(f"{path}:{number}: {line.strip()[:80]}")
        self.expect_none(breaches)

    def test_no_place_outside_the_project_is_named(self):
        breaches = []
        pattern = re.compile(r"(?<![\w.{}$/])/(%s)/" % "|".join(("wo" "rk", "ro" "ot", "ho" "me")))
        for path in self.tracked():
            for number, line in enumerate(self.lines(path), 1):
                if pattern.search(line):
                    breaches.append(f"{path}:{number}: {line.strip()[:80]}")
        self.expect_none(breaches)

    def test_the_top_level_is_as_agreed(self):
        self.expect_none(sorted({f"{name}: does not belong at the top" for name in
                                 (path.split("/")[0] for path in self.tracked())
                                 if name not in TOP_LEVEL and not name.startswith(".")}))

    def test_every_file_of_the_core_has_a_test(self):
        """By its name, by that of the whole whose part it is (json_link by json), or because
        the head of a test names it as core/NAME.c."""
        breaches = []
        tests = list((TOP / "tests" / "unit").glob("test_*.c"))
        tested = {p.stem[len("test_"):] for p in tests}
        wholes = {name.split("_")[0] for name in tested}
        for test in tests:
            head = test.read_text(encoding="utf-8").split("*/")[0]
            tested |= set(re.findall(r"\bcore/(\w+)\.c\b", head))
        for path in c_files("core"):
            if path.suffix != ".c" or path.name.startswith("cmd_") or path.name == "main.c":
                continue
            if path.stem not in tested and path.stem.split("_")[0] not in wholes:
                breaches.append(f"{path}: no tests/unit/test_{path.stem}.c")
        self.expect_none(breaches)

    @staticmethod
    def tracked():
        run = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True)
        if run.returncode == 0:
            return run.stdout.splitlines()
        return [str(p) for folder in ALL + ("docs", "rules", "tools")
                for p in (TOP / folder).rglob("*") if p.is_file()]

    @staticmethod
    def lines(path):
        try:
            return (TOP / path).read_text(encoding="utf-8").splitlines()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            return []


if __name__ == "__main__":
    unittest.main()
