/* reload.c - a new graph beside the old one, which takes over at a ticket.
 *
 * Lives here: what goes on, what must be drained first, rolling a bad reload back. Not here:
 * which instances are kept (graph.c), making the new graph (rebuild.c).
 *
 * Sinks make a component. Where they stay the same, tickets go on and nothing waits: new
 * transforms and sources take over at the next ticket. Where they change, that component is
 * drained and committed first, and made anew. What cannot be drained (its sink is down, which
 * may be why there is a reload) is abandoned: it goes back to what was committed.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "reload.h"

#include "clock.h"

/* How long replies under way, and then pages in flight, may hold a reload up. */
enum { REPLY_MS = 5000, DRAIN_MS = 10000 };

/* ---- what goes on ------------------------------------------------------------------- */

static bool has_outlet(const struct component *component, const struct weir_ctx *sink)
{
	for (size_t i = 0; i < component->outlet_count; i++) {
		if (sink->outlet && component->outlets[i] == sink->outlet)
			return true;
	}
	return false;
}

static bool has_ordered(const struct plan *plan, const struct weir_ctx *transform)
{
	for (size_t i = 0; i < plan->ordered_count; i++) {
		if (plan->ordered[i] == transform)
			return true;
	}
	return false;
}

/* The same sinks, and no ordered transform that would have to start in between. */
static bool goes_on_as(const struct component *component, const struct graph_group *group)
{
	if (group->sink_count != component->outlet_count || !group->source_count
	    || !group->sink_count)
		return false;
	for (size_t i = 0; i < group->sink_count; i++) {
		if (!has_outlet(component, group->sinks[i]))
			return false;
	}
	for (size_t i = 0; i < group->idle->ordered_count; i++) {
		if (!has_ordered(component->idle, group->idle->ordered[i]))
			return false;
	}
	return true;
}

static const struct graph_group *match(const struct component *component,
                                       const struct graph *graph)
{
	for (size_t i = 0; i < graph->group_count; i++) {
		if (goes_on_as(component, &graph->groups[i]))
			return &graph->groups[i];
	}
	return NULL;
}

static bool is_matched(const struct runtime *runtime, const struct graph_group *group)
{
	for (const struct component *c = runtime->components; c; c = c->next) {
		if (c->match == group)
			return true;
	}
	return false;
}

/* ---- taking over ---------------------------------------------------------------------- */

static bool has_driver(const struct graph_group *group, const struct driver *driver)
{
	for (size_t i = 0; i < group->source_count; i++) {
		if (group->sources[i]->driver == driver)
			return true;
	}
	return false;
}

/* The mark notes the positions of sources that go. */
static void remove_sources(struct component *component)
{
	component_mark(component);
	for (size_t i = component->driver_count; i-- > 0;) {
		struct driver *driver = component->drivers[i];

		if (has_driver(component->match, driver))
			continue;
		driver_stop(driver);
		component_remove_driver(component, driver);
	}
}

static void go_on(struct runtime *runtime, struct component *component)
{
	const struct graph_group *group = component->match;

	for (size_t i = 0; i < group->source_count; i++) {
		if (!component_has_driver(component, group->sources[i]->driver))
			runtime_add_source(runtime, component, group->sources[i]);
	}
	component_use(component, runtime->graph, group->idle);
	component_resume(component);
	component->match = NULL;
}

static void remove_stale(struct runtime *runtime)
{
	struct component **link = &runtime->components;

	while (*link) {
		struct component *component = *link;

		if (component->match) {
			link = &component->next;
			continue;
		}
		*link = component->next;
		for (size_t i = 0; i < component->driver_count; i++) {
			if (!graph_has(runtime->graph, component->drivers[i]->ctx))
				driver_stop(component->drivers[i]);
		}
		component_destroy(component);
	}
}

static void retire(struct runtime *runtime, struct graph *graph)
{
	if (!graph)
		return;
	graph->next = runtime->retired;
	runtime->retired = graph;
}

static void say(struct runtime *runtime, enum weir_level level, char *what)
{
	log_line(level, "weir", "%s", what);
	weir_free(runtime->last_reload);
	runtime->last_reload = what;
}

static void say_reloaded(struct runtime *runtime)
{
	int64_t paused_us = clock_now_us() - runtime->rewire.began_us;

	say(runtime, WEIR_INFO, weir_format("reloaded; generation %llu, read in %.1f ms, took over in "
	                                    "%.1f ms", (unsigned long long)runtime->generations,
	                                    (double)runtime->rebuild.took_us / 1000,
	                                    (double)paused_us / 1000));
}

static void take_over(struct runtime *runtime)
{
	struct rewire *rewire = &runtime->rewire;
	struct graph *old = runtime->graph, *graph = rewire->graph;
	struct component *first;

	/* Marks of the old generation come before anything of the new one. */
	for (struct component *c = runtime->components; c; c = c->next) {
		if (c->match)
			remove_sources(c);
	}
	graph->generation = ++runtime->generations;
	runtime->graph = graph;
	rewire->graph = NULL;
	rewire->step = REWIRE_NONE;
	loop_timer_cancel(runtime->host.loop, &rewire->timer);
	runtime_use_core(runtime, &graph->hold->config->core);
	dead_bound_look(runtime);
	remove_stale(runtime);
	first = runtime->components;
	for (size_t i = 0; i < graph->group_count; i++) {
		if (!is_matched(runtime, &graph->groups[i]))
			runtime_add_component(runtime, &graph->groups[i]);
	}
	for (struct component *c = first; c; c = c->next)
		go_on(runtime, c);
	for (struct component *c = runtime->components; c; c = c->next)
		runtime_launch(runtime, c, old);
	retire(runtime, rewire->rolls_back ? NULL : runtime->previous);
	retire(runtime, rewire->rolls_back ? old : NULL);
	runtime->previous = rewire->rolls_back ? NULL : old;
	if (!rewire->rolls_back)
		say_reloaded(runtime);
	rebuild_say_over(runtime);
	reload_note_progress(runtime);
	rebuild_next(runtime);
	flow_check(runtime);
}

/* ---- draining -------------------------------------------------------------------------- */

/* A reply under way is waited for where the source stays, because it keeps its place. */
static bool waits_for_reply(struct runtime *runtime, struct component *component)
{
	bool waits = false;

	for (size_t i = 0; i < component->driver_count; i++) {
		struct driver *driver = component->drivers[i];

		if (driver->state != DRIVER_PENDING)
			continue;
		if (graph_has(runtime->rewire.graph, driver->ctx))
			waits = true;
		else
			driver_stop(driver);
	}
	return waits;
}

static bool has_trouble(const struct component *component)
{
	struct weir_error why;
	int64_t for_ms, next_ms;

	for (size_t i = 0; i < component->outlet_count; i++) {
		if (trouble_look(&outlet_ctx(component->outlets[i])->trouble, &why, &for_ms, &next_ms))
			return true;
	}
	return false;
}

/* Everything goes back to what was committed, as after a crash. */
static void go_back(struct runtime *runtime, struct component *component)
{
	for (size_t i = 0; i < component->driver_count; i++) {
		struct weir_ctx *source = component->drivers[i]->ctx;
		const struct plan *plan = graph_plan(component->graph, source);

		driver_stop(component->drivers[i]);
		store_seen_forget_pending(runtime->host.store, source->name);
		for (size_t j = 0; j < plan->sink_count; j++)
			ledger_forget(plan->sinks[j].row);
	}
}

static void outlet_ended(void *arg)
{
	struct runtime *runtime = arg;

	runtime->rewire.closing--;
	reload_note_progress(runtime);
}

static void close_outlets(struct runtime *runtime, struct component *component)
{
	for (size_t i = 0; i < component->outlet_count; i++) {
		struct outlet *outlet = component->outlets[i];

		if (!atomic_load(&component->abandoned)
		    && graph_has(runtime->rewire.graph, outlet_ctx(outlet)))
			continue;
		if (outlet_close(outlet, outlet_ended, runtime))
			runtime->rewire.closing++;
	}
}

static void set_timer(struct runtime *runtime, int64_t ms)
{
	loop_timer_set(runtime->host.loop, &runtime->rewire.timer, clock_monotonic_ms() + ms);
}

static void drain(struct runtime *runtime)
{
	runtime->rewire.step = REWIRE_DRAINING;
	set_timer(runtime, DRAIN_MS);
	for (struct component *c = runtime->components; c; c = c->next) {
		if (c->match)
			continue;
		component_mark(c);
		if (has_trouble(c))
			component_abandon(c);
	}
}

static void close_drained(struct runtime *runtime)
{
	runtime->rewire.step = REWIRE_CLOSING;
	loop_timer_cancel(runtime->host.loop, &runtime->rewire.timer);
	for (struct component *c = runtime->components; c; c = c->next) {
		if (c->match)
			continue;
		if (atomic_load(&c->abandoned))
			go_back(runtime, c);
		close_outlets(runtime, c);
	}
}

static void join_closed(struct runtime *runtime)
{
	for (struct component *c = runtime->components; c; c = c->next) {
		for (size_t i = 0; !c->match && i < c->outlet_count; i++) {
			if (outlet_is_closed(c->outlets[i]))
				outlet_join(c->outlets[i], -1);
		}
	}
}

/* ---- steps ------------------------------------------------------------------------------ */

static bool any_waits_for_reply(struct runtime *runtime)
{
	bool waits = false;

	for (struct component *c = runtime->components; c; c = c->next)
		waits = (!c->match && waits_for_reply(runtime, c)) || waits;
	return waits;
}

static bool is_drained(struct runtime *runtime)
{
	bool drained = true;

	for (struct component *c = runtime->components; c; c = c->next) {
		if (c->match || component_is_settled(c))
			continue;
		component_mark(c);
		drained = false;
	}
	return drained;
}

static void time_is_up(void *arg)
{
	struct runtime *runtime = arg;

	for (struct component *c = runtime->components; c; c = c->next) {
		if (c->match)
			continue;
		if (runtime->rewire.step == REWIRE_DRAINING)
			component_abandon(c);
		for (size_t i = 0; i < c->driver_count; i++) {
			if (c->drivers[i]->state == DRIVER_PENDING)
				driver_stop(c->drivers[i]);
		}
	}
	reload_note_progress(runtime);
}

/* The next graph may yet take instances over from it. */
static bool is_taken_from(const struct runtime *runtime, const struct graph *graph)
{
	return runtime->rebuild.running && runtime->rebuild.input.old == graph;
}

static void destroy_retired(struct runtime *runtime)
{
	struct graph **link = &runtime->retired;

	while (*link) {
		struct graph *graph = *link;

		if (!runtime_is_free_of(runtime, graph->generation) || is_taken_from(runtime, graph)) {
			link = &graph->next;
			continue;
		}
		*link = graph->next;
		graph_destroy(graph);
	}
}

/* The old graph is kept until the new one has shown that it is no worse. */
static void forget_previous(struct runtime *runtime)
{
	for (struct component *c = runtime->components; c; c = c->next) {
		if (!component_is_proven(c))
			return;
	}
	retire(runtime, runtime->previous);
	runtime->previous = NULL;
}

static void begin(struct runtime *runtime, struct graph *graph)
{
	struct rewire *rewire = &runtime->rewire;

	rewire->graph = graph;
	rewire->step = REWIRE_WAITING;
	rewire->began_us = clock_now_us();
	rewire->timer.fire = time_is_up;
	rewire->timer.arg = runtime;
	for (struct component *c = runtime->components; c; c = c->next) {
		c->match = match(c, graph);
		for (size_t i = 0; !c->match && i < c->driver_count; i++)
			driver_hold(c->drivers[i]);
	}
	set_timer(runtime, REPLY_MS);
	reload_note_progress(runtime);
}

void reload_note_progress(struct runtime *runtime)
{
	struct rewire *rewire = &runtime->rewire;

	if (runtime->phase != RUNTIME_RUNNING)
		return;
	if (rewire->step == REWIRE_WAITING && !any_waits_for_reply(runtime))
		drain(runtime);
	if (rewire->step == REWIRE_DRAINING && is_drained(runtime))
		close_drained(runtime);
	if (rewire->step == REWIRE_CLOSING && !rewire->closing) {
		join_closed(runtime);
		take_over(runtime);
	}
	if (rewire->step != REWIRE_NONE)
		return;
	runtime_start_late(runtime);
	if (runtime->previous)
		forget_previous(runtime);
	destroy_retired(runtime);
}

/* ---- public ------------------------------------------------------------------------------- */

void reload_begin(struct runtime *runtime, struct graph *graph)
{
	runtime->rewire.rolls_back = false;
	begin(runtime, graph);
}

void reload_roll_back(struct runtime *runtime, const char *why)
{
	struct graph *graph = runtime->previous;

	weir_must(graph && runtime->rewire.step == REWIRE_NONE);
	runtime->previous = NULL;
	runtime->rewire.rolls_back = true;
	say(runtime, WEIR_WARN, weir_format("rolled the last reload back: %s", why));
	begin(runtime, graph);
}
