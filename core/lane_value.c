/* lane_value.c - a lane as a JSON object: for the status, and for `weir backfill`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "component.h"
#include "lane.h"

struct build {
	struct weir_arena *arena;
	struct weir_value object;
};

static void put(struct build *b, const char *key, struct weir_value value)
{
	weir_object_put(b->arena, b->object, weir_bytes(key), value);
}

static void put_int(struct build *b, const char *key, int64_t number)
{
	put(b, key, weir_make_int(b->arena, number));
}

static void put_text(struct build *b, const char *key, const char *text)
{
	put(b, key, text ? weir_make_text(b->arena, weir_bytes(text)) : weir_make_null());
}

static void put_time(struct build *b, const char *key, int64_t micros)
{
	char text[25];

	weir_time_format(micros, text);
	put_text(b, key, micros ? text : NULL);
}

struct weir_value lane_record_value(struct weir_arena *arena, const char *source,
                                    const struct lane_record *record)
{
	struct build b = { arena, weir_make_object(arena, 20) };

	put_text(&b, "source", source);
	put_text(&b, "state", lane_state_name(record->state));
	put_time(&b, "since", record->since_us);
	put_time(&b, "until", record->until_us);
	put(&b, "share", weir_make_double(arena, record->share));
	put_time(&b, "begun", record->begun_us);
	put_time(&b, "ended", record->ended_us);
	put_time(&b, "reached", record->reached_us);
	put_int(&b, "delivered", record->before.fresh + record->counts.fresh);
	put_int(&b, "repeated", record->before.repeated + record->counts.repeated);
	put_text(&b, "why", record->why);
	return b.object;
}

static void put_trouble(struct build *b, struct weir_ctx *ctx)
{
	struct weir_error why;
	int64_t for_ms, next_ms;
	bool is = ctx && trouble_look(&ctx->trouble, &why, &for_ms, &next_ms);

	put_text(b, "trouble", is ? why.text : NULL);
}

struct weir_value lane_value(struct weir_arena *arena, const struct driver *main,
                             enum weir_lane which)
{
	const struct lane *lane = main->lanes[which];
	struct build b = { .arena = arena };

	if (!lane)
		return weir_make_null();
	b.object = lane_record_value(arena, main->ctx->name, &lane->record);
	put(&b, "dry_run", weir_make_bool(lane->dry));
	put(&b, "stored", weir_make_bool(lane->dry || !main->component
	                                 || main->component->done_ticket >= lane->ticket));
	put_int(&b, "events_expected", lane->expected.events);
	put_int(&b, "requests_expected", lane->expected.requests);
	put_int(&b, "ms_expected", lane->expected.ms);
	put_int(&b, "events_left", lane->left.events);
	put_int(&b, "requests_left", lane->left.requests);
	put_int(&b, "ms_left", lane->left.ms);
	put_text(&b, "note", lane->driver.ctx && lane->driver.ctx->note ? lane->driver.ctx->note
	                                                               : lane->note);
	put_trouble(&b, lane->driver.ctx);
	return b.object;
}
