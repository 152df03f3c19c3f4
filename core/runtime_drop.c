/* runtime_drop.c - dead letters dropped by hand while weir runs.
 *
 * Not here: the transaction (drop.c), letters that have to go (dead_bound.c), doing it without a
 * running weir (dead_replay.c).
 *
 * Each transaction takes some letters, and between two of them the loop does all else: a million
 * letters hold nobody up.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>

#include "clock.h"
#include "drop.h"
#include "runtime_own.h"

enum { SLICE_BYTES = 1 << 20 };

struct dropping {
	struct runtime *runtime;
	struct weir_arena *arena;       /* of query */
	struct store_dead_query query;
	struct loop_timer timer;
	int64_t dropped;
	drop_told *told;
	void *arg;
};

/* why NULL: all are gone. */
static void finish(struct dropping *dropping, const struct weir_error *why)
{
	struct runtime *runtime = dropping->runtime;

	if (dropping->dropped)
		log_line(WEIR_INFO, "weir", "%" PRId64 " dead letters are dropped: by hand",
		         dropping->dropped);
	loop_timer_cancel(runtime->host.loop, &dropping->timer);
	runtime->dropping = NULL;
	dropping->told(dropping->arg, dropping->dropped, why);
	weir_arena_destroy(dropping->arena);
	weir_free(dropping);
}

static void drop_slice(void *arg)
{
	struct dropping *dropping = arg;
	struct runtime *runtime = dropping->runtime;
	const struct drop slice = {
		.store = runtime->host.store, .ledger = &runtime->ledger, .query = &dropping->query,
		.cause = "dropped by hand", .enough = SLICE_BYTES,
	};
	struct store_dead_size gone;
	struct weir_error err = { 0 };
	enum weir_status status;

	if (runtime->phase != RUNTIME_RUNNING) {
		drop_end(runtime);
		flow_check(runtime);
		return;
	}
	status = drop_some(&slice, &gone, &err);
	dropping->dropped += gone.letters;
	dead_bound_note_gone(runtime, &gone);
	if (status == WEIR_OK && gone.letters) {
		loop_timer_set(runtime->host.loop, &dropping->timer, clock_monotonic_ms());
		return;
	}
	finish(dropping, status == WEIR_OK ? NULL : &err);
	flow_check(runtime);
}

void runtime_drop_dead(struct runtime *runtime, const struct store_dead_query *query,
                       drop_told *told, void *arg)
{
	struct store_dead_query bound = *query;
	struct weir_error err = { 0 };
	struct dropping *dropping;

	if (!replay_may_begin(runtime, &err) ||
	    store_dead_bound(runtime->host.store, &bound, &err) != WEIR_OK) {
		told(arg, 0, &err);
		return;
	}
	dropping = weir_alloc(sizeof *dropping);
	*dropping = (struct dropping){
		.runtime = runtime, .arena = weir_arena_create(), .told = told, .arg = arg,
		.timer = { .fire = drop_slice, .arg = dropping },
	};
	dropping->query = store_dead_query_copy(&bound, dropping->arena);
	runtime->dropping = dropping;
	loop_timer_set(runtime->host.loop, &dropping->timer, clock_monotonic_ms());
}

void drop_end(struct runtime *runtime)
{
	struct weir_error err = { 0 };

	weir_fail(&err, WEIR_E_RESOURCE, "weir stops; run it again for the rest");
	if (runtime->dropping)
		finish(runtime->dropping, &err);
}
