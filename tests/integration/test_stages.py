# SPDX-License-Identifier: Apache-2.0
"""test_stages - rules in Lua and jq in a row; and what hostile rules in jq cost: their own events, never the neighbours, the order
or the process.  No jq process outlives its weir."""

import json
import os
import signal
from typing import Any

from lib import Case, main
from lib.weir import Process, Weir

SCHEMA = """doc: what each stage saw
fields:
  id:    {type: text, required: true, doc: the event's id}
  lua:   {type: int, doc: of the first stage}
  jq:    {type: text, doc: of the second}
  last:  {type: text, doc: of the third}
"""
STAGES = {
    "one": ("lua", "a.lua", 'return map { schema = "seen", when = { eventType = "*" }, fields = { id = "uuid", lua = "n" } }\n'),
    "two": ("jq", "b.jq", 'module { change: true, schema: "seen", when: { eventType: "*" } };\n'
                          '$record | .jq = "\\(.lua) of \\(.id)"\n'),
    "three": ("lua", "c.lua", 'return change { schema = "seen", when = { eventType = "*" },\n'
                              '  fields = { last = format("%s, %s", record "jq", "eventType") } }\n'),
}
HOSTILE = {
    "endless": "def f: f; f",
    "memory": "{ id: ([range(1e9)] | length | tostring) }",
    "deep": "reduce range(300000) as $i (null; [.])",
    "error": 'error({a: "no"})',
}


class Stages(Case):
    def pipeline(self, transforms: dict[str, Any], events: list[dict[str, Any]], **source: Any) -> Weir:
        path = self.folder / "in.ndjson"
        path.write_text("".join(json.dumps(event) + "\n" for event in events))
        last = list(transforms)[-1]
        weir = Weir(self.folder, {
            "state_dir": str(self.folder / "state"), "log_format": "json", "workers": 2,
            "sources": {"feed": {"plugin": "file", "path": str(path), **source}}, "transforms": transforms,
            "sinks": {"out": {"plugin": "file", "inputs": [last], "path": str(self.folder / "out" / "{schema}.ndjson")}},
        })
        self.weir = weir
        self.addCleanup(weir.kill)
        return weir

    def rule(self, folder: str, name: str, text: str) -> str:
        rules = self.folder / folder
        (rules / "schemas").mkdir(parents=True, exist_ok=True)
        (rules / "schemas" / "seen.yaml").write_text(SCHEMA)
        (rules / name).write_text(text)
        return str(rules)

    def test_three_stages_see_event_and_record(self) -> None:
        transforms: dict[str, Any] = {}
        before = ["feed"]
        for name, (plugin, file, text) in STAGES.items():
            transforms[name] = {"plugin": plugin, "inputs": before, "rules": [self.rule(name, file, text)]}
            before = [name]
        weir = self.pipeline(transforms, [{"uuid": f"e{n}", "eventType": "t", "n": n} for n in range(3000)])
        weir.start()
        self.assertEqual(weir.wait(60), 0)
        self.assertEqual(weir.records(), [{"id": f"e{n}", "lua": n, "jq": f"{n} of e{n}", "last": f"{n} of e{n}, t"}
                                          for n in range(3000)])

    def test_hostile_rules_cost_their_own_events(self) -> None:
        folder = self.rule("rules", "good.jq", 'module { schema: "seen", when: { eventType: "good" } };\n{ id: .uuid, lua: .n }\n')
        for name, program in HOSTILE.items():
            self.rule("rules", f"{name}.jq", f'module {{ schema: "seen", when: {{ eventType: "{name}" }} }};\n{program}\n')
        kinds = [*HOSTILE, "good", "good"]
        events = [{"uuid": f"e{n}", "eventType": kinds[n % len(kinds)], "n": n} for n in range(len(kinds) * 4)]
        weir = self.pipeline({"map": {"plugin": "jq", "rules": [folder]}}, events)
        weir.start()
        self.assertEqual(weir.wait(120), 0)
        good = [event for event in events if event["eventType"] == "good"]
        self.assertEqual(weir.records(), [{"id": event["uuid"], "lua": event["n"]} for event in good])
        dead = weir.command("dead", "list", "--json").stdout.splitlines()
        self.assertEqual(len(dead), len(events) - len(good))

    def test_an_edited_rule_is_live_and_a_wrong_one_is_not(self) -> None:
        def rule(value: str) -> str:
            return self.rule("rules", "id.jq", f'module {{ schema: "seen", when: {{ eventType: "*" }} }};\n{{ id: .uuid, jq: {value} }}\n')

        weir = self.pipeline({"map": {"plugin": "jq", "rules": [rule('"one"')]}}, [], follow=True, poll_interval="20ms")
        weir.start()
        for count, (value, wanted) in enumerate((('"one"', "one"), ('"two"', "two"), ("(.x |", "two"), ('"three"', "three")), 1):
            rule(value)
            if count > 1:
                self.assertEqual(weir.command("reload").returncode == 0, value == f'"{wanted}"')
            with (self.folder / "in.ndjson").open("a") as more:
                more.write(f'{{"uuid":"e{count}","eventType":"t"}}\n')
            self.until(f"record {count}", lambda: len(weir.lines()) == count)  # pylint: disable=cell-var-from-loop
            self.assertEqual(weir.records()[-1], {"id": f"e{count}", "jq": wanted})

    def test_no_process_outlives_weir(self) -> None:
        folder = self.rule("rules", "id.jq", 'module { schema: "seen", when: { eventType: "*" } };\n{ id: .uuid }\n')
        weir = self.pipeline({"map": {"plugin": "jq", "rules": [folder]}}, [{"uuid": "e1", "eventType": "t"}],
                             follow=True, poll_interval="20ms")
        weir.start()
        self.until("the first record", lambda: len(weir.lines()) == 1)
        processes = weir.descendants()
        self.assertNotEqual(processes, [])
        os.kill(processes[-1].pid, signal.SIGKILL)
        with (self.folder / "in.ndjson").open("a") as more:
            more.write('{"uuid":"e2","eventType":"t"}\n')
        self.until("a record through a new process", lambda: len(weir.lines()) == 2)
        processes = weir.descendants()
        self.assertNotEqual(processes, [])
        weir.kill()
        self.until("the end of the jq processes", lambda: all(Process(one.pid).state in "ZX" for one in processes), ended=True)


if __name__ == "__main__":
    main()
