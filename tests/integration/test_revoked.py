# SPDX-License-Identifier: Apache-2.0
"""test_revoked - access tokens that are revoked."""

from lib import Case, main


class Revoked(Case):
    def test_revoked_tokens_are_replaced_at_once(self) -> None:
        self.start(count=1200, backlog=300)
        for count in (300, 600, 900):
            self.delivered(count)
            refused = self.count("logs.401")
            self.org.post("do", action="revoke_tokens")
            self.reached("logs.401", refused + 1)
            self.emit(300)
        self.recovered(1200)
        self.assertEqual(self.count("logs.401"), 3, "one refused request for each")
        self.assertEqual(self.count("token.ok"), 4)
        self.quiet()
        self.settled()

    def test_a_log_that_refuses_every_token_is_told_once(self) -> None:
        self.through("api_error", "E0000011|token", times=12, code="E0000011")


if __name__ == "__main__":
    main()
