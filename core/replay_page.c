/* replay_page.c - a dead letter made into a page that can go through the pipeline again.
 *
 * Lives here: its bytes, judged as they were judged at first. Not here: which letters are sent,
 * and when (replay.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "replay_page.h"

#include <string.h>

static struct weir_ctx *find_source(const struct graph *graph, const char *name)
{
	for (size_t i = 0; i < graph->node_count; i++) {
		struct weir_ctx *ctx = graph->instances[i];

		if (ctx->node->kind == WEIR_SOURCE && strcmp(ctx->name, name) == 0)
			return ctx;
	}
	return NULL;
}

static bool leads_to(const struct plan *plan, const char *sink)
{
	for (size_t i = 0; i < plan->sink_count; i++) {
		if (strcmp(plan->sinks[i].sink->name, sink) == 0)
			return true;
	}
	return false;
}

struct weir_ctx *replay_source(const struct graph *graph, const struct store_dead *dead,
                               struct weir_error *err)
{
	struct weir_ctx *source = find_source(graph, dead->source);

	if (source && leads_to(graph_plan(graph, source), dead->sink))
		return source;
	if (!*dead->sink)
		weir_fail(err, WEIR_E_CONFIG,
		          "an older weir made it, and did not note which sink it is for");
	else if (!source)
		weir_fail(err, WEIR_E_CONFIG, "there is no source %s in the configuration",
		          dead->source);
	else
		weir_fail(err, WEIR_E_CONFIG, "source %s does not lead to a sink %s", dead->source,
		          dead->sink);
	return NULL;
}

/* An event that has line ends was part of an array. */
static void adopt(struct page *page, struct weir_bytes event)
{
	bool array = event.len && memchr(event.data, '\n', event.len);
	char *data = weir_alloc(event.len + 2 + WEIR_PAGE_PADDING);
	size_t at = 0;

	if (array)
		data[at++] = '[';
	if (event.len)
		memcpy(data + at, event.data, event.len);
	at += event.len;
	if (array)
		data[at++] = ']';
	memset(data + at, 0, WEIR_PAGE_PADDING);
	page_adopt(page, array ? WEIR_PAGE_ARRAY : WEIR_PAGE_LINES, data, at);
}

/* Bytes that were refused may look like two events now that they stand alone. */
static void parse(struct page *page, size_t len, const struct json_limits *limits)
{
	struct weir_error err = { 0 };

	page_parse(page, limits, PAGE_KEEP_REFUSED, &err);
	if (page->event_count == 1 && (page->events[0].error || page->events[0].source.len == len))
		return;
	weir_fail(&err, WEIR_E_DATA, "not one sound JSON value");
	page_refuse(page, &err);
}

/* One that was not known, because its event could not be read, is read now; it is noted as seen with
 * the replay, so that the source does not bring the event again. */
static void set_id(struct page *page, struct weir_bytes id, const struct weir_paths *id_path)
{
	if (!id.len) {
		page_read_ids(page, id_path);
		return;
	}
	page->ids = weir_arena_alloc(page->arena, sizeof *page->ids);
	page->ids[0] = weir_arena_copy(page->arena, id);
}

struct page *replay_page_create(const struct store_dead *dead, struct weir_ctx *source)
{
	struct json_limits limits = host_json(source->host);
	struct page *page = page_create();

	page->source = source;
	page->source_name = source->name;
	page->source_stage = source->stage;
	page->origin = weir_strdup(dead->origin);
	page->received_us = dead->at_us;
	page_set_letter(page, dead);
	adopt(page, dead->event);
	parse(page, dead->event.len, &limits);
	set_id(page, dead->id, source->id_path);
	return page;
}
