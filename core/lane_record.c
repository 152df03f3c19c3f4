/* lane_record.c - what the store keeps of a second look at a source's past.
 *
 * JSON, so that a person can read it in `weir state show`.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "lane_record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const states[] = {
	[LANE_NONE] = "none",           [LANE_RUNNING] = "running", [LANE_DONE] = "done",
	[LANE_CANCELLED] = "cancelled", [LANE_REFUSED] = "refused",
};

const char *lane_state_name(enum lane_state state)
{
	return states[state];
}

const char *lane_name(enum weir_lane lane)
{
	static const char *const names[] = {
		[WEIR_LIVE] = "live", [WEIR_BACKFILL] = "backfill", [WEIR_AUDIT] = "audit",
	};

	return names[lane];
}

void lane_record_finish(struct lane_record *record)
{
	weir_free(record->position);
	weir_free(record->why);
	weir_free(record->spans);
	*record = (struct lane_record){ 0 };
}

/* ---- writing ------------------------------------------------------------------- */

static void put_time(struct weir_buf *text, const char *name, int64_t micros)
{
	char when[25];

	if (!micros)
		return;
	weir_time_format(micros, when);
	weir_buf_printf(text, ",\"%s\":\"%s\"", name, when);
}

static void put_text(struct weir_buf *text, const char *name, const char *value)
{
	if (!value)
		return;
	weir_buf_printf(text, ",\"%s\":", name);
	weir_json_quote(weir_bytes(value), text);
}

static void put_spans(struct weir_buf *text, const struct lane_record *record)
{
	for (size_t i = 0; i < record->span_count; i++) {
		const struct lane_span *span = &record->spans[i];

		weir_buf_printf(text, "%s{\"number\":%zu", i ? "," : ",\"before_it\":[", i + 1);
		put_time(text, "since", span->since_us);
		put_time(text, "until", span->until_us);
		put_time(text, "begun", span->at_us);
		weir_buf_putc(text, '}');
	}
	if (record->span_count)
		weir_buf_putc(text, ']');
}

void lane_record_write(const struct lane_record *record, struct weir_buf *text)
{
	weir_buf_printf(text, "{\"state\":\"%s\"", states[record->state]);
	put_time(text, "since", record->since_us);
	put_time(text, "until", record->until_us);
	weir_buf_printf(text, ",\"share_ppm\":%" PRId64, (int64_t)(record->share * 1e6 + 0.5));
	put_time(text, "begun", record->begun_us);
	put_time(text, "ended", record->ended_us);
	put_time(text, "reached", record->reached_us);
	weir_buf_printf(text, ",\"repeated\":%" PRId64 ",\"fresh\":%" PRId64, record->counts.repeated,
	                record->counts.fresh);
	weir_buf_printf(text, ",\"repeated_before\":%" PRId64 ",\"fresh_before\":%" PRId64,
	                record->before.repeated, record->before.fresh);
	put_text(text, "position", record->position);
	put_text(text, "why", record->why);
	put_spans(text, record);
	weir_buf_putc(text, '}');
}

/* ---- reading --------------------------------------------------------------------- */

static int64_t get_int(struct weir_value object, const char *name)
{
	int64_t number = 0;

	weir_value_int(weir_value_get(object, name), &number);
	return number;
}

static int64_t get_time(struct weir_value object, const char *name, struct weir_arena *arena)
{
	struct weir_bytes text;
	int64_t micros = 0;

	if (weir_value_text(weir_value_get(object, name), arena, &text))
		weir_time_parse(text, &micros);
	return micros;
}

static char *get_text(struct weir_value object, const char *name, struct weir_arena *arena)
{
	struct weir_bytes text;

	return weir_value_text(weir_value_get(object, name), arena, &text)
		? weir_strndup(text.data, text.len) : NULL;
}

static void add_span(struct lane_record *record, struct lane_span span)
{
	if (span.until_us <= span.since_us)
		return;
	record->spans = weir_realloc(record->spans,
	                             (record->span_count + 1) * sizeof *record->spans);
	record->spans[record->span_count++] = span;
}

static void get_spans(struct weir_value list, struct weir_arena *arena, struct lane_record *record)
{
	struct weir_each each = weir_each(list);

	while (weir_next(&each))
		add_span(record, (struct lane_span){ get_time(each.value, "since", arena),
		                                     get_time(each.value, "until", arena),
		                                     get_time(each.value, "begun", arena) });
}

static bool read_object(struct weir_value object, struct weir_arena *arena,
                        struct lane_record *record)
{
	struct weir_value state = weir_value_get(object, "state");
	size_t i = 0;

	while (i < WEIR_COUNT(states) && !weir_value_is_text(state, states[i]))
		i++;
	if (i == WEIR_COUNT(states))
		return false;
	record->state = (enum lane_state)i;
	record->since_us = get_time(object, "since", arena);
	record->until_us = get_time(object, "until", arena);
	record->share = (double)get_int(object, "share_ppm") / 1e6;
	record->begun_us = get_time(object, "begun", arena);
	record->ended_us = get_time(object, "ended", arena);
	record->reached_us = get_time(object, "reached", arena);
	record->counts.repeated = get_int(object, "repeated");
	record->counts.fresh = get_int(object, "fresh");
	record->before.repeated = get_int(object, "repeated_before");
	record->before.fresh = get_int(object, "fresh_before");
	record->position = get_text(object, "position", arena);
	record->why = get_text(object, "why", arena);
	get_spans(weir_value_get(object, "before_it"), arena, record);
	return true;
}

bool lane_record_read(const char *text, struct lane_record *record)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_error ignored;
	struct weir_value v;
	bool ok;

	*record = (struct lane_record){ 0 };
	ok = weir_json_parse(arena, weir_bytes(text), &v, &ignored) && v.kind == WEIR_OBJECT
	     && read_object(v, arena, record);
	weir_arena_destroy(arena);
	if (!ok)
		lane_record_finish(record);
	return ok;
}

/* ---- what was handed over ------------------------------------------------------------ */

void lane_record_renew(struct lane_record *record)
{
	struct lane_record fresh = { .spans = record->spans, .span_count = record->span_count };

	record->spans = NULL;
	if (record->state != LANE_NONE)
		add_span(&fresh, (struct lane_span){ record->since_us, record->reached_us,
		                                     record->begun_us });
	lane_record_finish(record);
	*record = fresh;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* An event comes after it happened: one that happened from known_us on came after it, too. */
bool lane_span_is_forgotten(const struct lane_span *span, int64_t known_us, int64_t since_us,
                            int64_t until_us, struct lane_span *part)
{
	if (span->at_us >= known_us)
		return false;
	part->since_us = later(since_us, span->since_us);
	part->until_us = earlier(earlier(until_us, span->until_us), known_us);
	part->at_us = span->at_us;
	return part->since_us < part->until_us;
}
