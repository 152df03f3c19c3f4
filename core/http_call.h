/* http_call.h - one transfer, between http.c and http_call.c: the only users of libcurl.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_HTTP_CALL_H
#define CORE_HTTP_CALL_H

#include "http_libcurl.h"

#include "http.h"
#include "reply.h"

/* A transfer may take so many times its timeout. */
enum { HTTP_TOTAL_FACTOR = 10 };

struct pool;

struct http_call {
	struct http *http;
	struct http_call *next, **link; /* link points to what points to this one */
	CURL *easy;
	struct curl_slist *headers;
	char *body;
	size_t body_len;
	struct pool *pool;
	char *host;
	int64_t timeout_ms, started_ms;
	struct weir_reply reply;
	struct http_way *way;   /* of http_look, else NULL */
	void (*done)(void *arg, struct weir_reply *reply);
	void *arg;
	char detail[CURL_ERROR_SIZE];
};

/* Why it failed, as reply.error; took_ms is known. */
void call_explain(struct http_call *call, CURLcode result);
/* Fills call->way, of a transfer that only connected, or did not. */
void call_note_way(struct http_call *call, CURLcode result);

#endif
