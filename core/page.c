/* page.c - one page of a source on its way through the pipeline.
 *
 * Lives here: its memory, parsing it once. Not here: rows and records (view.c), tickets
 * (component.c), JSON itself (json_page.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "page.h"

#include <string.h>

#include "budget.h"
#include "view.h"

struct page *page_create(void)
{
	struct page *page = weir_alloc(sizeof *page);

	atomic_init(&page->refs, 1);
	return page;
}

void page_ref(struct page *page, unsigned count)
{
	atomic_fetch_add(&page->refs, count);
}

/* What parsing and mapping a page usually take beside it. */
static int64_t when_parsed(size_t len)
{
	return (int64_t)(len + len / 2);
}

struct page *page_part(struct page *whole, struct weir_bytes text)
{
	struct page *part = page_create();

	page_ref(whole, 1);
	part->whole = whole;
	part->source = whole->source;
	part->plan = whole->plan;
	part->generation = whole->generation;
	part->lane = whole->lane;
	part->source_name = whole->source_name;
	part->source_stage = whole->source_stage;
	part->format = whole->format;
	part->data = (char *)(uintptr_t)text.data;
	part->len = text.len;
	part->origin = whole->origin;
	part->received_us = whole->received_us;
	part->budget = whole->budget;
	if (!whole->parsed)
		part->bytes = when_parsed(text.len);
	whole->bytes -= part->bytes;
	return part;
}

void page_take_events(struct page *part, size_t first, size_t count)
{
	const struct page *whole = part->whole;

	part->arena = weir_arena_create();
	part->events = whole->events + first;
	part->event_count = count;
	part->ids = whole->ids ? whole->ids + first : NULL;
	part->repeated = whole->repeated ? whole->repeated + first : NULL;
	part->parsed = true;
}

static void forget_document(struct page *page)
{
	json_doc_destroy(page->doc);
	page->doc = NULL;
	page->events = NULL;
	page->event_count = 0;
	page->parsed = false;
}

static void destroy(struct page *page)
{
	if (page->budget)
		budget_credit(page->budget, page->bytes);
	if (page->is_ready)
		budget_credit(page->ready, page->bytes);
	for (size_t i = 0; i < page->view_count; i++)
		view_destroy(page->views[i]);
	weir_free(page->views);
	forget_document(page);
	weir_arena_destroy(page->arena);
	dead_finish(&page->dead);
	if (!page->whole) {
		weir_free(page->data);
		weir_free(page->origin);
	}
	page_unref(page->whole);
	weir_free(page->position);
	weir_free(page->letter);
	weir_free(page);
}

void page_unref(struct page *page)
{
	if (page && atomic_fetch_sub(&page->refs, 1) == 1)
		destroy(page);
}

void page_adopt(struct page *page, enum weir_page_format format, char *data, size_t len)
{
	forget_document(page);
	weir_free(page->data);
	page->data = data;
	page->len = len;
	page->format = format;
}

static bool any_is_sound(const struct page *page)
{
	for (size_t i = 0; i < page->event_count; i++) {
		if (!page->events[i].error)
			return true;
	}
	return false;
}

static void take_events(struct page *page)
{
	page->events = json_events(page->doc, &page->event_count);
	page->parsed = true;
	/* Of an event that is too long they may be larger than it is. */
	if (!any_is_sound(page))
		json_doc_forget_tokens(page->doc);
}

void page_refuse(struct page *page, const struct weir_error *why)
{
	page->refusal = *why;
	page->refused = (struct json_event){
		.source = { page->data, page->len },
		.error = &page->refusal,
	};
	page->events = &page->refused;
	page->event_count = 1;
	page->parsed = true;
}

static void begin_document(struct page *page)
{
	if (!page->arena)
		page->arena = weir_arena_create();
	if (page->doc)
		json_doc_reset(page->doc);
	else
		page->doc = json_doc_create();
}

bool page_parse(struct page *page, const struct json_limits *limits,
                enum page_strictness strictness, struct weir_error *err)
{
	struct weir_bytes text = { page->data, page->len };
	struct weir_error why = { 0 };

	if (page->parsed)
		return true;
	if (!page->data) {
		page->parsed = true;
		return true;
	}
	begin_document(page);
	if (json_parse_page(page->doc, page->format, text, limits, &why)) {
		take_events(page);
		return true;
	}
	*err = why;
	if (strictness == PAGE_STRICT)
		return false;
	if (why.code == WEIR_E_RESOURCE)
		weir_no_memory();
	page_refuse(page, &why);
	return true;
}

bool page_salvage(struct page *page, const struct json_limits *limits, struct weir_error *err)
{
	begin_document(page);
	if (!json_parse_salvage(page->doc, (struct weir_bytes){ page->data, page->len }, limits,
	                        err))
		return false;
	take_events(page);
	return true;
}

void page_set_letter(struct page *page, const struct store_dead *dead)
{
	size_t sink = strlen(dead->sink) + 1;
	size_t delivered = dead->delivered ? strlen(dead->delivered) + 1 : 0;
	char *text;

	page->letter = weir_alloc(sizeof *page->letter + sink + delivered);
	text = (char *)(page->letter + 1);
	page->letter->number = dead->number;
	page->letter->bytes = (int64_t)dead->event.len;
	page->letter->has_id = dead->id.len > 0;
	page->letter->sink = memcpy(text, dead->sink, sink);
	if (delivered)
		page->letter->delivered = memcpy(text + sink, dead->delivered, delivered);
}

void page_read_ids(struct page *page, const struct weir_paths *id_path)
{
	if (!id_path || !page->event_count || page->ids)
		return;
	page->ids = weir_arena_alloc(page->arena, page->event_count * sizeof *page->ids);
	for (size_t i = 0; i < page->event_count; i++) {
		struct weir_value id = { 0 };

		page->ids[i] = (struct weir_bytes){ 0 };
		weir_paths_read(id_path, page->events[i].value, &id);
		weir_value_text(id, page->arena, &page->ids[i]);
	}
}

void page_charge(struct page *page)
{
	int64_t bytes = (int64_t)(sizeof *page + (page->whole ? 0 : page->len));

	if (page->doc)
		bytes += (int64_t)json_doc_bytes(page->doc);
	else
		bytes += when_parsed(page->len);
	if (page->arena)
		bytes += (int64_t)weir_arena_size(page->arena);
	for (size_t i = 0; i < page->view_count; i++)
		bytes += view_bytes(page->views[i]);
	budget_charge(page->budget, bytes - page->bytes);
	page->bytes = bytes;
}

void page_set_ready(struct page *page)
{
	page->is_ready = true;
	budget_charge(page->ready, page->bytes);
}

void page_set_repeated(struct page *page, size_t event)
{
	if (!page->repeated) {
		page->repeated = weir_arena_alloc(page->arena, page->event_count);
		memset(page->repeated, 0, page->event_count);
	}
	page->repeated[event] = true;
}

bool page_is_repeated(const struct page *page, size_t event)
{
	return page->repeated && page->repeated[event];
}

struct weir_bytes page_id(const struct page *page, size_t event)
{
	return page->ids ? page->ids[event] : (struct weir_bytes){ 0 };
}
