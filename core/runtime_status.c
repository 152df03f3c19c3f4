/* runtime_status.c - a snapshot of a running pipeline as a JSON value.
 *
 * Lives here: what `weir status` shows of a running weir. Not here: printing it (cmd_status.c),
 * Prometheus text (runtime_metrics.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <unistd.h>

#include "clock.h"
#include "lane.h"
#include "registry.h"
#include "runtime_own.h"

struct build {
	struct weir_arena *arena;
	struct weir_value object;
};

static struct build object_in(struct weir_arena *arena)
{
	return (struct build){ arena, weir_make_object(arena, 8) };
}

static void put(struct build *b, const char *key, struct weir_value value)
{
	weir_object_put(b->arena, b->object, weir_bytes(key), value);
}

static void put_text(struct build *b, const char *key, const char *text)
{
	put(b, key, text ? weir_make_text(b->arena, weir_bytes(text)) : weir_make_null());
}

static void put_int(struct build *b, const char *key, int64_t number)
{
	put(b, key, weir_make_int(b->arena, number));
}

static void put_time(struct build *b, const char *key, int64_t micros)
{
	char text[25];

	weir_time_format(micros, text);
	put_text(b, key, micros ? text : NULL);
}

/* ---- instances -------------------------------------------------------------------- */

static void put_metrics(struct build *b, const struct weir_ctx *ctx)
{
	struct build metrics = object_in(b->arena);

	for (size_t i = 0; i < ctx->metric_count; i++)
		put_int(&metrics, ctx->plugin->metrics[i].name, instance_metric(ctx, i));
	put(b, "metrics", metrics.object);
}

static struct weir_value trouble_value(struct weir_arena *arena, struct trouble *trouble)
{
	struct build b = object_in(arena);
	struct weir_error why;
	int64_t for_ms, next_ms;

	if (!trouble_look(trouble, &why, &for_ms, &next_ms))
		return weir_make_null();
	put_text(&b, "text", why.text);
	put_int(&b, "for_ms", for_ms);
	put_int(&b, "next_try_ms", next_ms);
	return b.object;
}

static void put_common(struct build *b, struct weir_ctx *ctx)
{
	put_text(b, "name", ctx->name);
	put_text(b, "plugin", ctx->plugin->name);
	put(b, "trouble", trouble_value(b->arena, &ctx->trouble));
	put_metrics(b, ctx);
}

static const char *paused_because(const struct driver *driver)
{
	if (driver->host->dead_full)
		return "the dead letters are full; see weir dead list";
	return driver->component && driver->component->paused ? driver->component->reason : NULL;
}

static struct weir_value source_value(struct weir_arena *arena, struct weir_ctx *ctx)
{
	struct build b = object_in(arena);
	const struct driver *driver = ctx->driver;

	put_common(&b, ctx);
	put_text(&b, "position", ctx->committed);
	if (!driver)
		return b.object;
	put_text(&b, "state", paused_because(driver) ? "paused"
	                                             : driver_state_name(driver->state));
	put_text(&b, "paused_because", paused_because(driver));
	put_time(&b, "last_answer", driver->last_answer_us);
	put_time(&b, "last_events", driver->last_event_us);
	put_int(&b, "in_flight_bytes", budget_used(&driver->budget));
	put(&b, "backfill", lane_value(arena, driver, WEIR_BACKFILL));
	put(&b, "audit", lane_value(arena, driver, WEIR_AUDIT));
	return b.object;
}

static struct weir_value transform_value(struct weir_arena *arena, struct weir_ctx *ctx)
{
	struct build b = object_in(arena);

	put_common(&b, ctx);
	for (size_t i = 0; i < ctx->clone_count; i++) {
		struct weir_value trouble = trouble_value(arena, &ctx->clones[i]->trouble);

		if (trouble.kind == WEIR_OBJECT)
			put(&b, "trouble", trouble);
	}
	return b.object;
}

static struct weir_value sink_value(struct weir_arena *arena, struct weir_ctx *ctx)
{
	static const char *const states[] = {
		[OUTLET_STOPPED] = "stopped", [OUTLET_STARTING] = "starting",
		[OUTLET_READY] = "idle",      [OUTLET_BUSY] = "delivering",
	};
	static const char *const delivery[] = {
		[WEIR_AT_LEAST_ONCE] = "at least once",
		[WEIR_EFFECTIVELY_ONCE] = "effectively once",
		[WEIR_EXACTLY_ONCE] = "exactly once",
	};
	struct build b = object_in(arena);

	put_common(&b, ctx);
	put_text(&b, "delivery", delivery[ctx->plugin->delivery]);
	put_text(&b, "position", ctx->committed);
	put_text(&b, "state", ctx->outlet ? states[outlet_state(ctx->outlet)] : "stopped");
	return b.object;
}

static struct weir_value instances_value(struct weir_arena *arena, const struct graph *graph,
                                         enum weir_kind kind)
{
	struct weir_value list = weir_make_array(arena);

	for (size_t i = 0; i < graph->node_count; i++) {
		struct weir_ctx *ctx = graph->instances[i];

		if (ctx->node->kind != kind)
			continue;
		weir_array_push(arena, list, kind == WEIR_SOURCE      ? source_value(arena, ctx)
		                             : kind == WEIR_TRANSFORM ? transform_value(arena, ctx)
		                                                      : sink_value(arena, ctx));
	}
	return list;
}

/* ---- the ledger ---------------------------------------------------------------------- */

static struct weir_value row_value(struct weir_arena *arena, struct ledger_row *row)
{
	struct build b = object_in(arena), drops = object_in(arena);
	struct tally tally;
	int64_t in;

	ledger_look(row, &tally, &in);
	put_text(&b, "source", row->source);
	put_text(&b, "sink", row->sink);
	put_int(&b, "in", in);
	put_int(&b, "delivered", tally.delivered);
	put_int(&b, "dead", tally.dead);
	put_int(&b, "dropped", tally.dropped);
	for (size_t i = 0; i < tally.drop_count; i++)
		put_int(&drops, tally.drops[i].cause, tally.drops[i].events);
	put(&b, "dropped_because", drops.object);
	put_int(&b, "repeated", tally.repeated);
	put_int(&b, "released", tally.released);
	put_int(&b, "in_flight", in - tally.in);
	tally_finish(&tally);
	return b.object;
}

static struct weir_value ledger_value(struct weir_arena *arena, struct ledger *ledger)
{
	struct weir_value list = weir_make_array(arena);

	for (struct ledger_row *row = NULL; (row = ledger_next(ledger, row)) != NULL;)
		weir_array_push(arena, list, row_value(arena, row));
	return list;
}

/* ---- commits -------------------------------------------------------------------------- */

/* The sinks that have not passed the newest ticket: a commit waits for them. */
static struct weir_value holders_value(struct weir_arena *arena, const struct component *component)
{
	struct weir_value list = weir_make_array(arena);

	for (size_t i = 0; i < component->outlet_count; i++) {
		if (outlet_passed(component->outlets[i]) + 1 < component->next_ticket)
			weir_array_push(arena, list,
			                weir_make_text(arena, weir_bytes(
			                                outlet_ctx(component->outlets[i])->stage)));
	}
	return list;
}

static struct weir_value commits_value(struct weir_arena *arena, struct runtime *runtime)
{
	struct build b = object_in(arena);
	struct weir_value list = weir_make_array(arena);

	for (const struct component *c = runtime->components; c; c = c->next) {
		struct build component = object_in(arena);

		put_int(&component, "newest_ticket", (int64_t)c->next_ticket - 1);
		put_int(&component, "committed_ticket", (int64_t)c->done_ticket);
		put_int(&component, "uncommitted_bytes", c->uncommitted_bytes + c->fresh_bytes);
		put_int(&component, "oldest_uncommitted_ms",
		        component_is_settled(c) ? 0 : clock_monotonic_ms() - c->progress_ms);
		put(&component, "held_by", holders_value(arena, c));
		weir_array_push(arena, list, component.object);
	}
	put(&b, "components", list);
	put(&b, "trouble", runtime->committer
	                           ? trouble_value(arena, committer_trouble(runtime->committer))
	                           : weir_make_null());
	return b.object;
}

static struct weir_value dead_value(struct weir_arena *arena, const struct runtime *runtime)
{
	struct build b = object_in(arena);

	put_int(&b, "letters", runtime->dead_bound.size.letters);
	put_int(&b, "bytes", runtime->dead_bound.size.bytes);
	put_int(&b, "bytes_max", runtime->host.core.dead_max);
	put(&b, "replaying", weir_make_bool(replay_is_active(runtime)));
	return b.object;
}

struct weir_value runtime_status(struct runtime *runtime, struct weir_arena *arena)
{
	static const char *const phases[] = {
		[RUNTIME_READY] = "ready",       [RUNTIME_RUNNING] = "running",
		[RUNTIME_STOPPING] = "stopping", [RUNTIME_ENDED] = "ended",
	};
	struct build b = object_in(arena);

	put_text(&b, "state", phases[runtime->phase]);
	put_int(&b, "pid", getpid());
	put_time(&b, "started", runtime->started_us);
	put_time(&b, "now", clock_now_us());
	put_int(&b, "generation", (int64_t)runtime->graph->generation);
	put_text(&b, "reload", runtime->last_reload);
	put_int(&b, "in_flight_bytes", budget_used(&runtime->host.budget));
	put(&b, "sources", instances_value(arena, runtime->graph, WEIR_SOURCE));
	put(&b, "transforms", instances_value(arena, runtime->graph, WEIR_TRANSFORM));
	put(&b, "sinks", instances_value(arena, runtime->graph, WEIR_SINK));
	put(&b, "ledger", ledger_value(arena, &runtime->ledger));
	put(&b, "dead", dead_value(arena, runtime));
	put(&b, "commit", commits_value(arena, runtime));
	return b.object;
}
