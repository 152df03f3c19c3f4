# SPDX-License-Identifier: Apache-2.0
"""test_huge - an event of 64 MB between small ones: passed when allowed, else a dead letter; with bounded memory."""

import re
import unittest
from pathlib import Path

from lib import Case, main
from lib.weir import Weir

MIB = 1 << 20
KEYS = 2_700_000


class Huge(Case):
    def setUp(self) -> None:
        super().setUp()
        self.events = [b'{"n":1}\n', b'{"n":2,"list":[%s]}\n' % b",".join([b'{"key":"value 0000000"}'] * KEYS), b'{"n":3}\n']
        (self.folder / "in.ndjson").write_bytes(b"".join(self.events))

    def expect(self, expected: list[bytes], **core: str) -> None:
        out = self.folder / "all.ndjson"
        self.weir = Weir(self.folder, {
            "state_dir": str(self.folder / "state"), "log_format": "json", **core,
            "sources": {"export": {"plugin": "file", "path": str(self.folder / "in.ndjson"), "follow": True}},
            "sinks": {"out": {"plugin": "file", "path": str(out)}}})
        self.addCleanup(self.weir.kill)
        self.weir.start()
        self.until("all is delivered", lambda: out.exists() and out.stat().st_size == sum(map(len, expected)))
        most = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{self.weir.pid}/status").read_text())
        self.assertTrue(out.read_bytes() == b"".join(expected), "other bytes")
        if most and self.weir.plain:
            self.assertLess(int(most[1]) * 1024, 32 * MIB + 4 * sum(map(len, self.events)))
        self.assertEqual(self.weir.stop(), 0)

    def test_it_is_delivered_where_it_may_be_so_long(self) -> None:
        self.expect(self.events, event_max="80MiB", page_max="96MiB")

    def test_it_alone_is_a_dead_letter_where_it_may_not(self) -> None:
        self.expect([self.events[0], self.events[2]])
        self.assertIn("event_max", self.weir.command("dead", "list").stdout[:2000])


if __name__ == "__main__":
    unittest.TestCase.maxDiff = 2000
    main()
