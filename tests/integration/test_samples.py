# SPDX-License-Identifier: Apache-2.0
"""test_samples - public events, by the simulated org and by the file source, become Taegis records; skipped where they are not."""

import json
import unittest
from pathlib import Path

from lib import TOP, Case, main

SAMPLES = sorted(p for p in (TOP.parent / "shared" / "samples").glob("*.ndjson") if ".expected." not in p.name)


@unittest.skipUnless(SAMPLES, "the public samples are not here")
class Samples(Case):
    def events(self) -> Path:
        """All samples in one file, one line an event; some stand in two files, and count once."""
        lines = {json.loads(line)["uuid"]: line for path in SAMPLES for line in path.read_bytes().splitlines() if line.strip()}
        whole = self.folder / "samples.ndjson"
        whole.write_bytes(b"".join(line + b"\n" for line in lines.values()))
        return whole

    def judge(self, lines: list[bytes]) -> None:
        """Each event is a record that holds its exact bytes, so none was set aside."""
        got = sorted(r["original_data"].encode() for r in self.weir.records())
        self.assertEqual(got, sorted(lines), self.story())

    def test_served_by_the_org(self) -> None:
        whole = self.events()
        lines = whole.read_bytes().splitlines()
        self.serve_alone("--events", str(whole))
        self.configure()
        self.weir.start()
        self.delivered(len(lines))
        self.assertEqual(self.weir.stop(), 0, self.story())
        self.judge(lines)

    def test_read_from_a_file(self) -> None:
        whole = self.events()
        lines = whole.read_bytes().splitlines()
        self.serve(count=0)
        weir = self.configure()
        config = json.loads(json.dumps(weir.settings))
        config["sources"]["acme"] = {"plugin": "file", "path": str(whole), "origin": "example.okta.com"}
        weir.write(config)
        weir.start()
        self.delivered(len(lines))
        weir.stop()
        self.judge(lines)


if __name__ == "__main__":
    main()
