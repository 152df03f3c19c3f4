# SPDX-License-Identifier: Apache-2.0
"""test_token_life - tokens that live five seconds are renewed before they end."""

from lib import Case, main


class TokenLife(Case):
    def test_tokens_of_five_seconds_are_renewed_in_time(self) -> None:
        self.start(count=1200, rate=100, state={"token_life_s": 5})
        self.delivered(1200)
        self.assertGreaterEqual(self.count("token.ok"), 3)
        self.assertLessEqual(self.count("token.ok"), 12)
        self.assertEqual(self.count("logs.401"), 0)
        self.quiet()
        self.settled()

    def test_tokens_of_one_second_still_bring_everything(self) -> None:
        self.start(count=400, rate=100, state={"token_life_s": 1})
        self.delivered(400)
        self.quiet()
        self.settled()


if __name__ == "__main__":
    main()
