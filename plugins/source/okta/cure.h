/* cure.h - what Okta's refusals mean, and what an operator does about each.
 *
 * One table for the token endpoint, DPoP and the management API: facts, not talk.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_CURE_H
#define OKTA_CURE_H

#include <weir/http.h>

/* What a reply that is not 200 says: of WWW-Authenticate if that names an error, else of the
 * JSON body; empty texts when neither does. Printable, for messages. */
struct refusal {
	int status;
	char error[48];      /* "invalid_client", "E0000006" */
	char text[240];      /* Okta's own words, without the full stop */
	char request_id[64]; /* X-Okta-Request-Id */
};
void refusal_read(const struct weir_reply *reply, struct refusal *refusal);

enum cure_kind {
	CURE_EXPLAIN,  /* an operator must act; asking again is no use before */
	CURE_RETRY,    /* Okta's own trouble */
	CURE_NONCE,    /* ask again with the nonce that came with it */
	CURE_USED,     /* a JWT counts as used: ask again with another */
	CURE_CLOCK,    /* a JWT's time is wrong: ask again by the peer's clock */
	CURE_KEY,      /* the client's key: try the other one, or read the file again */
	CURE_TOKEN,    /* the token is expired or revoked: get another */
	CURE_BINDING,  /* the token is bound to another DPoP key: make both anew */
	CURE_SCOPE,    /* as EXPLAIN; but a token from before the mending stays bad */
	CURE_QUERY,    /* the cursor, or filter or q */
};

struct cure {
	const char *error;   /* of the refusal; NULL: any */
	const char *words;   /* within its text, in any case; NULL: any */
	enum cure_kind kind;
	const char *step;    /* of a probe, that such a refusal is the end of; NULL: the request */
	const char *advice;  /* "copy the KID ..."; NULL when there is none */
};

/* The first that fits; never NULL. Only for 4xx that are not 408, 425 or 429: other statuses
 * speak for themselves whatever the body's code. */
const struct cure *cure_find(const struct refusal *refusal);
/* "token refused: 401 invalid_client: The ... kid is invalid; copy the KID ..." */
enum weir_status cure_explain(const struct refusal *refusal, const char *what,
                              enum weir_code code, const char *advice, struct weir_error *err);

#endif
