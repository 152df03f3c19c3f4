# SPDX-License-Identifier: Apache-2.0
"""test_logs - the System Log: pages, links, cursors, limits, and who may not read it."""

import json
import time
import unittest
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from client import Client, Org, Reply, eventually, utc


def walk(client: Client, reply: Reply, pages: int = 1000) -> list[dict]:
    """Follows next until there is none or the page is empty."""
    events: list[dict] = []
    for _ in range(pages):
        page = reply.json()
        events += page
        url = reply.link("next")
        if url is None or not page:
            break
        reply = client.get(url)
    return events


class Polling(unittest.TestCase):
    org: Org

    @classmethod
    def setUpClass(cls) -> None:
        cls.org = Org("--count", "2500", "--seed", "7", "--late", "5%")
        cls.client = Client(cls.org)
        cls.client.login()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.org.close()

    def test_all_pages_together_hold_every_event_once(self) -> None:
        events = walk(self.client, self.client.logs(limit=1000, gzip=True))
        uuids = [event["uuid"] for event in events]
        self.assertEqual(uuids, self.org.get("uuids"))
        self.assertEqual(len(set(uuids)), 2500)

    def test_there_is_always_a_next_in_a_line_of_its_own(self) -> None:
        reply = self.client.logs(limit=1000)
        while reply.json():
            self.assertEqual(len(reply.all("Link")), 2)
            self.assertTrue(reply.all("Link")[0].endswith('rel="self"'))
            reply = self.client.get(reply.link("next"))
        self.assertIsNotNone(reply.link("next"))
        again = self.client.get(reply.link("next"))
        self.assertEqual((again.status, again.json()), (200, []))

    def test_self_is_the_url_that_was_asked_for(self) -> None:
        reply = self.client.logs(limit=20, filter='eventType eq "user.session.start"')
        self.assertEqual(reply.link("self"), self.client.url + "/api/v1/logs?" + urlencode(
            {"limit": 20, "filter": 'eventType eq "user.session.start"'}))

    def test_next_keeps_limit_and_filter_and_drops_since(self) -> None:
        reply = self.client.logs(limit=20, since=utc(time.time() - 4000), filter='severity eq "INFO"')
        query = parse_qs(urlsplit(reply.link("next")).query)
        self.assertEqual((query["limit"], query["filter"]), (["20"], ['severity eq "INFO"']))
        self.assertNotIn("since", query)

    def test_the_limit_is_100_when_nothing_is_said(self) -> None:
        self.assertEqual(len(self.client.logs().json()), 100)

    def test_published_goes_backwards_at_times_and_every_kind_of_event_is_there(self) -> None:
        events = walk(self.client, self.client.logs(limit=1000))
        times = [event["published"] for event in events]
        self.assertNotEqual(times, sorted(times))
        self.assertEqual(len({event["eventType"] for event in events}), 79)

    def test_since_counts_from_persistence_so_that_late_events_are_in(self) -> None:
        since = time.time() - 1800
        events = walk(self.client, self.client.logs(limit=1000, since=utc(since)))
        self.assertTrue(1000 < len(events) < 1260, len(events))
        self.assertTrue(any(event["published"] < utc(since) for event in events))

    def test_gzip_is_the_same_page(self) -> None:
        plain, packed = self.client.logs(limit=50), self.client.logs(limit=50, gzip=True)
        self.assertEqual((plain.packed, packed.packed), (False, True))
        self.assertEqual(plain.body, packed.body)
        self.assertLess(packed.size, plain.size / 3)

    def test_filters_select(self) -> None:
        everything = walk(self.client, self.client.logs(limit=1000))
        cases = [
            ('eventType eq "user.session.start"', lambda e: e["eventType"] == "user.session.start"),
            ('eventType sw "policy." and outcome.result eq "SUCCESS"',
             lambda e: e["eventType"].startswith("policy.") and e["outcome"]["result"] == "SUCCESS"),
            ('not (severity eq "INFO")', lambda e: e["severity"] != "INFO"),
            ('target.type eq "UserGroup" or target.type eq "Token"',
             lambda e: any(t["type"] in ("UserGroup", "Token") for t in e["target"] or [])),
            ('securityContext.asNumber gt 16000', lambda e: (e["securityContext"]["asNumber"] or 0) > 16000),
            ('device pr', lambda e: e["device"] is not None),
            ('actor.alternateId co "user1" and eventType ne "user.authentication.sso"',
             lambda e: "user1" in (e["actor"]["alternateId"] or "") and e["eventType"] != "user.authentication.sso"),
            ('eventType ew ".start"', lambda e: e["eventType"].endswith(".start")),
        ]
        for text, match in cases:
            with self.subTest(text):
                got = walk(self.client, self.client.logs(limit=70, filter=text))
                self.assertEqual([e["uuid"] for e in got], [e["uuid"] for e in everything if match(e)])
                self.assertTrue(got)

    def test_q_wants_every_word(self) -> None:
        got = walk(self.client, self.client.logs(limit=1000, q="toronto safari"))
        self.assertTrue(got)
        self.assertTrue(all("toronto" in json.dumps(e).lower() and "safari" in json.dumps(e).lower() for e in got))

    def test_what_okta_refuses_is_refused_in_its_shape(self) -> None:
        cases = [
            ({"limit": 1001}, "E0000001", "limit"), ({"limit": -1}, "E0000001", "limit"), ({"limit": "x"}, "E0000001", "limit"),
            ({"since": "yesterday"}, "E0000001", "since"), ({"until": "2026"}, "E0000001", "until"),
            ({"sortOrder": "UP"}, "E0000001", "sortOrder"),
            ({"since": utc(time.time() - 181 * 86400)}, "E0000053", "over 180 days"),
            ({"filter": "eventType is 3"}, "E0000053", "operator"), ({"filter": 'eventType eq "a" and'}, "E0000053", "SCIM"),
            ({"filter": 'events eq "a"'}, "E0000053", "not valid"), ({"filter": 'eventType eq "a"['}, "E0000053", "unrecognized"),
            ({"filter": 'published gt "2026"'}, "E0000031", "combination of operator"),
            ({"filter": 'debugContext.debugData.url co "x"'}, "E0000031", "combination of operator"),
            ({"q": "w " * 11}, "E0000001", "q"), ({"q": "w" * 41}, "E0000001", "q"),
            ({"after": "1592620709654_1"}, "E0000001", "after"),
        ]
        for params, code, text in cases:
            with self.subTest(str(params)):
                reply = self.client.logs(**params)
                body = reply.json()
                self.assertEqual((reply.status, body["errorCode"]), (400, code))
                self.assertIn(text, body["errorSummary"])
                self.assertEqual(set(body), {"errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"})

    def test_a_cursor_is_for_its_query_only_but_any_limit(self) -> None:
        url = self.client.logs(limit=20, filter='severity eq "INFO"').link("next")
        self.assertEqual(self.client.get(url.replace("limit=20", "limit=10")).status, 200)
        self.assertEqual(self.client.get(url.replace("INFO", "WARN")).status, 400)
        position = parse_qs(urlsplit(url).query)["after"][0]
        self.assertEqual(self.client.get(url.replace(position, position.replace("_2", "_3", 1))).status, 400)

    def test_reading_a_page_again_gives_the_same_page(self) -> None:
        url = self.client.logs(limit=100).link("next")
        self.assertEqual(self.client.get(url).body, self.client.get(url).body)

    def test_every_reply_says_date_request_id_and_rate_limit(self) -> None:
        for reply in (self.client.logs(limit=1), self.client.logs(limit=-1)):
            for name in ("Date", "X-Okta-Request-Id", "x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"):
                self.assertIsNotNone(reply.header(name), name)

    def test_another_org_or_path_is_not_found(self) -> None:
        self.assertEqual(self.client.get("/api/v1/users").json()["errorCode"], "E0000008")
        self.assertEqual(self.client.request("POST", "/api/v1/logs", []).status, 405)


class Bounded(unittest.TestCase):
    org: Org

    @classmethod
    def setUpClass(cls) -> None:
        cls.org = Org("--count", "2500", "--late", "5%")
        cls.client = Client(cls.org)
        cls.client.login()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.org.close()

    def bounds(self) -> dict[str, str]:
        now = time.time()
        return {"since": utc(now - 1800), "until": utc(now - 600)}

    def test_it_goes_by_published_and_ends_without_next(self) -> None:
        everything = walk(self.client, self.client.logs(limit=1000))
        bounds = self.bounds()
        for order, limit in (("ASCENDING", 300), ("DESCENDING", 77)):
            with self.subTest(order):
                got = walk(self.client, self.client.logs(**bounds, limit=limit, sortOrder=order))
                times = [event["published"] for event in got]
                self.assertEqual(times, sorted(times, reverse=order == "DESCENDING"))
                inside = {e["uuid"] for e in everything if bounds["since"] <= e["published"] < bounds["until"]}
                self.assertEqual(Counter(e["uuid"] for e in got), Counter(inside))

    def test_the_last_page_is_the_one_that_is_not_followed(self) -> None:
        reply = self.client.logs(**self.bounds(), limit=1000)
        self.assertIsNone(reply.link("next"))
        self.assertEqual(len(reply.all("Link")), 1)


class Live(unittest.TestCase):
    def test_events_appear_at_their_rate_and_stop_at_the_count(self) -> None:
        with Org("--rate", "200", "--count", "60", "--backlog", "10") as org:
            client = Client(org)
            first = client.logs(limit=1000)
            self.assertGreaterEqual(len(first.json()), 10)
            eventually("all events", lambda: org.get("stats")["visible"] == 60)
            rest = walk(client, client.get(first.link("next")))
            self.assertEqual([e["uuid"] for e in first.json() + rest], org.get("uuids"))
            self.assertEqual(org.get("stats")["served"], 60)

    def test_events_can_be_emitted_by_hand(self) -> None:
        with Org("--backlog", "0", "--count", "100") as org:
            client = Client(org)
            empty = client.logs(limit=1000)
            self.assertEqual(empty.json(), [])
            self.assertEqual(org.post("do", action="emit", count=30), {"first": 0, "end": 30})
            page = client.get(empty.link("next"))
            self.assertEqual(len(page.json()), 30)
            org.post("do", action="emit", count=1)
            self.assertEqual(len(client.get(page.link("next")).json()), 1)

    def test_emitting_beside_a_rate_loses_nothing(self) -> None:
        with Org("--rate", "300", "--count", "500") as org:
            client = Client(org)
            reply, got = client.logs(limit=50), []
            for _ in range(5):
                org.post("do", action="emit", count=20)

            def all_read() -> bool:
                nonlocal reply
                got.extend(e["uuid"] for e in reply.json())
                reply = client.get(reply.link("next"))
                return len(got) >= 500

            eventually("500 events", all_read)
            self.assertEqual(got, org.get("uuids"))

    def test_the_same_seed_gives_the_same_events_at_other_times(self) -> None:
        def bodies(seed: str) -> list[str]:
            with Org("--count", "100", "--seed", seed) as org:
                return [e["actor"]["id"] + e["eventType"] for e in Client(org).logs(limit=100).json()]

        self.assertEqual(bodies("3"), bodies("3"))
        self.assertNotEqual(bodies("3"), bodies("4"))

    def test_given_events_are_served_byte_for_byte(self) -> None:
        import tempfile
        lines = ['{"uuid":"a-1", "published":"2017-09-31T00:00:00.000Z","eventType":"x.y"}', '{"uuid":"a-2","n":1.0e2}']
        with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
            file.write("\n".join(lines) + "\n\n")
            file.flush()
            with Org("--events", file.name) as org:
                self.assertEqual(Client(org).logs(limit=10).body.decode(), "[" + ",".join(lines) + "]")
                self.assertEqual(org.get("uuids"), ["a-1", "a-2"])


class Readers(unittest.TestCase):
    """Who may read, by which token."""

    org: Org

    @classmethod
    def setUpClass(cls) -> None:
        cls.org = Org("--count", "10")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.org.close()

    def setUp(self) -> None:
        self.client = Client(self.org)
        self.client.login()

    def challenged(self, reply: Reply, status: int, error: str, text: str) -> None:
        value = reply.header("WWW-Authenticate") or ""
        self.assertEqual(reply.status, status, value)
        self.assertIn(f'error="{error}"', value)
        self.assertIn(text, value)
        self.assertIn('algs="RS256 RS384 RS512 ES256 ES384 ES512"', value)

    def test_wrong_proofs_are_refused_in_the_header(self) -> None:
        url, target = self.client.url + "/api/v1/logs", "/api/v1/logs?limit=1"
        proof = self.client.logs_proof()
        self.assertEqual(self.client.get(target, [proof]).status, 200)
        other = Client(self.org)
        other.token = self.client.token
        cases = [
            ([proof], "has already been used"),
            ([self.client.logs_proof(htu=url + "?limit=1")], "'htu' claim"),
            ([self.client.logs_proof(htm="get")], "'htm' claim"),
            ([self.client.logs_proof(ath=None)], "'ath' claim"),
            ([other.logs_proof()], "is not bound to the provided DPoP proof"),
            ([self.client.logs_proof(iat=int(time.time()) + 60)], "issued in the future"),
        ]
        for proofs, text in cases:
            with self.subTest(text):
                self.challenged(self.client.get(target, proofs), 400, "invalid_dpop_proof", text)
        self.challenged(self.client.get(target, []), 400, "invalid_request", "requires a DPoP proof")
        token = self.client.token["access_token"]
        self.challenged(self.client.get(target, authorization=f"Bearer {token}"), 400, "invalid_request",
                        "must use the DPoP authentication scheme")

    def test_no_wrong_and_old_tokens_are_refused(self) -> None:
        self.assertEqual(self.client.get("/api/v1/logs", authorization="Basic x").json()["errorCode"], "E0000005")
        for value in ("SSWS wrong", "DPoP wrong", "Bearer wrong"):
            reply = self.client.get("/api/v1/logs", authorization=value)
            self.assertEqual((reply.status, reply.json()["errorCode"]), (401, "E0000011"))
        self.org.post("do", action="revoke_tokens")
        self.assertEqual(self.client.logs().status, 401)

    def test_a_token_lives_as_long_as_it_says(self) -> None:
        self.org.post("state", token_life_s=1)
        try:
            self.assertEqual(self.client.login()["expires_in"], 1)
            reply = eventually("the token expires", lambda: (r := self.client.logs(limit=1)).status == 401 and r)
            self.challenged(reply, 401, "invalid_token", "The token has expired.")
        finally:
            self.org.post("state", token_life_s=3600)

    def test_ssws_tokens_read_too(self) -> None:
        reply = self.client.get("/api/v1/logs", [], authorization="SSWS " + self.org.ready["api_token"])
        self.assertEqual(reply.status, 200)

    def test_without_the_role_it_is_forbidden_until_granted(self) -> None:
        self.org.post("state", roles=["HELP_DESK_ADMIN"])
        reply = self.client.logs()
        self.assertEqual((reply.status, reply.json()["errorCode"]), (403, "E0000006"))
        self.org.post("state", roles=["REPORT_ADMIN"])
        self.assertEqual(self.client.logs().status, 200)

    def test_a_token_without_the_scope_is_told_so(self) -> None:
        self.org.post("state", scopes=["okta.users.read"])
        try:
            self.client.token = self.client.ask(scope="okta.users.read").json()
            reply = self.client.get("/api/v1/logs")
            self.challenged(reply, 403, "insufficient_scope", "does not contain the required scopes")
            self.assertEqual(reply.json()["errorCode"], "E0000006")
        finally:
            self.org.post("state", scopes=["okta.logs.read"])

    def test_the_resource_can_want_a_nonce(self) -> None:
        self.org.post("state", resource_nonce="each_call")
        try:
            reply = self.client.logs(limit=1)
            self.challenged(reply, 401, "use_dpop_nonce", "requires nonce")
            nonce = reply.header("DPoP-Nonce")
            self.assertEqual(self.client.get("/api/v1/logs", [self.client.logs_proof(nonce=nonce)]).status, 200)
            self.assertEqual(self.client.get("/api/v1/logs", [self.client.logs_proof(nonce=nonce)]).status, 401)
        finally:
            self.org.post("state", resource_nonce="off")


class Limits(unittest.TestCase):
    def test_the_window_allows_so_many_and_says_when_it_ends(self) -> None:
        with Org("--count", "10", "--rate-limit", "3/3") as org:
            client = Client(org)
            client.login()
            eventually("a fresh window", lambda: client.logs(limit=1).header("x-rate-limit-remaining") == "2")
            left = [client.logs(limit=1) for _ in range(3)]
            self.assertEqual([r.status for r in left], [200, 200, 429])
            self.assertEqual(left[2].json()["errorCode"], "E0000047")
            self.assertEqual((left[2].header("x-rate-limit-limit"), left[2].header("x-rate-limit-remaining")), ("3", "0"))
            self.assertLessEqual(int(left[2].header("x-rate-limit-reset")) - time.time(), 4)
            eventually("the window ends", lambda: client.logs(limit=1).status == 200)
            self.assertGreaterEqual(org.get("stats")["logs.429"], 1)

    def test_a_refused_request_burns_its_proof(self) -> None:
        with Org("--count", "10", "--rate-limit", "1/600") as org:
            client = Client(org)
            client.logs(limit=1)
            proof = client.logs_proof()
            self.assertEqual(client.get("/api/v1/logs", [proof]).status, 429)
            self.assertEqual(client.get("/api/v1/logs", [proof]).status, 400)


class Fleet(unittest.TestCase):
    def test_orgs_of_one_server_share_nothing_but_keys(self) -> None:
        with Org("--orgs", "3", "--count", "20", "--rate-limit", "5/600") as org:
            listed = json.loads(Path(org.ready["orgs_file"]).read_text())
            self.assertEqual([o["host"] for o in listed], [f"org{n}.okta.localhost" for n in (1, 2, 3)])
            uuids: set[str] = set()
            for one in listed:
                client = Client(org, url=one["url"], client_id=one["client_id"])
                uuids |= {e["uuid"] for e in client.logs(limit=100).json()}
                self.assertEqual(client.logs(limit=1).header("x-rate-limit-remaining"), "3")
            self.assertEqual(len(uuids), 60)
            stranger = Client(org, url=listed[2]["url"], client_id=listed[0]["client_id"])
            self.assertEqual(stranger.ask().status, 401)


class Helper(unittest.TestCase):
    def test_config_writes_a_source_that_points_here(self) -> None:
        import subprocess
        import sys

        from client import ORG
        with Org("--orgs", "2", "--count", "1") as org:
            saved = f"{org.folder.name}/ready.json"
            with open(saved, "w", encoding="utf-8") as file:
                json.dump(org.ready, file)
            command = [sys.executable, str(ORG), "config", "--ready", saved]
            text = subprocess.run([*command, "--org", "2", "--key", "ec", "--name", "second"], check=True, capture_output=True,
                                  text=True).stdout
            self.assertIn('"second":', text)
            self.assertIn("https://org2.okta.localhost:", text)
            self.assertIn("key_id: \"kid-ec\"", text)
            subprocess.run([*command, "--integrations", f"{org.folder.name}/i.d"], check=True)
            with open(f"{org.folder.name}/i.d/org2.yaml", encoding="utf-8") as file:
                self.assertIn('name: "org2"', file.read())



if __name__ == "__main__":
    unittest.main()
