# SPDX-License-Identifier: Apache-2.0
"""test_keys - rotation of the client's key while events flow, together with all else that may change."""

import shutil
from pathlib import Path

from lib import Case, main

EVENTS = 1500
FEW = 360


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

    # --- one file whose content changes ---

    def one_file(self) -> None:
        """A JWK brings its own kid, so that the file alone says which key it is."""
        self.key = self.folder / "key.jwk"
        self.put_key("rsa")
        self.serve(count=FEW, rate=240, state={"token_life_s": 2})
        self.configure(key_id=None, private_key=f"file:{self.key}")
        self.weir.start()
        self.delivered(60)

    def put_key(self, name: str, mode: int = 0o600) -> None:
        """Replaces it at once, as an editor would."""
        server = type(self)._server
        if server is None:
            self.serve(count=0)
            server = type(self)._server
        assert server is not None
        fresh = self.key.with_suffix(".new")
        shutil.copyfile(Path(server.folder.name) / f"client-{name}.jwk.json", fresh)
        fresh.chmod(mode)
        fresh.rename(self.key)

    def test_a_file_that_changed_is_read_when_its_old_key_is_refused(self) -> None:
        self.one_file()
        self.put_key("ec")
        self.org.post("keys", kid="kid-rsa", active=False)
        self.until("the file is read", lambda: self.weir.said("private_key changed and was read anew"))
        self.delivered(FEW)
        self.assertEqual(self.count("token.client_assertion_invalid_kid"), 1)
        self.quiet()
        self.settled()

    def test_a_new_file_that_others_may_read_is_no_key(self) -> None:
        self.one_file()
        self.put_key("ec", 0o644)
        self.org.post("do", action="revoke_tokens")
        self.delivered(200)
        self.quiet()  # the old key is good
        self.org.post("keys", kid="kid-rsa", active=False)
        self.reached("token.client_assertion_invalid_kid", 5)
        told = [line for line in self.weir.warnings() if "may be read or written by others" in line]
        self.assertEqual(len(told), 1, self.weir.warnings())
        self.assertRegex(told[0], "private_key: .*run chmod 600 .*key.jwk; the key that was read before stays")
        self.key.chmod(0o600)
        self.recovered(FEW)
        self.settled()

    def test_a_new_file_that_is_no_key_is_not_taken(self) -> None:
        self.one_file()
        self.key.write_text('{"kty": "RSA"')
        self.org.post("keys", kid="kid-rsa", active=False)
        self.reached("token.client_assertion_invalid_kid", 4)
        told = [line for line in self.weir.warnings() if "stays" in line]
        self.assertEqual(len(told), 1, self.weir.warnings())
        self.put_key("ec")
        self.recovered(FEW)
        self.settled()

    def test_a_reload_takes_the_new_file_and_keeps_the_position(self) -> None:
        self.one_file()
        self.put_key("ec")
        self.assertEqual(self.weir.command("reload").returncode, 0)
        tokens = self.count("token")
        self.until("a token by the new key", lambda: self.count("token") > tokens)
        self.org.post("keys", kid="kid-rsa", active=False)
        self.delivered(FEW)
        self.assertEqual(self.count("token.client_assertion_invalid_kid"), 0)
        self.settled()

    def test_a_reload_with_a_file_that_others_may_read_changes_nothing(self) -> None:
        self.one_file()
        self.put_key("ec", 0o644)
        run = self.weir.command("reload")
        self.assertEqual(run.returncode, 2)
        self.assertEqual(run.stderr.count("run chmod 600"), 1)
        self.delivered(FEW)
        self.settled()


if __name__ == "__main__":
    main()
