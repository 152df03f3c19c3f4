/* flow.c - what a running pipeline does by itself: goes on, drains, ends.
 *
 * Lives here: what follows a commit, a source that is done, a stop. Not here: making and
 * joining (runtime.c), reloads (reload.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <malloc.h>

#include "clock.h"
#include "reload.h"

/* Of a stop, which must take less than two seconds: how long what is in hand may go on, and
 * how long a plugin may then take to come back from its call. */
enum { DRAIN_MS = 1200, GIVE_UP_MS = 500 };
enum { QUIET_MS = 2000 };

/* ---- the end ---------------------------------------------------------------------- */

static bool all_settled(const struct runtime *runtime)
{
	for (const struct component *c = runtime->components; c; c = c->next) {
		if (!component_is_settled(c))
			return false;
	}
	return true;
}

static bool is_done(const struct component *component)
{
	for (size_t i = 0; i < component->driver_count; i++) {
		if (!driver_is_done(component->drivers[i]))
			return false;
	}
	return true;
}

/* Sources of which nothing more will come: there is no reason to wait for the next mark. */
static bool all_done(struct runtime *runtime)
{
	bool all = !replay_is_active(runtime) && !runtime->dropping;

	for (struct component *c = runtime->components; c; c = c->next) {
		if (!c->launched)
			continue;
		if (runtime->letters_only.query || is_done(c))
			component_mark(c);
		else
			all = false;
	}
	return all && !runtime->awaits_backfill;
}

void flow_check(struct runtime *runtime)
{
	bool over;

	replay_note_progress(runtime);
	over = runtime->phase == RUNTIME_STOPPING
	       || (runtime->phase == RUNTIME_RUNNING && runtime->rewire.step == REWIRE_NONE
	           && !rebuild_is_under_way(&runtime->rebuild) && all_done(runtime));
	if (over && !runtime->dropping && all_settled(runtime))
		loop_stop(runtime->host.loop);
}

void flow_driver_changed(void *arg, struct driver *driver)
{
	(void)driver;
	reload_note_progress(arg);
	flow_check(arg);
}

/* ---- commits ------------------------------------------------------------------------- */

static void note_positions(const struct position_list *list)
{
	for (size_t i = 0; i < list->len; i++) {
		struct weir_ctx *owner = list->items[i].owner;

		if (list->items[i].record != STORE_POSITION)
			continue;
		instance_committed(owner, list->items[i].text);
		if (owner->node->kind == WEIR_SOURCE)
			instance_show_position(owner);
	}
}

static void note_stored(struct runtime *runtime, const struct mark *mark)
{
	replay_note_stored(runtime, mark);
	dead_bound_note_stored(runtime, mark);
	note_positions(&mark->positions);
	for (size_t i = 0; i < mark->report_count; i++) {
		const struct report *report = &mark->reports[i];

		note_positions(&report->position);
		for (size_t row = 0; row < report->row_count; row++)
			ledger_commit(report->rows[row].row, &report->rows[row].tally);
	}
}

static void give_back(void *arg)
{
	(void)arg;
	malloc_trim(0);
}

/* Once nothing was committed for a while: pages that are freed stay with the allocator, and an idle
 * weir would hold as much memory as a busy one. */
void flow_give_back_soon(struct runtime *runtime)
{
	runtime->quiet.fire = give_back;
	loop_timer_set(runtime->host.loop, &runtime->quiet, clock_monotonic_ms() + QUIET_MS);
}

void flow_mark_done(void *arg, struct mark *mark)
{
	if (mark->stored)
		note_stored(arg, mark);
	flow_give_back_soon(arg);
	reload_note_progress(arg);
	flow_check(arg);
}

/* ---- limits ---------------------------------------------------------------------------- */

static void act_on_limit(struct runtime *runtime, struct component *component)
{
	const struct core_options *core = &runtime->host.core;
	char *why = weir_format("more than %g %% of %lld events became dead letters",
	                        100 * core->dead_letter_limit,
	                        (long long)core->dead_letter_window);

	if (runtime->previous && !component_is_proven(component)
	    && runtime->rewire.step == REWIRE_NONE) {
		reload_roll_back(runtime, why);
	} else {
		component_pause(component, why);
		log_line(WEIR_WARN, "weir", "paused: %s; see weir dead list, then weir reload", why);
	}
	weir_free(why);
}

void flow_limit_reached(void *arg)
{
	struct runtime *runtime = arg;

	if (runtime->phase != RUNTIME_RUNNING)
		return;
	for (struct component *c = runtime->components; c; c = c->next) {
		if (c->paused || !component_limit_is_reached(c))
			continue;
		act_on_limit(runtime, c);
		return;
	}
}

static void wake_all(void *arg)
{
	struct runtime *runtime = arg;

	for (struct component *c = runtime->components; c; c = c->next) {
		for (size_t i = 0; i < c->driver_count; i++)
			driver_wake(c->drivers[i]);
	}
}

void flow_room(void *arg)
{
	struct runtime *runtime = arg;

	loop_post(runtime->host.loop, wake_all, runtime);
}

/* ---- a stop --------------------------------------------------------------------------- */

static void give_up(void *arg)
{
	struct runtime *runtime = arg;

	runtime->stuck = true;
	loop_stop(runtime->host.loop);
}

/* What is in flight is not committed, and will be read again. */
static void abandon(void *arg)
{
	struct runtime *runtime = arg;

	for (struct component *c = runtime->components; c; c = c->next)
		component_abandon(c);
	runtime->deadline.fire = give_up;
	loop_timer_set(runtime->host.loop, &runtime->deadline, clock_monotonic_ms() + GIVE_UP_MS);
}

void runtime_stop(struct runtime *runtime)
{
	if (runtime->phase != RUNTIME_RUNNING)
		return;
	runtime->phase = RUNTIME_STOPPING;
	runtime->stop_by_ms = clock_monotonic_ms() + DRAIN_MS + GIVE_UP_MS;
	atomic_store(&runtime->host.stopping, true);
	alarm_ring(&runtime->host.alarm);
	for (struct component *c = runtime->components; c; c = c->next) {
		for (size_t i = 0; i < c->driver_count; i++) {
			driver_hold(c->drivers[i]);
			instance_cancel(c->drivers[i]->ctx);
		}
		component_mark(c);
	}
	runtime->deadline.fire = abandon;
	runtime->deadline.arg = runtime;
	loop_timer_set(runtime->host.loop, &runtime->deadline, clock_monotonic_ms() + DRAIN_MS);
	flow_check(runtime);
}
