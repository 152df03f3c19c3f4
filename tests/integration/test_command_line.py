#!/usr/bin/python3
"""test_command_line.py - what every command has in common, and weir check from the outside.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import pty
import re
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
WEIR = os.environ.get("WEIR", str(TOP / "build" / "weir"))

WHOLE = """state_dir: state
sources:
  acme: {plugin: file, path: acme.ndjson}
sinks:
  out: {plugin: stdout}
"""


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="weir-command-line-")
        self.addCleanup(self.folder.cleanup)
        self.at = pathlib.Path(self.folder.name)

    def weir(self, *words, **changes):
        environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        environment.update(changes)
        return subprocess.run([WEIR, *words], cwd=self.at, capture_output=True, text=True,
                              env=environment, check=False)

    def on_terminal(self, *words, **changes):
        pid, fd = pty.fork()
        if pid == 0:
            os.chdir(self.at)
            environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
            environment.update({"TERM": "xterm"}, **changes)
            os.execve(WEIR, ["weir", *words], environment)
        said = b""
        while True:
            try:
                part = os.read(fd, 4096)
            except OSError:
                break
            if not part:
                break
            said += part
        os.close(fd)
        os.waitpid(pid, 0)
        return said.decode()

    def write(self, name, text):
        path = self.at / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def test_two_sinks_of_one_place_are_a_mistake(self):
        self.write("weir.yaml", WHOLE.replace("out: {plugin: stdout}", "a: {plugin: file, path: o.ndjson}\n"
                                              "  b: {path: o.ndjson, plugin: file, inputs: [acme]}"))
        done = self.weir("check")
        self.assertEqual(2, done.returncode)
        self.assertIn("weir.yaml:6:3: sinks.b: writes to the same place as sinks.a", done.stderr)
        self.write("weir.yaml", WHOLE.replace("sinks:", "  twin: {path: acme.ndjson, plugin: file}\nsinks:"))
        done = self.weir("check")
        self.assertEqual(0, done.returncode)
        self.assertIn("weir.yaml:4:3: warning: sources.twin: reads the same as sources.acme: all of it comes twice",
                      done.stderr)

    def test_a_source_that_reads_what_its_sink_writes_is_a_mistake(self):
        round = "which would go round for ever; write to another folder"
        for read, written, code, text in (
                ("o.ndjson", "./o.ndjson", 2, f"sources.acme.path: reads what sinks.out writes, {round}"),
                ("'*.ndjson'", "o.ndjson", 2, f"sources.acme.path: reads what sinks.out writes, {round}"),
                ("'l?g/a*.ndjson'", "log/{schema}.ndjson", 0,
                 f"warning: sources.acme.path: may match files that sinks.out writes, {round}"),
                ("'*.ndjson'", "out/{schema}.ndjson", 0, ""), ("'out/*.json'", "out/{schema}.ndjson", 0, ""),
                ("'*.ndjson'", ".o.ndjson", 0, ""),
                (f"'out/{'*a' * 14}b'", f"out/{{schema}}{'a' * 60}", 0, "")): # tried once, not 2^60 times
            self.write("weir.yaml", f"state_dir: state\nsources:\n  acme: {{plugin: file, path: {read}}}\n"
                                    f"sinks:\n  out: {{plugin: file, path: '{written}'}}\n")
            done = self.weir("check")
            self.assertEqual(code, done.returncode, (read, written, done.stderr))
            self.assertEqual(bool(text), "for ever" in done.stderr, (read, written, done.stderr))
            self.assertIn(text, done.stderr)

    def test_what_another_source_brings_may_be_read_again(self):
        self.write("weir.yaml", "state_dir: state\nsources:\n  a: {plugin: file, path: a.ndjson}\n"
                                "  b: {plugin: file, path: b.ndjson}\nsinks:\n"
                                "  out: {plugin: file, path: b.ndjson, inputs: [a]}\n  end: {plugin: stdout, inputs: [b]}\n")
        done = self.weir("check")
        self.assertEqual((0, ""), (done.returncode, done.stderr))

    def test_rules_that_are_not_there_are_told_with_the_nearest(self):
        self.write_all_that_can_be_shown()
        for words, meant in (("map rules/taegi", "rules/taegis"), ("test ruels", "rules")):
            done = self.weir(*words.split())
            self.assertEqual((2, "", f"{words.split()[1]}: there is no such rule file or folder; did you mean {meant}?\n"),
                             (done.returncode, done.stdout, done.stderr))

    def test_a_mistake_of_rules_is_shown_where_it_is(self):
        start = ("state_dir: state\nsources:\n  acme: {plugin: file, path: acme.ndjson}\nsinks:\n  out: {plugin: stdout}\n"
                 "transforms:\n  map: {plugin: lua, rules: [")
        self.write("weir.yaml", start + "rules/taegi]}\n")
        self.assertIn("weir.yaml:7:30: transforms.map.rules: there is no rules/taegi; did you mean rules/taegis?\n",
                      self.weir("check").stderr)
        self.write("weir.yaml", start + "rules/taegis], settings: {tenat_id: x}}\n")
        self.assertIn("weir.yaml:7:56: transforms.map.settings.tenat_id: no rule and no schema reads this setting; "
                      "did you mean 'tenant_id'?\n", self.weir("check").stderr)
        self.write("rules/schema/near.txt", "")  # like a preset, which nobody mistyped
        self.write("weir.yaml", start + "rules/taegis]}\n")
        self.assertNotIn("did you mean", self.weir("check").stderr)

    def test_every_command_has_help(self):
        listed = self.weir("help").stdout.split("commands:\n")[1].split("\n\n")[0]
        names = re.findall(r"^  (\w+) ", listed, re.MULTILINE)
        self.assertIn("check", names)
        for name in names:
            if name == "help":
                continue
            with self.subTest(name):
                run = self.weir(name, "--help")
                self.assertEqual(0, run.returncode)
                self.assertTrue(run.stdout.startswith(f"usage: weir {name}"))
                self.assertEqual(run.stdout, self.weir("help", name).stdout)
                self.assertEqual(2, self.weir(name, "--no-such-option").returncode)

    def test_words_that_nobody_knows_end_with_2(self):
        run = self.weir("chekc")
        self.assertEqual(2, run.returncode)
        self.assertEqual("weir: no command 'chekc'; did you mean weir check?\n", run.stderr)
        run = self.weir("check", "--jsn")
        self.assertEqual(2, run.returncode)
        self.assertIn("no option --jsn; did you mean --json?", run.stderr)
        self.assertEqual(2, self.weir().returncode)
        self.assertEqual(2, self.weir("describe", "sink", "flie").returncode)

    MISTYPED = (("dead list --source acm", "acme"), ("dead list --sink ouu", "out"),
                ("dead replay --source acm", "acme"), ("dead replay --dry-run --source acm", "acme"),
                ("dead drop --source acm", "acme"), ("dead list --source acm --state-dir state", "acme"),
                ("backfill --source acm --since -1d", "acme"), ("backfill --source acm", "acme"),
                ("backfill --source acm --cancel", "acme"), ("state accept ou", "out"),
                ("doctor --source acme --sink ouu", "out"), ("integration test acm", "acme"),
                ("integration remove acm", "acme"), ("describe sink flie", "file"), ("describe okat", "source okta"), ("describe sorce okta", "source"),
                ("coverage rules --schema y", "x"), ("coverage rules --only user.session.strat", "user.session.start"))

    def test_a_mistyped_name_is_told_with_the_nearest(self):
        self.write_all_that_can_be_shown()
        for words, meant in self.MISTYPED:
            with self.subTest(words):
                run = self.weir(*words.split())
                self.assertEqual((2, ""), (run.returncode, run.stdout))
                self.assertRegex(run.stderr, rf"^weir .*(there are: |did you mean ){re.escape(meant)}[?;]")
                self.assertEqual(1, run.stderr.count("\n"), run.stderr)

    def test_what_was_removed_from_the_configuration_has_its_letters_yet(self):
        self.write_all_that_can_be_shown()
        self.write("weir.yaml", WHOLE.replace("acme:", "other:"))
        self.assertIn("acme", self.weir("dead", "list", "--source", "acme").stdout)
        self.assertEqual("no dead letters\n", self.weir("dead", "list", "--source", "other").stdout)

    PRINTS = ("--version", "help", "check --help", "check", "check --json", "describe",
              "describe sink file", "describe --markdown", "status", "status --json",
              "status --prometheus", "integration list", "integration list --json", "doctor",
              "doctor --json", "state show", "state show --json", "dead list", "dead list --json",
              "dead list --summary", "dead show 1", "dead replay 1", "dead drop --all",
              "backfill --list", "coverage rules", "test rules", "map rules -i acme.ndjson",
              "map rules -i acme.ndjson --explain", "diff rules other -i acme.ndjson", "new config new.yaml")

    def write_all_that_can_be_shown(self):
        self.write("weir.yaml", WHOLE)
        self.write("acme.ndjson", '{"eventType":"a"}\n{"n":\n')
        self.assertEqual(0, self.weir("run").returncode)
        self.write("acme.ndjson", '{"eventType":"a"}\n')
        self.write_rules("rules", "1")
        self.write_rules("other", "2")

    def write_rules(self, folder, value):
        self.write(f"{folder}/x.lua", 'return map { schema = "x", when = { eventType = "*" }, '
                   f'fields = {{ n = const "{value}" }} }}\n')
        self.write(f"{folder}/schemas/x.yaml",
                   "doc: A trial\nfields:\n  n: {type: text, doc: A number}\n")

    def test_what_cannot_be_printed_is_no_success(self):
        self.write_all_that_can_be_shown()
        for words in self.PRINTS:
            with self.subTest(words), open("/dev/full", "wb") as full:
                run = subprocess.run([WEIR, *words.split()], cwd=self.at, stdout=full, check=False,
                                     stderr=subprocess.PIPE, text=True)
                self.assertTrue(run.stderr.endswith(
                    "weir: cannot write to standard output: No space left on device\n"), run.stderr)
                self.assertEqual(1, run.returncode)

    def test_a_reader_that_goes_away_ends_it_quietly(self):
        self.write_rules("rules", "1")
        endless = subprocess.Popen(["yes", '{"eventType":"a"}'], stdout=subprocess.PIPE)
        with subprocess.Popen([WEIR, "map", "rules"], cwd=self.at, stdin=endless.stdout,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
            endless.stdout.close()
            self.assertEqual('{"n":"1"}\n', run.stdout.readline())
            run.stdout.close()
            self.assertEqual("", run.stderr.read())
        endless.wait()
        self.assertEqual(1, run.returncode)

    def test_what_is_opened_never_takes_the_place_of_standard_output(self):
        self.write("weir.yaml", WHOLE.replace("{plugin: stdout}", "{plugin: file, path: out.ndjson}"))
        self.write("acme.ndjson", '{"eventType":"a"}\n')
        run = subprocess.run(["sh", "-c", f"exec '{WEIR}' run >&- 2>&-"], cwd=self.at, check=False)
        self.assertEqual(0, run.returncode)
        self.assertEqual('{"eventType":"a"}\n', (self.at / "out.ndjson").read_text(encoding="utf-8"))

    def test_the_version_is_told(self):
        self.assertRegex(self.weir("--version").stdout, r"^weir \d+\.\d+\.\d+\n$")

    def test_a_sound_configuration_ends_with_0(self):
        self.write("weir.yaml", WHOLE)
        run = self.weir("check")
        self.assertEqual(0, run.returncode, run.stderr)
        self.assertIn("acme -> out: at least once\n", run.stdout)
        self.assertIn("ok: 1 source, 0 transforms, 1 sink\n", run.stdout)
        said = json.loads(self.weir("check", "--json").stdout)
        self.assertEqual([{"sources": ["acme"], "transforms": [], "sink": "out",
                           "delivery": "at least once"}], said["paths"])
        self.assertFalse((self.at / "state").exists())

    def test_all_mistakes_are_told_with_their_places(self):
        self.write("weir.yaml", WHOLE.replace("plugin: stdout", "plugin: stdoot") + "workers: x\n")
        self.write("prod.yaml", "sources:\n  acme: {paht: x}\nqueue_size: 5\n")
        run = self.weir("check", "-c", "weir.yaml", "-c", "prod.yaml")
        self.assertEqual(2, run.returncode)
        self.assertEqual("", run.stdout)
        for line in ("prod.yaml:2:10: sources.acme.paht: unknown option; did you mean path?",
                     "prod.yaml:3:13: queue_size: '5' has no unit; write 5B, 5KiB or 5MiB",
                     "weir.yaml:5:17: sinks.out.plugin: there is no sink 'stdoot'; did you mean "
                     "stdout?",
                     "weir.yaml:6:10: workers: 'x' is not a whole number; write digits only, such "
                     "as 1000", "4 mistakes"):
            self.assertIn(line + "\n", run.stderr)
        said = json.loads(self.weir("check", "-c", "weir.yaml", "-c", "prod.yaml", "--json").stdout)
        self.assertEqual(4, len(said["errors"]))
        self.assertEqual({"file": "prod.yaml", "line": 2, "column": 10, "width": 4,
                          "path": "sources.acme.paht",
                          "text": "unknown option; did you mean path?"}, said["errors"][0])

    def test_run_refuses_what_check_refuses(self):
        self.write("weir.yaml", WHOLE + "workers: x\n")
        check, run = self.weir("check"), self.weir("run")
        self.assertEqual(2, run.returncode)
        self.assertEqual(check.stderr, run.stderr)
        self.assertFalse((self.at / "state").exists())

    def test_colours_are_for_terminals(self):
        self.write("weir.yaml", WHOLE + "workers: x\n")
        self.assertNotIn("\033", self.weir("check").stderr)
        self.assertIn("\033[1;31m", self.on_terminal("check"))
        self.assertNotIn("\033", self.on_terminal("check", NO_COLOR="1"))

    def test_two_thousand_integrations_are_read(self):
        self.write("weir.yaml", "state_dir: state\nsinks:\n  out: {plugin: stdout}\n")
        for i in range(2000):
            self.write(f"integrations.d/org{i}.yaml", f"plugin: file\npath: /tmp/{i}.ndjson\n")
        run = self.weir("check")
        self.assertEqual(0, run.returncode, run.stderr)
        self.assertIn("org0, org1, org10 and 1997 more -> out: at least once\n", run.stdout)


if __name__ == "__main__":
    unittest.main()
