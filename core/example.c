/* example.c - one example beside a rule: run, compared with what is expected, or accepted.
 *
 * Lives here: the records of each event, and which of them are not as expected. Not here: finding
 * examples (golden.c), running rules (dryrun.c), what differs in a record (difference.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "example.h"

#include <string.h>

#include "align.h"
#include "difference.h"
#include "file.h"
#include "stages.h"
#include "whole.h"

enum { EXAMPLE_MAX = 256 << 20, SHOWN_MAX = 160 };

/* What became of one event: its records one line each; what was rejected is a line, too. */
struct fate {
	struct weir_buf lines;
	struct weir_buf why;   /* of a rejection, with its place */
};

struct fates {
	struct fate *items;
	size_t count;
	const struct example *example;
	bool again;            /* the second run */
};

static void fates_finish(struct fates *fates)
{
	for (size_t i = 0; i < fates->count; i++) {
		weir_buf_finish(&fates->items[i].lines);
		weir_buf_finish(&fates->items[i].why);
	}
	weir_free(fates->items);
	fates->items = NULL;
	fates->count = 0;
}

static void reach(struct fates *fates, size_t count)
{
	if (count <= fates->count)
		return;
	fates->items = weir_realloc(fates->items, count * sizeof *fates->items);
	memset(fates->items + fates->count, 0, (count - fates->count) * sizeof *fates->items);
	fates->count = count;
}

static void keep(void *arg, const struct dryrun_outcome *outcome)
{
	struct fates *fates = arg;
	struct fate *fate;

	if (fates->example->seen && !fates->again)
		fates->example->seen(fates->example->arg, outcome);
	reach(fates, outcome->event + 1);
	fate = &fates->items[outcome->event];
	switch (outcome->fate) {
	case DRYRUN_RECORD:
		weir_buf_add(&fate->lines, outcome->text.data, outcome->text.len);
		weir_buf_putc(&fate->lines, '\n');
		break;
	case DRYRUN_REJECTED:
		weir_buf_puts(&fate->lines, "{\"rejected\":");
		weir_json_quote(weir_bytes(outcome->why->text), &fate->lines);
		weir_buf_puts(&fate->lines, "}\n");
		diag_line(outcome->why, &fate->why);
		break;
	case DRYRUN_DROPPED:
		break;
	}
}

/* ---- lines ------------------------------------------------------------------------------------ */

struct line {
	struct weir_bytes text;
	size_t number;         /* in its file, from 1 */
	struct weir_value value;
	size_t event;          /* of a record: which event made it */
};

struct lines {
	struct line *items;
	size_t count, cap;
	struct weir_arena *arena;
};

/* Blank ones are none. */
static void add_lines(struct lines *lines, struct weir_bytes text, size_t event)
{
	size_t number = 0;

	for (const char *p = text.data, *end = text.data + text.len; p < end;) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		struct weir_error ignored;
		struct line line = { .number = ++number, .event = event };

		stop = stop ? stop : end;
		line.text = (struct weir_bytes){ p, (size_t)(stop - p) };
		p = stop + 1;
		if (!line.text.len)
			continue;
		if (lines->count == lines->cap) {
			lines->cap = lines->cap ? lines->cap * 2 : 64;
			lines->items = weir_realloc(lines->items, lines->cap * sizeof *lines->items);
		}
		weir_json_parse(lines->arena, line.text, &line.value, &ignored);
		lines->items[lines->count++] = line;
	}
}

/* ---- comparing ---------------------------------------------------------------------------------- */

struct comparison {
	const struct example *example;
	const struct fates *fates;
	struct lines events, want, got;
	struct weir_buf *text;
};

static bool same_line(void *arg, size_t i, size_t j)
{
	const struct comparison *c = arg;
	const struct line *want = &c->want.items[i], *got = &c->got.items[j];

	if (weir_bytes_equal(want->text, got->text))
		return true;
	return !weir_is_absent(want->value) && !weir_is_absent(got->value) &&
	       weir_value_equal(want->value, got->value);
}

/* " of user.session.start e1 (signin.in.ndjson:3)" */
static void put_event(const struct comparison *c, size_t event)
{
	const struct line *line = &c->events.items[event];
	struct weir_bytes type = { "", 0 }, id = { "", 0 };

	weir_value_text(weir_value_get(line->value, "eventType"), c->events.arena, &type);
	weir_value_text(weir_value_get(line->value, "uuid"), c->events.arena, &id);
	if (type.len || id.len)
		weir_buf_printf(c->text, " of %.*s%s%.*s", (int)type.len, type.data,
		                type.len && id.len ? " " : "", (int)id.len, id.data);
	weir_buf_printf(c->text, " (%s:%zu)", c->example->golden->in, line->number);
}

static void put_short(const struct comparison *c, char sign, struct weir_bytes text)
{
	size_t len = text.len > SHOWN_MAX ? SHOWN_MAX : text.len;

	while (len < text.len && len && (text.data[len] & 0xc0) == 0x80)
		len--;
	if (c->example->color == DIAG_COLOR)
		weir_buf_puts(c->text, sign == '-' ? "\033[31m" : "\033[32m");
	weir_buf_printf(c->text, "    %c %.*s%s", sign, (int)len, text.data,
	                len < text.len ? "..." : "");
	if (c->example->color == DIAG_COLOR)
		weir_buf_puts(c->text, "\033[0m");
	weir_buf_putc(c->text, '\n');
}

static void put_rejection(const struct comparison *c, size_t event)
{
	const struct weir_buf *why = &c->fates->items[event].why;

	if (c->example->color == DIAG_COLOR)
		weir_buf_puts(c->text, "\033[32m");
	weir_buf_printf(c->text, "    + rejected: %.*s", (int)why->len, why->data);
	if (c->example->color == DIAG_COLOR)
		weir_buf_puts(c->text, "\033[0m");
	weir_buf_putc(c->text, '\n');
}

static void put_difference(const struct comparison *c, const struct align_pair *pair)
{
	const struct line *want = pair->before == ALIGN_NONE ? NULL : &c->want.items[pair->before];
	const struct line *got = pair->after == ALIGN_NONE ? NULL : &c->got.items[pair->after];

	weir_buf_puts(c->text, "  ");
	if (want)
		weir_buf_printf(c->text, "%s:%zu", c->example->golden->out, want->number);
	else
		weir_buf_puts(c->text, "a record too many");
	if (got)
		put_event(c, got->event);
	weir_buf_puts(c->text, got ? "\n" : " is missing\n");
	if (got && c->fates->items[got->event].why.len) {
		if (want)
			put_short(c, '-', want->text);
		put_rejection(c, got->event);
	} else if (want && got && !weir_is_absent(want->value)) {
		difference_list(want->value, got->value, c->example->color, c->text);
	} else {
		put_short(c, want ? '-' : '+', want ? want->text : got->text);
	}
}

static bool compare_lines(struct comparison *c)
{
	struct align_pair *pairs = weir_alloc((c->want.count + c->got.count + 1) * sizeof *pairs);
	size_t count = align_lists(c->want.count, c->got.count, same_line, c, pairs);
	bool same = true;

	for (size_t i = 0; i < count; i++) {
		if (pairs[i].before != ALIGN_NONE && pairs[i].after != ALIGN_NONE &&
		    same_line(c, pairs[i].before, pairs[i].after))
			continue;
		put_difference(c, &pairs[i]);
		same = false;
	}
	weir_free(pairs);
	return same;
}

/* Appends what differs between the expected and the actual records; true if nothing does. */
static bool compare(const struct example *example, struct weir_bytes page,
                    struct weir_bytes expected, const struct fates *fates, struct weir_buf *text)
{
	struct weir_arena *arena = example->arena;
	struct comparison c = { .example = example, .fates = fates, .events = { .arena = arena },
		                .want = { .arena = arena }, .got = { .arena = arena }, .text = text };
	bool same;

	add_lines(&c.events, page, 0);
	add_lines(&c.want, expected, 0);
	for (size_t i = 0; i < fates->count; i++)
		add_lines(&c.got, (struct weir_bytes){ fates->items[i].lines.data,
		                                       fates->items[i].lines.len }, i);
	same = compare_lines(&c);
	weir_free(c.events.items);
	weir_free(c.want.items);
	weir_free(c.got.items);
	return same;
}

/* ---- no memory ------------------------------------------------------------------------------------ */

/* The events of page in reverse order, so that each has other neighbours and another past. */
static void reverse(struct weir_arena *arena, struct weir_bytes page, struct weir_buf *reversed)
{
	struct lines lines = { .arena = arena };

	add_lines(&lines, page, 0);
	for (size_t i = lines.count; i-- > 0;) {
		weir_buf_add(reversed, lines.items[i].text.data, lines.items[i].text.len);
		weir_buf_putc(reversed, '\n');
	}
	weir_free(lines.items);
}

static bool equal_buf(const struct weir_buf *a, const struct weir_buf *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static bool remembers_nothing(const struct example *example, struct dryrun *dryrun,
                              struct weir_bytes page, const struct fates *first,
                              struct weir_buf *text)
{
	struct weir_buf reversed = { 0 };
	struct fates second = { .example = example, .again = true };
	struct weir_error err;
	bool same;

	reverse(example->arena, page, &reversed);
	same = dryrun_map(dryrun, WEIR_PAGE_LINES,
	                  (struct weir_bytes){ reversed.data, reversed.len }, keep, &second, &err);
	reach(&second, first->count);
	for (size_t i = 0; same && i < first->count; i++) {
		same = equal_buf(&first->items[i].lines, &second.items[first->count - 1 - i].lines);
		if (!same)
			weir_buf_printf(text, "  event %zu gives another record when the events "
			                "come in reverse order: a rule must not remember\n", i + 1);
	}
	fates_finish(&second);
	weir_buf_finish(&reversed);
	return same;
}

/* ---- opening -------------------------------------------------------------------------------------- */

struct dryrun *example_open(const struct golden_folder *folder, const struct golden *golden,
                            struct weir_value more, struct weir_arena *arena, struct diag *diag)
{
	struct dryrun *stages = NULL;

	if (stages_before(folder->path, arena, diag, &stages) &&
	    stages_add(&stages, stages_open(folder, golden, more, arena, diag)))
		return stages;
	dryrun_destroy(stages);
	return NULL;
}

/* ---- the whole -------------------------------------------------------------------------------------- */

static bool accept(const struct example *example, const struct fates *fates, struct weir_buf *text)
{
	struct weir_buf all = { 0 };
	struct weir_error err;
	bool fine;

	for (size_t i = 0; i < fates->count; i++)
		weir_buf_add(&all, fates->items[i].lines.data, fates->items[i].lines.len);
	fine = whole_replace(example->golden->out, (struct weir_bytes){ all.data, all.len }, &err);
	if (!fine)
		weir_buf_printf(text, "  %s\n", err.text);
	weir_buf_finish(&all);
	return fine;
}

static bool judge(const struct example *example, struct weir_bytes page, const struct fates *fates,
                  struct weir_buf *text)
{
	struct weir_bytes expected = { 0 };
	struct weir_error err;
	bool fine;

	if (example->write)
		return accept(example, fates, text);
	if (!file_read(example->golden->out, EXAMPLE_MAX, &expected, &err)) {
		weir_buf_printf(text, "  %s; accept the records with weir test --write\n", err.text);
		return false;
	}
	fine = compare(example, page, expected, fates, text);
	weir_free((void *)expected.data);
	return fine;
}

bool example_run(const struct example *example, struct dryrun *dryrun, struct weir_buf *text)
{
	struct fates fates = { .example = example };
	struct weir_bytes page = { 0 };
	struct weir_error err;
	bool fine = file_read(example->golden->in, EXAMPLE_MAX, &page, &err) &&
	            dryrun_map(dryrun, WEIR_PAGE_LINES, page, keep, &fates, &err);

	if (!fine)
		weir_buf_printf(text, "  %s\n", err.text);
	else
		fine = remembers_nothing(example, dryrun, page, &fates, text);
	/* A rule that remembers is not accepted, but compared. */
	if (fine || (page.data && !example->write && fates.count))
		fine = judge(example, page, &fates, text) && fine;
	fates_finish(&fates);
	weir_free((void *)page.data);
	return fine;
}
