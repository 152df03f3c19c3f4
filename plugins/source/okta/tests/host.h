/* host.h - an okta source under test: its runtime, and replies to feed it with.
 *
 * After fake_host.h, which the test includes itself. Nothing goes over a wire: what would be
 * sent is kept in `sent`, and a reply is made by hand.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_TESTS_HOST_H
#define OKTA_TESTS_HOST_H

#include <weir/http.h>

#include "json.h"
#include "reply.h"

/* The newest request. */
static struct {
	int count;
	char method[8], url[2048], authorization[512], dpop[2048], body[4096], accept[64];
	int64_t timeout_ms;
	size_t body_max;
	int dpop_headers;
} sent;

/* What the runtime would say. */
static struct {
	int64_t overlap_ms, poison_ms, page_max;
	bool http_refuses;
	bool secrets_changed;
	void (*on_reload)(void *arg);
	void *on_reload_arg;
	struct json_doc *doc;   /* of the newest page */
	int salvaged;
	char *page;
	struct { char *key; void *memory; void (*finish)(void *); } shared[4]; /* by weir_shared */
	const struct weir_window *window;
	int64_t audit_after_ms;
} host = { .overlap_ms = 3600 * 1000, .poison_ms = 600 * 1000, .page_max = 1 << 20 };

static inline void keep(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text);
}

enum weir_status weir_http_start(struct weir_ctx *ctx, const struct weir_request *request,
                                 struct weir_error *err)
{
	(void)ctx;
	if (host.http_refuses)
		return weir_fail(err, WEIR_E_RESOURCE, "no memory for a request");
	sent.count++;
	sent.dpop_headers = 0;
	sent.authorization[0] = sent.dpop[0] = sent.accept[0] = '\0';
	keep(sent.method, sizeof sent.method, request->method);
	keep(sent.url, sizeof sent.url, request->url);
	snprintf(sent.body, sizeof sent.body, "%.*s", (int)request->body.len,
	         request->body.data ? request->body.data : "");
	sent.timeout_ms = request->timeout_ms;
	sent.body_max = request->body_max;
	for (const struct weir_header *h = request->headers; h->name; h++) {
		if (strcmp(h->name, "Authorization") == 0)
			keep(sent.authorization, sizeof sent.authorization, h->value);
		if (strcmp(h->name, "Accept") == 0)
			keep(sent.accept, sizeof sent.accept, h->value);
		if (strcmp(h->name, "DPoP") != 0)
			continue;
		keep(sent.dpop, sizeof sent.dpop, h->value);
		sent.dpop_headers++;
	}
	return WEIR_OK;
}

int64_t weir_setting(const struct weir_ctx *ctx, const char *name)
{
	(void)ctx;
	return strcmp(name, "overlap") == 0 ? host.overlap_ms
	       : strcmp(name, "page_max") == 0 ? host.page_max : host.poison_ms;
}

enum weir_status weir_secrets_reload(struct weir_ctx *ctx, bool *changed, struct weir_error *err)
{
	(void)ctx;
	(void)err;
	*changed = host.secrets_changed;
	if (host.secrets_changed && host.on_reload)
		host.on_reload(host.on_reload_arg);
	host.secrets_changed = false;
	return WEIR_OK;
}

const struct weir_window *weir_window(const struct weir_ctx *ctx)
{
	(void)ctx;
	return host.window;
}

void weir_audit(struct weir_ctx *ctx, int64_t after_ms, double share)
{
	(void)ctx;
	(void)share;
	host.audit_after_ms = after_ms;
}

static inline enum weir_status take_doc(struct weir_batch *out, bool ok)
{
	size_t count = 0;

	if (ok)
		json_events(host.doc, &count);
	out->len = count;
	weir_free(host.page);
	host.page = out->page;
	out->page = NULL;
	return ok ? WEIR_OK : WEIR_FAIL;
}

static inline struct weir_bytes page_of(const struct weir_batch *out)
{
	if (!host.doc)
		host.doc = json_doc_create();
	json_doc_reset(host.doc);
	return (struct weir_bytes){ out->page, out->page_len };
}

static const struct json_limits json_limits = { 16 << 20, 100 };

enum weir_status weir_batch_parse(struct weir_batch *out, struct weir_error *err)
{
	struct weir_bytes page = page_of(out); /* makes host.doc */

	return take_doc(out, json_parse_page(host.doc, WEIR_PAGE_ARRAY, page, &json_limits, err));
}

enum weir_status weir_batch_salvage(struct weir_batch *out, struct weir_error *err)
{
	struct weir_bytes page = page_of(out); /* makes host.doc */

	host.salvaged++;
	return take_doc(out, json_parse_salvage(host.doc, page, &json_limits, err));
}

struct weir_value weir_batch_event(const struct weir_batch *b, size_t row)
{
	size_t count;

	(void)b;
	return json_events(host.doc, &count)[row].value;
}

void *weir_shared(struct weir_ctx *ctx, const char *key, size_t size, void (*finish)(void *))
{
	size_t i = 0;

	(void)ctx;
	while (i < WEIR_COUNT(host.shared) && host.shared[i].key
	       && strcmp(host.shared[i].key, key) != 0)
		i++;
	weir_must(i < WEIR_COUNT(host.shared));
	if (!host.shared[i].key) {
		host.shared[i].key = weir_strdup(key);
		host.shared[i].memory = weir_alloc(size);
		host.shared[i].finish = finish;
	}
	return host.shared[i].memory;
}

static inline void host_clean(void)
{
	json_doc_destroy(host.doc);
	weir_free(host.page);
	for (size_t i = 0; i < WEIR_COUNT(host.shared); i++) {
		if (host.shared[i].finish)
			host.shared[i].finish(host.shared[i].memory);
		weir_free(host.shared[i].key);
		weir_free(host.shared[i].memory);
	}
	memset(&host, 0, sizeof host);
	memset(&sent, 0, sizeof sent);
	host.overlap_ms = 3600 * 1000;
	host.poison_ms = 600 * 1000;
	host.page_max = 1 << 20;
}

/* head: header lines that each end in "\n", without the status line. */
static inline void make_reply(struct weir_reply *reply, int status, const char *head,
                              const char *body)
{
	char line[1024];

	*reply = (struct weir_reply){ .body_max = 1 << 20 };
	snprintf(line, sizeof line, "HTTP/1.1 %d X\r\n", status);
	reply_head(reply, weir_bytes(line));
	while (*head) {
		size_t len = strcspn(head, "\n");

		reply_head(reply, (struct weir_bytes){ head, len });
		head += len + 1;
	}
	reply_head(reply, weir_bytes("\r\n"));
	reply_body(reply, weir_bytes(body));
	reply_complete(reply);
}

/* No reply: why. */
static inline void make_failure(struct weir_reply *reply, enum weir_code code, const char *text)
{
	*reply = (struct weir_reply){ .body_max = 1 << 20 };
	weir_fail(&reply->error, code, "%s", text);
}

#endif
