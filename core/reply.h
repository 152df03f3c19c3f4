/* reply.h - the answer to an HTTP request while it comes in and after.
 *
 * http.c feeds it, plugins read it through weir/http.h. Knows nothing of libcurl. One thread
 * at a time.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_REPLY_H
#define CORE_REPLY_H

#include <weir/http.h>

enum { REPLY_HEADERS_MAX = 64 * 1024 };

/* Zeroed memory but for body_max is an empty reply. */
struct weir_reply {
	int status;               /* of the newest header block; see complete */
	bool complete;            /* weir_reply_status shows the status */
	bool in_headers;          /* between a status line and the empty line */
	struct weir_buf headers;  /* name NUL value NUL, repeated */
	char *body;               /* weir_try_alloc, with padding; NULL while empty */
	size_t body_len, body_cap, body_max;
	int64_t took_ms;
	struct weir_error error;  /* when not complete */
};

void reply_finish(struct weir_reply *reply); /* frees; zeroed memory is fine */

/* One line of the head, with its line end: a status line forgets the block before it (100
 * Continue); lines outside a block (trailers) are ignored. False, error filled: too many. */
bool reply_head(struct weir_reply *reply, struct weir_bytes line);
/* A run of the body, inflated. False, error filled: over body_max (WEIR_E_DATA), or no
 * memory (WEIR_E_RESOURCE). */
bool reply_body(struct weir_reply *reply, struct weir_bytes run);
/* The whole reply is there; gives back what the body did not need. */
void reply_complete(struct weir_reply *reply);

#endif
