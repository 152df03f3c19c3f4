/* http.h (core) - libcurl's multi interface on the event loop.
 *
 * The only file that knows libcurl is http.c. Loop thread only.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_HTTP_H
#define CORE_HTTP_H

#include <weir/http.h>

#include "loop.h"

struct http;
struct http_call;

/* At most connections_max live connections (design: 256), least recently used closed first. */
struct http *http_create(struct loop *loop, int connections_max, struct weir_error *err);
void http_destroy(struct http *http);   /* cancels what is under way without calling back */

/* Calls done(arg, reply) once, from the loop, never before http_start returned; reply is
 * valid during that call. NULL on failure, err filled. */
struct http_call *http_start(struct http *http, const struct weir_request *request,
                             void (*done)(void *arg, struct weir_reply *reply), void *arg,
                             struct weir_error *err);
/* Ends it without calling back. */
void http_cancel(struct http_call *call);

#endif
