/* status_text.c - what `weir status` shows.
 *
 * Not here: how the snapshot is made (runtime_status.c, status_store.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "status_text.h"

#include <stdio.h>
#include <string.h>

#include "backfill_text.h"
#include "span.h"
#include "table.h"

#define POSITION_SHOWN 60

/* A snapshot and room for the texts that are read from it. */
struct view {
	struct weir_arena *arena;
	struct weir_buf *text;
	int64_t now_us;
};

static const char *text_of(const struct view *v, struct weir_value of, const char *key)
{
	struct weir_bytes bytes;

	if (!weir_value_text(weir_value_get(of, key), v->arena, &bytes))
		return NULL;
	return weir_arena_format(v->arena, "%.*s", (int)bytes.len, bytes.data);
}

static int64_t number_of(struct weir_value of, const char *key)
{
	int64_t number = 0;

	weir_value_int(weir_value_get(of, key), &number);
	return number;
}

static const char *span(const struct view *v, int64_t ms)
{
	struct weir_buf text = { 0 };
	const char *kept;

	span_put(ms, &text);
	kept = weir_arena_format(v->arena, "%s", weir_buf_text(&text));
	weir_buf_finish(&text);
	return kept;
}

static const char *age(const struct view *v, struct weir_value of, const char *key)
{
	const char *text = text_of(v, of, key);
	int64_t at_us;

	if (weir_is_absent(weir_value_get(of, key)))
		return "-";
	if (!text || !weir_time_parse(weir_bytes(text), &at_us))
		return "never";
	return weir_arena_format(v->arena, "%s ago", span(v, (v->now_us - at_us) / 1000));
}

static const char *shortened(const struct view *v, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	if (len <= POSITION_SHOWN)
		return text ? text : "-";
	/* Not within a character. */
	for (len = POSITION_SHOWN; len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80; len--)
		;
	return weir_arena_format(v->arena, "%.*s...", (int)len, text);
}

static void put_head(const struct view *v, struct weir_value status)
{
	const char *state = text_of(v, status, "state");

	if (state && strcmp(state, "stopped") == 0) {
		weir_buf_printf(v->text, "no weir runs here; as of the last commit, %s:\n",
		                age(v, status, "committed"));
		return;
	}
	weir_buf_printf(v->text, "weir %s, pid %lld, started %s\n", state ? state : "?",
	                (long long)number_of(status, "pid"), age(v, status, "started"));
}

static void put_trouble(const struct view *v, struct weir_value list, const char *kind)
{
	struct weir_each each = weir_each(list);

	while (weir_next(&each)) {
		struct weir_value trouble = weir_value_get(each.value, "trouble");
		const char *paused = text_of(v, each.value, "paused_because");
		const char *name = text_of(v, each.value, "name");

		if (paused)
			weir_buf_printf(v->text, "  ! %s.%s is paused: %s\n", kind, name, paused);
		if (trouble.kind == WEIR_OBJECT)
			weir_buf_printf(v->text, "  ! %s.%s: %s (since %s, next try in %s)\n", kind, name,
			                text_of(v, trouble, "text"),
			                span(v, number_of(trouble, "for_ms")),
			                span(v, number_of(trouble, "next_try_ms")));
	}
}

static void put_lanes(const struct view *v, struct weir_value list)
{
	struct weir_each each = weir_each(list);

	while (weir_next(&each)) {
		struct weir_value backfill = weir_value_get(each.value, "backfill");
		struct weir_value audit = weir_value_get(each.value, "audit");
		const char *state = text_of(v, backfill, "state"), *reached = text_of(v, audit, "reached");

		if (state && strcmp(state, "running") == 0) {
			weir_buf_puts(v->text, "  backfill of ");
			backfill_put_progress(backfill, 0, v->text);
			weir_buf_putc(v->text, '\n');
		}
		if (reached)
			weir_buf_printf(v->text, "  audit of %s: up to %s, %lld events found, %lld missing and "
			                "delivered\n", text_of(v, each.value, "name"), reached,
			                (long long)number_of(audit, "repeated"),
			                (long long)number_of(audit, "delivered"));
	}
}

static void put_sources(const struct view *v, struct weir_value list)
{
	struct table *table = table_create("lllrrl");
	struct weir_each each = weir_each(list);

	for (const char *const *head = (const char *const[]){ "SOURCE", "PLUGIN", "STATE",
	                                                      "LAST ANSWER", "LAST EVENTS",
	                                                      "POSITION", NULL };
	     *head; head++)
		table_add(table, *head);
	while (weir_next(&each)) {
		const char *state = text_of(v, each.value, "state");

		table_add(table, text_of(v, each.value, "name"));
		table_add(table, text_of(v, each.value, "plugin"));
		table_add(table, state ? state : "-");
		table_add(table, age(v, each.value, "last_answer"));
		table_add(table, age(v, each.value, "last_events"));
		table_add(table, shortened(v, text_of(v, each.value, "position")));
	}
	weir_buf_putc(v->text, '\n');
	table_render(table, "  ", v->text);
	table_destroy(table);
	put_trouble(v, list, "sources");
	put_lanes(v, list);
}

static void put_transforms(const struct view *v, struct weir_value list)
{
	struct table *table = table_create("ll");
	struct weir_each each = weir_each(list);

	if (weir_value_count(list) > 0) {
		table_add(table, "TRANSFORM");
		table_add(table, "PLUGIN");
		weir_buf_putc(v->text, '\n');
	}
	while (weir_next(&each)) {
		table_add(table, text_of(v, each.value, "name"));
		table_add(table, text_of(v, each.value, "plugin"));
	}
	table_render(table, "  ", v->text);
	table_destroy(table);
	put_trouble(v, list, "transforms");
}

static void put_sinks(const struct view *v, struct weir_value list)
{
	struct table *table = table_create("llll");
	struct weir_each each = weir_each(list);

	if (weir_value_count(list) > 0) {
		table_add(table, "SINK");
		table_add(table, "PLUGIN");
		table_add(table, "STATE");
		table_add(table, "DELIVERY");
		weir_buf_putc(v->text, '\n');
	}
	while (weir_next(&each)) {
		table_add(table, text_of(v, each.value, "name"));
		table_add(table, text_of(v, each.value, "plugin"));
		table_add(table, text_of(v, each.value, "state"));
		table_add(table, text_of(v, each.value, "delivery"));
	}
	table_render(table, "  ", v->text);
	table_destroy(table);
	put_trouble(v, list, "sinks");
}

/* ---- the ledger ---------------------------------------------------------------------- */

static const char *const fates[] = { "delivered", "dead", "dropped", "repeated", "in_flight" };

static bool row_adds_up(struct weir_value row)
{
	int64_t sum = 0, in = number_of(row, "in");

	for (size_t i = 0; i < WEIR_COUNT(fates); i++) {
		int64_t count = number_of(row, fates[i]);

		if (count < 0)
			return false;
		sum += count;
	}
	return sum == in;
}

bool status_adds_up(struct weir_value status)
{
	struct weir_each each = weir_each(weir_value_get(status, "ledger"));
	bool good = true;

	while (weir_next(&each))
		good = good && row_adds_up(each.value);
	return good;
}

static void put_row(const struct view *v, struct table *table, struct weir_value row)
{
	table_addf(table, "%s \xe2\x86\x92 %s", text_of(v, row, "source"), text_of(v, row, "sink"));
	table_add_number(table, number_of(row, "in"));
	for (size_t i = 0; i < WEIR_COUNT(fates); i++) {
		table_add(table, i == 0 ? "=" : "+");
		table_add_number(table, number_of(row, fates[i]));
	}
	table_add(table, row_adds_up(row) ? "\xe2\x9c\x93" : "\xe2\x9c\x97 does not add up");
}

static void put_causes(const struct view *v, struct weir_value row)
{
	struct weir_each each = weir_each(weir_value_get(row, "dropped_because"));

	while (weir_next(&each)) {
		struct weir_bytes cause = weir_each_key(&each, v->arena);
		int64_t count = 0;

		weir_value_int(each.value, &count);
		weir_buf_printf(v->text, "    %s \xe2\x86\x92 %s dropped %lld: %.*s\n",
		                text_of(v, row, "source"), text_of(v, row, "sink"),
		                (long long)count, (int)cause.len, cause.data);
	}
}

static void put_ledger(const struct view *v, struct weir_value ledger)
{
	struct table *table = table_create("lrlrlrlrlrlrl");
	struct weir_each each = weir_each(ledger);

	for (const char *const *head = (const char *const[]){ "EVENTS", "IN", "=", "DELIVERED", "+",
	                                                      "DEAD", "+", "DROPPED", "+", "REPEATED",
	                                                      "+", "IN FLIGHT", "", NULL };
	     *head; head++)
		table_add(table, *head);
	while (weir_next(&each))
		put_row(v, table, each.value);
	weir_buf_putc(v->text, '\n');
	table_render(table, "  ", v->text);
	table_destroy(table);
	each = weir_each(ledger);
	while (weir_next(&each))
		put_causes(v, each.value);
}

/* ---- commits --------------------------------------------------------------------------- */

static void put_holders(const struct view *v, struct weir_value list)
{
	struct weir_each each = weir_each(list);
	const char *between = " for ";

	while (weir_next(&each)) {
		struct weir_bytes name;

		if (!weir_value_text(each.value, v->arena, &name))
			continue;
		weir_buf_printf(v->text, "%s%.*s", between, (int)name.len, name.data);
		between = ", ";
	}
}

static void put_commits(const struct view *v, struct weir_value commit)
{
	struct weir_each each = weir_each(weir_value_get(commit, "components"));
	struct weir_value trouble = weir_value_get(commit, "trouble");
	bool waits = false;

	if (weir_is_nothing(commit))
		return;
	weir_buf_putc(v->text, '\n');
	while (weir_next(&each)) {
		int64_t bytes = number_of(each.value, "uncommitted_bytes");

		if (bytes == 0)
			continue;
		waits = true;
		weir_buf_printf(v->text, "  commit: %lld bytes wait since %s", (long long)bytes,
		                span(v, number_of(each.value, "oldest_uncommitted_ms")));
		put_holders(v, weir_value_get(each.value, "held_by"));
		weir_buf_putc(v->text, '\n');
	}
	if (!waits)
		weir_buf_puts(v->text, "  commit: everything delivered is committed\n");
	if (trouble.kind == WEIR_OBJECT)
		weir_buf_printf(v->text, "  ! commit: %s (next try in %s)\n",
		                text_of(v, trouble, "text"),
		                span(v, number_of(trouble, "next_try_ms")));
}

/* What was changed on disk and does not run. */
static void put_reload(const struct view *v, struct weir_value status)
{
	static const char good[] = "reloaded";
	const char *told = text_of(v, status, "reload");

	if (told && strncmp(told, good, strlen(good)) != 0)
		weir_buf_printf(v->text, "  ! reload: %s\n", told);
}

bool status_text(struct weir_value status, struct weir_buf *text)
{
	struct view v = { .arena = weir_arena_create(), .text = text };
	const char *now = text_of(&v, status, "now");

	if (now)
		weir_time_parse(weir_bytes(now), &v.now_us);
	put_head(&v, status);
	put_sources(&v, weir_value_get(status, "sources"));
	put_transforms(&v, weir_value_get(status, "transforms"));
	put_sinks(&v, weir_value_get(status, "sinks"));
	put_ledger(&v, weir_value_get(status, "ledger"));
	put_commits(&v, weir_value_get(status, "commit"));
	put_reload(&v, status);
	weir_arena_destroy(v.arena);
	return status_adds_up(status);
}

/* ---- Prometheus -------------------------------------------------------------------------- */

/* https://prometheus.io/docs/instrumenting/exposition_formats/: label values are escaped. */
static void put_label(struct weir_buf *text, const char *name, const char *value)
{
	weir_buf_printf(text, "%s=\"", name);
	for (; value && *value; value++) {
		if (*value == '\\' || *value == '"')
			weir_buf_printf(text, "\\%c", *value);
		else if (*value == '\n')
			weir_buf_puts(text, "\\n");
		else
			weir_buf_putc(text, *value);
	}
	weir_buf_putc(text, '"');
}

static void put_fate(const struct view *v, struct weir_value row, const char *fate,
                     int64_t events)
{
	weir_buf_puts(v->text, "weir_events_total{");
	put_label(v->text, "source", text_of(v, row, "source"));
	put_label(v->text, ",sink", text_of(v, row, "sink"));
	put_label(v->text, ",fate", fate);
	weir_buf_printf(v->text, "} %lld\n", (long long)events);
}

/* A counter only grows: dead letters that left again are still in "dead". */
static void put_fates(const struct view *v, struct weir_value row)
{
	int64_t released = number_of(row, "released");

	put_fate(v, row, "in", number_of(row, "in"));
	put_fate(v, row, "delivered", number_of(row, "delivered"));
	put_fate(v, row, "dead", number_of(row, "dead") + released);
	put_fate(v, row, "released", released);
	put_fate(v, row, "dropped", number_of(row, "dropped"));
	put_fate(v, row, "repeated", number_of(row, "repeated"));
}

void status_prometheus(struct weir_value status, struct weir_buf *text)
{
	struct view v = { .arena = weir_arena_create(), .text = text };
	struct weir_each each = weir_each(weir_value_get(status, "ledger"));

	weir_buf_puts(text, "# HELP weir_up Whether a weir runs with this state.\n"
	                    "# TYPE weir_up gauge\nweir_up 0\n"
	                    "# HELP weir_events_total Events by what became of them.\n"
	                    "# TYPE weir_events_total counter\n");
	while (weir_next(&each))
		put_fates(&v, each.value);
	weir_arena_destroy(v.arena);
}
