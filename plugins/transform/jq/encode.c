/* encode.c - values to the shared memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "values.h"

#include <string.h>

static const int64_t exact_max = 9007199254740992; /* what a double holds exactly */

static void put(struct encoder *e, const void *bytes, size_t len)
{
	if ((size_t)(e->end - e->at) < len)
		e->full = true;
	if (e->full || !len)
		return;
	memcpy(e->at, bytes, len);
	e->at += len;
}

static void put_tag(struct encoder *e, enum wire_tag tag)
{
	char byte = (char)tag;

	put(e, &byte, 1);
}

static void put_bytes(struct encoder *e, struct weir_bytes bytes)
{
	uint32_t len = (uint32_t)bytes.len;

	put(e, &len, sizeof len);
	put(e, bytes.data, bytes.len);
}

/* Room for a count that is not known yet. */
static char *reserve_count(struct encoder *e)
{
	char *place = e->at;
	uint32_t none = 0;

	put(e, &none, sizeof none);
	return place;
}

static void set_count(const struct encoder *e, char *place, uint32_t count)
{
	if (!e->full)
		memcpy(place, &count, sizeof count);
}

void encode_text(struct encoder *e, struct weir_bytes text)
{
	put_tag(e, WIRE_TEXT);
	put_bytes(e, text);
}

static void encode_number(struct encoder *e, struct weir_value v)
{
	struct weir_bytes token = weir_value_raw(v);
	struct weir_buf text = { 0 };
	int64_t integer;

	if (weir_value_int(v, &integer) && integer >= -exact_max && integer <= exact_max) {
		put_tag(e, WIRE_INT);
		put(e, &integer, sizeof integer);
		return;
	}
	if (!token.data) {
		weir_value_render(v, &text);
		token = (struct weir_bytes){ text.data, text.len };
	}
	put_tag(e, WIRE_NUMBER);
	put_bytes(e, token);
	put(e, "", 1);
	weir_buf_finish(&text);
}

static void encode_members(struct encoder *e, struct weir_value v)
{
	struct weir_each each = weir_each(v);
	char *place;
	uint32_t count = 0;

	put_tag(e, v.kind == WEIR_OBJECT ? WIRE_OBJECT : WIRE_ARRAY);
	place = reserve_count(e);
	for (; weir_next(&each) && !e->full; count++) {
		if (v.kind == WEIR_OBJECT)
			put_bytes(e, weir_each_key(&each, e->arena));
		encode(e, each.value);
	}
	set_count(e, place, count);
}

void encode(struct encoder *e, struct weir_value v)
{
	struct weir_bytes text;
	bool yes;

	switch ((enum weir_kind_of_value)v.kind) {
	case WEIR_ABSENT:
	case WEIR_NULL: put_tag(e, WIRE_NULL); return;
	case WEIR_BOOLEAN:
		put_tag(e, weir_value_bool(v, &yes) && yes ? WIRE_TRUE : WIRE_FALSE);
		return;
	case WEIR_NUMBER: encode_number(e, v); return;
	case WEIR_TEXT:
		weir_value_text(v, e->arena, &text);
		encode_text(e, text);
		return;
	case WEIR_ARRAY:
	case WEIR_OBJECT: encode_members(e, v); return;
	}
}

/* False, and nothing is written, when there is nothing of the node in the event. */
static bool encode_node(struct encoder *e, const struct reads_node *node)
{
	char *start = e->at, *place;
	uint32_t count = 0;

	if (node->slot >= 0) {
		if (weir_is_absent(e->slots[node->slot]))
			return false;
		encode(e, e->slots[node->slot]);
		return true;
	}
	put_tag(e, WIRE_OBJECT);
	place = reserve_count(e);
	for (size_t i = 0; i < node->count; i++) {
		char *member = e->at;

		put_bytes(e, node->children[i].name);
		if (encode_node(e, &node->children[i]))
			count++;
		else if (!e->full)
			e->at = member;
	}
	set_count(e, place, count);
	if (count == 0 && !e->full)
		e->at = start;
	return count > 0;
}

void encode_parts(struct encoder *e, struct weir_value v, const struct reads *reads)
{
	const uint32_t none = 0;

	if (v.kind != WEIR_OBJECT) {
		encode(e, v);
		return;
	}
	weir_paths_read(reads->paths, v, e->slots);
	if (encode_node(e, &reads->top))
		return;
	put_tag(e, WIRE_OBJECT);
	put(e, &none, sizeof none);
}
