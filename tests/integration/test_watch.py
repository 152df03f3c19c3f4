# SPDX-License-Identifier: Apache-2.0
"""test_watch - with `watch: true`, what a reload would read is read when it is saved: rules, their modules, tables and schemas, the
configuration with its integrations.d, key files.  How long it took is printed and decides nothing."""

import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lib import Case, main
from lib.weir import Weir

RULE = """local names = require "_names"
return map {
  schema = "words",
  when   = { eventType = "*" },
  fields = {
    sensor_event_id = "uuid",
    rule   = const "one",
    module = const(names.word),
    table  = lookup("eventType", "words.yaml"),
  },
}
"""
SCHEMA = """doc: some words
fields:
  sensor_event_id: {type: text, doc: the id}
  rule:            {type: text, doc: of the rule}
  module:          {type: text, doc: of its module}
  table:           {type: text, doc: of its table}
  schema:          {type: text, doc: of the schema}
base:
  schema: one
"""
FILES = {"words.lua": RULE, "_names.lua": 'return { word = "one" }\n', "words.yaml": "t: one\n", "schemas/words.yaml": SCHEMA}


def save(path: Path, text: str) -> None:
    """As an editor does it: a new file in the old one's place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text)
    fresh.chmod(0o600)
    fresh.rename(path)


class Watch(Case):
    def start_weir(self, source: str = "", rules: str = "rules") -> None:
        self.rules = self.folder / "rules"
        self.count = 0
        self.input = self.folder / "in.ndjson"
        self.input.write_text("")
        for name, text in FILES.items():
            if not os.path.lexists(self.rules) or not self.rules.is_symlink():
                save(self.rules / name, text)
        config: dict[str, Any] = {
            "state_dir": str(self.folder / "state"), "log_format": "json", "watch": True, "commit_interval": "20ms",
            "sources": {"feed": {"plugin": "file", "path": str(self.input), "follow": True, "poll_interval": "20ms"}},
            "transforms": {"map": {"plugin": "lua", "rules": [rules]}},
            "sinks": {"out": {"plugin": "file", "path": str(self.folder / "out" / "{schema}.ndjson")}},
        }
        self.weir = Weir(self.folder, config)
        self.addCleanup(self.weir.kill)
        self.weir.start()
        self.comes("rule", "one")

    def emit_one(self) -> None:
        self.count += 1
        with self.input.open("a") as to:
            to.write(json.dumps({"uuid": f"e{self.count}", "eventType": "t"}) + "\n")

    def newest(self) -> dict[str, Any]:
        lines = self.weir.lines()
        return json.loads(lines[-1]) if lines else {}

    def comes(self, key: str, value: str) -> None:
        """Waits until an event that appears now has that word."""
        def come() -> bool:
            self.emit_one()
            return self.newest().get(key) == value
        self.until(f"{key} is {value}", come)

    def live(self, what: str, change: Callable[[], Any], key: str, value: str) -> None:
        began = time.monotonic()
        change()
        self.comes(key, value)
        print(f"{self.id()}: {what} live after {(time.monotonic() - began) * 1000:.0f} ms", file=sys.stderr)

    def all_once(self) -> None:
        """Every event became a record, once."""
        self.until("all are records", lambda: len(self.weir.lines()) >= self.count)
        self.assertEqual(self.weir.stop(), 0, self.story())
        self.assertEqual(sorted(self.weir.uuids().values()), [1] * self.count)

    def reloads(self) -> int:
        return sum("reloaded" in line["text"] for line in self.weir.log)

    def test_all_that_rules_are_made_of(self) -> None:
        self.start_weir()
        rules = self.rules
        self.live("a rule", lambda: save(rules / "words.lua", RULE.replace('"one"', '"two"')), "rule", "two")
        self.live("a module", lambda: save(rules / "_names.lua", 'return { word = "two" }\n'), "module", "two")
        self.live("a table", lambda: save(rules / "words.yaml", "t: two\n"), "table", "two")
        self.live("a schema", lambda: save(rules / "schemas" / "words.yaml", SCHEMA.replace("schema: one", "schema: two")), "schema", "two")
        new = RULE.replace('"one"', '"new"').replace('"*"', '"t"')
        self.live("a new rule", lambda: save(rules / "new.lua", new), "rule", "new")
        self.live("a rule written in place", lambda: (rules / "new.lua").write_text(new.replace('"new"', '"three"')), "rule", "three")
        self.live("a rule taken away", (rules / "new.lua").unlink, "rule", "two")
        self.assertLessEqual(self.reloads(), 8, "a change was read more than once")
        self.all_once()

    def test_a_folder_that_is_swapped(self) -> None:
        for release in ("one", "two"):
            for name, text in FILES.items():
                save(self.folder / release / "rules" / name, text.replace('"one"', f'"{release}"'))
        os.symlink("one", self.folder / "now")
        self.start_weir(rules="now/rules")

        def turn() -> None:
            os.symlink("two", self.folder / "next")
            (self.folder / "next").rename(self.folder / "now")
        self.live("a link that was turned", turn, "rule", "two")
        self.live("a rule behind it", lambda: save(self.folder / "two" / "rules" / "words.lua", RULE), "rule", "one")
        self.all_once()

    def test_one_that_does_not_load_is_told_once_and_mended(self) -> None:
        self.start_weir()
        since = len(self.weir.log)
        save(self.rules / "words.lua", RULE.replace("lookup", "lokup"))
        self.until("it is refused", lambda: self.weir.said("refused; nothing changed", since))
        for _ in range(20):
            self.comes("rule", "one")
        lines = self.weir.warnings(since)
        self.assertEqual(len(lines), 2, lines)
        self.assertTrue(re.search(r"words\.lua:9:\d+: .*'lokup'.*did you mean 'lookup'", lines[0]), lines)
        self.live("the mended rule", lambda: save(self.rules / "words.lua", RULE.replace('"one"', '"two"')), "rule", "two")
        self.all_once()

    def test_the_configuration_and_its_keys(self) -> None:
        self.start_weir()
        more = self.folder / "integrations.d" / "more.yaml"
        (self.folder / "more.ndjson").write_text(json.dumps({"uuid": "m1", "eventType": "t"}) + "\n")
        save(more, "plugin: file\npath: ../more.ndjson\nfollow: true\npoll_interval: 20ms\n")
        self.until("the new source is read", lambda: "m1" in self.weir.uuids())
        key = self.folder / "token"
        save(key, "secret-1\n")
        save(more.with_name("org.yaml"), f"plugin: okta\norg_url: http://127.0.0.1:9\napi_token: file:{key}\nstart: now\n")
        self.until("the org is asked", lambda: self.weir.said("sources.org: .*127.0.0.1"))
        reloads = self.reloads()
        save(key, "secret-2\n")
        self.until("the key is read", lambda: self.reloads() > reloads)
        key.chmod(0o644)
        self.until("it is refused", lambda: self.weir.said("token may be read"))
        key.chmod(0o600)
        self.until("it is mended", lambda: self.reloads() > reloads + 1)
        self.count += 1
        self.all_once()


if __name__ == "__main__":
    main()
