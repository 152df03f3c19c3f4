# SPDX-License-Identifier: Apache-2.0
"""test_pages - pages that are empty, come twice, or lead elsewhere."""

from lib import Case, main


class Pages(Case):
    def test_an_empty_page_in_the_middle_is_no_end(self) -> None:
        self.serve(count=3500)
        self.org.fault("empty_page", after=2, times=1)
        self.configure()
        self.weir.start()
        self.delivered(3500)
        self.assertEqual(self.count("fault.empty_page"), 1)
        self.quiet()
        self.settled()

    def test_a_page_that_comes_twice_is_delivered_once(self) -> None:
        self.serve(count=3500)
        self.org.fault("repeat_page", after=2, times=2)
        self.configure()
        self.weir.start()
        self.delivered(3500)
        self.assertGreaterEqual(self.count("served_again"), 1000)
        self.settled()

    def test_a_next_on_another_host_is_not_asked(self) -> None:
        self.through("foreign_next", "next|link|host")
        self.assertEqual(self.org.get("stats")["foreign"], [])

    def test_a_next_without_tls_is_not_asked(self) -> None:
        self.through("foreign_next", "next|link|http", scheme="http")
        self.assertEqual(self.org.get("stats")["foreign"], [])

    def test_a_next_on_another_path_is_not_asked(self) -> None:
        self.start(count=500)
        host = self.org.ready["url"].removeprefix("https://")
        self.delivered(500)
        self.org.fault("foreign_next", times=4, host=host, path="/api/v1/users")
        self.met("foreign_next", 4)
        self.assertEqual(self.count("other"), 0)
        self.told_once("next|link|path")
        self.settled()

    def test_links_in_one_line_and_pages_without_next(self) -> None:
        self.through("joined_links", None)

    def test_a_page_without_next_is_asked_for_again(self) -> None:
        self.through("no_next", "next|link")

    def test_an_event_of_one_megabyte_arrives_whole(self) -> None:
        self.serve(count=1500)
        self.org.post("events", index=700, kind="big", bytes=1 << 20)
        self.configure()
        self.weir.start()
        self.delivered(1500)
        uuid = self.org.get("uuids")[700]
        record = next(r for r in self.weir.records() if r["sensor_event_id"] == uuid)
        self.assertEqual(len(record["original_data"].encode()), 1 << 20)
        self.quiet()
        self.settled()

    def test_an_event_over_event_max_alone_is_set_aside(self) -> None:
        self.serve(count=1500)
        self.org.post("events", index=700, kind="big", bytes=1 << 20)
        self.configure(core={"event_max": "256KiB"})
        self.weir.start()
        self.delivered(1499)
        self.settled(dead=1)

    def test_a_page_over_page_max_is_asked_for_in_halves(self) -> None:
        self.serve(count=2000)
        self.configure(core={"page_max": "1MiB", "event_max": "256KiB"})
        self.weir.start()
        self.delivered(2000)
        self.settled()


if __name__ == "__main__":
    main()
