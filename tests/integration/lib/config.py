# SPDX-License-Identifier: Apache-2.0
"""config - the configuration of the cases: one okta source, the Taegis rules, one file per schema.

Lives here: defaults that make every wait short.  Not here: writing it to disk (weir.py).
"""

import sys
from pathlib import Path
from typing import Any

from .weir import TOP

sys.path.insert(0, str(TOP / "tests" / "org"))
from handle import One, Org  # noqa: E402
from simorg.stanza import source  # noqa: E402

__all__ = ["One", "Org", "pipeline"]
RETRY_MAX_S = 1.0
WAITS = {"retry_min": "100ms", "retry_max": f"{RETRY_MAX_S:g}s", "refused_min": "100ms", "refused_max": f"{RETRY_MAX_S:g}s",
         "poison_after": "1s", "commit_interval": "20ms"}
SOURCE = {"poll_interval": "100ms", "timeout": "1s"}


def pipeline(org: One, folder: Path, core: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """okta -> lua -> file.  `core` are top-level options, the rest are the source's; None takes one away."""
    top = {**WAITS, **(core or {})}
    acme = {**source(org.ready, org.number), **SOURCE, **options}
    return {
        "state_dir": str(folder / "state"), "log_format": "json",
        **{name: value for name, value in top.items() if value is not None},
        "sources": {"acme": {name: value for name, value in acme.items() if value is not None}},
        "transforms": {"normalize": {"plugin": "lua", "inputs": ["acme"], "rules": [str(TOP / "rules" / "taegis")]}},
        "sinks": {"out": {"plugin": "file", "inputs": ["normalize"], "path": str(folder / "out" / "{schema}.ndjson")}},
    }
