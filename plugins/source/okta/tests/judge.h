/* judge.h - an org whose replies are judged, for the tests of what they mean.
 *
 * After fake_host.h, which the test includes itself.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_TESTS_JUDGE_H
#define OKTA_TESTS_JUDGE_H

#include "host.h"

#include "logs.h"
#include "cursor.h"
#include "query.h"
#include "rate.h"
#include "token.h"

#define DATE_US (INT64_C(1770740377) * 1000000)

static struct org org;

static inline int make_org(void **state)
{
	struct weir_error err;

	(void)state;
	return org_init(&org, "https://acme.okta.com", &err) == WEIR_OK ? 0 : -1;
}

static inline int free_org(void **state)
{
	(void)state;
	org_finish(&org);
	return 0;
}

#endif
