/* runtime.c - a running pipeline, from its configuration to its end.
 *
 * Lives here: what is made and started in which order, and taken apart in which. Not here: what
 * happens in between (flow.c), reloads (reload.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "clock.h"
#include "gate.h"
#include "runtime_own.h"

struct runtime *runtime_create(struct config *config, struct diag *diag)
{
	struct runtime *runtime = weir_alloc(sizeof *runtime);
	struct config_hold *hold = config_hold_create(config);
	struct graph_input input = {
		.host = &runtime->host,
		.hold = hold,
		.ledger = &runtime->ledger,
		.diag = diag,
	};

	hold->borrowed = true;
	host_init(&runtime->host, &config->core);
	trouble_init(&runtime->dead_bound.trouble, "weir");
	ledger_init(&runtime->ledger);
	runtime->rebuild.read_us = config->read_us;
	runtime->worker_count = workers_wanted(&config->core);
	input.workers = runtime->worker_count;
	runtime->graph = graph_create(&input);
	config_hold_unref(hold);
	if (runtime->graph)
		return runtime;
	runtime_destroy(runtime);
	return NULL;
}

/* ---- components ----------------------------------------------------------------- */

static void recall_position(struct runtime *runtime, struct weir_ctx *ctx)
{
	char *position = store_position(runtime->host.store, ctx->node->kind, ctx->name,
	                                ctx->plugin->name, ctx->plugin->position_version);

	instance_committed(ctx, position);
	weir_free(position);
}

static void dispose(struct weir_ctx *ctx)
{
	driver_destroy(ctx->driver);
	outlet_destroy(ctx->outlet);
	gate_destroy(ctx->gate);
	ctx->gate = NULL;
}

void runtime_add_source(struct runtime *runtime, struct component *component,
                        struct weir_ctx *ctx)
{
	if (!ctx->driver)
		driver_create(ctx);
	ctx->dispose = dispose;
	ctx->driver->component = component;
	ctx->driver->changed = flow_driver_changed;
	ctx->driver->arg = runtime;
	ctx->driver->resting = runtime->resting;
	component_add_driver(component, ctx->driver);
}

static void add_sink(struct runtime *runtime, struct component *component, struct weir_ctx *ctx)
{
	if (!ctx->outlet)
		outlet_create(ctx, runtime->committer);
	ctx->dispose = dispose;
	component_add_outlet(component, ctx->outlet);
}

static void add_gate(struct runtime *runtime, struct component *component, struct weir_ctx *ctx)
{
	if (!ctx->gate) {
		ctx->gate = gate_create();
		ctx->dispose = dispose;
		recall_position(runtime, ctx);
		instance_show_position(ctx);
	}
	gate_begin(ctx->gate, component->next_ticket);
}

struct component *runtime_add_component(struct runtime *runtime, const struct graph_group *group)
{
	struct component *component;

	component = component_create(&runtime->host, workers_queue(runtime->workers));
	component->mark_done = flow_mark_done;
	component->limit_reached = flow_limit_reached;
	component->arg = runtime;
	for (size_t i = 0; i < group->source_count; i++)
		runtime_add_source(runtime, component, group->sources[i]);
	for (size_t i = 0; i < group->sink_count; i++)
		add_sink(runtime, component, group->sinks[i]);
	for (size_t i = 0; i < group->idle->ordered_count; i++)
		add_gate(runtime, component, group->idle->ordered[i]);
	component_use(component, runtime->graph, group->idle);
	component->next = runtime->components;
	runtime->components = component;
	return component;
}

static void launch_outlets(struct runtime *runtime, struct component *component)
{
	for (size_t i = 0; i < component->outlet_count; i++) {
		struct outlet *outlet = component->outlets[i];

		if (outlet_is_launched(outlet)) {
			outlet_begin(outlet, i, component->next_ticket);
			continue;
		}
		recall_position(runtime, outlet_ctx(outlet));
		outlet_launch(outlet, i, component->next_ticket);
	}
	component->launched = true;
	component_open(component);
}

static void start_driver(struct runtime *runtime, struct driver *driver)
{
	recall_position(runtime, driver->ctx);
	driver_start(driver);
}

static void launch_driver(struct runtime *runtime, struct driver *driver,
                          const struct graph *old)
{
	if (driver->state != DRIVER_STOPPED) {
		driver_release(driver);
		return;
	}
	driver->late = old && graph_has_source(old, driver->ctx->name);
	if (driver->late)
		driver->late_generation = old->generation;
	else
		start_driver(runtime, driver);
}

void runtime_launch(struct runtime *runtime, struct component *component,
                    const struct graph *old)
{
	if (!component->driver_count || !component->outlet_count)
		return;
	if (!component->launched)
		launch_outlets(runtime, component);
	for (size_t i = 0; i < component->driver_count && !runtime->letters_only.query; i++)
		launch_driver(runtime, component->drivers[i], old);
}

void runtime_start_late(struct runtime *runtime)
{
	for (struct component *c = runtime->components; c; c = c->next) {
		for (size_t i = 0; i < c->driver_count; i++) {
			struct driver *driver = c->drivers[i];

			if (driver->late && runtime_is_free_of(runtime, driver->late_generation))
				start_driver(runtime, driver);
		}
	}
}

bool runtime_is_free_of(const struct runtime *runtime, uint64_t generation)
{
	for (const struct component *c = runtime->components; c; c = c->next) {
		if (!component_is_free_of(c, generation))
			return false;
	}
	return true;
}

void runtime_use_core(struct runtime *runtime, const struct core_options *core)
{
	host_set_core(&runtime->host, core);
	runtime->host.budget.limit = core->memory_max;
	for (struct component *c = runtime->components; c; c = c->next) {
		for (size_t i = 0; i < c->driver_count; i++)
			c->drivers[i]->budget.limit = core->queue_size;
	}
	log_setup((enum weir_level)core->log_level, (enum log_format)core->log_format);
}

/* ---- running --------------------------------------------------------------------- */

static void begin(struct runtime *runtime)
{
	runtime->started_us = clock_now_us();
	ledger_load(&runtime->ledger, runtime->host.store);
	dead_bound_begin(runtime);
	runtime->host.budget.room = flow_room;
	runtime->host.budget.arg = runtime;
	runtime->workers = workers_create(&runtime->host, runtime->worker_count);
	runtime->committer = committer_create(&runtime->host, component_mark_done);
	runtime->phase = RUNTIME_RUNNING;
	for (size_t i = runtime->graph->group_count; i-- > 0;)
		runtime_add_component(runtime, &runtime->graph->groups[i]);
	for (struct component *c = runtime->components; c; c = c->next)
		runtime_launch(runtime, c, NULL);
}

static void stop_loop(void *loop)
{
	loop_stop(loop);
}

/* Milliseconds until a stop must be over; < 0: it is none. */
static int64_t time_left(const struct runtime *runtime)
{
	int64_t left = runtime->stop_by_ms - clock_monotonic_ms();

	if (!runtime->stop_by_ms)
		return -1;
	return left > 0 ? left : 0;
}

static bool join_outlets(struct runtime *runtime)
{
	bool all = true;

	for (struct component *c = runtime->components; c; c = c->next) {
		for (size_t i = 0; i < c->outlet_count; i++)
			outlet_close(c->outlets[i], NULL, NULL);
	}
	for (struct component *c = runtime->components; c; c = c->next) {
		for (size_t i = 0; i < c->outlet_count; i++)
			all = outlet_join(c->outlets[i], time_left(runtime)) && all;
	}
	return all;
}

/* Threads end in the order in which pages flow, so that each finds all that it waits for. */
static void join(struct runtime *runtime)
{
	for (struct component *c = runtime->components; c; c = c->next) {
		for (size_t i = 0; i < c->driver_count; i++)
			driver_stop(c->drivers[i]);
	}
	workers_destroy(runtime->workers);
	runtime->workers = NULL;
	runtime->stuck = !join_outlets(runtime);
	runtime->stuck = !rebuild_end(runtime, time_left(runtime)) || runtime->stuck;
	committer_destroy(runtime->committer);
	runtime->committer = NULL;
	/* What they posted at last. */
	loop_post(runtime->host.loop, stop_loop, runtime->host.loop);
	loop_run(runtime->host.loop);
}

int runtime_run(struct runtime *runtime, struct loop *loop, struct http *http,
                struct store *store)
{
	runtime->host.loop = loop;
	runtime->host.http = http;
	runtime->host.store = store;
	begin(runtime);
	runtime_note_backfills(runtime);
	replay_begin_only(runtime);
	flow_check(runtime);
	loop_run(loop);
	runtime->phase = RUNTIME_ENDED;
	dead_bound_end(runtime);
	loop_timer_cancel(loop, &runtime->deadline);
	loop_timer_cancel(loop, &runtime->quiet);
	loop_timer_cancel(loop, &runtime->rewire.timer);
	if (!runtime->stuck)
		join(runtime);
	if (runtime->stuck)
		log_line(WEIR_WARN, "weir", "a plugin did not stop in time; leaving without it");
	replay_end(runtime);
	drop_end(runtime);
	return 0;
}

bool runtime_is_stuck(const struct runtime *runtime)
{
	return runtime->stuck;
}

/* ---- the end ----------------------------------------------------------------------- */

static void destroy_graphs(struct graph *graph)
{
	while (graph) {
		struct graph *next = graph->next;

		graph_destroy(graph);
		graph = next;
	}
}

void runtime_destroy(struct runtime *runtime)
{
	/* A thread that is stuck in a plugin still uses all this; the process is about to end. */
	if (!runtime || runtime->stuck)
		return;
	while (runtime->components) {
		struct component *component = runtime->components;

		runtime->components = component->next;
		component_destroy(component);
	}
	destroy_graphs(runtime->retired);
	graph_destroy(runtime->previous);
	graph_destroy(runtime->rewire.graph);
	graph_destroy(runtime->graph);
	rebuild_finish(&runtime->rebuild);
	ledger_finish(&runtime->ledger);
	weir_free(runtime->last_reload);
	weir_free(runtime->forgotten);
	trouble_finish(&runtime->dead_bound.trouble);
	host_finish(&runtime->host);
	weir_free(runtime);
}
