# SPDX-License-Identifier: Apache-2.0
"""test_integration - integrations added, listed, tried and removed, beside a weir that runs and without one."""

import json
import os
import pty
import select
import shutil
import stat
import subprocess
import unittest
from pathlib import Path
from typing import Any

from lib import Case, main


class Integration(Case):
    def setUp(self) -> None:
        super().setUp()
        self.first = self.serve(count=40)
        self.configure()
        settings = self.weir.settings
        settings["transforms"]["normalize"].pop("inputs")
        self.weir.write(settings)
        self.second = self.serve(count=60, backlog=30)
        self.files = self.folder / "integrations.d"

    def integration(self, verb: str, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([str(self.weir.program), "integration", verb, *words, "-c", str(self.weir.config)], text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)

    def flags(self, **other: str) -> list[str]:
        """Those of the second org, whose key is a file that everybody may read."""
        key = self.folder / "download.pem"
        shutil.copyfile(self.second.ready["private_key"], key)
        key.chmod(0o644)
        ready = self.second.ready
        given = {"org-url": ready["url"], "client-id": ready["client_id"], "key-id": ready["key_id"], "private-key": str(key),
                 "ca-file": ready["ca_file"], "start": "-24h", "poll-interval": "100ms", "timeout": "1s", **other}
        return [word for name, value in given.items() for word in (f"--{name}", value)]

    def add(self, name: str, *words: str, **other: str) -> "subprocess.CompletedProcess[str]":
        return self.integration("add", name, *self.flags(**other), *words)

    def row(self, name: str) -> dict[str, Any]:
        rows = json.loads(self.integration("list", "--json").stdout)["integrations"]
        found = [row for row in rows if row["name"] == name]
        return found[0] if found else {}

    def left(self) -> list[str]:
        return sorted(p.name for p in self.files.iterdir()) if self.files.exists() else []

    # --- add ---

    def test_a_running_weir_takes_it_up_and_lets_it_go(self) -> None:
        self.weir.start()
        self.delivered(40)
        run = self.add("globex", "--reload")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertRegex(run.stdout, "(?s)✓ page.*added globex.*reloaded")
        self.delivered(70)
        self.assertEqual(stat.S_IMODE((self.files / "globex.yaml").stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE((self.files / "globex.private_key").stat().st_mode), 0o600)
        row = self.until("its quota is known", lambda: (r := self.row("globex")).get("rate_limit_used_percent") is not None and r)
        self.assertEqual((row["org_url"], row["trouble"]), (self.second.ready["url"], None))
        self.assertIn(row["state"], ("idle", "reading"))
        table = self.integration("list").stdout
        self.assertRegex(table, rf"NAME +ORG +STATE +LAST EVENT +LAG +QUOTA USED\nacme .*\nglobex +{row['org_url']} +\w+ +\d+ m?s ago")

        # Kept: it goes on where it was.
        run = self.integration("remove", "globex", "--keep-state", "--reload")
        self.assertEqual((run.returncode, self.left()), (0, []), run.stderr)
        self.assertEqual(self.row("globex"), {})
        self.org.post("do", action="emit", count=10)
        self.assertEqual(self.add("globex", "--reload").returncode, 0)
        self.delivered(80)

        # Dropped: it begins at `start`, and what it had comes again.
        run = self.integration("remove", "globex", "--drop-state", "--yes")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertNotIn("globex", self.weir.command("state").stdout)
        self.assertEqual(len(self.weir.lines()), 80)
        self.assertEqual(self.add("globex", "--reload").returncode, 0)
        self.delivered(120)
        self.assertEqual(self.weir.stop(), 0)
        self.assertEqual(len(self.weir.lines()), 120)
        times = self.weir.uuids()
        self.assertEqual([times[uuid] for uuid in self.second.get("uuids")], [2] * 40)
        self.assertEqual([times[uuid] for uuid in self.first.get("uuids")], [1] * 40)

    def test_a_state_is_dropped_while_others_flow(self) -> None:
        self.first.post("do", action="plan", count=1500, backlog=100, rate=300)
        self.weir.start()
        self.assertEqual(self.add("globex", "--reload").returncode, 0)
        self.delivered(200)
        for _ in range(2):
            run = self.integration("remove", "globex", "--drop-state", "--yes")
            self.assertEqual((run.returncode, self.left()), (0, []), run.stderr)
            self.assertNotIn("globex", self.weir.command("state").stdout)
            self.assertEqual(self.add("globex", "--reload").returncode, 0)
        self.until("all of the first", lambda: len(self.weir.uuids().keys() & set(self.first.get("uuids"))) == 1500)
        self.assertEqual(self.weir.stop(), 0)
        times = self.weir.uuids()
        self.assertEqual([times[uuid] for uuid in self.first.get("uuids")], [1] * 1500)

    def test_without_a_weir(self) -> None:
        self.assertEqual(self.add("globex", "--no-test").returncode, 0)
        self.assertEqual(self.row("globex")["state"], "stopped")
        self.assertEqual(self.second.get("stats").get("token", 0), 0)
        self.assertEqual(self.integration("test", "globex").returncode, 0)
        self.weir.start()
        self.delivered(70)
        self.assertEqual(self.weir.stop(), 0)
        self.assertIn("globex", self.weir.command("state").stdout)
        self.assertEqual(self.integration("remove", "globex", "--drop-state").returncode, 0)
        self.assertNotIn("globex", self.weir.command("state").stdout)

    def test_a_running_weir_keeps_its_last_source(self) -> None:
        self.assertEqual(self.add("globex", "--no-test").returncode, 0)
        settings = self.weir.settings
        del settings["sources"]
        self.weir.write(settings)
        self.weir.start()
        self.delivered(30)
        for words in ("--keep-state", "--reload"), ("--drop-state",), ("--yes",):
            run = self.integration("remove", "globex", *words)
            self.assertEqual((run.returncode, run.stdout), (2, ""))
            self.assertRegex(run.stderr, "globex is the only source.*add another first, or stop weir.*nothing was removed")
            self.assertEqual(len(self.left()), 2)
        self.assertEqual(self.weir.stop(), 0)
        run = self.integration("remove", "globex", "--yes")
        self.assertEqual((run.returncode, self.left()), (0, []))
        self.assertIn("no source is left", run.stderr)

    def test_any_name_is_a_file(self) -> None:
        for name in ("ACME Corp. / Süd", "..", ".hidden", "100%"):
            with self.subTest(name):
                self.assertEqual(self.add(name, "--no-test").returncode, 0)
                self.assertEqual(self.row(name)["name"], name)
                self.assertEqual(len(self.left()), 2)
                self.assertEqual(self.integration("remove", name, "--yes").returncode, 0)
                self.assertEqual(self.left(), [])

    def test_a_secret_that_is_elsewhere_is_not_copied(self) -> None:
        key = self.second.ready["private_key"]
        self.assertEqual(self.add("globex", **{"private-key": "file:" + os.path.relpath(key)}).returncode, 0)
        self.assertEqual(self.left(), ["globex.yaml"])
        self.assertTrue(Path(key).exists())
        self.assertEqual(self.integration("remove", "globex", "--yes").returncode, 0)
        self.assertTrue(Path(key).exists())

    # --- what is refused leaves nothing ---

    def refused(self, code: int, pattern: str, run: "subprocess.CompletedProcess[str]") -> None:
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        self.assertRegex(run.stdout + run.stderr, pattern)
        self.assertEqual(self.left(), [])

    def test_what_is_wrong_writes_nothing(self) -> None:
        broken = self.folder / "broken.pem"
        broken.write_text("-----BEGIN PRIVATE KEY-----\nnone\n-----END PRIVATE KEY-----\n")
        self.refused(2, "sources.globex.private_key: .*damaged", self.add("globex", **{"private-key": str(broken)}))
        self.refused(2, "private_key: open /nowhere", self.add("globex", **{"private-key": "/nowhere"}))
        self.refused(2, "write https://globex.okta.com", self.add("globex", **{"org-url": "https://globex-admin.okta.com"}))
        self.refused(2, "sources.globex.start", self.add("globex", start="yesterday"))
        self.refused(2, "this name is taken", self.add("acme"))
        self.refused(2, "missing: NAME, --org-url, --start", self.integration("add"))
        self.refused(2, "did you mean --org-url", self.integration("add", "globex", "--org-ulr", "x"))
        self.refused(2, "there is no source plugin nix; there are: okta", self.integration("add", "globex", "--plugin", "nix"))
        self.second.post("state", roles=[])
        self.refused(1, "(?s)✗ role .*Report Administrator.*nothing was written", self.add("globex"))
        self.refused(1, "✗ kid", self.add("globex", **{"key-id": "kid-typo"}))
        self.second.post("state", roles=["REPORT_ADMIN"])

    def test_what_is_there_stays(self) -> None:
        self.assertEqual(self.add("globex", "--no-test").returncode, 0)
        before = (self.files / "globex.yaml").read_bytes()
        run = self.add("globex", "--no-test", start="now")
        self.assertEqual(run.returncode, 2)
        self.assertIn("there is an integration globex already", run.stderr)
        self.assertEqual((self.files / "globex.yaml").read_bytes(), before)
        run = self.integration("remove", "globex")
        self.assertEqual(run.returncode, 2)
        self.assertIn("--keep-state or --drop-state", run.stderr)
        self.assertEqual(len(self.left()), 2)
        run = self.integration("remove", "acme", "--yes")
        self.assertEqual(run.returncode, 2)
        self.assertRegex(run.stderr, r"acme stands in .*weir.yaml:\d+")
        self.assertEqual(self.integration("remove", "glob", "--yes").returncode, 2)

    def test_one_that_is_killed_while_it_tries_leaves_nothing(self) -> None:
        fault = self.second.fault("hang", at="token", times=None)
        words = [str(self.weir.program), "integration", "add", "globex", *self.flags(), "-c", str(self.weir.config)]
        run = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        while not self.second.get("stats").get("fault.hang"):
            self.assertIsNone(run.poll())
        run.kill()
        run.communicate()
        self.assertEqual(self.left(), [])
        self.second.clear(fault)
        self.assertEqual(self.add("globex").returncode, 0)
        self.assertEqual(self.left(), ["globex.private_key", "globex.yaml"])

    @unittest.skipIf(os.geteuid() != 0, "only root can give files away")
    def test_what_root_adds_is_for_the_user_of_the_state(self) -> None:
        (self.folder / "state").mkdir()
        os.chown(self.folder / "state", 4321, 4322)
        self.assertEqual(self.add("globex", "--no-test").returncode, 0)
        for path in (self.files, self.files / "globex.yaml", self.files / "globex.private_key"):
            self.assertEqual((path.stat().st_uid, path.stat().st_gid), (4321, 4322), path)

    # --- at a terminal ---

    def at_terminal(self, words: list[str], answers: list[tuple[str, str]]) -> tuple[int, str]:
        """Gives each answer when its question is there."""
        pid, fd = pty.fork()
        if pid == 0:
            os.execv(str(self.weir.program), [str(self.weir.program), "integration", *words, "-c", str(self.weir.config)])
        shown = ""
        asked = 0
        while True:
            ready, _, _ = select.select([fd], [], [], 60)
            if not ready:
                self.fail("it waits, having said:\n" + shown)
            try:
                shown += os.read(fd, 4096).decode("utf-8", "replace")
            except OSError:
                break
            while answers and answers[0][0] in shown[asked:]:
                asked = len(shown)
                os.write(fd, answers.pop(0)[1].encode() + b"\n")
        self.assertEqual(answers, [], shown)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown

    def test_a_person_is_asked(self) -> None:
        self.weir.start()
        self.delivered(40)
        ready = self.second.ready
        code, shown = self.at_terminal(
            ["add", "--ca-file", ready["ca_file"], "--poll-interval", "100ms"],
            [("name (", ""), ("name (", "globex"), ("org_url", ready["url"]), ("client_id", ready["client_id"]),
             ("key_id", ready["key_id"]), ("private_key (its file)", ready["private_key"]), ("start", ""), ("start", "yesterday"),
             ("start", "-24h"),
             ("take up the change now?", "")])
        self.assertEqual(code, 0, shown)
        self.delivered(70)
        code, shown = self.at_terminal(["remove", "globex"], [("Remove globex", "n")])
        self.assertEqual((code, len(self.left())), (1, 2), shown)
        code, shown = self.at_terminal(["remove", "globex"], [("Remove globex", "y"), ("Keep its state", "y"),
                                                              ("take up the change now?", "y")])
        self.assertEqual((code, self.left()), (0, []), shown)
        self.assertEqual(self.weir.stop(), 0)


if __name__ == "__main__":
    main()
