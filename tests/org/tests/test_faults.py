# SPDX-License-Identifier: Apache-2.0
"""test_faults - every fault does what it says, and is over when it is over."""

import http.client
import json
import ssl
import tempfile
import time
import unittest
import zlib
from email.utils import parsedate_to_datetime
from typing import Any

from client import Client, Org, Reply, eventually


class Raw:
    """A reply as far as it came, without mending."""

    def __init__(self, client: Client, gzip: bool = False, timeout: float = 10) -> None:
        connection = client.connect(timeout)
        sock = connection.sock
        lines = ["GET /api/v1/logs?limit=10 HTTP/1.1", "Host: " + client.url.split("//")[1],
                 "Authorization: DPoP " + client.token["access_token"], "DPoP: " + client.logs_proof()]
        lines += ["Accept-Encoding: gzip"] if gzip else []
        sock.sendall("\r\n".join([*lines, "", ""]).encode())
        self.error: Exception | None = None
        data, end = b"", time.monotonic() + timeout
        try:
            while part := sock.recv(65536):
                data += part
                if not self._more(data):
                    break
                if time.monotonic() > end:
                    raise TimeoutError
        except OSError as error:
            self.error = error
        sock.close()
        self.whole = not self._more(data)
        head, _, self.body = data.partition(b"\r\n\r\n")
        self.head = head.decode()

    @staticmethod
    def _more(data: bytes) -> bool:
        head, end, body = data.partition(b"\r\n\r\n")
        lengths = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        return not end or not lengths or len(body) < lengths[0]


class Faults(unittest.TestCase):
    org: Org

    @classmethod
    def setUpClass(cls) -> None:
        cls.org = Org("--count", "100")
        cls.client = Client(cls.org)
        cls.client.login()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.org.close()

    def setUp(self) -> None:
        self.org.clear()

    def after(self, **fault: Any) -> Reply:
        self.org.post("faults", **fault)
        return self.client.logs(limit=10)

    def healthy(self) -> None:
        reply = self.client.logs(limit=10)
        self.assertEqual((reply.status, len(reply.json())), (200, 10))

    def test_429_comes_with_and_without_reset(self) -> None:
        reply = self.after(kind="too_many", reset=3)
        self.assertEqual((reply.status, reply.json()["errorCode"], reply.header("x-rate-limit-remaining")), (429, "E0000047", "0"))
        self.assertIn(int(reply.header("x-rate-limit-reset")) - int(time.time()), (2, 3, 4))
        reply = self.after(kind="too_many", reset=None)
        self.assertEqual((reply.status, reply.header("x-rate-limit-reset"), reply.header("x-rate-limit-limit")), (429, None, None))
        self.assertEqual(self.after(kind="too_many", reset=None, retry_after=2).header("Retry-After"), "2")
        self.healthy()

    def test_the_concurrent_limit_says_zero_of_zero(self) -> None:
        reply = self.after(kind="too_many_at_once")
        self.assertEqual((reply.status, reply.all("x-rate-limit-limit"), reply.all("x-rate-limit-remaining")), (429, ["0"], ["0"]))

    def test_rate_headers_can_lie_and_repeat(self) -> None:
        reply = self.after(kind="rate_headers", limit=0, remaining=0)
        self.assertEqual((reply.status, reply.all("x-rate-limit-limit")), (200, ["0"]))
        self.assertEqual(len(self.after(kind="rate_headers", limit=5, remaining=4, twice=True).all("x-rate-limit-limit")), 2)
        self.assertEqual(self.after(kind="rate_headers").all("x-rate-limit-limit"), [])

    def test_error_pages_and_named_errors(self) -> None:
        reply = self.after(kind="html")
        self.assertEqual((reply.status, reply.header("Content-Type")), (502, "text/html"))
        self.assertIn(b"<html>", reply.body)
        reply = self.after(kind="api_error", code="E0000009", summary="Your last request took too long to complete.")
        self.assertEqual((reply.status, reply.json()["errorCode"]), (500, "E0000009"))
        self.assertEqual(self.after(kind="api_error", code="E0000053", status=500).status, 500)
        self.assertEqual(self.after(kind="status", status=503, body={"a": 1}, headers=[["Retry-After", "1"]]).header("Retry-After"), "1")
        reply = self.after(kind="oauth_error", name="invalid_dpop_proof_invalid_htu")
        self.assertIn("'htu' claim", reply.header("WWW-Authenticate"))
        self.assertEqual(self.after(kind="redirect").header("Location"), "https://foreign.localhost/api/v1/logs")
        self.org.post("faults", kind="oauth_error", at="token", name="temporarily_unavailable")
        self.assertEqual(self.client.ask().json()["error"], "temporarily_unavailable")
        self.healthy()

    def test_a_fault_burns_the_proof_all_the_same(self) -> None:
        proof = self.client.logs_proof()
        self.org.post("faults", kind="html")
        self.assertEqual(self.client.get("/api/v1/logs", [proof]).status, 502)
        self.assertEqual(self.client.get("/api/v1/logs", [proof]).status, 400)

    def test_connections_end_in_the_middle(self) -> None:
        whole = len(self.client.logs(limit=10).body)
        self.org.post("faults", kind="reset")
        self.assertFalse(Raw(self.client).whole)
        plain = Client(self.org, url=self.org.ready["http_url"])
        plain.login()
        self.org.post("faults", kind="reset")
        raw = Raw(plain)
        self.assertFalse(raw.whole)
        self.assertIsInstance(raw.error, ConnectionResetError)
        self.org.post("faults", kind="wrong_length", delta=100)
        raw = Raw(self.client)
        self.assertEqual((raw.whole, len(raw.body)), (False, whole))
        self.org.post("faults", kind="wrong_length", delta=-100)
        self.assertGreaterEqual(len(Raw(self.client).body), whole - 100)
        self.org.post("faults", kind="drop")
        self.assertEqual(Raw(self.client).head, "")
        self.healthy()

    def test_gzip_ends_early_in_sound_and_in_cut_framing(self) -> None:
        for framing, whole in (("sound", True), ("cut", False)):
            self.org.post("faults", kind="truncated_gzip", framing=framing)
            raw = Raw(self.client, gzip=True)
            self.assertEqual(raw.whole, whole)
            inflater = zlib.decompressobj(31)
            inflater.decompress(raw.body)
            self.assertFalse(inflater.eof)
        self.org.post("faults", kind="not_gzip")
        self.assertRaises(zlib.error, lambda: zlib.decompress(Raw(self.client, gzip=True).body, 31))

    def test_json_can_be_wrong_in_many_ways(self) -> None:
        for how in ("cut", "garbage", "html", "trailing", "empty"):
            with self.subTest(how):
                self.org.post("faults", kind="invalid_json", how=how)
                reply = self.client.logs(limit=10, gzip=True)
                self.assertEqual(reply.status, 200)
                self.assertRaises(ValueError, reply.json)
        self.assertIsInstance(self.after(kind="invalid_json", how="object").json(), dict)

    def test_an_empty_page_leads_to_where_it_was(self) -> None:
        first = self.client.logs(limit=10)
        self.org.post("faults", kind="empty_page")
        empty = self.client.get(first.link("next"))
        self.assertEqual((empty.json(), empty.status), ([], 200))
        wanted = [e["uuid"] for e in self.client.get(first.link("next")).json()]
        self.assertEqual([e["uuid"] for e in self.client.get(empty.link("next")).json()], wanted)

    def test_a_page_can_come_twice(self) -> None:
        self.org.post("faults", kind="repeat_page")
        first = self.client.logs(limit=10)
        again = self.client.get(first.link("next"))
        self.assertEqual(again.body, first.body)
        self.assertNotEqual(self.client.get(again.link("next")).body, first.body)

    def test_links_can_be_foreign_joined_or_missing(self) -> None:
        reply = self.after(kind="foreign_next")
        self.assertIn("https://foreign.localhost:", reply.link("next"))
        self.assertTrue(reply.link("self").startswith(self.client.url))
        self.assertTrue(self.after(kind="foreign_next", scheme="http", host="evil.example").link("next").startswith("http://evil.example/"))
        self.assertIn("/api/v1/users?", self.after(kind="foreign_next", host=self.client.url[8:], path="/api/v1/users").link("next"))
        self.assertEqual(len(self.after(kind="joined_links").all("Link")), 1)
        self.assertIsNone(self.after(kind="no_next").link("next"))
        self.assertEqual(self.org.get("stats")["foreign"], [])

    def test_whoever_follows_a_foreign_link_is_seen(self) -> None:
        stranger = Client(self.org, url=self.client.url.replace("org1.okta", "foreign"))
        stranger.token = self.client.token
        with self.assertRaises(ssl.SSLCertVerificationError):
            stranger.get("/api/v1/logs?limit=1")
        stranger.url = self.org.ready["http_url"].replace("127.0.0.1", "foreign.localhost")
        self.assertEqual(stranger.get("/api/v1/logs?limit=1").status, 404)
        self.assertTrue(self.org.get("stats")["foreign"][-1]["credentials"])

    def test_cursors_are_refused_by_fault_by_age_and_by_revocation(self) -> None:
        url = self.client.logs(limit=10).link("next")
        self.org.post("faults", kind="refused_cursor", code="E0000031")
        self.healthy()
        self.assertEqual(self.client.get(url).json()["errorCode"], "E0000031")
        self.assertEqual(self.client.get(url).status, 200)
        self.org.post("do", action="revoke_cursors")
        self.assertEqual(self.client.get(url).status, 400)
        self.org.post("state", cursor_life_s=0.0)
        url = self.client.logs(limit=10).link("next")
        self.assertEqual(self.client.get(url).json()["errorCode"], "E0000001")
        self.org.post("state", cursor_life_s=None)

    def test_bodies_and_heads_can_be_slow_and_a_request_can_hang(self) -> None:
        for kind in ("slow", "slow_head"):
            self.org.post("faults", kind=kind, rate=40)
            raw = Raw(self.client, timeout=0.4)
            self.assertIsInstance(raw.error, TimeoutError)
            self.assertFalse(raw.whole)
        self.org.post("faults", kind="slow", rate=1e9)
        self.assertTrue(Raw(self.client).whole)
        self.org.post("faults", kind="hang")
        self.assertIsInstance(Raw(self.client, timeout=0.3).error, TimeoutError)
        self.org.post("faults", kind="hang", hold=0.2)
        self.assertEqual(Raw(self.client).head, "")

    def test_faults_wait_repeat_and_end(self) -> None:
        self.org.post("faults", kind="html", after=1, every=2, times=2)
        self.assertEqual([self.client.logs(limit=1).status for _ in range(6)], [200, 502, 200, 502, 200, 200])
        self.org.post("faults", kind="html", times=None, seconds=0.2)
        self.assertEqual(self.client.logs(limit=1).status, 502)
        eventually("the fault ends by time", lambda: self.client.logs(limit=1).status == 200)
        number = self.org.post("faults", kind="html", times=None)["id"]
        self.assertEqual(self.client.logs(limit=1).status, 502)
        self.org.control("DELETE", f"faults?id={number}")
        self.healthy()

    def test_what_is_not_known_is_refused(self) -> None:
        for word, body in (("faults", {"kind": "fire"}), ("state", {"mood": 1}), ("state", {"tls": "odd"}), ("do", {"action": "x"}),
                           ("keys", {"kid": "none", "active": True}), ("events", {"index": 1, "kind": "x"}), ("nothing", {})):
            with self.subTest(word):
                self.assertRaises(ValueError, self.org.control, "POST", word, body)

    def test_the_clock_can_be_wrong_and_so_can_the_date_alone(self) -> None:
        for shift, text in ((90, "is expired"), (-90, "must be issued before the current time")):
            self.org.post("state", clock_shift_s=shift)
            try:
                now = int(time.time())
                reply = self.client.ask(self.client.assertion(iat=now, exp=now + 60))
                self.assertIn(text, reply.json()["error_description"])
                self.assertAlmostEqual(_date(reply) - time.time(), shift, delta=3)
            finally:
                self.org.post("state", clock_shift_s=0)
        self.assertAlmostEqual(_date(self.after(kind="wrong_date", by=-90)) - time.time(), -90, delta=3)
        self.healthy()

    def test_events_can_be_big_deep_and_poisoned(self) -> None:
        uuid = self.org.get("uuids")[3]
        self.org.post("events", index=3, kind="big", bytes=1 << 20)
        reply = self.client.logs(limit=10, gzip=True)
        self.assertEqual(len(json.dumps(reply.json()[3], separators=(",", ":"), ensure_ascii=False).encode()), 1 << 20)
        self.assertEqual(reply.json()[3]["uuid"], uuid)
        for kind in ("bad_escape", "bad_utf8", "control", "no_value"):
            self.org.post("events", index=3, kind=kind)
            reply = self.client.logs(limit=10)
            self.assertIn(uuid.encode(), reply.body)
            self.assertRaises(ValueError, reply.json)
        self.org.post("events", index=3, kind="deep", levels=3000)
        self.assertIn(b"[" * 3000, self.client.logs(limit=10).body)
        self.org.post("events", index=3, kind="restore")
        self.healthy()


class Certificates(unittest.TestCase):
    def test_tls_can_be_bad_and_good_again_on_the_same_port(self) -> None:
        with Org("--count", "10", "--orgs", "2") as org:
            first = Client(org)
            first.login()
            second = Client(org, url=first.url.replace("org1", "org2"), client_id="0oaweir0000000000002")
            for mode, text in (("untrusted", "self-signed|issuer"), ("wrong_host", "mismatch"), ("expired", "expired")):
                org.post("state", tls=mode)
                eventually("the listener is back", lambda: _handshakes(second))
                with self.assertRaisesRegex(ssl.SSLCertVerificationError, text):
                    first.connect()
            org.post("state", tls="refuse")
            eventually("the listener is back", lambda: _handshakes(second))
            self.assertRaises(ssl.SSLError, first.connect)
            org.post("state", tls="good")
            eventually("all is well", lambda: _handshakes(first))
            self.assertEqual(first.logs(limit=1).status, 200)


class Scripts(unittest.TestCase):
    def test_a_script_makes_its_calls_in_time(self) -> None:
        steps = [{"faults": {"kind": "html", "times": 1}}, {"in_s": 0.3, "state": {"roles": []}}, {"in_s": 0.6, "state": {"roles": ["REPORT_ADMIN"]}}]
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(steps, file)
            file.flush()
            with Org("--count", "10", "--script", file.name, "--state", '{"dpop_required": false}') as org:
                client = Client(org)
                self.assertEqual(client.login()["token_type"], "Bearer")
                self.assertEqual(client.logs(limit=1).status, 502)
                eventually("the role goes", lambda: client.logs(limit=1).status == 403)
                eventually("the role comes", lambda: client.logs(limit=1).status == 200)


class Life(unittest.TestCase):
    def test_it_ends_with_its_stdin_and_by_signal(self) -> None:
        self.assertEqual(Org("--count", "1").close(), 0)
        with Org("--count", "1") as org:
            org.process.terminate()
            self.assertEqual(org.process.wait(10), 0)

    def test_stats_count_what_happened(self) -> None:
        with Org("--count", "30") as org:
            client = Client(org)
            reply = client.logs(limit=20)
            reply = client.get(reply.link("next"))
            client.get(reply.link("next"))
            stats = org.get("stats")
            self.assertEqual((stats["token"], stats["token.use_dpop_nonce"], stats["token.ok"]), (2, 1, 1))
            self.assertEqual((stats["logs"], stats["pages"], stats["empty_pages"]), (3, 3, 1))
            self.assertEqual((stats["events_sent"], stats["served"], stats["served_again"]), (30, 30, 0))
            self.assertEqual(len(org.get("requests")), 5)
            self.assertEqual(set(org.get("served").values()), {1})


def _date(reply: Reply) -> float:
    return parsedate_to_datetime(reply.header("Date") or "").timestamp()


def _handshakes(client: Client) -> bool:
    try:
        client.connect().close()
        return True
    except (OSError, http.client.HTTPException):
        return False


if __name__ == "__main__":
    unittest.main()
