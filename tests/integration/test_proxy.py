# SPDX-License-Identifier: Apache-2.0
"""test_proxy - through an HTTP proxy: a tunnel, a proxy that wants a password, one that refuses, none at all."""

import base64
import select
import socket
import threading

from lib import Case, main


class Proxy:
    """CONNECT to loopback, whatever the host; `want` is the password it asks for, `refuse` a status instead of a tunnel."""

    def __init__(self) -> None:
        self.want: str | None = None
        self.refuse: int | None = None
        self.tunnels = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._handle, args=(client,), daemon=True).start()

    def _handle(self, client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            part = client.recv(4096)
            if not part:
                return client.close()
            head += part
        expected = b"Basic " + base64.b64encode((self.want or "").encode())
        if self.want is not None and expected not in head:
            client.sendall(b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return client.close()
        if self.refuse is not None:
            client.sendall(f"HTTP/1.1 {self.refuse} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            return client.close()
        port = int(head.split()[1].rsplit(b":", 1)[1])
        self.tunnels += 1
        client.sendall(b"HTTP/1.1 200 OK\r\nX-Of-The-Proxy: yes\r\n\r\n")
        self._pump(client, socket.create_connection(("127.0.0.1", port)))

    @staticmethod
    def _pump(a: socket.socket, b: socket.socket) -> None:
        other = {a: b, b: a}
        while True:
            for ready in select.select([a, b], [], [])[0]:
                try:
                    data = ready.recv(65536)
                    if not data:
                        raise OSError
                    other[ready].sendall(data)
                except OSError:
                    a.close()
                    b.close()
                    return


class Proxies(Case):
    def through_proxy(self, proxy: Proxy, user: str = "") -> None:
        self.addCleanup(proxy.close)
        self.serve(count=700, backlog=500)
        self.configure(proxy=f"http://{user}127.0.0.1:{proxy.port}")
        self.weir.start()

    def test_a_proxy_that_lets_pass_is_used(self) -> None:
        proxy = Proxy()
        self.through_proxy(proxy)
        self.delivered(500)
        self.assertGreaterEqual(proxy.tunnels, 1)
        self.quiet()
        self.emit(200)
        self.delivered(700)
        self.settled()

    def test_a_proxy_that_wants_a_password_gets_it(self) -> None:
        proxy = Proxy()
        proxy.want = "me:secret"
        self.through_proxy(proxy, "me:secret@")
        self.delivered(500)
        self.quiet()

    def test_a_missing_password_is_named_and_not_its_value(self) -> None:
        proxy = Proxy()
        proxy.want = "me:secret"
        self.through_proxy(proxy, "me:wrong@")
        self.until("a warning", self.weir.warnings)
        self.told_once("wants a user and password")
        self.assertNotIn("wrong", self.weir.warnings()[0])
        proxy.want = None
        self.delivered(500)

    def test_a_proxy_that_refuses_is_told_once_and_tried_again(self) -> None:
        proxy = Proxy()
        proxy.refuse = 403
        self.through_proxy(proxy)
        self.until("a warning", self.weir.warnings)
        self.told_once("the proxy refused to connect")
        proxy.refuse = None
        self.delivered(500)
        self.emit(200)
        self.delivered(700)
        self.settled()

    def test_the_doctor_tells_where_the_way_ends(self) -> None:
        proxy = Proxy()
        self.through_proxy(proxy, "me:wrong@")
        self.delivered(500)
        told = self.weir.command("doctor").stdout
        self.assertRegex(told, rf"✓ name +the proxy is 127.0.0.1\n  ✓ connection through the proxy's port {proxy.port}")
        self.assertRegex(told, "✓ TLS .*\n(?s:.*)✓ quota")
        proxy.want = "me:secret"
        told = self.weir.command("doctor").stdout
        self.assertRegex(told, "✗ connection .*the proxy wants a user and password; write http://USER:PASSWORD@HOST:PORT in proxy")
        self.assertNotIn("wrong", told)
        proxy.want, proxy.refuse = None, 403
        self.assertRegex(self.weir.command("doctor").stdout, "✗ connection .*the proxy refused to connect; allow the host there")


if __name__ == "__main__":
    main()
