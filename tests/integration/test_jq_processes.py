# SPDX-License-Identifier: Apache-2.0
"""test_jq_processes - what happens to the processes of jq rules happens to nobody else: killed at any time, slow, left behind by a
weir that is killed.  Every event once."""

import json
import os
import random
import signal
from pathlib import Path

from lib import Case, main
from lib.weir import Process, Weir

EVENTS = 20000
KILLS = 40
SLOW = 40
SCHEMA = "doc: what came out\nfields:\n  id: {type: text, required: true, doc: the event's id}\n"


class Processes(Case):
    def prepare(self, program: str, events: int) -> Weir:
        rules = self.folder / "rules"
        (rules / "schemas").mkdir(parents=True)
        (rules / "schemas" / "seen.yaml").write_text(SCHEMA)
        (rules / "one.jq").write_text(f'module {{ schema: "seen", when: {{ eventType: "*" }} }};\n{program}\n')
        path = self.folder / "in.ndjson"
        path.write_text("".join(json.dumps({"uuid": f"e{n}", "eventType": "t"}) + "\n" for n in range(events)))
        self.weir = Weir(self.folder, {
            "state_dir": str(self.folder / "state"), "log_format": "json", "workers": 2,
            "sources": {"feed": {"plugin": "file", "path": str(path), "follow": True, "poll_interval": "20ms"}},
            "transforms": {"map": {"plugin": "jq", "rules": [str(rules)]}},
            "sinks": {"out": {"plugin": "file", "path": str(self.folder / "out" / "{schema}.ndjson")}},
        })
        self.addCleanup(self.weir.kill)
        return self.weir

    def each_once(self, events: int) -> None:
        self.until("all events are there", lambda: len(self.weir.lines()) >= events)
        self.assertEqual(self.weir.stop(), 0)
        self.assertEqual([record["id"] for record in self.weir.records()], [f"e{n}" for n in range(events)])
        self.assertEqual(self.weir.command("dead", "list", "--json").stdout, "")

    def test_killed_at_any_time(self) -> None:
        """The rules' process, of which the others are copies, as well as those."""
        weir = self.prepare("{ id: .uuid }", EVENTS)
        weir.start()
        chance = random.Random(1)
        for n in range(1, KILLS):
            self.until("more events", lambda: len(weir.lines()) >= n * EVENTS // KILLS)  # pylint: disable=cell-var-from-loop
            processes = weir.descendants()
            if processes:
                try:
                    os.kill(chance.choice(processes).pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        self.each_once(EVENTS)

    def test_a_stop_among_slow_events(self) -> None:
        """Weir does not wait for the page, which is read again."""
        weir = self.prepare('(reduce range(100000) as $i (0; . + 1)) as $n | { id: "\\(.uuid[:1])\\(.uuid[1:])" }', SLOW)
        weir.start()
        self.until("it is at work", lambda: any(self.ticks(one) > 10 for one in weir.descendants()))
        self.assertEqual(weir.stop(), 0)
        weir.start()
        self.each_once(SLOW)

    @staticmethod
    def ticks(process: Process) -> int:
        try:
            return int(Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()[11])
        except OSError:
            return 0

    def test_none_is_left_by_a_weir_that_is_killed(self) -> None:
        """Not even one that never ends by itself."""
        weir = self.prepare("last(range(1e12)) | { id: . }", SLOW)
        weir.start()
        self.until("it is at work", lambda: any(self.ticks(one) > 5 for one in weir.descendants()))
        processes = weir.descendants()
        weir.kill()
        self.until("they are gone", lambda: all(Process(one.pid).state in "ZX" for one in processes), ended=True)


if __name__ == "__main__":
    main()
