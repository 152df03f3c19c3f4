/* dead_bound.c - how much may be set aside.
 *
 * Lives here: dead_max, dead_full, dead_for. Not here: the transaction (drop.c), letters that are
 * sent again (replay.c) or dropped by hand (runtime_drop.c). Loop thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>

#include "clock.h"
#include "drop.h"
#include "runtime_own.h"
#include "unit.h"

/* Between two slices of old letters the loop does all else. */
enum { LOOK_MS = 60000, SLICE_BYTES = 1 << 20 };

static struct drop of(struct runtime *runtime, const struct store_dead_query *query,
                      const char *cause)
{
	return (struct drop){
		.store = runtime->host.store, .ledger = &runtime->ledger,
		.query = query, .cause = cause,
	};
}

static void take_off(struct runtime *runtime, const struct store_dead_size *gone)
{
	runtime->dead_bound.size.letters -= gone->letters;
	runtime->dead_bound.size.bytes -= gone->bytes;
}

static void look_again(struct runtime *runtime, int64_t after_ms)
{
	if (runtime->phase != RUNTIME_ENDED)
		loop_timer_set(runtime->host.loop, &runtime->dead_bound.timer,
		               clock_monotonic_ms() + after_ms);
}

/* How many letters went. When the store cannot take it now, it is asked again soon. */
static int64_t drop(struct runtime *runtime, const struct drop *drop)
{
	struct trouble *trouble = &runtime->dead_bound.trouble;
	struct retry_limits limits = host_retry(&runtime->host);
	struct weir_error err = { 0 };
	struct store_dead_size gone;

	if (drop_some(drop, &gone, &err) == WEIR_OK)
		trouble_end(trouble);
	else
		look_again(runtime, trouble_begin(trouble, &limits, &err));
	take_off(runtime, &gone);
	return gone.letters;
}

static void say(int64_t letters, const char *cause)
{
	if (letters)
		log_line(WEIR_WARN, "weir", "%" PRId64 " dead letters are dropped: %s", letters, cause);
}

/* ---- size -------------------------------------------------------------------------------- */

static void set_full(struct runtime *runtime, bool full)
{
	struct weir_buf size = { 0 };

	if (full == runtime->host.dead_full)
		return;
	runtime->host.dead_full = full;
	unit_put_size(runtime->host.core.dead_max, &size);
	if (full)
		log_line(WEIR_WARN, "weir", "paused: the dead letters are full (dead_max: %s); mend the "
		         "rules and run weir dead replay, or weir dead drop", weir_buf_text(&size));
	else
		log_line(WEIR_INFO, "weir", "the dead letters have room again; going on");
	weir_buf_finish(&size);
	flow_room(runtime);
}

/* A sixteenth more than needed goes: not at every commit again. */
static void drop_oldest(struct runtime *runtime)
{
	const struct store_dead_query all = { 0 };
	struct drop oldest = of(runtime, &all, "the oldest, as dead letters were full");
	int64_t limit = runtime->host.core.dead_max;

	oldest.enough = runtime->dead_bound.size.bytes - limit + limit / 16;
	say(drop(runtime, &oldest), oldest.cause);
}

void dead_bound_look(struct runtime *runtime)
{
	const struct core_options *core = &runtime->host.core;
	bool over = runtime->dead_bound.size.bytes > core->dead_max;

	if (over && core->dead_full == DEAD_DROPS && !replay_is_active(runtime))
		drop_oldest(runtime);
	set_full(runtime, over && core->dead_full == DEAD_PAUSES && !runtime->letters_only.query);
}

/* ---- age --------------------------------------------------------------------------------- */

static const char too_old[] = "older than dead_for";

/* False: none was left. */
static bool drop_old(struct runtime *runtime)
{
	const struct store_dead_query all = { 0 };
	struct drop old = of(runtime, &all, too_old);
	int64_t gone;

	old.until_us = clock_now_us() - runtime->host.core.dead_for * 1000;
	old.enough = SLICE_BYTES;
	gone = drop(runtime, &old);
	runtime->dead_bound.aged += gone;
	return gone > 0;
}

static void say_aged(struct runtime *runtime)
{
	say(runtime->dead_bound.aged, too_old);
	runtime->dead_bound.aged = 0;
}

static void look_at_age(void *arg)
{
	struct runtime *runtime = arg;
	int64_t dead_for = runtime->host.core.dead_for;

	look_again(runtime, dead_for && dead_for < LOOK_MS ? dead_for : LOOK_MS);
	if (dead_for && !replay_is_active(runtime) && drop_old(runtime))
		look_again(runtime, 0);
	else
		say_aged(runtime);
	dead_bound_look(runtime);
}

/* ---- the runtime's ------------------------------------------------------------------------ */

void dead_bound_begin(struct runtime *runtime)
{
	store_measure_dead(runtime->host.store, &runtime->dead_bound.size);
	runtime->dead_bound.timer.fire = look_at_age;
	runtime->dead_bound.timer.arg = runtime;
	if (!runtime->letters_only.query)
		look_at_age(runtime);
}

void dead_bound_end(struct runtime *runtime)
{
	loop_timer_cancel(runtime->host.loop, &runtime->dead_bound.timer);
	say_aged(runtime);
}

void dead_bound_note_stored(struct runtime *runtime, const struct mark *mark)
{
	struct store_dead_size *size = &runtime->dead_bound.size;
	int64_t before = size->letters;

	for (size_t i = 0; i < mark->report_count; i++) {
		const struct report *report = &mark->reports[i];

		for (const struct dead *dead = report->dead.first; dead; dead = dead->next) {
			size->letters += dead->letter.number == 0;
			size->bytes += dead->letter.number ? 0 : (int64_t)dead->letter.event.len;
		}
		for (size_t r = 0; r < report->release_count; r++)
			size->bytes -= report->releases[r].bytes;
		size->letters -= (int64_t)report->release_count;
	}
	if (size->letters != before)
		dead_bound_look(runtime);
}

void dead_bound_note_gone(struct runtime *runtime, const struct store_dead_size *gone)
{
	take_off(runtime, gone);
	dead_bound_look(runtime);
}
