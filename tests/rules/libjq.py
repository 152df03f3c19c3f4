# libjq.py - which libjq the weir under test was built with, as far as tests must know.
#
# SPDX-License-Identifier: Apache-2.0
"""Feature tests, not version numbers: as the build does."""

import ctypes
import os
import re
import subprocess

import second_mapping

WEIR = os.environ.get("WEIR", os.path.join(second_mapping.RULES, "..", "build", "weir"))


def keeps_literals():
    """Whether numbers keep their digits while they are only passed through: from jq 1.7 on."""
    helper = os.path.join(os.path.dirname(WEIR), "plugins", "transform", "weir-jq")
    linked = subprocess.run(["ldd", helper], capture_output=True, text=True, check=True).stdout
    return hasattr(ctypes.CDLL(re.search(r"libjq\S* => (\S+)", linked)[1]), "jv_number_with_literal")
