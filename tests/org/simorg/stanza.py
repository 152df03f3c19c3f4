# SPDX-License-Identifier: Apache-2.0
"""stanza - sources for weir.yaml that point at a running simulation.

Lives here: YAML made from the ready line.  Not here: whole configurations (../../integration/lib).
"""

import json
from pathlib import Path
from typing import Any


def _of(ready: dict[str, Any], org: int) -> dict[str, Any]:
    if org == ready["org"]:
        return ready
    return dict(json.loads(Path(ready["orgs_file"]).read_text())[org - 1])


def source(ready: dict[str, Any], org: int = 1, key: str = "rsa", start: str = "-24h") -> dict[str, Any]:
    """The options of an okta source for one org."""
    here = _of(ready, org)
    kid = f"kid-{key}"
    return {"plugin": "okta", "org_url": here["url"], "client_id": here["client_id"], "key_id": kid,
            "private_key": "file:" + ready["keys"][kid], "ca_file": ready["ca_file"], "start": start}


def _lines(options: dict[str, Any], indent: str) -> str:
    return "".join(f"{indent}{name}: {json.dumps(value)}\n" for name, value in options.items())


def stanza(ready: dict[str, Any], name: str, org: int, key: str, start: str) -> str:
    """A `sources:` map with one source."""
    return f"sources:\n  {json.dumps(name)}:\n" + _lines(source(ready, org, key, start), "    ")


def write_integrations(ready: dict[str, Any], folder: Path, key: str, start: str) -> None:
    """One file per org, as in integrations.d."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, ready["orgs"] + 1):
        text = _lines({"name": f"org{number}", **source(ready, number, key, start)}, "")
        (folder / f"org{number}.yaml").write_text(text)
