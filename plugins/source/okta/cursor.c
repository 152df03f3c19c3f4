/* cursor.c - where reading goes on, and the text in which the core keeps it.
 *
 * JSON, so that a person can read it in `weir status`.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cursor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <weir/plugin.h>

void cursor_finish(struct cursor *position)
{
	weir_free(position->next);
	*position = (struct cursor){ 0 };
}

static void add_time(struct weir_buf *text, const char *name, int64_t micros)
{
	char when[25];

	if (!micros)
		return;
	weir_time_format(micros, when);
	weir_buf_printf(text, ",\"%s\":\"%s\"", name, when);
}

void cursor_write(const struct cursor *position, struct weir_buf *text)
{
	weir_buf_printf(text, "{\"query\":\"%016" PRIx64 "\"", position->query);
	if (position->next) {
		weir_buf_puts(text, ",\"next\":");
		weir_json_quote(weir_bytes(position->next), text);
	}
	add_time(text, "since", position->since_us);
	add_time(text, "date", position->date_us);
	add_time(text, "newest", position->newest_us);
	if (position->done)
		weir_buf_puts(text, ",\"done\":true");
	weir_buf_putc(text, '}');
}

static bool read_time(struct weir_value object, const char *name, struct weir_arena *arena,
                      int64_t *micros)
{
	struct weir_value v = weir_value_get(object, name);
	struct weir_bytes text;

	return weir_is_absent(v)
	       || (weir_value_text(v, arena, &text) && weir_time_parse(text, micros));
}

static bool read_object(struct weir_value object, struct weir_arena *arena,
                        struct cursor *position)
{
	struct weir_value next = weir_value_get(object, "next");
	struct weir_bytes text;

	if (!weir_value_text(weir_value_get(object, "query"), arena, &text) || text.len != 16)
		return false;
	position->query = strtoull(text.data, NULL, 16); /* a quote follows in the page */
	if (!weir_is_absent(next)) {
		if (!weir_value_text(next, arena, &text))
			return false;
		position->next = weir_strndup(text.data, text.len);
	}
	weir_value_bool(weir_value_get(object, "done"), &position->done);
	return read_time(object, "since", arena, &position->since_us)
	       && read_time(object, "date", arena, &position->date_us)
	       && read_time(object, "newest", arena, &position->newest_us)
	       && (position->next || position->since_us);
}

bool cursor_read(const char *text, struct cursor *position)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_error ignored;
	struct weir_value v;
	bool ok;

	*position = (struct cursor){ 0 };
	ok = weir_json_parse(arena, weir_bytes(text), &v, &ignored) && v.kind == WEIR_OBJECT
	     && read_object(v, arena, position);
	weir_arena_destroy(arena);
	if (!ok)
		cursor_finish(position);
	return ok;
}

int64_t cursor_fallback_us(const struct cursor *position, int64_t overlap_us)
{
	int64_t since = position->date_us;

	if (!since || (position->newest_us && position->newest_us < since))
		since = position->newest_us;
	if (!since)
		return position->since_us; /* nothing was read yet */
	since -= overlap_us;
	return since > position->since_us ? since : position->since_us;
}
