/* status_store.c - a snapshot from the store, when no weir runs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "status_text.h"

#include <string.h>

#include "clock.h"
#include "lane_record.h"

struct build {
	struct weir_arena *arena;
	struct weir_value lists[4]; /* by enum weir_kind */
	struct weir_value ledger;
};

static void put_text(struct build *b, struct weir_value object, const char *key, const char *text)
{
	weir_object_put(b->arena, object, weir_bytes(key),
	                text ? weir_make_text(b->arena, weir_bytes(text)) : weir_make_null());
}

static void put_int(struct build *b, struct weir_value object, const char *key, int64_t number)
{
	weir_object_put(b->arena, object, weir_bytes(key), weir_make_int(b->arena, number));
}

static void add_int(struct build *b, struct weir_value object, const char *key, int64_t by)
{
	int64_t before = 0;

	weir_value_int(weir_value_get(object, key), &before);
	put_int(b, object, key, before + by);
}

/* The source's position stands before the records of its lanes. */
static void take_record(struct build *b, const struct store_position *position)
{
	struct weir_each each = weir_each(b->lists[WEIR_SOURCE]);
	struct lane_record record;

	if (position->record == STORE_LIVE || !lane_record_read(position->text, &record))
		return;
	while (weir_next(&each)) {
		if (weir_value_is_text(weir_value_get(each.value, "name"), position->name))
			weir_object_put(b->arena, each.value,
			                weir_bytes(position->record == STORE_AUDIT ? "audit" : "backfill"),
			                lane_record_value(b->arena, position->name, &record));
	}
	lane_record_finish(&record);
}

static bool take_position(void *arg, const struct store_position *position)
{
	struct build *b = arg;
	struct weir_value object = weir_make_object(b->arena, 4);

	if (position->record != STORE_POSITION) {
		take_record(b, position);
		return true;
	}
	if (position->kind < WEIR_SOURCE || position->kind > WEIR_SINK)
		return true;
	put_text(b, object, "name", position->name);
	put_text(b, object, "plugin", position->plugin);
	put_text(b, object, "position", position->text);
	weir_array_push(b->arena, b->lists[position->kind], object);
	return true;
}

static struct weir_value row_of(struct build *b, const char *source, const char *sink)
{
	static const char *const numbers[] = { "in", "delivered", "dead", "dropped", "repeated",
		                               "released", "in_flight" };
	struct weir_each each = weir_each(b->ledger);
	struct weir_value row;

	while (weir_next(&each)) {
		if (weir_value_is_text(weir_value_get(each.value, "source"), source) &&
		    weir_value_is_text(weir_value_get(each.value, "sink"), sink))
			return each.value;
	}
	row = weir_make_object(b->arena, 9);
	put_text(b, row, "source", source);
	put_text(b, row, "sink", sink);
	for (size_t i = 0; i < WEIR_COUNT(numbers); i++)
		put_int(b, row, numbers[i], 0);
	weir_object_put(b->arena, row, weir_bytes("dropped_because"),
	                weir_make_object(b->arena, 4));
	weir_array_push(b->arena, b->ledger, row);
	return row;
}

static bool take_count(void *arg, const struct store_count *count)
{
	static const char *const fates[] = {
		[STORE_IN] = "in", [STORE_DELIVERED] = "delivered", [STORE_DEAD] = "dead",
		[STORE_DROPPED] = "dropped", [STORE_REPEATED] = "repeated",
		[STORE_RELEASED] = "released",
	};
	struct build *b = arg;
	struct weir_value row = row_of(b, count->source, count->sink);

	if ((size_t)count->fate >= WEIR_COUNT(fates))
		return true;
	add_int(b, row, fates[count->fate], count->by);
	/* Nothing is in flight; what does not add up shows as such. */
	if (count->cause)
		add_int(b, weir_value_get(row, "dropped_because"), count->cause, count->by);
	return true;
}

struct weir_value status_of_store(struct store *store, struct weir_arena *arena)
{
	static const char *const lists[] = {
		[WEIR_SOURCE] = "sources", [WEIR_TRANSFORM] = "transforms", [WEIR_SINK] = "sinks",
	};
	struct build b = { .arena = arena, .ledger = weir_make_array(arena) };
	struct weir_value status = weir_make_object(arena, 8);
	int64_t committed_us = store_committed(store);
	char when[25];

	for (int kind = WEIR_SOURCE; kind <= WEIR_SINK; kind++)
		b.lists[kind] = weir_make_array(arena);
	store_each_position(store, take_position, &b);
	store_each_count(store, take_count, &b);
	put_text(&b, status, "state", "stopped");
	weir_time_format(clock_now_us(), when);
	put_text(&b, status, "now", when);
	weir_time_format(committed_us, when);
	put_text(&b, status, "committed", committed_us ? when : NULL);
	for (int kind = WEIR_SOURCE; kind <= WEIR_SINK; kind++)
		weir_object_put(arena, status, weir_bytes(lists[kind]), b.lists[kind]);
	weir_object_put(arena, status, weir_bytes("ledger"), b.ledger);
	return status;
}
