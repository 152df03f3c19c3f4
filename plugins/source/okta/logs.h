/* logs.h - requests for pages of the System Log, and what their replies mean. Pure.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_LOGS_H
#define OKTA_LOGS_H

#include "org.h"
#include "token.h"

#define LOGS_PATH "/api/v1/logs"

enum { LOGS_LIMIT_MAX = 1000, LOGS_LIMIT_USUAL = 100 }; /* Okta's, when the URL names none */

/* The settings that shape a query; NULL when not set. */
struct logs_query {
	const char *filter, *q;
	int64_t limit;
	int64_t until_us;    /* 0: polling; else a bounded query up to there */
};

/* Tells whether a stored cursor was made by the same settings. until is as it was written,
 * because "-1h" is another instant in each run. */
uint64_t logs_query_hash(const struct logs_query *query, const struct org *org,
                         const struct weir_time *until);
/* The first URL of a query, to weir_free. */
char *logs_first_url(const struct logs_query *query, const struct org *org, int64_t since_us);
/* The limit that a URL asks for. */
int64_t logs_limit_of(const char *url);

struct logs_asked {
	const struct org *org;
	const char *url;      /* as it was asked for */
	bool bounded;         /* a page may be the last one */
	bool secret;          /* by api_token instead of an access token */
	unsigned blanks;      /* how often running it was refused without a reason */
	int64_t date_us;      /* the reply's Date, or our own clock */
};

/* GOOD: *next is the URL of the next page, verified, to weir_free, or NULL at the end of a
 * bounded query; the body was not looked at. Otherwise err is filled as in token_judge. */
enum verdict logs_judge(const struct weir_reply *reply, const struct logs_asked *asked,
                        char **next, struct weir_error *err);

#endif
