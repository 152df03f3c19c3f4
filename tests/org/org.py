#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""org.py - the simulated Okta org's command line: `serve` and `config`.

Lives here: flags.  Not here: everything else (simorg/).
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

from simorg.server import Settings, serve
from simorg.stanza import stanza, write_integrations
from simorg.store import Plan


def _share(text: str) -> float:
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)


def _limit(text: str) -> tuple[int, float]:
    count, _, window = text.partition("/")
    return int(count), float(window or 60)


def _script(text: str) -> list[dict[str, object]]:
    steps = json.loads(Path(text).read_text())
    return steps if isinstance(steps, list) else [steps]


def _flags() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="org.py", description="a simulated Okta org for tests")
    words = parser.add_subparsers(dest="word", required=True)
    run = words.add_parser("serve", help="serve until SIGTERM; prints one JSON line when ready")
    run.add_argument("--dir", type=Path, help="where keys and certificates are made (a new temporary folder)")
    run.add_argument("--orgs", type=int, default=1, metavar="N", help="how many orgs: org1.okta.localhost to orgN (1)")
    run.add_argument("--seed", type=int, default=1, help="same seed, same events (1)")
    run.add_argument("--count", type=int, metavar="N", help="events in all (1000; no end with --rate)")
    run.add_argument("--backlog", type=int, metavar="N", help="how many are there at start (all; none with --rate)")
    run.add_argument("--span", type=float, default=3600.0, metavar="S", help="over how many seconds before start (3600)")
    run.add_argument("--started", type=float, metavar="T", help="when it began, in epoch seconds, for one that is restarted (now)")
    run.add_argument("--rate", type=float, default=0.0, metavar="N", help="events a second that appear live (0)")
    run.add_argument("--late", type=_share, default=0.01, metavar="SHARE", help="events that appear late (1%%)")
    run.add_argument("--late-max", type=float, default=3600.0, metavar="S", help="and by how much at most (3600)")
    run.add_argument("--events", type=Path, metavar="FILE", help="serve these NDJSON events instead")
    run.add_argument("--rate-limit", type=_limit, default=(6000, 60.0), metavar="N/S",
                     help="requests per window of seconds (6000/60; Okta's is more like 60/60)")
    run.add_argument("--concurrent", type=int, default=75, metavar="N", help="requests at once (75)")
    run.add_argument("--port", type=int, default=0, help="of https (any)")
    run.add_argument("--http-port", type=int, default=0, help="of http, loopback only (any)")
    run.add_argument("--control-port", type=int, default=0, help="of the control API (any)")
    run.add_argument("--script", type=_script, default=[], metavar="FILE", help="control calls to make, a JSON list")
    run.add_argument("--state", type=json.loads, default={}, metavar="JSON", help="switches of every org, as for /_org/state")
    run.add_argument("--exit-with-stdin", action="store_true", help="end when stdin does")
    config = words.add_parser("config", help="print a source for weir.yaml, or write one file per org")
    config.add_argument("--ready", type=Path, required=True, metavar="FILE", help="the ready line, saved")
    config.add_argument("--name", default="acme", help="of the source (acme)")
    config.add_argument("--org", type=int, default=1, metavar="N")
    config.add_argument("--key", default="rsa", choices=("rsa", "ec", "p384", "p521", "next"))
    config.add_argument("--start", default="-24h")
    config.add_argument("--integrations", type=Path, metavar="DIR", help="write DIR/orgN.yaml for every org instead")
    return parser


def _settings(flags: argparse.Namespace) -> Settings:
    folder = flags.dir or Path(tempfile.mkdtemp(prefix="org-"))
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(folder, 0o700)
    count = flags.count if flags.count is not None or flags.rate > 0 else 1000
    backlog = flags.backlog if flags.backlog is not None else (0 if flags.rate > 0 else count or 0)
    if flags.events is not None and flags.backlog is None and flags.rate <= 0:
        backlog = sys.maxsize
    return Settings(
        folder=folder.resolve(), orgs=flags.orgs, seed=flags.seed, count=count, late=flags.late, late_max_s=flags.late_max,
        plan=Plan(backlog, flags.span, flags.rate), started=flags.started, events=flags.events, rate_limit=flags.rate_limit[0],
        rate_window_s=flags.rate_limit[1], concurrent=flags.concurrent, port=flags.port, http_port=flags.http_port,
        control_port=flags.control_port, script=flags.script, state=flags.state, exit_with_stdin=flags.exit_with_stdin)


def _config(flags: argparse.Namespace) -> None:
    ready = json.loads(flags.ready.read_text())
    if flags.integrations:
        write_integrations(ready, flags.integrations, flags.key, flags.start)
        return
    print(stanza(ready, flags.name, flags.org, flags.key, flags.start), end="")


def main() -> int:
    flags = _flags().parse_args()
    if flags.word == "config":
        _config(flags)
    else:
        asyncio.run(serve(_settings(flags)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
