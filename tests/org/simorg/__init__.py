# SPDX-License-Identifier: Apache-2.0
"""simorg - a simulated Okta org: token endpoint, System Log, faults by script.

Lives here: what org.py serves.  Not here: the command line (../org.py), cases that use it (../../integration).
"""
