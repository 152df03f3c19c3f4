# SPDX-License-Identifier: Apache-2.0
"""test_keys - rotation of the client's key while events flow, together with all else that may change."""

from lib import Case, main

EVENTS = 1500


class Keys(Case):
    def two_keys(self) -> None:
        self.serve(count=EVENTS, rate=150, state={"token_life_s": 2})
        self.configure(next_key_id="kid-next", next_private_key="file:" + self.org.ready["keys"]["kid-next"])
        self.weir.start()

    def test_the_next_key_takes_over_when_the_first_is_disabled(self) -> None:
        self.two_keys()
        self.delivered(300)
        self.org.post("keys", kid="kid-rsa", active=False)
        self.delivered(EVENTS)
        self.assertEqual(self.count("token.client_assertion_invalid_kid"), 1)
        self.quiet()
        self.settled()

    def test_key_nonce_and_token_change_together_under_load(self) -> None:
        self.two_keys()
        for step in range(4):
            self.delivered(250 * (step + 1))
            active = ("kid-rsa", "kid-next")[step % 2]
            self.org.post("keys", kid="kid-next", active=True)
            self.org.post("keys", kid="kid-rsa", active=True)
            self.org.post("keys", kid=active, active=False)
            self.org.post("do", action="rotate_nonce")
            self.org.post("do", action="revoke_tokens")
        self.delivered(EVENTS)
        for refusal, most in (("token.client_assertion_invalid_kid", 4), ("logs.E0000011", 4), ("token.use_dpop_nonce", 5)):
            self.assertLessEqual(self.count(refusal), most, refusal)
        self.quiet()
        self.settled()


if __name__ == "__main__":
    main()
