# SPDX-License-Identifier: Apache-2.0
"""test_cut - bodies that end before their end."""

from lib import Case, main


class Cut(Case):
    def test_a_connection_reset_in_the_middle(self) -> None:
        self.through("reset", "reset|closed|connection|recv|receive")

    def test_a_body_shorter_than_its_length(self) -> None:
        self.through("wrong_length", "closed|remaining|partial|short|transfer|announced length", delta=1000)

    def test_a_body_longer_than_its_length(self) -> None:
        self.through("wrong_length", ".", delta=-1000)

    def test_a_gzip_body_that_ends_early_in_sound_framing(self) -> None:
        self.through("truncated_gzip", ".", framing="sound")

    def test_a_gzip_body_that_ends_early_in_cut_framing(self) -> None:
        self.through("truncated_gzip", ".", framing="cut")

    def test_a_body_that_is_no_gzip(self) -> None:
        self.through("not_gzip", ".")

    def test_a_connection_closed_without_a_reply(self) -> None:
        self.through("drop", "empty reply|closed|connection|reply")


if __name__ == "__main__":
    main()
