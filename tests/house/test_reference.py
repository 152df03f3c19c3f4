#!/usr/bin/python3
"""test_reference.py - docs/reference/ is what the program prints.

SPDX-License-Identifier: Apache-2.0
"""
import subprocess
import sys

from source import TOP

sys.exit(subprocess.run([str(TOP / "tools" / "reference"), "--check"], check=False).returncode)
