/* refusal.c - what a reply that is not 200 says, of header and body, made printable.
 *
 * Two shapes of body: OAuth's {error, error_description} and the management API's {errorCode,
 * errorSummary, errorCauses}. Gateways answer HTML: then its title has to do.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "challenge.h"
#include "cure.h"
#include "text.h"

enum { BODY_MAX = 64 * 1024 };

static void copy(struct weir_bytes from, char *to, size_t size)
{
	struct weir_buf line = { 0 };

	while (from.len && text_in(from.data[from.len - 1], ". \r\n"))
		from.len--;
	text_printable(from, size - 4, &line); /* room for the dots that say that it was cut */
	snprintf(to, size, "%s", weir_buf_text(&line));
	weir_buf_finish(&line);
}

static bool copy_header(const struct weir_reply *reply, const char *parameter, char *to,
                        size_t size)
{
	const char *header;
	bool found = false;

	for (size_t i = 0; !found && (header = weir_reply_header(reply, "www-authenticate", i)); i++) {
		struct weir_buf value = { 0 };

		found = challenge_find(weir_bytes(header), parameter, &value);
		if (found)
			copy((struct weir_bytes){ value.data, value.len }, to, size);
		weir_buf_finish(&value);
	}
	return found;
}

static void copy_value(struct weir_value v, struct weir_arena *arena, char *to, size_t size)
{
	struct weir_bytes text;

	if (weir_value_text(v, arena, &text))
		copy(text, to, size);
}

/* The first cause says which field it was, where the summary says only that one was wrong. */
static void read_api(struct weir_value body, struct weir_arena *arena, struct refusal *r)
{
	struct weir_value cause = weir_value_at(weir_value_get(body, "errorCauses"), 0);
	size_t len;

	copy_value(weir_value_get(body, "errorCode"), arena, r->error, sizeof r->error);
	copy_value(weir_value_get(body, "errorSummary"), arena, r->text, sizeof r->text);
	len = strlen(r->text);
	if (weir_is_nothing(cause) || len + 8 >= sizeof r->text)
		return;
	copy_value(weir_value_get(cause, "errorSummary"), arena, r->text + len + 2,
	           sizeof r->text - len - 2);
	if (r->text[len + 2]) {
		r->text[len] = ':';
		r->text[len + 1] = ' ';
	}
}

static bool read_json(struct weir_bytes body, struct refusal *r)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value v;
	struct weir_error ignored;
	bool ok = weir_json_parse(arena, body, &v, &ignored) && v.kind == WEIR_OBJECT;

	if (ok) {
		copy_value(weir_value_get(v, "error"), arena, r->error, sizeof r->error);
		copy_value(weir_value_get(v, "error_description"), arena, r->text, sizeof r->text);
		if (!*r->error)
			read_api(v, arena, r);
	}
	weir_arena_destroy(arena);
	return ok;
}

static void read_html(struct weir_bytes body, struct refusal *r)
{
	const char *title = memmem(body.data, body.len, "<title>", 7);
	const char *end = body.data + body.len;
	const char *close = title ? memmem(title, (size_t)(end - title), "</title>", 8) : NULL;

	if (close)
		body = (struct weir_bytes){ title + 7, (size_t)(close - title - 7) };
	copy(body, r->text, 100);
}

void refusal_read(const struct weir_reply *reply, struct refusal *r)
{
	struct weir_bytes body = weir_reply_body(reply);
	const char *id = weir_reply_header(reply, "x-okta-request-id", 0);

	*r = (struct refusal){ .status = weir_reply_status(reply) };
	copy(weir_bytes(id), r->request_id, sizeof r->request_id);
	if (copy_header(reply, "error", r->error, sizeof r->error)) {
		copy_header(reply, "error_description", r->text, sizeof r->text);
		return;
	}
	if (body.len > BODY_MAX)
		body.len = BODY_MAX;
	if (body.len && !read_json(body, r))
		read_html(body, r);
}
