# SPDX-License-Identifier: Apache-2.0
"""test_nonce - nonces that change, at the token endpoint and at the log."""

from lib import Case, main


class Nonces(Case):
    def test_a_token_nonce_good_for_one_call_is_followed(self) -> None:
        self.start(count=800, rate=200, state={"token_nonce": "each_call", "token_life_s": 1})
        self.delivered(800)
        self.assertGreaterEqual(self.count("token.ok"), 3)
        self.assertLessEqual(self.count("token.use_dpop_nonce"), 1, "the nonce of each reply is used for the next call")
        self.quiet()
        self.settled()

    def test_a_nonce_of_the_log_that_changes_at_every_call_is_followed(self) -> None:
        self.start(count=800, rate=200, state={"resource_nonce": "each_call", "token_nonce": "each_call"})
        self.delivered(800)
        self.assertLessEqual(self.count("logs.use_dpop_nonce"), 1)
        self.quiet()
        self.settled()

    def test_nonces_forgotten_by_the_org_cost_one_request_each(self) -> None:
        self.start(count=900, backlog=300, state={"resource_nonce": "on", "token_life_s": 2})
        for count in (300, 600, 900):
            self.delivered(count)
            refused = self.count("logs.use_dpop_nonce")
            self.org.post("do", action="rotate_nonce")
            self.reached("logs.use_dpop_nonce", refused + 1)
            if count < 900:
                self.emit(300)
        self.quiet()
        self.settled()


if __name__ == "__main__":
    main()
