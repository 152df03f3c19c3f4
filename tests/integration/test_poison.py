# SPDX-License-Identifier: Apache-2.0
"""test_poison - events that are no JSON, too deep, or hidden in a page."""

from lib import Case, main


class Poison(Case):
    def poisoned(self, kind: str) -> None:
        """After poison_after the bad event alone is set aside, and the rest arrives."""
        self.serve(count=1500, backlog=500)
        self.org.post("events", index=250, kind=kind)
        self.configure(core={"poison_after": "500ms"})
        self.weir.start()
        self.delivered(499)
        self.emit(500)
        self.recovered(999)
        self.emit(500)
        self.delivered(1499)
        self.settled(dead=1)

    def test_a_wrong_escape(self) -> None:
        self.poisoned("bad_escape")

    def test_wrong_utf_8(self) -> None:
        self.poisoned("bad_utf8")

    def test_a_control_character(self) -> None:
        self.poisoned("control")

    def test_a_member_without_value(self) -> None:
        self.poisoned("no_value")

    def test_an_event_that_is_too_deep_costs_only_itself_and_no_wait(self) -> None:
        self.serve(count=500)
        self.org.post("events", index=250, kind="deep", levels=5000)
        self.configure(core={"poison_after": "1h"})
        self.weir.start()
        self.delivered(499)
        self.settled(dead=1)

    def test_a_page_mended_before_poison_after_loses_nothing(self) -> None:
        self.serve(count=500)
        self.org.post("events", index=250, kind="bad_escape")
        self.configure(core={"poison_after": "1h"})
        self.weir.start()
        self.reached("pages", 10)
        self.assertEqual(self.weir.lines(), [])
        self.org.post("events", index=250, kind="restore")
        self.recovered(500)
        self.settled()


if __name__ == "__main__":
    main()
