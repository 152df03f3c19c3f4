# SPDX-License-Identifier: Apache-2.0
"""test_refused - credentials, scopes and roles that an admin mends later."""

from lib import Case, main


class Refused(Case):
    def mended(self, wrong: dict[str, object], right: dict[str, object], pattern: str, attempts: str) -> None:
        """An org set up wrongly from the start; weir names the cure once, and goes on by itself when it is mended."""
        self.serve(count=500)
        self.org.post("state", **wrong)
        self.configure()
        self.weir.start()
        self.reached(attempts, 4)
        self.told_once(pattern)
        self.org.post("state", **right)
        self.recovered(500)
        self.told_once(pattern)
        self.settled()

    def test_a_role_granted_later(self) -> None:
        self.mended({"roles": []}, {"roles": ["REPORT_ADMIN"]}, "Report Administrator", "logs.403")

    def test_a_scope_granted_later(self) -> None:
        self.mended({"scopes": []}, {"scopes": ["okta.logs.read"]}, "okta.logs.read", "token.no_matching_scope")

    def test_an_app_activated_later(self) -> None:
        self.mended({"active": False}, {"active": True}, "client_id|client id", "token.invalid_client_id")

    def test_an_app_with_a_client_secret(self) -> None:
        self.mended({"auth_method": "client_secret_basic"}, {"auth_method": "private_key_jwt"}, "private.key|Public key|private_key_jwt",
                    "token.unsupported_auth_method_client_creds")

    def test_an_app_that_is_no_service(self) -> None:
        self.mended({"application_type": "web"}, {"application_type": "service"}, "API Services",
                    "token.invalid_application_type_client_credentials")

    def test_a_network_zone_opened_later(self) -> None:
        self.mended({"zone_allowed": False}, {"zone_allowed": True}, "zone", "token.disallowed_network_zone")

    def test_a_role_taken_away_and_given_back(self) -> None:
        self.start(count=1000, backlog=500)
        self.delivered(500)
        self.org.post("state", roles=[])
        self.emit(500)
        self.reached("logs.403", 4)
        self.org.post("state", roles=["REPORT_ADMIN"])
        self.recovered(1000)
        self.told_once("Report Administrator")
        self.settled()

    def test_a_key_disabled_and_enabled(self) -> None:
        self.start(count=1000, backlog=500)
        self.delivered(500)
        self.org.post("keys", kid="kid-rsa", active=False)
        self.org.post("do", action="revoke_tokens")
        self.emit(500)
        self.reached("token.client_assertion_invalid_kid", 4)
        self.org.post("keys", kid="kid-rsa", active=True)
        self.recovered(1000)
        self.told_once("kid|key")
        self.settled()

    def test_a_key_that_belongs_to_another_kid(self) -> None:
        self.serve(count=10)
        self.configure(private_key=f"file:{self.org.ready['dir']}/client-stranger.pem", key_id="kid-ec")
        self.weir.start()
        self.reached("token.client_assertion_invalid_signature", 4)
        self.told_once("signature|key")
        self.assertEqual(self.weir.stop(), 0, self.story())


if __name__ == "__main__":
    main()
