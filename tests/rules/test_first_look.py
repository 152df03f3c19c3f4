#!/usr/bin/python3
# test_first_look.py - the columns an analyst sees first, of every public sample, as read by eye.
#
# Lives here: what those columns must hold, and whether weir puts that there. Skipped where the samples are not.
# Not here: whole records; test_taegis.py compares them.
# SPDX-License-Identifier: Apache-2.0
"""A row is one event, in the order of the file. `-` is an absent column; a user agent is compared by its beginning."""

import json
import os
import subprocess
import sys
import unittest
from datetime import datetime, timezone

import second_mapping

WEIR = os.environ.get("WEIR", os.path.join(second_mapping.RULES, "..", "build", "weir"))
SAMPLES = os.path.join(second_mapping.RULES, "..", "..", "shared", "samples")

COLUMNS = {
    "auth": ("published", "source_address", "target_user_name", "action", "auth_system", "application_name", "user_agent"),
    "cloudaudit": ("published", "source_address", "user_name", "event_type", "event_name", "mfa_used", "user_agent"),
    "generic": ("published", "host_id", "hostname", "summary"),
}

SEEN = {
    "cloud-ai-security-skills": """
auth|2026-04-13T02:15:00.000|198.51.100.10|admin@example.com|LOGON|Okta|Okta|Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)
auth|2026-04-13T02:16:00.000|198.51.100.11|bob@example.com|LOGON_FAILURE|Okta|Okta|Mozilla/5.0 (Windows NT 10.0)
cloudaudit|2026-04-13T02:17:00.000|198.51.100.12|admin@example.com|user.lifecycle|user.lifecycle.deactivate|-|Mozilla/5.0
auth|2026-04-13T02:18:00.000|198.51.100.13|dave@example.com|PASSWORD_CHANGE|Okta|Okta|Mozilla/5.0
auth|2026-04-13T02:19:00.000|198.51.100.14|erin@example.com|MFA_ENROLL|Okta|Okta|Mozilla/5.0
cloudaudit|2026-04-13T02:20:00.000|198.51.100.15|admin@example.com|application.user_membership|application.user_membership.add|-|Mozilla/5.0
generic|2026-04-13T02:21:00.000|-|example.okta.com|Remove user from group membership: admin@example.com (SUCCESS)
auth|2026-04-13T02:22:00.000|203.0.113.50|henry@example.com|LOGON_FAILURE|Okta|Okta|Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)
auth|2026-04-13T02:23:00.000|185.220.101.5|ian@example.com|LOGON_FAILURE|Okta|Okta|Mozilla/5.0
auth|2026-04-13T02:00:00.000|203.0.113.1|alice@example.com|LOGON_FAILURE|Okta|Okta|curl/8.0
auth|2026-04-13T02:00:01.000|203.0.113.2|alice@example.com|LOGON_FAILURE|Okta|Okta|curl/8.0
auth|2026-04-13T02:00:02.000|203.0.113.3|alice@example.com|LOGON_FAILURE|Okta|Okta|curl/8.0
auth|2026-04-13T02:00:03.000|203.0.113.4|alice@example.com|LOGON_FAILURE|Okta|Okta|curl/8.0
auth|2026-04-13T02:00:04.000|203.0.113.5|alice@example.com|LOGON_FAILURE|Okta|Okta|curl/8.0
auth|2026-04-13T02:00:06.000|198.51.100.99|alice@example.com|LOGON|Okta|Okta|curl/8.0
generic|2026-04-13T02:00:00.000|-|example.okta.com|Push notification sent for verification: alice@example.com (SUCCESS)
generic|2026-04-13T02:01:00.000|-|example.okta.com|Push notification sent for verification: alice@example.com (SUCCESS)
generic|2026-04-13T02:02:00.000|-|example.okta.com|User rejected Okta push verify: alice@example.com (FAILURE, INVALID_CREDENTIALS)
""",
    "ocsf-examples": """
cloudaudit|2024-08-13T15:58:20.353|10.0.0.1|john.doe@example.com|system.api_token|system.api_token.create|-|Mozilla/5.0 (Macintosh; Intel
generic|2023-09-30T10:42:16.000|-|example.okta.com|Max sign in attempts exceeded: okta@okta-test.com (FAILURE, LOCKED_OUT)
auth|2024-08-13T15:58:20.353|10.0.0.1|john.doe@example.com|LOGON|Okta|Okta Admin Console|Mozilla/5.0 (Macintosh; Intel
generic|2024-08-13T15:58:20.353|-|example.okta.com|Request from suspicious actor: 10.0.0.1 (DENY, Login Failures)
auth|2024-08-13T15:58:20.353|10.0.0.1|john.doe@example.com|POLICY_CHANGE|Okta|Okta|Mozilla/5.0 (Macintosh; Intel
generic|2024-08-13T15:58:20.353|-|example.okta.com|Add user to group membership: john.doe@example.com (SUCCESS)
""",
    "okta-docs": """
auth|2023-03-26T21:05:32.159|142.126.158.61|admin@okta.com|LOGON|Okta|Okta Admin Console|Mozilla/5.0 (Macintosh; Intel
cloudaudit|2020-11-16T18:15:12.862|174.89.174.56|okta.trainer@okta.com|user.lifecycle|user.lifecycle.deactivate|-|Mozilla/5.0 (Mac
generic|2021-02-10T04:46:12.033|-|example.okta.com|Operation rate limit violation: john.smith@example.com (DENY, Too many enrollment attempts for SMS factor)
generic|2021-02-09T19:13:41.976|-|example.okta.com|Operation rate limit violation: john.smith@example.com (DENY, Too many OTP verification attempts for Email factor)
generic|2021-05-14T20:42:21.480|-|example.okta.com|Operation rate limit violation: john.smith@example.com (DENY, Profile reload for john.smith@example.com skipped due to rate limiting)
""",
    "stix-shifter": """
auth|2023-02-09T08:39:19.133|1.1.1.1|user1@login.com|MFA_FAILURE|Okta|Okta|Mozilla/5.0 (Windows NT 10.0; Win64; x64)
auth|2023-01-30T14:18:01.558|1.1.1.1|aps@google.com|MFA_ENROLL|Okta|Okta|Mozilla/5.0 (Windows NT 10.0; Win64; x64)
auth|2022-11-17T06:27:22.463|1.2.2.3|kd@hcl.com|LOGON_FAILURE|Okta|Okta Admin Console|Mozilla/5.0 (Windows NT 10.0; Win64; x64)
auth|2022-11-17T06:27:22.460|1.2.2.3|kd@hcl.com|MFA_FAILURE|Okta|Okta|Mozilla/5.0 (Windows NT 10.0; Win64; x64)
auth|2023-01-30T14:18:01.558|1.1.1.1|aps@google.com|MFA_ENROLL|Okta|Okta|Mozilla/5.0 (Windows NT 10.0; Win64; x64)
""",
}


def schema_of(record):
    return "auth" if "action" in record else "cloudaudit" if "event_name" in record else "generic"


def shown(record, column):
    if column == "published":
        seconds, micro = divmod(record["event_time_usec"], 1000000)
        stamp = datetime.fromtimestamp(seconds, timezone.utc)
        return f"{stamp:%Y-%m-%dT%H:%M:%S}.{micro // 1000:03}"
    return str(record.get(column, "-"))


class FirstLook(unittest.TestCase):
    def test_columns_are_those_read_by_eye(self):
        for name, table in SEEN.items():
            with open(os.path.join(SAMPLES, name + ".ndjson"), "rb") as events:
                ran = subprocess.run([WEIR, "map", os.path.join(second_mapping.RULES, "taegis")], stdin=events,
                                     capture_output=True, timeout=60, check=False)
            self.assertEqual(ran.returncode, 0, ran.stderr.decode())
            records = [json.loads(line) for line in ran.stdout.splitlines()]
            rows = table.strip().split("\n")
            self.assertEqual(len(records), len(rows), name)
            for record, row in zip(records, rows):
                with self.subTest(f"{name}: {row}"):
                    self.check(record, *row.split("|"))

    def check(self, record, schema, *wanted):
        self.assertEqual(schema_of(record), schema)
        for column, value in zip(COLUMNS[schema], wanted):
            found = shown(record, column)
            self.assertEqual(found[: len(value)] if column == "user_agent" else found, value, column)


if __name__ == "__main__":
    if not os.path.isdir(SAMPLES):
        print("the public samples are not here")
        sys.exit(77)
    unittest.main()
