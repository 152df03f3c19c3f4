/* backfill_follow.c - what is seen of a backfill while it goes on.
 *
 * Not here: the lines themselves (backfill_text.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "backfill.h"

#include <stdio.h>
#include <string.h>

#include "backfill_text.h"
#include "clock.h"
#include "interrupt.h"
#include "print.h"

enum { LOOK_MS = 300, PLAIN_MS = 10000, JSON_MS = 1000, BAR_WIDTH = 24 };

int backfill_complain(const char *why)
{
	fprintf(stderr, "weir backfill: %s\n", why);
	return EXIT_FAILED;
}

static struct weir_value find(struct weir_value list, const char *source)
{
	struct weir_each each = weir_each(list);

	while (weir_next(&each)) {
		if (weir_value_is_text(weir_value_get(each.value, "source"), source))
			return each.value;
	}
	return weir_make_null();
}

static void print_json(struct weir_value value)
{
	struct weir_buf text = { 0 };

	weir_value_render(value, &text);
	print_format("%s\n", weir_buf_text(&text));
	print_flush();
	weir_buf_finish(&text);
}

int backfill_show_list(const struct backfill *b)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_error err = { 0 };
	struct weir_buf text = { 0 };
	struct weir_value list;
	bool ok = backfill_look(b, arena, &list, &err) != REFUSED;
	struct weir_each each;

	if (ok && b->json) {
		each = weir_each(list);
		while (weir_next(&each))
			print_json(each.value);
	} else if (ok) {
		backfill_put_list(list, &text);
		print_buf(&text);
	} else {
		backfill_complain(err.text);
	}
	weir_buf_finish(&text);
	weir_arena_destroy(arena);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

/* ---- following ------------------------------------------------------------------------------ */

struct follow {
	const struct backfill *b;
	bool estimated, drawn;
	char *note;
	int64_t plain_ms;      /* when a plain line, or one of JSON, is due */
};

static void end_bar(struct follow *f)
{
	if (f->drawn)
		print_text("\r\033[K");
	f->drawn = false;
}

static void print_line(struct follow *f, const char *text)
{
	end_bar(f);
	print_format("%s\n", text);
	print_flush();
}

static void show_note(struct follow *f, struct weir_value backfill)
{
	struct weir_buf text = { 0 };

	if (backfill_put_note(backfill, &text)
	    && (!f->note || strcmp(f->note, weir_buf_text(&text)) != 0)) {
		weir_free(f->note);
		f->note = weir_strdup(weir_buf_text(&text));
		print_line(f, weir_buf_text(&text));
	}
	weir_buf_finish(&text);
}

static void show_progress(struct follow *f, struct weir_value backfill)
{
	struct weir_buf text = { 0 };
	int64_t now = clock_monotonic_ms();

	if (!f->b->bar && now < f->plain_ms)
		return;
	f->plain_ms = now + PLAIN_MS;
	backfill_put_progress(backfill, f->b->bar ? BAR_WIDTH : 0, &text);
	if (f->b->bar)
		print_format("\r%s\033[K", weir_buf_text(&text));
	else
		print_format("%s\n", weir_buf_text(&text));
	print_flush();
	f->drawn = f->b->bar;
	weir_buf_finish(&text);
}

static void show_json(struct follow *f, struct weir_value backfill, bool over)
{
	int64_t now = clock_monotonic_ms();

	if (!over && now < f->plain_ms)
		return;
	f->plain_ms = now + JSON_MS;
	print_json(backfill);
}

static void show(struct follow *f, struct weir_value backfill)
{
	struct weir_buf text = { 0 };
	bool over = backfill_is_over(backfill);

	if (f->b->json) {
		show_json(f, backfill, over);
		return;
	}
	show_note(f, backfill);
	if (!f->estimated && backfill_put_estimate(backfill, &text)) {
		f->estimated = true;
		print_line(f, weir_buf_text(&text));
	}
	if (!over && f->estimated && !f->b->dry)
		show_progress(f, backfill);
	text.len = 0;
	if (over && backfill_put_end(backfill, &text))
		print_line(f, weir_buf_text(&text));
	weir_buf_finish(&text);
}

static void say_goes_on(const struct backfill *b)
{
	if (b->dry)
		return;
	if (b->child)
		fprintf(stderr, "weir backfill: stopped; it goes on when weir runs, or with: "
		        "weir backfill --source %s\n", b->source);
	else
		fprintf(stderr, "weir backfill: it goes on in the running weir; --source %s shows it, "
		        "--cancel ends it\n", b->source);
}

/* The exit code, or FOLLOW_ON. */
static int look_once(struct follow *f)
{
	const struct backfill *b = f->b;
	struct weir_arena *arena = weir_arena_create();
	struct weir_value list, backfill;
	struct weir_error err = { 0 };
	enum asked asked = backfill_look(b, arena, &list, &err);
	int code = FOLLOW_ON;

	backfill = asked == REFUSED ? weir_make_null() : find(list, b->source);
	if (asked == REFUSED)
		code = backfill_complain(err.text);
	else if (backfill.kind != WEIR_OBJECT)
		code = backfill_complain("there is none of that source; begin one with --since and --until");
	else if (backfill_is_over(backfill))
		code = backfill_is_done(backfill) ? EXIT_DONE : EXIT_FAILED;
	else if (asked == NOBODY)
		code = backfill_complain("weir has ended; the backfill goes on when it runs again");
	if (backfill.kind == WEIR_OBJECT && (asked == ASKED || code != FOLLOW_ON))
		show(f, backfill);
	weir_arena_destroy(arena);
	return code;
}

int backfill_follow(const struct backfill *b)
{
	struct follow f = { .b = b };
	int code;

	while ((code = look_once(&f)) == FOLLOW_ON) {
		if (print_works() && !interrupt_came(LOOK_MS))
			continue;
		end_bar(&f);
		say_goes_on(b);
		code = EXIT_FAILED;
		break;
	}
	weir_free(f.note);
	return code;
}
