/* backfill_text.c - what `weir backfill` prints of a backfill.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "backfill_text.h"

#include <stdio.h>

#include "span.h"
#include "table.h"

static int64_t number_of(struct weir_value of, const char *key)
{
	int64_t number = 0;

	weir_value_int(weir_value_get(of, key), &number);
	return number;
}

static bool is(struct weir_value of, const char *key, const char *text)
{
	return weir_value_is_text(weir_value_get(of, key), text);
}

static bool truth_of(struct weir_value of, const char *key)
{
	bool yes = false;

	weir_value_bool(weir_value_get(of, key), &yes);
	return yes;
}

/* Whatever is in it stays on its line. */
static bool put_text(struct weir_value of, const char *key, struct weir_buf *text)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_bytes bytes;
	bool ok = weir_value_text(weir_value_get(of, key), arena, &bytes) && bytes.len;

	for (size_t i = 0; ok && i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.data[i];

		weir_buf_putc(text, c < 0x20 || c == 0x7f ? '?' : (char)c);
	}
	weir_arena_destroy(arena);
	return ok;
}

static int64_t time_of(struct weir_value of, const char *key)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_bytes bytes;
	int64_t micros = 0;

	if (weir_value_text(weir_value_get(of, key), arena, &bytes))
		weir_time_parse(bytes, &micros);
	weir_arena_destroy(arena);
	return micros;
}

/* 1,234,567 */
static void put_number(struct weir_buf *text, int64_t number)
{
	char digits[32];
	int len = snprintf(digits, sizeof digits, "%lld", (long long)number);

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			weir_buf_putc(text, ',');
		weir_buf_putc(text, digits[i]);
	}
}

static void put_count(struct weir_buf *text, int64_t number, const char *one)
{
	put_number(text, number);
	weir_buf_printf(text, " %s%s", one, number == 1 ? "" : "s");
}

static void put_name(struct weir_value backfill, struct weir_buf *text)
{
	put_text(backfill, "source", text);
	weir_buf_puts(text, ": ");
}

bool backfill_is_done(struct weir_value backfill)
{
	return is(backfill, "state", "done");
}

bool backfill_is_over(struct weir_value backfill)
{
	return !is(backfill, "state", "running") && truth_of(backfill, "stored");
}

bool backfill_put_estimate(struct weir_value backfill, struct weir_buf *text)
{
	double share = 0;
	int64_t ms = number_of(backfill, "ms_expected");

	if (!number_of(backfill, "requests_expected"))
		return false;
	weir_value_double(weir_value_get(backfill, "share"), &share);
	put_name(backfill, text);
	weir_buf_puts(text, "about ");
	put_count(text, number_of(backfill, "events_expected"), "event");
	weir_buf_puts(text, " in ");
	put_count(text, number_of(backfill, "requests_expected"), "request");
	if (!ms)
		return true;
	weir_buf_puts(text, ", about ");
	span_put(ms, text);
	weir_buf_printf(text, " at %g%% of the limit", 100 * share);
	return true;
}

/* By events where an estimate is there, else by time; 0 to 1. */
static double fraction(struct weir_value backfill)
{
	double had = (double)(number_of(backfill, "delivered") + number_of(backfill, "repeated"));
	double left = (double)number_of(backfill, "events_left");
	int64_t since = time_of(backfill, "since"), until = time_of(backfill, "until");
	int64_t reached = time_of(backfill, "reached");

	if (number_of(backfill, "requests_left") && had + left > 0)
		return had / (had + left);
	return reached > since && until > since ? (double)(reached - since) / (double)(until - since) : 0;
}

static void put_bar(double part, int width, struct weir_buf *text)
{
	int full = (int)(part * width);

	weir_buf_putc(text, '[');
	for (int i = 0; i < width; i++)
		weir_buf_putc(text, i < full ? '#' : '-');
	weir_buf_puts(text, "] ");
}

static void put_counts(struct weir_value backfill, struct weir_buf *text)
{
	int64_t repeated = number_of(backfill, "repeated");

	put_count(text, number_of(backfill, "delivered"), "event");
	if (!repeated)
		return;
	weir_buf_puts(text, ", and ");
	put_number(text, repeated);
	weir_buf_puts(text, " that had been delivered before");
}

bool backfill_put_progress(struct weir_value backfill, int width, struct weir_buf *text)
{
	double part = fraction(backfill);

	put_name(backfill, text);
	if (width)
		put_bar(part, width, text);
	weir_buf_printf(text, "%d %%, ", (int)(100 * part));
	put_counts(backfill, text);
	if (number_of(backfill, "ms_left")) {
		weir_buf_puts(text, ", about ");
		span_put(number_of(backfill, "ms_left"), text);
		weir_buf_puts(text, " left");
	}
	return true;
}

bool backfill_put_end(struct weir_value backfill, struct weir_buf *text)
{
	if (truth_of(backfill, "dry_run"))
		return false;
	put_name(backfill, text);
	put_text(backfill, "state", text);
	weir_buf_puts(text, "; ");
	put_counts(backfill, text);
	if (weir_is_nothing(weir_value_get(backfill, "why")))
		return true;
	weir_buf_puts(text, ": ");
	put_text(backfill, "why", text);
	return true;
}

bool backfill_put_note(struct weir_value backfill, struct weir_buf *text)
{
	const char *key = weir_is_nothing(weir_value_get(backfill, "trouble")) ? "note" : "trouble";

	if (weir_is_nothing(weir_value_get(backfill, key)))
		return false;
	put_name(backfill, text);
	weir_buf_puts(text, "! ");
	put_text(backfill, key, text);
	return true;
}

static void add_cell(struct table *table, struct weir_value of, const char *key)
{
	struct weir_buf text = { 0 };

	table_add(table, put_text(of, key, &text) ? weir_buf_text(&text) : "-");
	weir_buf_finish(&text);
}

static void add_left(struct table *table, struct weir_value backfill)
{
	struct weir_buf text = { 0 };

	if (is(backfill, "state", "running") && number_of(backfill, "ms_left"))
		span_put(number_of(backfill, "ms_left"), &text);
	table_add(table, text.len ? weir_buf_text(&text) : "-");
	weir_buf_finish(&text);
}

void backfill_put_list(struct weir_value list, struct weir_buf *text)
{
	struct table *table = table_create("lllllrrr");
	struct weir_each each = weir_each(list);

	for (const char *const *head = (const char *const[]){ "SOURCE", "STATE", "SINCE", "UNTIL", "REACHED",
	                                                      "DELIVERED", "REPEATED", "LEFT", NULL };
	     *head; head++)
		table_add(table, *head);
	while (weir_next(&each)) {
		for (const char *const *key = (const char *const[]){ "source", "state", "since", "until",
		                                                     "reached", NULL };
		     *key; key++)
			add_cell(table, each.value, *key);
		table_add_number(table, number_of(each.value, "delivered"));
		table_add_number(table, number_of(each.value, "repeated"));
		add_left(table, each.value);
	}
	table_render(table, "", text);
	table_destroy(table);
}
