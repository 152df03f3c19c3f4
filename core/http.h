/* http.h (core) - libcurl's multi interface on the event loop. Loop thread only.
 *
 * libcurl is known to http.c and http_call.c alone, and loaded for the first request (http_libcurl.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_HTTP_H
#define CORE_HTTP_H

#include <weir/http.h>

#include "loop.h"

struct http;
struct http_call;

/* At most connections_max live connections (design: 256), least recently used closed first. */
struct http *http_create(struct loop *loop, int connections_max);
void http_destroy(struct http *http);   /* cancels what is under way without calling back */

/* Calls done(arg, reply) once, from the loop, never before http_start returned; reply is
 * valid during that call. NULL on failure, err filled. */
struct http_call *http_start(struct http *http, const struct weir_request *request,
                             void (*done)(void *arg, struct weir_reply *reply), void *arg,
                             struct weir_error *err);
/* What was seen on the way to a peer. */
struct http_way {
	bool any_peer;          /* set it before: whatever its certificate, which is wanted */
	bool named, connected;  /* the name has an address; a connection was made */
	bool proxied;           /* address and port are a proxy's */
	char address[64];
	int port;
	int64_t connect_ms;     /* how long connecting took; -1: not known */
	/* Of the certificate; empty when none was seen, which is so for one that was refused. */
	char subject[160], issuer[160], expires[48];
};
/* As http_start, but connects only: nothing is sent, and a status never comes. The reply has an
 * error when the way is not clear. *way is filled before done is called. */
struct http_call *http_look(struct http *http, const struct weir_request *request,
                            struct http_way *way, void (*done)(void *arg, struct weir_reply *reply),
                            void *arg, struct weir_error *err);
/* Ends it without calling back. */
void http_cancel(struct http_call *call);

#endif
