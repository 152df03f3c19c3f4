# SPDX-License-Identifier: Apache-2.0
"""test_quota - the org's rate limit: its share is used, and no more."""

import os
import sys

import yaml

from lib import Case, main

LONG = bool(os.environ.get("WEIR_LONG"))
PAGES = 200 if LONG else 60
INTERVALS = 20 if LONG else 5
LIMIT, WINDOW_S, SHARE = 60, 6, 0.4


class Quota(Case):
    def test_a_backlog_is_read_at_its_share_without_a_429(self) -> None:
        self.serve(count=PAGES * 10, state={"rate_limit": LIMIT, "rate_window_s": WINDOW_S})
        self.configure(limit=10, poll_interval="30s", timeout="10s", rate_limit_share=f"{SHARE:.0%}")
        self.weir.start()
        self.delivered(PAGES * 10)
        requests = [r for r in self.org.get("requests") if r["kind"] == "logs"]
        self.assertEqual([r for r in requests if r["status"] != 200], [])
        # A window of any phase: what pacing may let through early is two, and a tenth of the share.
        most = max(sum(1 for other in requests if 0 <= other["t"] - r["t"] < WINDOW_S) for r in requests)
        self.assertLessEqual(most, 2 * (LIMIT * SHARE * 1.1 + 3))
        took = requests[-1]["t"] - requests[0]["t"]
        fair = PAGES / (LIMIT * SHARE / WINDOW_S)
        print(f"{PAGES} pages in {took:.1f} s; its share allows {fair:.1f} s ({fair / took:.0%} of it)", file=sys.stderr)
        # One empty page, which says that there is no more, and none before.
        self.assertGreater(min(r["bytes"] for r in requests[:PAGES]), 100)
        self.assertLessEqual(self.count("empty_pages"), 1)
        self.quiet()
        self.settled()

    def test_two_integrations_on_one_org_share_its_limit(self) -> None:
        self.serve(count=200, state={"rate_limit": LIMIT, "rate_window_s": WINDOW_S})
        self.configure(limit=10, poll_interval="30s", timeout="10s")
        config = yaml.safe_load(self.weir.config.read_text())
        config["sources"]["other"] = dict(config["sources"]["acme"])
        config["transforms"]["normalize"]["inputs"] = ["acme", "other"]
        self.weir.write(config)
        self.weir.start()
        self.delivered(400)
        self.assertEqual(self.count("logs.429"), 0)
        self.quiet()
        self.assertEqual(self.weir.stop(), 0, self.story())

    def test_an_idle_org_is_asked_once_an_interval(self) -> None:
        self.serve(count=5)
        self.configure(poll_interval="1s", timeout="10s")
        self.weir.start()
        self.delivered(5)
        self.reached("logs", INTERVALS + 1)
        times = [r["t"] for r in self.org.get("requests") if r["kind"] == "logs"]
        self.assertGreaterEqual(min(b - a for a, b in zip(times, times[1:])), 0.9)
        self.settled()


if __name__ == "__main__":
    main()
