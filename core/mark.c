/* mark.c - a cut through a component at one ticket, and all that a commit of it stores.
 *
 * Lives here: gathering. Not here: when a mark is set (component.c), storing it (committer.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mark.h"

#include "clock.h"

/* ---- positions ---------------------------------------------------------------- */

static void add_position(struct position_list *list, struct weir_ctx *owner,
                         enum store_record record, const char *text)
{
	if (list->len == list->cap) {
		list->cap = list->cap ? 2 * list->cap : 1;
		list->items = weir_realloc(list->items, list->cap * sizeof *list->items);
	}
	list->items[list->len++] = (struct mark_position){ owner, record, weir_strdup(text) };
}

void position_add(struct position_list *list, struct weir_ctx *owner, const char *text)
{
	add_position(list, owner, STORE_POSITION, text);
}

void position_add_record(struct position_list *list, struct weir_ctx *owner, enum weir_lane lane,
                         const char *text)
{
	add_position(list, owner, store_record_of(lane), text);
}

void position_finish(struct position_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		weir_free(list->items[i].text);
	weir_free(list->items);
	*list = (struct position_list){ 0 };
}

/* ---- reports -------------------------------------------------------------------- */

void report_finish(struct report *report)
{
	for (size_t i = 0; i < report->row_count; i++)
		tally_finish(&report->rows[i].tally);
	weir_free(report->rows);
	weir_free(report->id_rows);
	weir_free(report->releases);
	weir_buf_finish(&report->ids);
	dead_finish(&report->dead);
	position_finish(&report->position);
	*report = (struct report){ 0 };
}

struct tally *report_tally(struct report *report, struct ledger_row *row)
{
	size_t i = 0;

	while (i < report->row_count && report->rows[i].row != row)
		i++;
	if (i < report->row_count)
		return &report->rows[i].tally;
	if (i == report->row_cap) {
		report->row_cap = report->row_cap ? 2 * report->row_cap : 2;
		report->rows = weir_realloc(report->rows, report->row_cap * sizeof *report->rows);
	}
	report->rows[report->row_count++] = (struct report_row){ .row = row };
	return &report->rows[i].tally;
}

void report_id(struct report *report, const char *source, struct weir_bytes id, int64_t at_us)
{
	if (!id.len)
		return;
	if (report->id_count == report->id_cap) {
		report->id_cap = report->id_cap ? 2 * report->id_cap : 64;
		report->id_rows = weir_realloc(report->id_rows,
		                               report->id_cap * sizeof *report->id_rows);
	}
	report->id_rows[report->id_count++] =
		(struct report_id){ source, report->ids.len, id.len, at_us };
	weir_buf_add(&report->ids, id.data, id.len);
}

void report_release(struct report *report, const struct report_release *release)
{
	if (report->release_count == report->release_cap) {
		report->release_cap = report->release_cap ? 2 * report->release_cap : 16;
		report->releases = weir_realloc(report->releases, report->release_cap
		                                * sizeof *report->releases);
	}
	report->releases[report->release_count++] = *release;
}

void report_page(struct report *report, const struct page *page)
{
	int64_t at_us;

	if (!page->ids || (page->letter && page->letter->has_id))
		return;
	/* Times of ids only grow. */
	at_us = page->letter ? clock_now_us() : page->received_us;
	for (size_t i = 0; i < page->event_count; i++) {
		if (!page_is_repeated(page, i))
			report_id(report, page->source_name, page->ids[i], at_us);
	}
}

/* ---- marks ------------------------------------------------------------------------ */

struct mark *mark_create(struct component *component, uint64_t ticket, size_t sinks)
{
	struct mark *mark = weir_alloc(sizeof *mark);

	mark->component = component;
	mark->ticket = ticket;
	mark->reports = weir_alloc((sinks + 1) * sizeof *mark->reports);
	mark->report_count = sinks;
	atomic_init(&mark->waiting, sinks);
	return mark;
}

void mark_destroy(struct mark *mark)
{
	if (!mark)
		return;
	for (size_t i = 0; i < mark->report_count; i++)
		report_finish(&mark->reports[i]);
	weir_free(mark->reports);
	position_finish(&mark->positions);
	weir_free(mark);
}

bool mark_hand_in(struct mark *mark, size_t sink, struct report *report)
{
	mark->reports[sink] = *report;
	*report = (struct report){ 0 };
	return atomic_fetch_sub(&mark->waiting, 1) == 1;
}

/* ---- the commit --------------------------------------------------------------------- */

struct sizes {
	size_t positions, seen, dead, released, counts;
};

static struct sizes sizes_of(const struct mark *mark)
{
	struct sizes sizes = { .positions = mark->positions.len };

	for (size_t i = 0; i < mark->report_count; i++) {
		const struct report *report = &mark->reports[i];

		sizes.positions += report->position.len;
		sizes.seen += report->id_count;
		sizes.dead += report->dead.count;
		sizes.released += report->release_count;
		for (size_t row = 0; row < report->row_count; row++)
			sizes.counts += 5 + report->rows[row].tally.drop_count;
	}
	return sizes;
}

static void add_count(struct store_commit *commit, const struct store_count *count)
{
	struct store_count *counts = (struct store_count *)commit->counts;

	if (count->by)
		counts[commit->count_count++] = *count;
}

static void add_row(struct store_commit *commit, const struct report_row *row)
{
	const struct tally *tally = &row->tally;
	struct store_count count = { .source = row->row->source, .sink = row->row->sink };
	const struct {
		enum store_fate fate;
		int64_t by;
	} fates[] = {
		{ STORE_IN, tally->in },
		{ STORE_DELIVERED, tally->delivered },
		{ STORE_DEAD, tally->dead },
		{ STORE_REPEATED, tally->repeated },
		{ STORE_RELEASED, tally->released },
	};

	for (size_t i = 0; i < WEIR_COUNT(fates); i++) {
		count.fate = fates[i].fate;
		count.by = fates[i].by;
		add_count(commit, &count);
	}
	count.fate = STORE_DROPPED;
	for (size_t i = 0; i < tally->drop_count; i++) {
		count.cause = tally->drops[i].cause;
		count.by = tally->drops[i].events;
		add_count(commit, &count);
	}
}

static void add_positions(struct store_commit *commit, const struct position_list *list)
{
	struct store_position *positions = (struct store_position *)commit->positions;

	for (size_t i = 0; i < list->len; i++) {
		const struct weir_ctx *owner = list->items[i].owner;

		positions[commit->position_count++] = (struct store_position){
			.kind = owner->node->kind,
			.record = list->items[i].record,
			.name = owner->name,
			.plugin = owner->plugin->name,
			.version = owner->plugin->position_version,
			.text = list->items[i].text,
		};
	}
}

static void add_report(struct store_commit *commit, const struct report *report)
{
	struct store_seen *seen = (struct store_seen *)commit->seen;
	struct store_dead *letters = (struct store_dead *)commit->dead;
	int64_t *released = (int64_t *)commit->released;

	add_positions(commit, &report->position);
	for (size_t i = 0; i < report->id_count; i++) {
		const struct report_id *id = &report->id_rows[i];

		seen[commit->seen_count++] = (struct store_seen){
			id->source, { report->ids.data + id->at, id->len }, id->at_us,
		};
	}
	for (const struct dead *dead = report->dead.first; dead; dead = dead->next)
		letters[commit->dead_count++] = dead->letter;
	for (size_t i = 0; i < report->release_count; i++)
		released[commit->released_count++] = report->releases[i].number;
	for (size_t i = 0; i < report->row_count; i++)
		add_row(commit, &report->rows[i]);
}

void mark_commit(const struct mark *mark, struct store_commit *commit, struct weir_arena *arena)
{
	struct sizes sizes = sizes_of(mark);

	*commit = (struct store_commit){
		.positions = weir_arena_alloc(arena, sizes.positions * sizeof *commit->positions),
		.seen = weir_arena_alloc(arena, sizes.seen * sizeof *commit->seen),
		.dead = weir_arena_alloc(arena, sizes.dead * sizeof *commit->dead),
		.released = weir_arena_alloc(arena, sizes.released * sizeof *commit->released),
		.counts = weir_arena_alloc(arena, sizes.counts * sizeof *commit->counts),
	};
	add_positions(commit, &mark->positions);
	for (size_t i = 0; i < mark->report_count; i++)
		add_report(commit, &mark->reports[i]);
}

bool mark_is_empty(const struct store_commit *commit)
{
	return !commit->position_count && !commit->seen_count && !commit->dead_count
	       && !commit->released_count && !commit->count_count;
}
