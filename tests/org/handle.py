# SPDX-License-Identifier: Apache-2.0
"""handle - a running org.py, for whoever needs one: start, control, stop.

Lives here: the process and its control API.  Not here: what org.py is (simorg/), requests to the org (tests/client.py).
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ORG = Path(__file__).resolve().parent / "org.py"


class Org:
    """A running org.py.  Use it as a context; it also dies with its stdin, that is with this process."""

    def __init__(self, *flags: str) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="org-test-")
        self.process = subprocess.Popen(
            [sys.executable, str(ORG), "serve", "--dir", self.folder.name, "--exit-with-stdin", *flags],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.close()
            raise RuntimeError("org.py did not start")
        self.ready: dict[str, Any] = json.loads(line)

    def __enter__(self) -> "Org":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> int:
        """Ends it, removes its folder, gives its exit code.  A second time does nothing."""
        code = self.stop()
        self.folder.cleanup()
        return code

    def stop(self) -> int:
        """Ends it but keeps its folder, so that another one may go on with its keys."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        try:
            code = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.process.stdout.close()
        return code

    def control(self, method: str, word: str, body: Any = None) -> Any:
        """One call of the control API.  ValueError when it is refused."""
        connection = http.client.HTTPConnection(urlsplit(self.ready["control"]).netloc, timeout=60)
        try:
            connection.request(method, f"/_org/{word}", None if body is None else json.dumps(body))
            reply = connection.getresponse()
            value = json.loads(reply.read())
        finally:
            connection.close()
        if reply.status != 200:
            raise ValueError(value)
        return value

    def get(self, word: str) -> Any:
        return self.control("GET", word)

    def post(self, word: str, **body: Any) -> Any:
        return self.control("POST", word, body)

    def clear(self) -> None:
        """Ends all faults."""
        self.control("DELETE", "faults")

    def of(self, number: int) -> "One":
        """One of its orgs."""
        return One(self, number)


class One:
    """One org of a running org.py: `ready` is about it, and so is every call."""

    def __init__(self, server: Org, number: int) -> None:
        self.server = server
        self.number = number
        self.ready: dict[str, Any] = {**server.ready, **json.loads(Path(server.ready["orgs_file"]).read_text())[number - 1]}

    def get(self, word: str) -> Any:
        return self.server.control("GET", f"{word}?org={self.number}")

    def post(self, word: str, **body: Any) -> Any:
        return self.server.control("POST", word, {**body, "org": self.number})

    def fault(self, kind: str, **words: Any) -> int:
        """Adds a fault and gives its id."""
        return int(self.post("faults", kind=kind, **words)["id"])

    def clear(self, number: int) -> None:
        """Ends one fault."""
        self.server.control("DELETE", f"faults?id={number}")
