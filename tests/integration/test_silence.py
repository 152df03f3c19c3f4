# SPDX-License-Identifier: Apache-2.0
"""test_silence - orgs that are slow, silent or gone."""

from lib import Case, main


class Silence(Case):
    def test_a_body_that_trickles_is_ended(self) -> None:
        self.through("slow", "slow|timeout|timed out|speed|bytes", times=2, rate=50)

    def test_a_head_that_trickles_is_ended(self) -> None:
        self.through("slow_head", "slow|timeout|timed out|speed|bytes", times=2, rate=20)

    def test_a_request_that_hangs_is_ended(self) -> None:
        self.through("hang", "slow|timeout|timed out|speed|bytes", times=2)

    def test_a_token_request_that_hangs_is_ended(self) -> None:
        self.serve(count=300)
        self.org.fault("hang", at="token", times=2)
        self.configure()
        self.weir.start()
        self.recovered(300)
        self.told_once("slow|timeout|timed out|speed|bytes")
        self.settled()

    def test_a_stop_does_not_wait_for_a_request_that_hangs(self) -> None:
        self.serve(count=500)
        self.configure(timeout="60s")
        self.weir.start()
        self.delivered(500)
        self.org.fault("hang", times=None)
        self.met("hang", 1)
        self.settled()

    def test_an_org_that_is_gone_and_comes_back(self) -> None:
        self.serve_alone("--count", "500")
        was = self.org.ready
        self.configure()
        self.weir.start()
        self.delivered(500)
        self.org.server.stop()
        self.until("weir says so", lambda: self.weir.warnings())
        self.serve_alone("--count", "800", "--backlog", "500", "--port", str(was["port"]), "--dir", was["dir"],
                         "--started", str(was["started"]))
        self.emit(300)
        self.recovered(800)
        self.settled()


if __name__ == "__main__":
    main()
