# SPDX-License-Identifier: Apache-2.0
"""test_tls - certificates that must not be trusted."""

from lib import Case, main


class Certificates(Case):
    def broken(self, mode: str, pattern: str) -> None:
        self.start(count=1500, backlog=500)
        self.delivered(500)
        self.org.post("state", tls=mode)
        self.emit(500)
        self.until("weir says so", lambda: self.weir.warnings())
        before = self.count("logs")
        self.assertEqual(self.count("logs"), before, "no request passes")
        self.org.post("state", tls="good")
        self.recovered(1000)
        self.emit(500)
        self.delivered(1500)
        self.told_once(pattern)
        self.settled()

    def test_a_ca_that_is_not_known(self) -> None:
        self.broken("untrusted", "its certificate is not trusted")

    def test_a_certificate_of_another_host(self) -> None:
        self.broken("wrong_host", "its certificate is for another host")

    def test_a_certificate_that_has_expired(self) -> None:
        self.broken("expired", "certificate|expired")

    def test_a_handshake_that_is_refused(self) -> None:
        self.broken("refuse", "handshake|TLS|SSL|alert")

    def test_a_bad_certificate_from_the_start(self) -> None:
        self.serve(count=300, state={"tls": "untrusted"})
        self.configure()
        self.weir.start()
        self.until("weir says so", lambda: self.weir.warnings())
        self.assertEqual((self.count("logs"), self.count("token")), (0, 0))
        self.org.post("state", tls="good")
        self.recovered(300)
        self.settled()


if __name__ == "__main__":
    main()
