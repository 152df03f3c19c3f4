/* http.h - one request, one reply, never waiting.
 *
 * A source starts a request and returns WEIR_PENDING; the runtime calls its poll again with
 * the reply. Connections, TLS sessions, proxies, gzip, size and time limits are the
 * runtime's. Redirects are never followed. One request at a time per instance.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WEIR_HTTP_H
#define WEIR_HTTP_H

#include <weir/plugin.h>

#pragma GCC visibility push(default)

struct weir_header {
	const char *name, *value;
};

/* All members are copied by weir_http_start. NULL or 0 means the default. */
struct weir_request {
	const char *method;                 /* "GET" */
	const char *url;
	const struct weir_header *headers;  /* ends in {0} */
	struct weir_bytes body;
	int64_t timeout_ms;    /* the longest silence on the wire; a transfer under 1 KiB/s for so
	                          long, or longer than ten times this, is ended */
	size_t body_max;       /* a larger body (after inflating) ends the request: WEIR_E_DATA */
	const char *ca_file;   /* PEM; replaces the system's */
	const char *proxy;     /* URL */
	const char *user_agent;
	const char *pool;      /* connections are kept and shared under this name, e.g. the host */
};

/* Starts it, or fails at once (WEIR_E_CONFIG: the URL; WEIR_E_RESOURCE). */
enum weir_status weir_http_start(struct weir_ctx *ctx, const struct weir_request *request,
                                 struct weir_error *err);

/* During a probe: connects as that request would, asks nothing, and tells the steps of the way:
 * name, connection, TLS. probe is called again, with a NULL reply, when the way is clear; else
 * that was the last step. */
enum weir_status weir_http_look(struct weir_ctx *ctx, const struct weir_request *request,
                                struct weir_error *err);

/* Borrowed for the one call of poll that it is handed to. */
/* The HTTP status, or 0 when there is no complete reply: then weir_reply_error says why. */
int weir_reply_status(const struct weir_reply *reply);
/* Why there is none: WEIR_E_UNREACHABLE (DNS, connect, reset, time), WEIR_E_CONFIG or AUTH
 * (TLS trust, host name), WEIR_E_DATA (too large). NULL when status is not 0. */
const struct weir_error *weir_reply_error(const struct weir_reply *reply);
/* The value of the index-th header of that name (any case), or NULL. */
const char *weir_reply_header(const struct weir_reply *reply, const char *name, size_t index);
struct weir_bytes weir_reply_body(const struct weir_reply *reply);
/* The body as memory that the caller owns, with WEIR_PAGE_PADDING behind it, as
 * weir_batch_page wants it; the reply has no body afterwards. */
char *weir_reply_take_body(const struct weir_reply *reply, size_t *len);
/* How long the reply took from start to end, in milliseconds. */
int64_t weir_reply_took_ms(const struct weir_reply *reply);

#pragma GCC visibility pop

#endif
