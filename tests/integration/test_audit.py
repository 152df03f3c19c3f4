# SPDX-License-Identifier: Apache-2.0
"""test_audit - the second look at closed hours: what the live lane never saw is found, delivered and counted, each hour once."""

import json
import signal
import time
from collections import Counter
from typing import Any

from lib import Case, main, utc

EVENTS, HOURS, HIDDEN = 1400, 7, 50


class Audit(Case):
    def begin(self, hide_each: int = HIDDEN, rules: tuple[str, str] | None = None, **state: Any) -> None:
        """Seven hours of events, of which polling leaves some out; the audit looks at hours that ended an hour ago."""
        self.serve(count=EVENTS, backlog=EVENTS, span=HOURS * 3600 - 60, late=0.0, state={"hide_each": hide_each, **state})
        self.configure(start="-7h", limit=100, audit_after="1h", audit_share="90%")
        if rules:
            self.weir.settings["transforms"]["normalize"].update(plugin=rules[0], rules=[rules[1]])
            self.weir.write(self.weir.settings)
        self.weir.start()

    def audit(self) -> dict[str, Any]:
        told = self.weir.command("status", "--json").stdout
        sources = json.loads(told)["sources"] if told else []
        return sources[0].get("audit") or {} if sources else {}

    def looked(self) -> bool:
        """The live lane has caught up, and every hour that ended an hour ago was looked at."""
        last = (time.time() - 3600) // 3600 * 3600
        return self.count("empty_pages") > 1 and self.audit().get("reached") == utc(last).replace("Z", ".000Z")

    def whole_but_hidden(self, audit: dict[str, Any]) -> None:
        """Of a weir that has ended: everything is there once but what the audit has not come to yet."""
        self.assertEqual([u for u, n in self.weir.uuids().items() if n > 1], [])
        self.assertEqual(len(self.weir.lines()), EVENTS - EVENTS // HIDDEN + audit["delivered"])
        self.assertGreater(audit["delivered"], 10)

    def test_what_polling_left_out_is_delivered_and_counted(self) -> None:
        self.begin()
        self.until("every hour", self.looked)
        audit = self.audit()
        self.assertTrue(self.weir.said(r"audit: of \d+ events from \S+ to \S+, \d+ had not come by the live lane"))
        text = self.weir.command("status", "--prometheus").stdout
        self.assertIn(f'weir_audit_missing_total{{source="acme"}} {audit["delivered"]}', text)
        self.assertIn(f'weir_audit_found_total{{source="acme"}} {audit["repeated"]}', text)
        self.assertEqual(self.weir.stop(), 0, self.story())
        self.whole_but_hidden(audit)

    def test_each_hour_once_over_kills(self) -> None:
        self.begin(rate_limit=120, rate_window_s=6)
        for _ in range(6):
            before = self.audit()
            self.until("it goes on", lambda was=before: self.audit() != was or self.looked())
            self.weir.stop(signal.SIGKILL)
            self.weir.start()
        self.until("every hour", self.looked)
        audit = self.audit()
        polls = self.count("logs")
        self.reached("logs", polls + 5)
        self.assertEqual((self.audit()["delivered"], self.audit()["repeated"]), (audit["delivered"], audit["repeated"]))
        self.assertEqual(self.weir.stop(), 0, self.story())
        self.assertEqual(self.count("logs.429"), 0)
        self.whole_but_hidden(audit)

    def test_rules_of_both_languages_can_tell_them(self) -> None:
        rules = {"lua": ("note.lua", 'return map { schema = "note", when = { eventType = "*" },\n'
                                     '  fields = { sensor_event_id = "uuid", how = lane() } }\n'),
                 "jq": ("note.jq", 'module { schema: "note", when: { eventType: "*" } };\ninclude "weir";\n'
                                   '{ sensor_event_id: .uuid, how: lane }\n')}
        schema = ("doc: how an event came\nfields:\n  sensor_event_id: {type: text, sure: D, doc: its id}\n"
                  "  how: {type: text, sure: D, doc: by which lane}\n")
        for language, (name, text) in rules.items():
            with self.subTest(language):
                folder = self.folder / language
                (folder / "schemas").mkdir(parents=True)
                (folder / "schemas" / "note.yaml").write_text(schema)
                (folder / name).write_text(text)
                self.fresh()
                self.begin(rules=(language, str(folder)))
                self.until("every hour", self.looked)
                audit = self.audit()
                self.assertEqual(self.weir.stop(), 0, self.story())
                how = Counter(record["how"] for record in self.weir.records())
                self.assertEqual(how, {"live": EVENTS - EVENTS // HIDDEN, "audit": audit["delivered"]})

    def test_nothing_is_said_when_nothing_is_missing(self) -> None:
        self.begin(hide_each=0)
        self.until("every hour", self.looked)
        self.assertEqual(self.audit()["delivered"], 0)
        self.quiet()
        self.settled()


if __name__ == "__main__":
    main()
