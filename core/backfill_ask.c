/* backfill_ask.c - asking the weir that carries backfills out, or the store when none runs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "backfill.h"

#include <string.h>

#include "clock.h"
#include "control.h"
#include "lane_record.h"

enum { ANSWER_MS = 10000 };

/* ---- asking a running weir --------------------------------------------------------- */

/* REFUSED and NOBODY fill err. */
static enum asked ask(const struct backfill *b, const char *request, struct weir_arena *arena,
                      struct weir_value *reply, struct weir_error *err)
{
	struct weir_buf answer = { 0 };
	bool ok;

	if (!control_ask(b->dir, request, &answer, ANSWER_MS, err)) {
		weir_buf_finish(&answer);
		return err->code == WEIR_E_UNREACHABLE ? NOBODY : REFUSED;
	}
	ok = control_read(&answer, arena, reply, err);
	weir_buf_finish(&answer);
	return ok ? ASKED : REFUSED;
}

static void put_request(const struct backfill *b, const char *command, struct weir_buf *text)
{
	char since[25], until[25];

	weir_time_format(b->since_us, since);
	weir_time_format(b->until_us, until);
	weir_buf_printf(text, "{\"command\":\"%s\",\"source\":", command);
	weir_json_quote(weir_bytes(b->source), text);
	weir_buf_printf(text, ",\"since\":\"%s\",\"until\":\"%s\",\"share\":%.6f,\"dry_run\":%s}", since,
	                until, b->part, b->dry ? "true" : "false");
}

enum asked backfill_ask_for(const struct backfill *b, const char *command, struct weir_error *err)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_buf request = { 0 };
	struct weir_value reply;
	enum asked asked;

	put_request(b, command, &request);
	asked = ask(b, weir_buf_text(&request), arena, &reply, err);
	weir_buf_finish(&request);
	weir_arena_destroy(arena);
	return asked;
}

/* ---- what is stored, when no weir runs ------------------------------------------------ */

struct stored {
	struct weir_arena *arena;
	struct weir_value list;
	const char *source;              /* the one that is sought, or NULL */
	struct store_position found;     /* its texts are the arena's */
};

static bool take_stored(void *arg, const struct store_position *p)
{
	struct stored *stored = arg;
	struct lane_record record;
	struct weir_value value;

	if (p->record != STORE_BACKFILL || !lane_record_read(p->text, &record))
		return true;
	value = lane_record_value(stored->arena, p->name, &record);
	weir_object_put(stored->arena, value, weir_bytes("stored"), weir_make_bool(true));
	weir_array_push(stored->arena, stored->list, value);
	lane_record_finish(&record);
	if (!stored->source || strcmp(p->name, stored->source) != 0)
		return true;
	stored->found = *p;
	stored->found.name = weir_arena_format(stored->arena, "%s", p->name);
	stored->found.plugin = weir_arena_format(stored->arena, "%s", p->plugin);
	stored->found.text = weir_arena_format(stored->arena, "%s", p->text);
	return true;
}

static bool read_stored(const struct backfill *b, struct weir_arena *arena, struct weir_value *list)
{
	struct stored stored = { .arena = arena, .list = weir_make_array(arena) };
	struct store *store = state_dir_read(b->dir);

	if (!store)
		return false;
	store_each_position(store, take_stored, &stored);
	store_close(store);
	*list = stored.list;
	return true;
}

static bool put_cancelled(struct store *store, struct store_position *position,
                          struct weir_error *err)
{
	struct store_commit commit = { .positions = position, .position_count = 1 };
	struct lane_record record = { 0 };
	struct weir_buf text = { 0 };
	bool ok;

	if (!position->text || !lane_record_read(position->text, &record)
	    || record.state != LANE_RUNNING) {
		lane_record_finish(&record);
		weir_fail(err, WEIR_E_CONFIG, "no backfill of that source is under way");
		return false;
	}
	record.state = LANE_CANCELLED;
	record.ended_us = clock_now_us();
	lane_record_write(&record, &text);
	position->text = weir_buf_text(&text);
	ok = store_commit(store, &commit, err) == WEIR_OK;
	weir_buf_finish(&text);
	lane_record_finish(&record);
	return ok;
}

bool backfill_cancel_stored(const struct backfill *b, struct weir_error *err)
{
	struct stored stored = { .arena = weir_arena_create(), .source = b->source };
	enum store_opened opened;
	char *note = NULL;
	struct store *store = store_open(b->dir, STORE_OWN, NULL, &opened, &note, err);
	bool ok = false;

	weir_free(note);
	stored.list = weir_make_array(stored.arena);
	if (store) {
		store_each_position(store, take_stored, &stored);
		ok = put_cancelled(store, &stored.found, err);
	}
	store_close(store);
	weir_arena_destroy(stored.arena);
	return ok;
}

/* ---- looking ------------------------------------------------------------------------------ */

enum asked backfill_look(const struct backfill *b, struct weir_arena *arena, struct weir_value *list,
                       struct weir_error *err)
{
	static const char question[] = "{\"command\":\"backfills\"}";
	struct weir_value reply;
	enum asked asked = ask(b, question, arena, &reply, err);

	/* It ended with the question unanswered: what it had done by then is stored. */
	if (asked == REFUSED && err->code == WEIR_E_RESOURCE)
		asked = ask(b, question, arena, &reply, err);
	if (asked == ASKED)
		*list = weir_value_get(reply, "backfills");
	else if (asked == NOBODY && !read_stored(b, arena, list))
		return REFUSED;
	return asked;
}

enum asked backfill_greet(const struct backfill *b)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_error err = { 0 };
	struct weir_value reply;
	enum asked asked = ask(b, "{\"command\":\"backfills\"}", arena, &reply, &err);

	weir_arena_destroy(arena);
	return asked;
}
