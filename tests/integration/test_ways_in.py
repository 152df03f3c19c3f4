# SPDX-License-Identifier: Apache-2.0
"""test_ways_in - every key, token and mode that weir can come in by."""

import time

from lib import Case, main, utc


class WaysIn(Case):
    def arrives(self, **options: object) -> None:
        self.configure(**options)
        self.weir.start()
        self.delivered(300)
        self.quiet()
        self.settled()

    def test_every_kind_of_key(self) -> None:
        self.serve(count=300)
        folder = self.org.ready["dir"]
        for file, kid in (("client-rsa.pem", "kid-rsa"), ("client-rsa-pkcs1.pem", "kid-rsa"), ("client-rsa.jwk.json", "kid-rsa"),
                          ("client-ec.pem", "kid-ec"), ("client-ec-sec1.pem", "kid-ec"), ("client-ec.jwk.json", "kid-ec"),
                          ("client-p384.pem", "kid-p384"), ("client-p521.pem", "kid-p521")):
            with self.subTest(file):
                self.arrives(private_key=f"file:{folder}/{file}", key_id=kid)
                self.fresh()

    def test_an_app_that_does_not_bind_its_tokens(self) -> None:
        self.serve(count=300, state={"dpop_required": False})
        self.arrives()

    def test_bearer_is_refused_when_dpop_is_required(self) -> None:
        self.serve(count=300, state={"dpop_required": False})
        self.configure(dpop="required")
        self.weir.start()
        self.reached("token.ok", 2)
        self.told_once("DPoP")
        self.assertEqual(self.weir.lines(), [])
        self.assertEqual(self.weir.stop(), 0, self.story())

    def test_an_api_token_reads_with_a_warning(self) -> None:
        self.serve(count=300)
        secret = self.folder / "token"
        secret.write_text(self.org.ready["api_token"] + "\n")
        secret.chmod(0o600)
        self.configure(client_id=None, key_id=None, private_key=None, api_token=f"file:{secret}")
        self.weir.start()
        self.delivered(300)
        self.assertTrue(self.weir.said("api_token.*rights"))
        self.assertNotIn(self.org.ready["api_token"], str(self.weir.log))
        self.settled()

    def test_a_bounded_query_ends_by_itself_with_0(self) -> None:
        self.serve(count=2500)
        now = time.time()
        self.configure(start=utc(now - 7200), until=utc(now + 60))
        self.weir.start()
        self.assertEqual(self.weir.wait(60), 0, self.story())
        self.whole()

    def test_plain_http_on_loopback(self) -> None:
        self.serve_alone("--count", "300")
        self.arrives(org_url=self.org.ready["http_url"], ca_file=None)

    def test_start_now_skips_what_was_before(self) -> None:
        self.serve(count=500, backlog=400)
        self.configure(start="now")
        self.weir.start()
        self.reached("pages", 2)
        self.emit(100)
        self.delivered(100)
        self.assertEqual(self.weir.stop(), 0, self.story())
        self.assertEqual(set(self.weir.uuids()), set(self.org.get("uuids")[400:]))

    def test_a_filter_and_words_are_sent(self) -> None:
        self.serve(count=1000)
        self.configure(filter='eventType eq "user.session.start"')
        self.weir.start()
        self.until("some", lambda: len(self.weir.lines()) > 50)
        self.reached("pages", 3)
        self.assertEqual(self.weir.stop(), 0, self.story())
        self.assertEqual({r["action"] for r in self.weir.records()} - {"LOGON", "LOGON_FAILURE"}, set())


if __name__ == "__main__":
    main()
