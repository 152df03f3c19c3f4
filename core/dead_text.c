/* dead_text.c - dead letters as `weir dead` shows them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "dead_text.h"

#include <inttypes.h>

#include "state_dir.h"

enum { REASON_SHOWN = 80 };

static const char *code_name(enum weir_code code)
{
	switch (code) {
	case WEIR_E_CONFIG: return "config";
	case WEIR_E_AUTH: return "auth";
	case WEIR_E_UNREACHABLE: return "unreachable";
	case WEIR_E_THROTTLED: return "throttled";
	case WEIR_E_DATA: return "data";
	case WEIR_E_RESOURCE: return "resource";
	}
	return "unknown";
}

void dead_text_reason(const struct store_dead *dead, struct weir_buf *text)
{
	const struct weir_where *where = &dead->why.where;

	if (where->file) {
		weir_buf_puts(text, where->file);
		if (where->line > 0)
			weir_buf_printf(text, ":%d", where->line);
		if (where->line > 0 && where->column > 0)
			weir_buf_printf(text, ":%d", where->column);
		weir_buf_puts(text, ": ");
	}
	if (where->path)
		weir_buf_printf(text, "%s: ", where->path);
	weir_buf_puts(text, dead->why.text);
}

/* ---- a table --------------------------------------------------------------------------- */

struct table *dead_text_table(void)
{
	static const char *const head[] = { "NUMBER", "TIME", "SOURCE", "SINK", "STAGE", "ID",
		                            "REASON" };
	struct table *table = table_create("rllllll");

	for (size_t i = 0; i < WEIR_COUNT(head); i++)
		table_add(table, head[i]);
	return table;
}

void dead_text_row(struct table *table, const struct store_dead *dead)
{
	struct weir_buf reason = { 0 }, id = { 0 };
	char when[25];

	weir_time_format(dead->at_us, when);
	dead_text_reason(dead, &reason);
	weir_buf_add(&id, dead->id.data, dead->id.len);
	table_addf(table, "%" PRId64, dead->number);
	table_add(table, when);
	table_add(table, dead->source);
	table_add(table, *dead->sink ? dead->sink : "-");
	table_add(table, dead->stage);
	table_add(table, id.len ? weir_buf_text(&id) : "-");
	table_addf(table, reason.len > REASON_SHOWN ? "%.*s..." : "%.*s",
	           reason.len > REASON_SHOWN ? REASON_SHOWN : (int)reason.len,
	           weir_buf_text(&reason));
	weir_buf_finish(&reason);
	weir_buf_finish(&id);
}

/* ---- one letter ------------------------------------------------------------------------- */

static void put_replays(const struct store_dead *dead, struct weir_buf *text)
{
	char when[25];

	if (!dead->replays)
		return;
	weir_time_format(dead->replayed_us, when);
	weir_buf_printf(text, "replays: %" PRId64 " in vain, the last at %s\n", dead->replays, when);
}

void dead_text_whole(const struct store_dead *dead, struct weir_buf *text)
{
	char when[25];

	weir_time_format(dead->at_us, when);
	weir_buf_printf(text, "number:  %" PRId64 "\ntime:    %s\nsource:  %s\nsink:    %s\n"
	                "stage:   %s\nid:      ", dead->number, when, dead->source,
	                *dead->sink ? dead->sink : "-", dead->stage);
	if (dead->id.len)
		state_dir_plain(dead->id, text);
	else
		weir_buf_putc(text, '-');
	weir_buf_printf(text, "\nschema:  %s\ncode:    %s\nreason:  ",
	                dead->schema ? dead->schema : "-", code_name(dead->why.code));
	dead_text_reason(dead, text);
	weir_buf_putc(text, '\n');
	put_replays(dead, text);
}

static void put_field(struct weir_buf *text, const char *key, struct weir_bytes value)
{
	weir_buf_printf(text, ",\"%s\":", key);
	if (value.data)
		weir_json_quote(value, text);
	else
		weir_buf_puts(text, "null");
}

/* The event as JSON when it is; else as text. */
static void put_event(struct weir_bytes event, struct weir_buf *text)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_error ignored;
	struct weir_value value;

	if (event.len && weir_json_parse(arena, event, &value, &ignored)) {
		weir_buf_puts(text, ",\"event\":");
		weir_value_render(value, text);
	} else {
		put_field(text, "event_text", event);
	}
	weir_arena_destroy(arena);
}

void dead_text_json(const struct store_dead *dead, struct weir_buf *text)
{
	char when[25];

	weir_time_format(dead->at_us, when);
	weir_buf_printf(text, "{\"number\":%" PRId64 ",\"time\":\"%s\"", dead->number, when);
	put_field(text, "source", weir_bytes(dead->source));
	put_field(text, "sink", weir_bytes(dead->sink));
	put_field(text, "stage", weir_bytes(dead->stage));
	put_field(text, "id", dead->id);
	put_field(text, "code", weir_bytes(code_name(dead->why.code)));
	put_field(text, "file", weir_bytes(dead->why.where.file));
	weir_buf_printf(text, ",\"line\":%d,\"column\":%d", dead->why.where.line,
	                dead->why.where.column);
	put_field(text, "path", weir_bytes(dead->why.where.path));
	put_field(text, "reason", weir_bytes(dead->why.text));
	put_field(text, "schema", weir_bytes(dead->schema));
	weir_buf_printf(text, ",\"replays\":%" PRId64, dead->replays);
	put_event(dead->event, text);
	weir_buf_puts(text, "}\n");
}
