#!/usr/bin/python3
"""test_refused_plugins.py - shared objects that break the contract are refused, with the reason.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
WEIR = os.environ.get("WEIR", str(TOP / "build" / "weir"))

SOUND = """
#include <weir/plugin.h>
struct mine { const char *text; };
static const struct weir_option options[] = {
	{ "text", WEIR_AT_STRING(struct mine, text), .doc = DOC },
	{ 0 },
};
static enum weir_status mine_process(void *self, struct weir_batch *b, struct weir_error *err)
{
	(void)self; (void)b; (void)err;
	return WEIR_OK;
}
const struct weir_plugin *weir_plugin(void)
{
	static const struct weir_plugin plugin = {
		.abi = ABI, .size = SIZE, .option_size = sizeof(struct weir_option),
		.metric_size = sizeof(struct weir_metric), .kind = WEIR_SINK, .name = "mine",
		.version = "1", .summary = "Does nothing.", .options = options,
		.self_size = sizeof(struct mine), .process = PROCESS,
	};

	return &plugin;
}
"""
USUAL = {"ABI": "WEIR_ABI", "SIZE": "sizeof(struct weir_plugin)", "DOC": '"A text."',
         "PROCESS": "mine_process"}


class RefusedPlugins(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="weir-refused-")
        self.addCleanup(self.folder.cleanup)
        self.at = pathlib.Path(self.folder.name)

    def build(self, name, source=SOUND, **changes):
        defines = [f"-D{k}={v}" for k, v in {**USUAL, **changes}.items()]
        (self.at / f"{name}.c").write_text(source, encoding="utf-8")
        subprocess.run(["cc", "-std=c17", "-fPIC", "-shared", "-I", str(TOP / "include"), *defines,
                        "-o", str(self.at / f"{name}.so"), str(self.at / f"{name}.c")], check=True)
        return self.at / f"{name}.so"

    def describe(self):
        return subprocess.run([WEIR, "describe", "--plugins", str(self.at), "--json"],
                              capture_output=True, text=True, check=False)

    def expect_refused(self, name, reason):
        run = self.describe()
        self.assertEqual(2, run.returncode)
        self.assertIn(f"{name}.so: ", run.stderr)
        self.assertIn(reason, run.stderr)
        names = [p["name"] for p in json.loads(run.stdout)["plugins"]]
        self.assertNotIn("mine", names)
        self.assertIn("file", names)

    def test_a_sound_one_is_taken(self):
        self.build("sound")
        run = self.describe()
        self.assertEqual(0, run.returncode, run.stderr)
        self.assertIn("mine", [p["name"] for p in json.loads(run.stdout)["plugins"]])

    def test_another_abi(self):
        self.build("abi", ABI="WEIR_ABI+1")
        self.expect_refused("abi", "built for ABI 2, and this weir has ABI 1; build it again")

    def test_a_short_descriptor(self):
        self.build("short", SIZE="8")
        self.expect_refused("short", "its descriptor is too short (size 8")

    def test_a_missing_callback(self):
        self.build("bare", PROCESS="NULL")
        self.expect_refused("bare", "sink mine: needs the callback process")

    def test_a_row_without_doc(self):
        self.build("doc", DOC="NULL")
        self.expect_refused("doc", "sink mine: option text: has no doc of one sentence")

    def test_a_file_that_anyone_may_write(self):
        self.build("open").chmod(0o777)
        self.expect_refused("open", "anyone may write this file; run chmod o-w on it")

    def test_an_object_that_is_no_plugin(self):
        self.build("other", source="int nothing;\n")
        self.expect_refused("other", "no plugin: it does not export weir_plugin()")

    def test_an_object_that_asks_for_what_weir_has_not(self):
        self.build("asks", source="void nobody_has_this(void); void f(void) { nobody_has_this(); }\n")
        self.expect_refused("asks", "undefined symbol: nobody_has_this")

    def test_no_object_at_all(self):
        (self.at / "text.so").write_text("text")
        self.expect_refused("text", "file too short")

    def test_two_of_one_kind_and_name(self):
        self.build("one")
        self.build("two")
        run = self.describe()
        self.assertEqual(2, run.returncode)
        self.assertIn("two.so: a second sink mine; the first is ", run.stderr)

    def test_one_file_under_two_names_is_one(self):
        self.build("one")
        os.symlink(self.at / "one.so", self.at / "same.so")
        self.assertEqual(0, self.describe().returncode)


if __name__ == "__main__":
    unittest.main()
