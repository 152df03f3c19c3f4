/* jwt.h - the two JWTs that are sent: client assertions and DPoP proofs.
 *
 * Each is for one attempt: Okta remembers the jti of both, also of refused requests.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_JWT_H
#define OKTA_JWT_H

#include "key.h"

/* Appends a client assertion (RFC 7523 section 3), good for five minutes. False: err. */
struct assertion {
	const char *key_id, *client_id;
	const char *audience;  /* the URL of the token endpoint, exactly as it is called */
	int64_t now_s;
};
bool jwt_assertion(const struct key *key, const struct assertion *claims, struct weir_buf *jwt,
                   struct weir_error *err);

/* Appends a DPoP proof (RFC 9449 section 4.2). */
struct proof {
	const char *method;    /* "GET" */
	const char *url;       /* without query and fragment */
	const char *nonce;     /* or NULL */
	const char *token;     /* the access token to bind to, or NULL */
	int64_t now_s;
};
bool jwt_proof(const struct key *key, const struct proof *claims, struct weir_buf *jwt,
               struct weir_error *err);

#endif
