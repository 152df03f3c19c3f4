/* reply.c - the answer to an HTTP request: status, headers as they came, the body.
 *
 * Lives here: splitting header lines, the growing body, what plugins may ask. Not here:
 * connections and errors of the transfer (http.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "reply.h"

#include <string.h>
#include <strings.h>

enum { FIRST_BODY = 16 * 1024 };

/* "HTTP/1.1 200 OK", "HTTP/2 200": the number behind the first blank. */
static int status_of(struct weir_bytes line)
{
	const char *blank = memchr(line.data, ' ', line.len);
	const char *end = line.data + line.len;
	int status = 0;

	if (!blank)
		return 0;
	for (const char *p = blank + 1; p < end && *p >= '0' && *p <= '9' && status < 1000; p++)
		status = 10 * status + (*p - '0');
	return status < 1000 ? status : 0;
}

static void add_text(struct weir_buf *buf, struct weir_bytes text)
{
	weir_buf_add(buf, text.data, text.len);
	weir_buf_putc(buf, '\0');
}

bool reply_head(struct weir_reply *reply, struct weir_bytes line)
{
	const char *colon;

	if (line.len >= 5 && memcmp(line.data, "HTTP/", 5) == 0) {
		reply->headers.len = 0;
		reply->status = status_of(line);
		reply->in_headers = true;
		return true;
	}
	if (!reply->in_headers)
		return true;
	if (weir_bytes_trim(line).len == 0) {
		reply->in_headers = false;
		return true;
	}
	if (reply->headers.len + line.len > REPLY_HEADERS_MAX) {
		weir_fail(&reply->error, WEIR_E_UNREACHABLE, "the reply has over %d KiB of headers",
		          REPLY_HEADERS_MAX / 1024);
		return false;
	}
	/* A NUL would end a value early; such a line, and one without a name, says nothing. */
	colon = memchr(line.data, ':', line.len);
	if (!colon || colon == line.data || memchr(line.data, '\0', line.len))
		return true;
	add_text(&reply->headers, (struct weir_bytes){ line.data, (size_t)(colon - line.data) });
	add_text(&reply->headers, weir_bytes_trim((struct weir_bytes){
		colon + 1, line.len - (size_t)(colon + 1 - line.data) }));
	return true;
}

/* Doubles, but never past what body_max allows. */
static bool grow(struct weir_reply *reply, size_t len)
{
	size_t cap = reply->body_cap ? 2 * reply->body_cap : FIRST_BODY;
	char *body;

	if (cap < len)
		cap = len;
	if (cap > reply->body_max)
		cap = reply->body_max;
	body = weir_try_realloc(reply->body, cap + WEIR_PAGE_PADDING);
	if (!body) {
		weir_fail(&reply->error, WEIR_E_RESOURCE, "no memory for a reply of %zu bytes", len);
		return false;
	}
	reply->body = body;
	reply->body_cap = cap;
	return true;
}

bool reply_body(struct weir_reply *reply, struct weir_bytes run)
{
	size_t len = reply->body_len + run.len;

	if (run.len > reply->body_max - reply->body_len) {
		weir_fail(&reply->error, WEIR_E_DATA, "the reply is larger than %zu bytes",
		          reply->body_max);
		return false;
	}
	if (len > reply->body_cap && !grow(reply, len))
		return false;
	if (run.len)
		memcpy(reply->body + reply->body_len, run.data, run.len);
	reply->body_len = len;
	return true;
}

void reply_complete(struct weir_reply *reply)
{
	char *body;

	reply->complete = true;
	if (reply->body_cap - reply->body_len < FIRST_BODY)
		return;
	body = weir_try_realloc(reply->body, reply->body_len + WEIR_PAGE_PADDING);
	if (!body)
		return;
	reply->body = body;
	reply->body_cap = reply->body_len;
}

void reply_finish(struct weir_reply *reply)
{
	weir_buf_finish(&reply->headers);
	weir_free(reply->body);
	*reply = (struct weir_reply){ 0 };
}

int weir_reply_status(const struct weir_reply *reply)
{
	return reply->complete ? reply->status : 0;
}

const struct weir_error *weir_reply_error(const struct weir_reply *reply)
{
	return reply->complete ? NULL : &reply->error;
}

const char *weir_reply_header(const struct weir_reply *reply, const char *name, size_t index)
{
	const char *p = reply->headers.data;
	const char *end = p ? p + reply->headers.len : NULL;

	while (p < end) {
		const char *value = p + strlen(p) + 1;

		if (strcasecmp(p, name) == 0 && index-- == 0)
			return value;
		p = value + strlen(value) + 1;
	}
	return NULL;
}

struct weir_bytes weir_reply_body(const struct weir_reply *reply)
{
	return (struct weir_bytes){ reply->body, reply->body_len };
}

/* The contract hands plugins a const reply; giving the body away is the one change to it. */
char *weir_reply_take_body(const struct weir_reply *reply, size_t *len)
{
	struct weir_reply *mine = (struct weir_reply *)(uintptr_t)reply;
	char *body = mine->body;

	*len = mine->body_len;
	if (!body)
		body = weir_realloc(NULL, WEIR_PAGE_PADDING);
	mine->body = NULL;
	mine->body_len = mine->body_cap = 0;
	return body;
}

int64_t weir_reply_took_ms(const struct weir_reply *reply)
{
	return reply->took_ms;
}
