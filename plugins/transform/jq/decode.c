/* decode.c - results from the shared memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "values.h"

#include "text.h"

#include <string.h>

static enum plan_got broken(struct decoder *d)
{
	d->broken = true;
	return PLAN_FAULT;
}

static bool take(struct decoder *d, void *into, size_t len)
{
	if ((size_t)(d->end - d->at) < len)
		return false;
	memcpy(into, d->at, len);
	d->at += len;
	return true;
}

static bool pass(struct decoder *d, size_t len)
{
	if ((size_t)(d->end - d->at) < len)
		return false;
	d->at += len;
	return true;
}

bool decode_count(struct decoder *d, uint32_t *count)
{
	return take(d, count, sizeof *count);
}

bool decode_text(struct decoder *d, struct weir_bytes *text)
{
	uint32_t len;

	if (!decode_count(d, &len) || (size_t)(d->end - d->at) < len)
		return false;
	*text = (struct weir_bytes){ d->at, len };
	d->at += len;
	return rule_is_utf8(*text);
}

static enum plan_got give(struct plan_cell *cell, struct weir_value v)
{
	cell->value = v;
	return PLAN_VALUE;
}

static enum plan_got decode_number(struct decoder *d, enum wire_tag tag, struct plan_cell *cell)
{
	struct weir_bytes text;
	int64_t integer;
	double number;

	switch (tag) {
	case WIRE_INT:
		if (!take(d, &integer, sizeof integer))
			return broken(d);
		return give(cell, weir_make_int(d->run->arena, integer));
	case WIRE_DOUBLE:
		if (!take(d, &number, sizeof number))
			return broken(d);
		return give(cell, weir_make_double(d->run->arena, number));
	default:
		if (!decode_text(d, &text) || !pass(d, 1) || !rule_is_number(text))
			return broken(d);
		return give(cell, weir_make_number(d->run->arena, text));
	}
}

/* A time as it is written; fields of times read it again. */
static enum plan_got as_text(struct decoder *d, struct plan_cell *cell)
{
	struct weir_bytes text;

	plan_text(d->run, PLAN_TIME, cell, &text);
	return give(cell, weir_make_text_borrowed(d->run->arena, text));
}

static enum plan_got decode_array(struct decoder *d, struct plan_cell *cell)
{
	struct weir_value array = weir_make_array(d->run->arena);
	uint32_t count;

	if (!decode_count(d, &count))
		return broken(d);
	for (uint32_t i = 0; i < count; i++) {
		struct plan_cell element = { 0 };
		enum plan_got got = decode(d, &element);

		if (got >= PLAN_FAULT)
			return got;
		if (got == PLAN_TIME)
			as_text(d, &element);
		weir_array_push(d->run->arena, array,
		                got == PLAN_ABSENT ? weir_make_null() : element.value);
	}
	return give(cell, array);
}

/* "user.name" for a fault: each member around it puts its name in front. */
static void place_fault(struct decoder *d, struct weir_bytes name)
{
	const char *path = d->run->fault.where.path;

	if (d->broken)
		return;
	d->run->fault.where.path = weir_arena_format(d->run->arena, "%.*s%s%s", (int)name.len,
	                                             name.data, path ? "." : "", path ? path : "");
}

static enum plan_got decode_object(struct decoder *d, struct plan_cell *cell)
{
	struct weir_value object;
	uint32_t count;

	if (!decode_count(d, &count))
		return broken(d);
	object = weir_make_object(d->run->arena, count < 64 ? count : 64);
	for (uint32_t i = 0; i < count; i++) {
		struct plan_cell member = { 0 };
		struct weir_bytes name;
		enum plan_got got;

		if (!decode_text(d, &name))
			return broken(d);
		if (i == 0 && count == 1 && weir_bytes_equal(name, words_mark(d->words)))
			return words_do(d, cell);
		got = decode(d, &member);
		if (got >= PLAN_FAULT) {
			place_fault(d, name);
			return got;
		}
		if (got == PLAN_TIME)
			got = as_text(d, &member);
		if (got != PLAN_ABSENT)
			weir_object_put(d->run->arena, object, name, member.value);
	}
	return give(cell, object);
}

static enum plan_got decode_container(struct decoder *d, enum wire_tag tag, struct plan_cell *cell)
{
	enum plan_got got;

	if (++d->depth > WIRE_DEPTH_MAX + 2)
		return broken(d);
	got = tag == WIRE_ARRAY ? decode_array(d, cell) : decode_object(d, cell);
	d->depth--;
	return got;
}

enum plan_got decode(struct decoder *d, struct plan_cell *cell)
{
	struct weir_bytes text;
	char tag;

	if (!take(d, &tag, 1))
		return broken(d);
	switch ((enum wire_tag)tag) {
	case WIRE_NULL: return give(cell, weir_make_null());
	case WIRE_FALSE:
	case WIRE_TRUE: return give(cell, weir_make_bool(tag == WIRE_TRUE));
	case WIRE_INT:
	case WIRE_DOUBLE:
	case WIRE_NUMBER: return decode_number(d, (enum wire_tag)tag, cell);
	case WIRE_TEXT:
		if (!decode_text(d, &text))
			return broken(d);
		return give(cell, weir_make_text_borrowed(d->run->arena, text));
	case WIRE_ARRAY:
	case WIRE_OBJECT: return decode_container(d, (enum wire_tag)tag, cell);
	}
	return broken(d);
}

/* ---- passing over ---------------------------------------------------------------------------- */

static bool pass_text(struct decoder *d)
{
	uint32_t len;

	return decode_count(d, &len) && pass(d, len);
}

static bool pass_members(struct decoder *d, bool named)
{
	uint32_t count;

	if (++d->depth > WIRE_DEPTH_MAX + 2 || !decode_count(d, &count))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		if ((named && !pass_text(d)) || !decode_skip(d))
			return false;
	}
	d->depth--;
	return true;
}

bool decode_skip(struct decoder *d)
{
	char tag;

	if (!take(d, &tag, 1))
		return false;
	switch ((enum wire_tag)tag) {
	case WIRE_NULL:
	case WIRE_FALSE:
	case WIRE_TRUE: return true;
	case WIRE_INT:
	case WIRE_DOUBLE: return pass(d, 8);
	case WIRE_TEXT: return pass_text(d);
	case WIRE_NUMBER: return pass_text(d) && pass(d, 1);
	case WIRE_ARRAY: return pass_members(d, false);
	case WIRE_OBJECT: return pass_members(d, true);
	}
	return false;
}
