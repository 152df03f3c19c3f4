# SPDX-License-Identifier: Apache-2.0
"""test_doctor - every error that Okta documents, provoked at the org: the step that weir doctor marks, and its cure."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from lib import TOP, Case, main

STEPS = ["name", "connection", "TLS", "key", "clock", "kid", "token", "scope", "DPoP", "role", "page", "quota"]
CLIENT = "check client_id and org_url"
SERVICE = "create an app of the type API Services"
GRANT = "grant okta.logs.read"
HOST = "write in org_url the host"
NTP = "set this machine's clock by NTP"
KID = "copy the KID"

# Switches of the org: what they are set to, and back; the step that fails, Okta's words or weir's, and the cure.
SWITCHES = [
    ({"active": False}, {"active": True}, "app", "Invalid value for 'client_id' parameter", CLIENT),
    ({"client_id": "0oaOther"}, {"client_id": None}, "app", "issuer claim for client_assertion", CLIENT),
    ({"auth_method": "client_secret_basic"}, {"auth_method": "private_key_jwt"}, "app", "must use the private_key_jwt",
     "Public key / Private key"),
    ({"application_type": "web"}, {"application_type": "service"}, "app", "'application_type' of 'service'", SERVICE),
    ({"scopes": []}, {"scopes": ["okta.logs.read"]}, "scope", "One or more scopes are not configured", GRANT),
    ({"zone_allowed": False}, {"zone_allowed": True}, "zone", "permitted network zones", "network zones of the app"),
    ({"roles": []}, {"roles": ["REPORT_ADMIN"]}, "role", "403 E0000006", "Report Administrator"),
    ({"tls": "refuse"}, {"tls": "good"}, "TLS", "the TLS handshake failed", "check port and proxy"),
    ({"tls": "untrusted"}, {"tls": "good"}, "TLS", "certificate is not trusted.*issued by", "name its CA in ca_file"),
    ({"tls": "wrong_host"}, {"tls": "good"}, "TLS", "certificate is for another host.*certificate of", "check the host name"),
    ({"tls": "expired"}, {"tls": "good"}, "TLS", "certificate is not trusted.*good until", "ca_file"),
]

# Errors of the token endpoint that no switch brings about.
AT_TOKEN = [
    ("invalid_client_id", "app", CLIENT),
    ("client_assertion_invalid_subject", "app", CLIENT),
    ("client_assertion_invalid_audience", "host", HOST),
    ("client_assertion_issued_at_in_future", "clock", NTP),
    ("client_assertion_expired_token", "clock", NTP),
    ("client_assertion_expires_too_far_in_future", "clock", NTP),
    ("client_assertion_already_used", "token", "report it"),
    ("client_assertion_jwks_not_configured", "kid", "add a public key to the app"),
    ("client_assertion_invalid_kid", "kid", KID),
    ("client_assertion_invalid_signature", "kid", "private_key does not belong to key_id"),
    ("invalid_scope", "scope", GRANT),
    ("no_matching_scope", "scope", GRANT),
    ("missing_scopes", "scope", "name okta.logs.read in scopes"),
    ("unauthorized_client", "app", SERVICE),
    ("unsupported_grant_type", "app", SERVICE),
    ("invalid_dpop_proof_jwt_issued_in_future", "clock", NTP),
]

# Errors of the log.
AT_LOGS: list[tuple[dict[str, Any], str, str, str | None]] = [
    ({"kind": "oauth_error", "name": "access_token_insufficient_scopes"}, "scope", "insufficient_scope", GRANT),
    ({"kind": "oauth_error", "name": "invalid_dpop_proof_invalid_htu"}, "host", "'htu' claim", HOST),
    ({"kind": "oauth_error", "name": "dpop_proof_invalid_ath"}, "DPoP", "'ath' claim", "let no proxy change requests"),
    ({"kind": "oauth_error", "name": "access_token_expired"}, "page", "The token has expired", HOST),
    ({"kind": "api_error", "code": "E0000011"}, "page", "Invalid token provided", HOST),
    ({"kind": "api_error", "code": "E0000015"}, "host", "E0000015", "org's own server"),
    ({"kind": "api_error", "code": "E0000007"}, "host", "E0000007", "org_url is not the address"),
    ({"kind": "api_error", "code": "E0000031"}, "page", "query refused: 400 E0000031", "check filter"),
    ({"kind": "api_error", "code": "E0000010"}, "page", "page: 503 E0000010", "see status.okta.com"),
    ({"kind": "html"}, "page", "page: 502: 502 Bad Gateway", "Okta or a proxy is in trouble"),
    ({"kind": "html", "status": 200}, "page", "the reply is HTML, not JSON.*502 Bad Gateway", "proxy"),
    ({"kind": "invalid_json", "how": "html"}, "page", "the reply is HTML, not JSON", "check org_url and proxy"),
    ({"kind": "redirect", "location": "https://login.example.com/"}, "page", "redirected .* login.example.com", "check org_url"),
    ({"kind": "too_many"}, "quota", "over the rate limit", "lower rate_limit_share"),
    ({"kind": "no_next"}, "page", "no link to the next one", "Link headers"),
]


class Doctor(Case):
    def setUp(self) -> None:
        super().setUp()
        self.serve(count=20)
        self.configure()

    def doctor(self, *words: str) -> tuple[int, list[dict[str, Any]]]:
        run = self.weir.command("doctor", "--source", "acme", "--json", *words)
        self.assertTrue(run.stdout, run.stderr)
        told = json.loads(run.stdout)
        self.assertEqual(told["ok"], run.returncode == 0)
        return run.returncode, told["instances"][0]["steps"] if told["instances"] else []

    def ill(self, step: str, text: str, cure: str | None) -> list[str]:
        """The one step that is bad says this; gives the names of all steps."""
        code, steps = self.doctor()
        bad = [s for s in steps if not s["ok"]]
        self.assertEqual((code, [s["step"] for s in bad]), (1, [step]), steps)
        self.assertRegex(bad[0]["text"], text)
        if cure:
            self.assertRegex(bad[0]["cure"], cure)
        return [s["step"] for s in steps]

    @contextmanager
    def fault(self, kind: str, **words: Any) -> Iterator[None]:
        number = self.org.fault(kind, times=None, **words)
        try:
            yield
        finally:
            self.org.clear(number)

    def well(self) -> None:
        code, steps = self.doctor()
        self.assertEqual((code, [s["step"] for s in steps if not s["ok"]]), (0, []), steps)
        self.assertEqual([s["step"] for s in steps], STEPS)

    def test_all_is_well(self) -> None:
        self.well()
        self.assertEqual(self.count("logs"), 1)
        self.assertEqual(self.count("events_sent"), 1)

    def test_what_an_admin_set_up_otherwise(self) -> None:
        for wrong, right, step, text, cure in SWITCHES:
            with self.subTest(wrong):
                self.org.post("state", **wrong)
                self.ill(step, text, cure)
                self.org.post("state", **{k: self.org.ready["client_id"] if v is None else v for k, v in right.items()})
        self.well()

    def test_refusals_of_the_token(self) -> None:
        for name, step, cure in AT_TOKEN:
            with self.subTest(name):
                with self.fault("oauth_error", name=name, at="token"):
                    self.ill(step, "token refused: 4|the clock is", cure)

    def test_refusals_of_the_log(self) -> None:
        for words, step, text, cure in AT_LOGS:
            with self.subTest(words):
                with self.fault(at="logs", **words):
                    self.ill(step, text, cure)

    def mistaken(self, step: str, text: str, cure: str, **options: Any) -> None:
        self.configure(**options)
        self.ill(step, text, cure)

    def test_mistakes_of_our_own(self) -> None:
        keys = self.org.ready["keys"]
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        self.mistaken("kid", "kid is invalid", KID, key_id="kid-typo")
        self.mistaken("kid", "signature algorithm is invalid", "private_key does not belong", private_key="file:" + keys["kid-ec"])
        self.mistaken("kid", "signature is invalid", "private_key does not belong",
                      private_key=f"file:{self.org.ready['dir']}/client-stranger.pem", key_id="kid-ec")
        self.mistaken("DPoP", "DPoP proof JWT header is missing", "write dpop: auto", dpop="off")
        self.mistaken("name", "cannot resolve the name", "check it and the DNS", org_url="https://acme.okta.invalid")
        self.mistaken("connection", "cannot connect", "check firewall and proxy", org_url=f"https://localhost:{port}")
        self.mistaken("connection", "cannot connect|resolve", "check", proxy=f"http://127.0.0.1:{port}")
        self.mistaken("TLS", "cannot read the certificates of ca_file", "name a file of PEM", ca_file="/nonexistent.pem")

    def bad_lines(self) -> list[str]:
        text = self.weir.command("doctor", "--source", "acme").stdout
        return [line.strip() for line in text.splitlines() if "✗" in line]

    def all_bad_lines(self) -> list[str]:
        """As people see them, of all that goes wrong above."""
        lines: list[str] = []
        for wrong, right, *_ in SWITCHES:
            self.org.post("state", **wrong)
            lines += self.bad_lines()
            self.org.post("state", **{k: self.org.ready["client_id"] if v is None else v for k, v in right.items()})
        faults: list[dict[str, Any]] = [{"kind": "oauth_error", "name": name, "at": "token"} for name, *_ in AT_TOKEN]
        for words in faults + [{"at": "logs", **words} for words, *_ in AT_LOGS]:
            with self.fault(**words):
                lines += self.bad_lines()
        self.org.post("state", clock_shift_s=-400)
        lines += self.bad_lines()
        self.org.post("state", clock_shift_s=0, dpop_required=False)
        for options in ({"dpop": "required"}, {"org_url": "https://acme.okta.invalid"}, {"org_url": "https://localhost:1"}):
            self.configure(**options)
            lines += self.bad_lines()
        self.org.post("state", dpop_required=True)
        self.configure(dpop="off")
        return lines + self.bad_lines()

    def test_the_setup_page_shows_what_is_printed(self) -> None:
        page = (TOP / "docs" / "okta-setup.md").read_text(encoding="utf-8")
        shown = re.findall("^✗ .*$", page, re.MULTILINE)
        self.assertGreater(len(shown), 20)
        printed = self.all_bad_lines()
        for line in shown:
            pattern = re.escape(line).replace("…", ".*").replace(r"acme\.okta\.com", r"[\w.:]+").replace("400", r"\d+")
            with self.subTest(line):
                self.assertTrue(any(re.fullmatch(pattern, p) for p in printed), "\n".join(printed))

    def test_tokens_that_are_not_bound(self) -> None:
        self.org.post("state", dpop_required=False)
        self.well()
        self.mistaken("DPoP", "the app does not bind its tokens", "tick Require DPoP", dpop="required")
        self.org.post("state", dpop_required=True)

    def test_an_api_token(self) -> None:
        token = self.folder / "token"
        token.touch(0o600)
        for text, step, cure in ((self.org.ready["api_token"], None, None), ("00wrong", "page", "make another")):
            token.write_text(text)
            self.configure(api_token=f"file:{token}", client_id=None, key_id=None, private_key=None)
            if step:
                self.ill(step, "401 E0000011", cure)
            else:
                code, steps = self.doctor()
                self.assertEqual((code, [s["step"] for s in steps]),
                                 (0, ["name", "connection", "TLS", "clock", "role", "page", "quota"]), steps)

    def test_a_clock_that_is_wrong_is_told_though_weir_gets_by(self) -> None:
        for shift in (-400, 400, 4000):
            with self.subTest(shift):
                self.org.post("state", clock_shift_s=shift)
                names = self.ill("clock", rf"clock is \d+ s {'ahead of' if shift < 0 else 'behind'} the org's", NTP)
                self.assertIn("page", names)

    def test_a_first_key_that_is_refused_and_a_next_one_that_is_not(self) -> None:
        self.configure(next_key_id="kid-next", next_private_key="file:" + self.org.ready["keys"]["kid-next"])
        self.org.post("keys", kid="kid-rsa", active=False)
        names = self.ill("kid", "^key kid-rsa: token refused: .*kid is invalid", KID)
        self.assertEqual(names.count("kid"), 2)
        self.assertIn("quota", names)
        self.org.post("keys", kid="kid-rsa", active=True)

    def test_a_configuration_that_is_wrong(self) -> None:
        self.configure(org_url="https://acme-admin.okta.com")
        run = self.weir.command("doctor")
        self.assertEqual(run.returncode, 2)
        self.assertIn("write https://acme.okta.com", run.stderr)
        self.assertEqual(self.weir.command("doctor", "--source", "acne").returncode, 2)

    def test_beside_a_weir_that_runs_and_moves_nothing(self) -> None:
        self.weir.start()
        self.delivered(20)
        self.well()
        self.emit(5)
        self.quiet()
        self.settled()

    def test_a_sink_of_files(self) -> None:
        ask: Callable[[], str] = lambda: self.weir.command("doctor", "--sink", "out").stdout
        self.assertRegex(ask(), r"sinks.out \(file\)\n  ✓ folder +.*/out will be made in .*\n  ✓ space +\d+ MiB are free\n$")
        self.assertFalse((self.folder / "out").exists())
        (self.folder / "out").mkdir()
        self.assertRegex(ask(), "✓ folder +.*/out may be written\n")
        (self.folder / "out").rmdir()
        (self.folder / "out").write_text("in the way")
        self.assertRegex(ask(), "✗ folder +cannot write in .*/out: Not a directory; let it be a folder")

    def test_check_online_asks_too(self) -> None:
        check: Callable[[], Any] = lambda: self.weir.command("check", "--online", "--json")
        self.assertEqual(check().returncode, 0)
        self.org.post("state", roles=[])
        run = check()
        told = json.loads(run.stdout)
        self.assertEqual((run.returncode, told["ok"], told["errors"]), (1, False, []))
        self.assertIn("Report Administrator", told["instances"][0]["steps"][-1]["cure"])
        text = self.weir.command("check", "--online").stdout
        self.assertRegex(text, "ok: 1 source(?s:.*)✗ role .*; give the app the role Report Administrator")
        self.org.post("state", roles=["REPORT_ADMIN"])


if __name__ == "__main__":
    main()
