/* explain.c - what rules did with an event, for people: `weir map --explain`.
 *
 * Lives here: which record came from which rule at each stage, and the lines. Not here: what is
 * known of rules (weir/rules.h), which events are shown (cmd_map.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "explain.h"

#include <string.h>

enum { VALUE_MAX = 120, SOURCE_MAX = 100 };

/* A row of a rule that wrote. */
struct wrote {
	const struct weir_rule_row *row;
	const char *from;
	struct wrote *next;
};

/* A step that was tried with a row of a stage. */
struct tried {
	size_t stage, nth;
	struct weir_rule_step step;
	enum weir_rule_verdict verdict;
	const char *why;
	size_t records;
	struct wrote *wrote;
	struct tried *next;
};

/* How a record came about: by the last stage that made or changed it, from what was before. */
struct strand {
	const struct tried *by;
	const struct strand *before;
};

struct event_notes {
	struct tried *tried;
	bool begun;                     /* it has been shown which rules were tried */
	const struct strand **strands;  /* of its records, once they are asked for */
	size_t strand_count, shown;
};

struct explain {
	struct weir_arena *arena;
	enum diag_color color;
	struct event_notes *events;
	size_t count;
	struct listener {
		struct explain *explain;
		size_t stage;
	} *listeners[16];
	size_t stages;
};

struct explain *explain_create(enum diag_color color)
{
	struct explain *explain = weir_alloc(sizeof *explain);

	explain->arena = weir_arena_create();
	explain->color = color;
	return explain;
}

void explain_destroy(struct explain *explain)
{
	if (!explain)
		return;
	for (size_t i = 0; i < explain->stages; i++)
		weir_free(explain->listeners[i]);
	weir_arena_destroy(explain->arena);
	weir_free(explain->events);
	weir_free(explain);
}

void explain_forget(struct explain *explain)
{
	explain->count = 0;
	weir_arena_reset(explain->arena, 1 << 20);
}

/* ---- listening -------------------------------------------------------------------------------- */

static struct event_notes *notes_of(struct explain *explain, size_t event)
{
	size_t count = event + 1;

	if (count > explain->count) {
		explain->events = weir_realloc(explain->events, count * sizeof *explain->events);
		memset(explain->events + explain->count, 0,
		       (count - explain->count) * sizeof *explain->events);
		explain->count = count;
	}
	return &explain->events[event];
}

static void on_tried(void *user, size_t event, size_t nth, const struct weir_rule_tried *told)
{
	struct listener *listener = user;
	struct weir_arena *arena = listener->explain->arena;
	struct event_notes *notes = notes_of(listener->explain, event);
	struct tried *tried = weir_arena_alloc(arena, sizeof *tried), **at = &notes->tried;

	*tried = (struct tried){ .stage = listener->stage, 
		                 .nth = nth, .step = told->step,
		                 .verdict = told->verdict, .why = weir_arena_strdup(arena, told->why),
		                 .records = told->records };
	while (*at)
		at = &(*at)->next;
	*at = tried;
}

static void on_wrote(void *user, size_t event, size_t nth, const struct weir_rule_row *told,
                     const char *from)
{
	struct listener *listener = user;
	struct weir_arena *arena = listener->explain->arena;
	struct tried *tried = notes_of(listener->explain, event)->tried;
	struct wrote *wrote = weir_arena_alloc(arena, sizeof *wrote), **at;

	(void)nth;
	*wrote = (struct wrote){ told, weir_arena_strdup(arena, from), NULL };
	while (tried->next)
		tried = tried->next;
	for (at = &tried->wrote; *at;)
		at = &(*at)->next;
	*at = wrote;
}

bool explain_listen(struct explain *explain, struct dryrun *stage)
{
	struct listener *listener;

	if (explain->stages == WEIR_COUNT(explain->listeners))
		return false;
	listener = weir_alloc(sizeof *listener);
	*listener = (struct listener){ explain, explain->stages };
	explain->listeners[explain->stages++] = listener;
	return dryrun_trace(stage, &(struct dryrun_tracer){ on_tried, on_wrote, listener });
}

/* ---- which record came from where -------------------------------------------------------------- */

struct strands {
	const struct strand **items;
	size_t count;
};

/* What one stage made: the first record of each takes its place, further ones come behind all. */
struct passage {
	size_t stage;
	struct strands before, kept, more;
};

static void add_strand(struct explain *explain, struct strands *strands, const struct tried *by,
                       const struct strand *before)
{
	struct strand *strand = weir_arena_alloc(explain->arena, sizeof *strand);

	*strand = (struct strand){ by, before };
	strands->items[strands->count++] = strand;
}

static void follow(struct explain *explain, const struct event_notes *notes, struct passage *p,
                   size_t nth)
{
	bool took = false, ended = p->stage == 0;

	for (const struct tried *t = notes->tried; t; t = t->next) {
		if (t->stage != p->stage || t->nth != nth)
			continue;
		ended = ended || t->verdict == WEIR_RULE_DROPPED || t->verdict == WEIR_RULE_REJECTED;
		for (size_t i = 0; t->verdict == WEIR_RULE_TOOK && i < t->records; i++) {
			add_strand(explain, took ? &p->more : &p->kept, t, p->before.items[nth]);
			took = true;
		}
	}
	if (!took && !ended)
		p->kept.items[p->kept.count++] = p->before.items[nth];
}

static size_t most_records(const struct event_notes *notes)
{
	size_t most = 1;

	for (const struct tried *t = notes->tried; t; t = t->next)
		most += t->records;
	return most;
}

static void make_strands(struct explain *explain, struct event_notes *notes)
{
	size_t bytes = most_records(notes) * sizeof(struct strand *);
	struct strands now = { weir_arena_alloc(explain->arena, bytes), 1 };

	now.items[0] = NULL;
	for (size_t stage = 0; stage < explain->stages; stage++) {
		struct passage p = { stage, now, { weir_arena_alloc(explain->arena, bytes), 0 },
			             { weir_arena_alloc(explain->arena, bytes), 0 } };

		for (size_t i = 0; i < now.count; i++)
			follow(explain, notes, &p, i);
		memcpy(p.kept.items + p.kept.count, p.more.items, p.more.count * sizeof *p.more.items);
		p.kept.count += p.more.count;
		now = p.kept;
	}
	notes->strands = now.items;
	notes->strand_count = now.count;
}

/* ---- lines --------------------------------------------------------------------------------------- */

/* The lines of one record, or of one event. */
struct lines {
	struct explain *explain;
	const struct strand *strand;
	struct weir_buf *text;
};

static void paint(const struct lines *lines, const char *color)
{
	if (lines->explain->color == DIAG_COLOR)
		weir_buf_puts(lines->text, color);
}

static const char bold[] = "\033[1m", dim[] = "\033[2m", red[] = "\033[31m", green[] = "\033[32m",
                  cyan[] = "\033[36m", plain[] = "\033[0m";

/* The beginning of a text, cut between two characters. */
static void put_short(struct weir_buf *text, struct weir_bytes all, size_t most)
{
	size_t len = all.len;

	if (len > most)
		for (len = most; len && (all.data[len] & 0xc0) == 0x80;)
			len--;
	weir_buf_add(text, all.data, len);
	if (len < all.len)
		weir_buf_puts(text, "...");
}

static void put_value(struct weir_buf *text, struct weir_value v)
{
	struct weir_buf json = { 0 };

	weir_value_render(v, &json);
	put_short(text, (struct weir_bytes){ json.data, json.len }, VALUE_MAX);
	weir_buf_finish(&json);
}

static void put_place(struct weir_buf *text, const struct weir_where *where)
{
	weir_buf_printf(text, "%s:%d", where->file ? where->file : "?", where->line);
}

/* "  <- outcome.result  rules/a.lua:12: pick(...)" */
static void put_origin(const struct lines *lines, const struct wrote *wrote)
{
	const struct weir_rule_row *row = wrote->row;

	paint(lines, dim);
	weir_buf_puts(lines->text, "  <- ");
	put_short(lines->text, weir_bytes(row->base ? "base value" : wrote->from), SOURCE_MAX);
	if (row->base || wrote->from[0])
		weir_buf_puts(lines->text, "  ");
	put_place(lines->text, &row->where);
	weir_buf_puts(lines->text, ": ");
	put_short(lines->text, weir_bytes(row->source), SOURCE_MAX);
	paint(lines, plain);
}

static void put_line(const struct lines *lines, const char *path, struct weir_value v,
                     const struct wrote *wrote)
{
	weir_buf_puts(lines->text, "    ");
	paint(lines, cyan);
	weir_buf_puts(lines->text, path);
	paint(lines, plain);
	weir_buf_puts(lines->text, ": ");
	put_value(lines->text, v);
	if (wrote)
		put_origin(lines, wrote);
	weir_buf_putc(lines->text, '\n');
}

/* The last row that wrote a target: the latest stage's. */
static const struct wrote *writer(const struct lines *lines, const char *target)
{
	for (const struct strand *s = lines->strand; s; s = s->before) {
		const struct wrote *last = NULL;

		for (const struct wrote *w = s->by->wrote; w; w = w->next) {
			if (strcmp(w->row->target, target) == 0)
				last = w;
		}
		if (last)
			return last;
	}
	return NULL;
}

/* The values at a path of keys in each element of a list. */
static struct weir_value gather(struct weir_arena *arena, struct weir_value list, const char *path)
{
	struct weir_value values = weir_make_array(arena);
	struct weir_each each = weir_each(list);

	while (weir_next(&each)) {
		struct weir_value v = each.value;
		const char *p = path;

		while (*p && !weir_is_absent(v)) {
			size_t len = strcspn(p, ".");

			v = weir_value_member(v, (struct weir_bytes){ p, len });
			p += len + (p[len] == '.');
		}
		if (!weir_is_absent(v))
			weir_array_push(arena, values, v);
	}
	return values;
}

/* Rows whose targets are in the elements of a list. False when there are none. */
static bool put_elements(const struct lines *lines, const char *path, struct weir_value list)
{
	size_t len = strlen(path);
	bool found = false;

	for (const struct strand *s = lines->strand; s; s = s->before) {
		for (const struct wrote *w = s->by->wrote; w; w = w->next) {
			const char *target = w->row->target;

			if (strncmp(target, path, len) != 0 || strncmp(target + len, "[].", 3) != 0 ||
			    writer(lines, target) != w)
				continue;
			put_line(lines, target, gather(lines->explain->arena, list, target + len + 3), w);
			found = true;
		}
	}
	return found;
}

static void put_members(const struct lines *lines, const char *path, struct weir_value object);

static void put_field(const struct lines *lines, const char *path, struct weir_value v)
{
	const struct wrote *wrote = writer(lines, path);

	if (!wrote && v.kind == WEIR_OBJECT && weir_value_count(v))
		put_members(lines, path, v);
	else if (wrote || v.kind != WEIR_ARRAY || !put_elements(lines, path, v))
		put_line(lines, path[0] ? path : ".", v, wrote ? wrote : writer(lines, "."));
}

static void put_members(const struct lines *lines, const char *path, struct weir_value object)
{
	struct weir_arena *arena = lines->explain->arena;
	struct weir_each each = weir_each(object);

	while (weir_next(&each)) {
		struct weir_bytes key = weir_each_key(&each, arena);

		put_field(lines, weir_arena_format(arena, "%s%s%.*s", path, path[0] ? "." : "",
		                                   (int)key.len, key.data), each.value);
	}
}

static void put_tried(const struct lines *lines, const struct tried *tried)
{
	static const char *const words[] = { "took", "passed", "dropped", "rejected" };
	const char *const colors[] = { green, dim, dim, red };

	weir_buf_puts(lines->text, "  ");
	paint(lines, colors[tried->verdict]);
	weir_buf_printf(lines->text, "%-8s", words[tried->verdict]);
	paint(lines, plain);
	weir_buf_putc(lines->text, ' ');
	put_place(lines->text, &tried->step.where);
	if (tried->step.schema)
		weir_buf_printf(lines->text, " %s", tried->step.schema);
	weir_buf_printf(lines->text, " for %s", tried->step.type);
	if (lines->explain->stages > 1)
		weir_buf_printf(lines->text, ", stage %zu", tried->stage + 1);
	if (tried->why[0])
		weir_buf_printf(lines->text, ": %s", tried->why);
	weir_buf_putc(lines->text, '\n');
}

static void put_event(const struct lines *lines, const struct dryrun_outcome *outcome,
                      const struct event_notes *notes)
{
	struct weir_value event = { 0 };
	struct weir_error ignored;
	struct weir_bytes type = { 0 }, id = { 0 };
	struct weir_arena *arena = lines->explain->arena;

	if (weir_json_parse(arena, outcome->source, &event, &ignored)) {
		weir_value_text(weir_value_get(event, "eventType"), arena, &type);
		weir_value_text(weir_value_get(event, "uuid"), arena, &id);
	}
	paint(lines, bold);
	if (type.len || id.len)
		weir_buf_printf(lines->text, "%.*s %.*s", (int)type.len, type.len ? type.data : "",
		                (int)id.len, id.len ? id.data : "");
	else
		weir_buf_puts(lines->text, "an event without eventType and uuid");
	paint(lines, plain);
	weir_buf_putc(lines->text, '\n');
	for (const struct tried *t = notes->tried; t; t = t->next)
		put_tried(lines, t);
}

void explain_put(struct explain *explain, const struct dryrun_outcome *outcome,
                 struct weir_buf *text)
{
	struct event_notes *notes = notes_of(explain, outcome->event);
	struct lines lines = { .explain = explain, .text = text };

	if (!notes->begun) {
		put_event(&lines, outcome, notes);
		make_strands(explain, notes);
		notes->begun = true;
	}
	switch (outcome->fate) {
	case DRYRUN_RECORD:
		if (notes->shown < notes->strand_count)
			lines.strand = notes->strands[notes->shown];
		notes->shown++;
		weir_buf_printf(text, "  %s\n", outcome->schema ? outcome->schema : "record");
		put_field(&lines, "", outcome->record);
		break;
	case DRYRUN_DROPPED: weir_buf_printf(text, "  dropped: %s\n", outcome->cause); break;
	case DRYRUN_REJECTED: weir_buf_printf(text, "  rejected: %s\n", outcome->why->text); break;
	}
}
