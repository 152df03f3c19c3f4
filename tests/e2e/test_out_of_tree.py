"""Plugins that `weir new plugin` makes, built with nothing but an installed weir and pkg-config, run in a pipeline.

One of them is the plugin that docs/writing-a-plugin.md is built around, so the page cannot rot.
SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("WEIR_BUILD", TOP / "build"))


def run(*words, **kinds):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=120, **kinds)
    if done.returncode != 0:
        raise AssertionError(f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


class OutOfTree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="weir-out-of-tree-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.at = pathlib.Path(cls.folder.name)
        run("cmake", "--install", BUILD, "--prefix", cls.at / "usr")
        cls.weir = cls.at / "usr/bin/weir"
        pc = next((cls.at / "usr").rglob("weir.pc"))
        environment = dict(os.environ, PKG_CONFIG_PATH=str(pc.parent))
        cls.plugins = cls.at / "plugins"
        cls.plugins.mkdir()
        for kind, name in (("source", "count_up"), ("transform", "mark"), ("sink", "tail")):
            run(cls.weir, "new", "plugin", kind, name, cwd=cls.at)
            cls.said = run("make", "-C", name, "check", f"WEIR={cls.weir}", "CFLAGS=-O2 -Werror", cwd=cls.at, env=environment)
            (cls.plugins / f"{name}.so").write_bytes((cls.at / name / f"{name}.so").read_bytes())

    def pipeline(self, count):
        out = self.at / "out.ndjson"
        config = self.at / "weir.yaml"
        config.write_text(
            f"state_dir: {self.at}/state\n"
            "sources:\n  counter:\n    plugin: count_up\n"
            f"    count: {count}\n"
            "transforms:\n  mark:\n    plugin: mark\n    value: here\n"
            f"sinks:\n  out:\n    plugin: tail\n    path: {out}\n")
        run(self.weir, "run", "--plugins", self.plugins, "-c", config)
        return [json.loads(line) for line in out.read_text().splitlines()]

    def test_a_source_a_transform_and_a_sink_run_in_a_pipeline_and_go_on_after_a_restart(self):
        rows = self.pipeline(95)
        self.assertEqual([r["n"] for r in rows], list(range(1, 96)))
        self.assertEqual({r["mark"] for r in rows}, {"here"})
        rows = self.pipeline(120)
        self.assertEqual([r["n"] for r in rows], list(range(1, 121)))

    def test_describe_prints_the_tables_of_a_foreign_plugin(self):
        text = run(self.weir, "describe", "--plugins", self.plugins, "sink", "tail")
        self.assertIn("File to append to; created if missing.", text)
        self.assertIn(text, self.said)

    def test_the_page_shows_the_plugin_that_is_compiled_here(self):
        page = (TOP / "docs/writing-a-plugin.md").read_text()
        shown = re.search(r"```c\n(/\* sink/lines.*?)```", page, re.S)
        self.assertIsNotNone(shown, "the page has no listing of sink/lines")
        self.assertEqual(shown.group(1), (TOP / "tools/scaffold/plugin/sink.c").read_text())

    def test_the_installed_program_finds_its_own_plugins_and_rules(self):
        self.assertIn("okta", run(self.weir, "describe"))
        self.assertTrue((self.at / "usr/share/weir/rules/taegis/auth.lua").exists())


if __name__ == "__main__":
    unittest.main()
