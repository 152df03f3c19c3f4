/* batch.c - struct weir_batch as transforms and sinks see it.
 *
 * Lives here: weir_batch_* on rows. Not here: what a source fills (batch_source.c), where rows
 * come from (view.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "batch.h"

#include "clock.h"
#include "lane_record.h"

static struct row *row_of(const struct weir_batch *b, size_t row)
{
	weir_must(b->view && row < b->len);
	return &b->view->live.items[b->from + row];
}

/* A source has no view yet: its rows are the events of the page that it parsed. */
static const struct json_event *event_of(const struct weir_batch *b, size_t row)
{
	if (!b->view) {
		weir_must(row < b->len);
		return &b->page->events[row];
	}
	return &b->page->events[row_of(b, row)->event];
}

size_t weir_batch_len(const struct weir_batch *b)
{
	return b->len;
}

struct weir_value weir_batch_event(const struct weir_batch *b, size_t row)
{
	return event_of(b, row)->value;
}

struct weir_bytes weir_batch_source_bytes(const struct weir_batch *b, size_t row)
{
	return event_of(b, row)->source;
}

struct weir_value weir_batch_record(const struct weir_batch *b, size_t row)
{
	return row_of(b, row)->record;
}

const char *weir_batch_schema(const struct weir_batch *b, size_t row)
{
	return row_of(b, row)->schema;
}

const char *weir_batch_source(const struct weir_batch *b)
{
	return b->page->source_name;
}

const char *weir_batch_lane(const struct weir_batch *b)
{
	return lane_name(b->page->lane);
}

const char *weir_batch_origin_host(const struct weir_batch *b)
{
	return b->page->origin ? b->page->origin : "";
}

int64_t weir_batch_received(const struct weir_batch *b)
{
	return b->page->received_us;
}

struct weir_arena *weir_batch_arena(struct weir_batch *b)
{
	return b->page->arena;
}

void weir_batch_set(struct weir_batch *b, size_t row, const char *schema,
                    struct weir_value record)
{
	struct row *r = row_of(b, row);

	r->schema = schema;
	r->record = record;
}

void weir_batch_add(struct weir_batch *b, size_t row, const char *schema,
                    struct weir_value record)
{
	struct row added = { .record = record, .schema = schema, .event = row_of(b, row)->event };

	rows_add(&b->view->live, &added);
}

void weir_batch_drop(struct weir_batch *b, size_t row, const char *cause)
{
	struct row *r = row_of(b, row);

	r->state = ROW_DROPPED;
	r->cause = cause;
}

const struct dead *batch_bury(struct dead_list *list, const struct view *view,
                              const struct row *row, const char *stage,
                              const struct weir_error *why)
{
	const struct page *page = view->page;
	struct store_dead letter = {
		.source = page->source_name,
		.stage = stage,
		.origin = page->origin,
		.id = page_id(page, row->event),
		.at_us = clock_now_us(),
		.why = *why,
		.event = page->events[row->event].source,
		.schema = row->schema,
	};

	return dead_add(list, row->event, &letter);
}

void weir_batch_reject(struct weir_batch *b, size_t row, const struct weir_error *why)
{
	struct row *r = row_of(b, row);

	if (b->rejected) {
		if (b->rejected[b->from + row])
			return;
		b->rejected[b->from + row] = true;
		batch_bury(&b->dead, b->view, r, b->stage, why);
		return;
	}
	if (r->state == ROW_DEAD)
		return;
	r->state = ROW_DEAD;
	r->letter = batch_bury(&b->dead, b->view, r, b->stage, why);
}

struct weir_bytes weir_batch_text(const struct weir_batch *b, size_t row)
{
	weir_must(b->view && row < b->len);
	return view_text(b->view, b->from + row);
}

struct weir_bytes weir_batch_id(const struct weir_batch *b, size_t row)
{
	return page_id(b->page, row_of(b, row)->event);
}
