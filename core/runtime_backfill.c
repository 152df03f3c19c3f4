/* runtime_backfill.c - backfills of a running pipeline, by the name of their source.
 *
 * Not here: what a lane does (lane.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "lane.h"
#include "runtime_own.h"

static bool is_source(const struct weir_ctx *ctx)
{
	return ctx->node->kind == WEIR_SOURCE;
}

static struct weir_ctx *find_source(const struct graph *graph, const char *name)
{
	for (size_t i = 0; i < graph->node_count; i++) {
		if (is_source(graph->instances[i]) && strcmp(graph->instances[i]->name, name) == 0)
			return graph->instances[i];
	}
	return NULL;
}

static void say_unknown(const struct graph *graph, const char *name, struct weir_error *err)
{
	const char **names = weir_alloc((graph->node_count + 1) * sizeof *names);
	const char *near;
	size_t count = 0;

	for (size_t i = 0; i < graph->node_count; i++) {
		if (is_source(graph->instances[i]))
			names[count++] = graph->instances[i]->name;
	}
	near = weir_nearest(name, names);
	if (near)
		weir_fail(err, WEIR_E_CONFIG, "there is no source '%s'; did you mean %s?", name, near);
	else
		weir_fail(err, WEIR_E_CONFIG, "there is no source '%s'; weir status lists them", name);
	weir_free(names);
}

static struct driver *find_driver(struct runtime *runtime, const char *name,
                                  struct weir_error *err)
{
	struct weir_ctx *ctx = find_source(runtime->graph, name);

	if (!ctx)
		say_unknown(runtime->graph, name, err);
	else if (!ctx->plugin->windows)
		weir_fail(err, WEIR_E_CONFIG, "source %s (%s) cannot read its past again", name,
		          ctx->plugin->name);
	else if (runtime->phase != RUNTIME_RUNNING)
		weir_fail(err, WEIR_E_CONFIG, "weir is stopping");
	else if (runtime->rewire.step != REWIRE_NONE || !ctx->driver || !ctx->driver->component
	         || ctx->driver->state == DRIVER_STOPPED)
		weir_fail(err, WEIR_E_CONFIG, "source %s does not run yet; try again", name);
	else
		return ctx->driver;
	return NULL;
}

bool runtime_backfill(struct runtime *runtime, const char *source, const struct lane_ask *ask,
                      struct weir_error *err)
{
	struct driver *driver = find_driver(runtime, source, err);

	if (!driver || !lane_begin_backfill(driver, ask, err))
		return false;
	/* Who asked for an estimate reads it yet. */
	runtime->awaits_backfill = runtime->awaits_backfill && ask->dry;
	return true;
}

bool runtime_backfill_cancel(struct runtime *runtime, const char *source, struct weir_error *err)
{
	struct driver *driver = find_driver(runtime, source, err);

	return driver && lane_cancel_backfill(driver, err);
}

struct weir_value runtime_backfills(struct runtime *runtime, struct weir_arena *arena)
{
	struct weir_value list = weir_make_array(arena);

	for (size_t i = 0; i < runtime->graph->node_count; i++) {
		const struct weir_ctx *ctx = runtime->graph->instances[i];
		struct weir_value lane;

		if (!is_source(ctx) || !ctx->driver)
			continue;
		lane = lane_value(arena, ctx->driver, WEIR_BACKFILL);
		if (lane.kind == WEIR_OBJECT)
			weir_array_push(arena, list, lane);
	}
	return list;
}

void runtime_backfill_only(struct runtime *runtime)
{
	runtime->resting = true;
	runtime->awaits_backfill = true;
}

void runtime_note_backfills(struct runtime *runtime)
{
	for (const struct component *c = runtime->components; c; c = c->next) {
		for (size_t i = 0; i < c->driver_count; i++) {
			if (!lanes_are_done(c->drivers[i]))
				runtime->awaits_backfill = false;
		}
	}
}
