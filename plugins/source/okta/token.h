/* token.h - replies of the token endpoint. Pure: reply in, verdict out.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_TOKEN_H
#define OKTA_TOKEN_H

#include "cure.h"

#define TOKEN_PATH "/oauth2/v1/token"

struct token {
	char *text;            /* NULL: there is none */
	bool dpop;             /* bound to our DPoP key, else Bearer */
	int64_t fresh_until_ms; /* monotonic */
};

void token_finish(struct token *token); /* wipes; zeroed memory is fine */
bool token_is_fresh(const struct token *token, int64_t now_ms);

enum verdict {
	VERDICT_GOOD,
	VERDICT_NONCE,     /* ask again at once, with the nonce that came */
	VERDICT_USED,      /* ask again at once, with new JWTs */
	VERDICT_CLOCK,     /* the peer says a JWT's time is wrong */
	VERDICT_KEY,       /* the client's key was refused */
	VERDICT_TOKEN,     /* the access token is no good any more */
	VERDICT_BINDING,   /* nor is the DPoP key */
	VERDICT_SCOPE,     /* explained in err, and the token must not be used again */
	VERDICT_CURSOR,    /* Okta does not take the cursor */
	VERDICT_BLANK,     /* refused without a reason, as gateways do */
	VERDICT_TOO_LARGE, /* the page is over page_max, or took Okta too long: halve the limit */
	VERDICT_ERROR,     /* explained in err */
};

struct token_wish {
	bool dpop_required; /* a Bearer token is refused */
	int64_t asked_ms;   /* monotonic, when the request began */
	int64_t date_us;    /* the reply's Date, or our own clock */
};

/* Fills *token on GOOD. On every other verdict err says what to tell an operator should asking
 * again not help. */
enum verdict token_judge(const struct weir_reply *reply, const struct token_wish *wish,
                         struct token *token, struct weir_error *err);

/* ---- for logs.c too ------------------------------------------------------------ */

/* Statuses that speak for themselves: redirects, 408, 425, 429, 5xx. False for others. */
bool judge_status(const struct weir_reply *reply, const struct refusal *refusal,
                  const char *what, int64_t date_us, struct weir_error *err);
/* The verdict that goes with a kind of cure. */
enum verdict verdict_of(enum cure_kind kind);

#endif
