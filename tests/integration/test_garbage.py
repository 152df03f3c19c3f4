# SPDX-License-Identifier: Apache-2.0
"""test_garbage - replies that are no page."""

from lib import Case, main


class Garbage(Case):
    def test_an_html_page_of_a_gateway(self) -> None:
        self.through("html", "502")

    def test_an_html_page_that_says_it_is_fine(self) -> None:
        self.through("html", ".", status=200)

    def test_json_that_is_cut(self) -> None:
        # The first cut page may still be the empty one, which ends elsewhere and so reads otherwise.
        self.through("invalid_json", "JSON", how="cut", most=2)

    def test_json_with_something_behind_it(self) -> None:
        self.through("invalid_json", ".", how="trailing")

    def test_garbage_and_nothing_at_all(self) -> None:
        self.through("invalid_json", ".", how="garbage")

    def test_nothing_at_all(self) -> None:
        self.through("invalid_json", ".", how="empty")

    def test_an_object_and_not_an_array(self) -> None:
        self.through("invalid_json", ".", how="object")

    def test_a_redirect_is_not_followed(self) -> None:
        self.through("redirect", "redirect|302")
        self.assertEqual(self.org.get("stats")["foreign"], [])

    def test_errors_that_pass(self) -> None:
        self.through("api_error", "500", code="E0000053", status=500)

    def test_read_only_mode(self) -> None:
        self.through("api_error", "503", code="E0000010")

    def test_a_token_endpoint_that_is_overloaded(self) -> None:
        self.serve(count=300)
        self.org.fault("oauth_error", at="token", times=4, name="temporarily_unavailable")
        self.configure()
        self.weir.start()
        self.recovered(300)
        self.told_once("temporarily_unavailable|temporary")
        self.settled()


if __name__ == "__main__":
    main()
