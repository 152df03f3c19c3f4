# SPDX-License-Identifier: Apache-2.0
"""test_token - what the token endpoint grants and what it refuses, by Okta's own words."""

import time
import unittest

from client import Client, Org


class Token(unittest.TestCase):
    org: Org

    @classmethod
    def setUpClass(cls) -> None:
        cls.org = Org("--count", "10")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.org.close()

    def setUp(self) -> None:
        self.client = Client(self.org)

    def refused(self, reply: object, status: int, error: str, text: str) -> None:
        body = reply.json()  # type: ignore[attr-defined]
        self.assertEqual((reply.status, body["error"]), (status, error))  # type: ignore[attr-defined]
        self.assertIn(text, body["error_description"])
        self.assertNotIn("errorCode", body)

    def test_the_first_proof_without_nonce_is_challenged_and_the_second_granted(self) -> None:
        first = self.client.ask()
        self.refused(first, 400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof.")
        self.assertTrue(first.header("dpop-nonce"))
        second = self.client.ask()
        self.assertEqual(second.status, 200)
        body = second.json()
        self.assertEqual((body["token_type"], body["expires_in"], body["scope"]), ("DPoP", 3600, "okta.logs.read"))

    def test_every_registered_key_is_accepted_with_its_algorithm(self) -> None:
        for key in ("rsa", "ec", "p384", "p521", "next"):
            with self.subTest(key):
                self.assertEqual(Client(self.org, key).login()["token_type"], "DPoP")

    def test_the_nonce_is_good_for_the_next_token_too(self) -> None:
        self.client.login()
        self.assertEqual(self.client.ask().status, 200)

    def test_an_assertion_is_burnt_even_by_the_challenge(self) -> None:
        assertion = self.client.assertion()
        self.client.ask(assertion)
        self.refused(self.client.ask(assertion), 401, "invalid_client", "The client_assertion token has already been used.")

    def test_a_proof_is_burnt(self) -> None:
        self.client.login()
        proof = self.client.token_proof()
        self.assertEqual(self.client.ask(proofs=[proof]).status, 200)
        self.refused(self.client.ask(proofs=[proof]), 400, "invalid_dpop_proof", "has already been used")

    def test_wrong_assertions_are_refused_by_name(self) -> None:
        now = int(time.time())
        cases = [
            ({"aud": self.org.ready["url"] + "//oauth2/v1/token"}, "The audience claim for client_assertion must be the endpoint"),
            ({"iss": "0oaother"}, "The issuer claim for client_assertion"),
            ({"sub": "0oaother"}, "The subject claim for client_assertion"),
            ({"exp": None}, "must contain the 'exp' claim"),
            ({"exp": str(now + 300)}, "must contain the 'exp' claim"),
            ({"exp": now - 1}, "The client_assertion token is expired."),
            ({"exp": now + 3700}, "has an expiration too far into the future"),
            ({"iat": now + 5}, "must be issued before the current time"),
        ]
        for claims, text in cases:
            with self.subTest(text):
                self.refused(self.client.ask(self.client.assertion(**claims)), 401, "invalid_client", text)

    def test_wrong_keys_are_refused_by_name(self) -> None:
        stranger = Client(self.org, "stranger")
        stranger.kid = "kid-ec"
        cases = [
            (self.client.assertion({"kid": "kid-none"}), "The client_assertion JWT kid is invalid."),
            (self.client.assertion({"kid": None}), "The client_assertion JWT kid is invalid."),
            (self.client.assertion({"alg": "HS256"}), "JWT signature algorithm is invalid"),
            (self.client.assertion({"alg": "ES384"}), "JWT signature algorithm is invalid"),
            (self.client.assertion({"kid": "kid-rsa"}), "JWT signature algorithm is invalid"),
            (stranger.assertion(), "The client_assertion signature is invalid."),
            ("not.a.jwt", "The parsing of the client_assertion failed."),
            ("nothing", "The parsing of the client_assertion failed."),
        ]
        for assertion, text in cases:
            with self.subTest(text):
                self.refused(self.client.ask(assertion), 401, "invalid_client", text)

    def test_a_key_can_be_disabled_and_enabled(self) -> None:
        self.org.post("keys", kid="kid-p384", active=False)
        client = Client(self.org, "p384")
        self.refused(client.ask(), 401, "invalid_client", "kid is invalid")
        self.org.post("keys", kid="kid-p384", active=True)
        client.login()

    def test_wrong_forms_are_refused_by_name(self) -> None:
        cases = [
            ({"grant_type": "password"}, 400, "unsupported_grant_type", "grant type"),
            ({"client_assertion_type": "jwt"}, 400, "invalid_request", "client_assertion_type is invalid"),
            ({"client_assertion": None}, 401, "invalid_client", "No client credentials found."),
            ({"client_secret": "x"}, 401, "invalid_request", "Cannot supply multiple client credentials."),
            ({"client_id": "0oaother"}, 401, "invalid_client", "Invalid value for 'client_id' parameter."),
        ]
        for form, status, error, text in cases:
            with self.subTest(text):
                self.refused(self.client.ask(**form), status, error, text)
        self.refused(self.client.ask(query="?client_id=x"), 400, "invalid_request", "via query parameters")

    def test_scopes_must_be_granted(self) -> None:
        self.client.login()
        self.refused(self.client.ask(scope="okta.users.read"), 400, "invalid_scope", "not configured for the authorization server")
        self.refused(self.client.ask(scope=""), 400, "invalid_scope", "No scopes were requested.")

    def test_wrong_proofs_are_refused_by_name(self) -> None:
        self.client.login()
        now, proof, url = int(time.time()), self.client.token_proof, self.client.url
        private = {**proof_jwk(self.client), "d": "AAAA"}
        cases = [
            ([], "The DPoP proof JWT header is missing."),
            ([proof(), proof()], "Multiple DPoP proof JWT headers are not allowed."),
            ([proof({"typ": "JWT"})], "'typ' must be 'dpop+jwt'"),
            ([proof({"alg": "RS256"})], "signature algorithm is invalid"),
            ([proof({"alg": "none"})], "signature algorithm is invalid"),
            ([proof({"jwk": private})], "cannot be parsed"),
            ([proof({"jwk": None})], "cannot be parsed"),
            ([proof({"jwk": "text"})], "cannot be parsed"),
            ([proof()[:-4] + "AAAA"], "The DPoP proof JWT signature is invalid."),
            ([proof(htm="post")], "'htm' claim"),
            ([proof(htu=url + "/oauth2/v1/token?x=1")], "'htu' claim"),
            ([proof(htu=url.replace("https", "http") + "/oauth2/v1/token")], "'htu' claim"),
            ([proof(iat=None)], "'iat' claim"),
            ([proof(iat=now + 30)], "is issued in the future"),
            ([proof(iat=now - 330)], "more than five minutes in the past"),
            ([proof(exp=now - 5)], "is expired"),
            ([proof(jti=None)], "'jti' claim"),
            (["garbage"], "cannot be parsed"),
        ]
        for proofs, text in cases:
            with self.subTest(text):
                self.refused(self.client.ask(proofs=proofs), 400, "invalid_dpop_proof", text)

    def test_a_wrong_nonce_is_challenged(self) -> None:
        self.client.login()
        self.refused(self.client.ask(proofs=[self.client.token_proof(nonce="stale")]), 400, "use_dpop_nonce", "requires nonce")


def proof_jwk(client: Client) -> dict[str, str]:
    from client import public_jwk
    return public_jwk(client.dpop_key)


class Setups(unittest.TestCase):
    """Apps that are set up otherwise; each case has its own org in one server."""

    org: Org

    @classmethod
    def setUpClass(cls) -> None:
        cls.org = Org("--count", "10")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.org.close()

    def answer(self, **state: object) -> tuple[int, str, str]:
        self.org.post("state", **state)
        reply = Client(self.org).ask()
        self.org.post("state", active=True, auth_method="private_key_jwt", application_type="service", zone_allowed=True,
                      scopes=["okta.logs.read"])
        return reply.status, reply.json()["error"], reply.json()["error_description"]

    def test_each_is_refused_in_its_own_words(self) -> None:
        cases = [
            ({"active": False}, (401, "invalid_client"), "Invalid value for 'client_id'"),
            ({"auth_method": "client_secret_basic"}, (401, "invalid_client"), "must use the private_key_jwt"),
            ({"application_type": "web"}, (401, "invalid_client"), "'application_type' of 'service'"),
            ({"zone_allowed": False}, (403, "access_denied"), "permitted network zones"),
        ]
        for state, answer, text in cases:
            with self.subTest(str(state)):
                status, error, description = self.answer(**state)
                self.assertEqual((status, error), answer)
                self.assertIn(text, description)

    def test_without_dpop_the_proof_is_ignored_and_the_token_a_bearer(self) -> None:
        self.org.post("state", dpop_required=False)
        try:
            client = Client(self.org)
            self.assertEqual(client.ask().json()["token_type"], "Bearer")
            self.assertEqual(client.ask(proofs=[]).json()["token_type"], "Bearer")
            client.login()
            self.assertEqual(client.logs(limit=1).status, 200)
        finally:
            self.org.post("state", dpop_required=True)

    def test_a_nonce_can_change_at_every_call(self) -> None:
        self.org.post("state", token_nonce="each_call")
        try:
            client = Client(self.org)
            client.login()
            used = client.nonce
            self.assertEqual(client.ask().status, 200)
            self.assertNotEqual(client.nonce, used)
            client.nonce = used
            self.assertEqual(client.ask().json()["error"], "use_dpop_nonce")
        finally:
            self.org.post("state", token_nonce="on")


if __name__ == "__main__":
    unittest.main()
