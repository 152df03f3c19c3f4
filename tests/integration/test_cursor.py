# SPDX-License-Identifier: Apache-2.0
"""test_cursor - cursors that Okta no longer takes."""

from lib import Case, main


class Cursor(Case):
    def test_a_refused_cursor_goes_back_and_repeats_nothing(self) -> None:
        self.start(count=1500, backlog=500)
        self.delivered(500)
        mark = len(self.weir.log)
        self.org.fault("refused_cursor", times=1)
        self.met("refused_cursor", 1)
        self.emit(500)
        self.recovered(1000)
        self.told_once("cursor", mark)
        self.emit(500)
        self.delivered(1500)
        self.settled()

    def test_every_code_it_could_come_with(self) -> None:
        self.start(count=1500, backlog=300)
        self.delivered(300)
        for n, (code, status) in enumerate((("E0000001", None), ("E0000031", None), ("E0000053", None)), 2):
            self.org.fault("refused_cursor", times=1, code=code, status=status)
            self.met("refused_cursor", n - 1)
            self.emit(300)
            self.recovered(300 * n)
        self.settled()

    def test_cursors_revoked_while_weir_is_down(self) -> None:
        self.start(count=1500, backlog=500)
        self.delivered(500)
        self.assertEqual(self.weir.stop(), 0, self.story())
        self.org.post("do", action="revoke_cursors")
        self.emit(500)
        mark = len(self.weir.log)
        self.weir.start()
        self.recovered(1000)
        self.told_once("cursor", mark)
        self.settled()

    def test_fifty_refusals_while_events_flow(self) -> None:
        self.start(count=3000, rate=300, late=0.05)
        number = self.org.fault("refused_cursor", times=50, after=1, every=3)
        self.met("refused_cursor", 20)
        self.until("all events there", lambda: self.count("visible") == 3000)
        self.org.clear(number)
        self.recovered(3000)
        self.settled()


if __name__ == "__main__":
    main()
