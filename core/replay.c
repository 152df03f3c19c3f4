/* replay.c - dead letters through the pipeline again, beside what sources send.
 *
 * Lives here: which letters, how many at a time, and what became of them. Not here: their pages
 * (replay_page.c), how a sink settles one (outlet.c, tally.c).
 *
 * A window of letters is sent and committed before the next one: so little memory is needed, and
 * what is killed has lost no more than a window of work. A letter's page takes the next ticket of
 * its component like any other, and one transaction stores the sink's position, the counts and
 * that the letter is gone. A letter that fails again keeps its number, which has been passed.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <string.h>

#include "diag.h"
#include "replay_page.h"
#include "runtime_own.h"

enum { WINDOW_LETTERS = 256, WINDOW_BYTES = 4 << 20, NOTES_MOST = 20, LEFT_MOST = 10000 };

struct replay {
	struct store_dead_query query;  /* what it points at is the arena's; above: passed */
	struct weir_arena *arena;
	struct store *store;            /* to read beside commits */
	struct replay_sum sum;
	size_t notes;
	bool cancelled;

	struct runtime *runtime;
	replay_told *told;
	void *arg;
	size_t letters;                 /* of the window at hand */
	int64_t bytes;
	int64_t noted;                  /* of the letters that were sent: their fate is known */
};

static void note(struct replay *replay, int64_t number, const struct weir_error *why)
{
	if (replay->notes++ < NOTES_MOST) {
		weir_buf_printf(&replay->sum.notes, "%" PRId64 ": ", number);
		diag_line(why, &replay->sum.notes);
		weir_buf_putc(&replay->sum.notes, '\n');
	} else if (replay->notes == NOTES_MOST + 1) {
		weir_buf_puts(&replay->sum.notes, "and more; see weir dead list\n");
	}
}

/* ---- sending ----------------------------------------------------------------------- */

static bool send_letter(void *arg, const struct store_dead *dead)
{
	struct replay *replay = arg;
	struct weir_error why = { 0 };
	struct component *component;
	struct weir_ctx *source;
	struct page *page;

	if (replay->letters == WINDOW_LETTERS || replay->bytes >= WINDOW_BYTES)
		return false;
	replay->query.above = dead->number;
	source = replay_source(replay->runtime->graph, dead, &why);
	if (!source) {
		replay->sum.skipped++;
		note(replay, dead->number, &why);
		return true;
	}
	page = replay_page_create(dead, source);
	page->budget = &replay->runtime->host.budget;
	page_charge(page);
	replay->letters++;
	replay->bytes += (int64_t)page->len;
	component = source->driver->component;
	component->letter_ticket = component->next_ticket;
	component_hand_over(component, page);
	return true;
}

/* ---- the end ------------------------------------------------------------------------- */

static void destroy(struct replay *replay)
{
	store_close(replay->store);
	weir_buf_finish(&replay->sum.notes);
	weir_arena_destroy(replay->arena);
	weir_free(replay);
}

static void finish(struct replay *replay)
{
	const struct replay_sum *sum = &replay->sum;

	log_line(WEIR_INFO, "weir", "replayed %" PRId64 " dead letters: %" PRId64 " delivered, %" PRId64
	         " dropped, %" PRId64 " failed again; %" PRId64 " skipped",
	         sum->sent, sum->delivered, sum->dropped, sum->failed, sum->skipped);
	if (sum->why.text[0])
		log_error(WEIR_WARN, "weir", &sum->why);
	replay->runtime->replay = NULL;
	replay->told(replay->arg, sum);
	destroy(replay);
}

static bool window_is_open(const struct runtime *runtime)
{
	for (const struct component *c = runtime->components; c; c = c->next) {
		if (c->letter_ticket > c->done_ticket)
			return true;
	}
	return false;
}

/* Of a mark that was not stored nothing was noted. */
static bool window_was_stored(struct replay *replay)
{
	return replay->noted == replay->sum.sent;
}

static bool send_window(struct replay *replay)
{
	struct weir_error err;
	enum weir_status status;

	replay->letters = 0;
	replay->bytes = 0;
	status = store_each_dead(replay->store, &replay->query, send_letter, replay, &err);
	/* Otherwise the next window meets it again, or not. */
	if (status != WEIR_OK && replay->letters == 0)
		replay->sum.why = err;
	replay->sum.sent += (int64_t)replay->letters;
	for (struct component *c = replay->runtime->components; c; c = c->next)
		component_mark(c);
	return replay->letters > 0;
}

static bool count_one(void *arg, const struct store_dead *dead)
{
	(void)dead;
	return ++*(int64_t *)arg < LEFT_MOST;
}

/* It is over before its end. */
static void give_up(struct replay *replay, const char *reason)
{
	struct weir_error unread;
	int64_t left = 0;

	store_each_dead(replay->store, &replay->query, count_one, &left, &unread);
	weir_fail(&replay->sum.why, WEIR_E_RESOURCE, "%s: %s%" PRId64 " letter%s not sent, and stay%s; "
	          "run it again for the rest", reason, left == LEFT_MOST ? "at least " : "", left,
	          left == 1 ? " was" : "s were", left == 1 ? "s" : "");
}

bool replay_is_active(const struct runtime *runtime)
{
	return runtime->replay;
}

void replay_note_progress(struct runtime *runtime)
{
	struct replay *replay = runtime->replay;

	if (!replay_is_active(runtime) || window_is_open(runtime))
		return;
	if (!window_was_stored(replay))
		weir_fail(&replay->sum.why, WEIR_E_RESOURCE,
		          "the last letters sent were not stored, and stay; run it again");
	else if (runtime->phase != RUNTIME_RUNNING)
		give_up(replay, "weir stops");
	else if (replay->cancelled)
		give_up(replay, "cancelled");
	else if (runtime->rewire.step != REWIRE_NONE)
		return; /* the new graph will have them */
	else if (send_window(replay))
		return;
	finish(replay);
}

void replay_note_stored(struct runtime *runtime, const struct mark *mark)
{
	struct replay *replay = runtime->replay;

	if (!replay_is_active(runtime))
		return;
	for (size_t i = 0; i < mark->report_count; i++) {
		const struct report *report = &mark->reports[i];

		for (size_t r = 0; r < report->release_count; r++) {
			enum store_fate fate = report->releases[r].fate;

			replay->sum.delivered += fate == STORE_DELIVERED;
			replay->sum.dropped += fate == STORE_DROPPED;
			replay->noted++;
		}
		for (const struct dead *dead = report->dead.first; dead; dead = dead->next) {
			if (!dead->letter.number)
				continue;
			replay->sum.failed++;
			replay->noted++;
			note(replay, dead->letter.number, &dead->letter.why);
		}
	}
}

/* ---- life ------------------------------------------------------------------------------ */

bool replay_may_begin(const struct runtime *runtime, struct weir_error *err)
{
	if (replay_is_active(runtime))
		weir_fail(err, WEIR_E_RESOURCE, "a replay is under way; wait for its end");
	else if (runtime->dropping)
		weir_fail(err, WEIR_E_RESOURCE, "letters are being dropped; wait for the end of that");
	else if (runtime->phase != RUNTIME_RUNNING)
		weir_fail(err, WEIR_E_RESOURCE, "weir is stopping");
	else
		return true;
	return false;
}

static void refuse(replay_told *told, void *arg, const struct weir_error *why)
{
	const struct replay_sum none = { .why = *why };

	told(arg, &none);
}

void runtime_replay(struct runtime *runtime, const struct store_dead_query *query,
                    replay_told *told, void *arg)
{
	struct weir_error err = { 0 };
	enum store_opened opened;
	struct replay *replay;
	struct store *store = NULL;
	struct store_dead_query bound;
	char *no_note;

	if (replay_may_begin(runtime, &err))
		store = store_open(runtime->host.core.state_dir, STORE_READ, NULL, &opened, &no_note,
		                   &err);
	if (!store) {
		refuse(told, arg, &err);
		return;
	}
	bound = *query;
	if (store_dead_bound(store, &bound, &err) != WEIR_OK) {
		store_close(store);
		refuse(told, arg, &err);
		return;
	}
	replay = weir_alloc(sizeof *replay);
	replay->runtime = runtime;
	replay->store = store;
	replay->told = told;
	replay->arg = arg;
	replay->arena = weir_arena_create();
	replay->query = store_dead_query_copy(&bound, replay->arena);
	replay->query.newest_first = false;
	runtime->replay = replay;
	replay_note_progress(runtime);
}

bool runtime_replay_cancel(struct runtime *runtime, struct weir_error *err)
{
	if (!replay_is_active(runtime)) {
		weir_fail(err, WEIR_E_CONFIG, "no replay is under way");
		return false;
	}
	runtime->replay->cancelled = true;
	replay_note_progress(runtime);
	return true;
}

void runtime_replay_only(struct runtime *runtime, const struct store_dead_query *query,
                         replay_told *told, void *arg)
{
	runtime->letters_only = (struct letters_only){ query, told, arg };
}

void replay_begin_only(struct runtime *runtime)
{
	const struct letters_only *only = &runtime->letters_only;

	if (only->query)
		runtime_replay(runtime, only->query, only->told, only->arg);
}

void replay_end(struct runtime *runtime)
{
	struct replay *replay = runtime->replay;

	if (!replay)
		return;
	give_up(replay, "weir stopped");
	finish(replay);
}
