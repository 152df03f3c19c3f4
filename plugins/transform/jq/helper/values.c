/* values.c - values of the shared memory as jv, and back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "values.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Below it a double holds every integer; it stands for its odd neighbour, too. */
static const double exact_max = 9007199254740992.0;

/* ---- reading -------------------------------------------------------------------------------- */

static uint32_t read_count(const char **p)
{
	uint32_t count;

	memcpy(&count, *p, sizeof count);
	*p += sizeof count;
	return count;
}

/* Keys come again with every event; a jv keeps its hash, so the same one is used. */
static jv read_key(const char **p)
{
	enum { KEPT = 1024 };
	static jv kept[KEPT];
	static bool used[KEPT];
	uint32_t len = read_count(p), hash = 2166136261u;
	const char *text = *p;
	jv *place;

	*p += len;
	for (uint32_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619u;
	hash = (hash ^ hash >> 15) % KEPT;
	place = &kept[hash];
	if (used[hash] && (uint32_t)jv_string_length_bytes(jv_copy(*place)) == len &&
	    memcmp(jv_string_value(*place), text, len) == 0)
		return jv_copy(*place);
	if (len > 200)
		return jv_string_sized(text, (int)len);
	if (used[hash])
		jv_free(*place);
	used[hash] = true;
	*place = jv_string_sized(text, (int)len);
	return jv_copy(*place);
}

static jv read_number(const char **p)
{
	uint32_t len = read_count(p);
	const char *text = *p;

	*p += len + 1;
#ifdef WEIR_JQ_LITERALS
	return jv_number_with_literal(text);
#else
	return jv_number(strtod(text, NULL));
#endif
}

static jv read_array(const char **p)
{
	uint32_t count = read_count(p);
	jv array = jv_array_sized((int)count);

	for (uint32_t i = 0; i < count; i++)
		array = jv_array_append(array, values_read(p));
	return array;
}

static jv read_object(const char **p)
{
	uint32_t count = read_count(p);
	jv object = jv_object();

	for (uint32_t i = 0; i < count; i++) {
		jv key = read_key(p);

		object = jv_object_set(object, key, values_read(p));
	}
	return object;
}

jv values_read(const char **p)
{
	int64_t integer;
	uint32_t len;
	double number;

	switch ((enum wire_tag) *(*p)++) {
	case WIRE_NULL: return jv_null();
	case WIRE_FALSE: return jv_false();
	case WIRE_TRUE: return jv_true();
	case WIRE_INT:
		memcpy(&integer, *p, sizeof integer);
		*p += sizeof integer;
		return jv_number((double)integer);
	case WIRE_DOUBLE:
		memcpy(&number, *p, sizeof number);
		*p += sizeof number;
		return jv_number(number);
	case WIRE_NUMBER: return read_number(p);
	case WIRE_TEXT:
		len = read_count(p);
		*p += len;
		return jv_string_sized(*p - len, (int)len);
	case WIRE_ARRAY: return read_array(p);
	case WIRE_OBJECT: return read_object(p);
	}
	_Exit(WIRE_EXIT_FAULT);
}

/* ---- writing -------------------------------------------------------------------------------- */

static void put(struct values_out *out, const void *bytes, size_t len)
{
	if ((size_t)(out->end - out->at) < len)
		out->status = WIRE_TOO_LARGE;
	if (out->status != WIRE_OUTPUTS)
		return;
	memcpy(out->at, bytes, len);
	out->at += len;
}

static void put_tag(struct values_out *out, enum wire_tag tag)
{
	char byte = (char)tag;

	put(out, &byte, 1);
}

static void put_count(struct values_out *out, uint32_t count)
{
	put(out, &count, sizeof count);
}

void values_write_count(struct values_out *out, char *at, uint32_t count)
{
	if (out->status == WIRE_OUTPUTS)
		memcpy(at, &count, sizeof count);
}

/* Consumes it. */
static void put_text(struct values_out *out, jv text)
{
	uint32_t len = (uint32_t)jv_string_length_bytes(jv_copy(text));

	put_count(out, len);
	put(out, jv_string_value(text), len);
	jv_free(text);
}

static void put_number(struct values_out *out, jv v)
{
	double number = jv_number_value(v);
	int64_t integer;

	if (number > -exact_max && number < exact_max && number == floor(number) &&
	    !(number == 0 && signbit(number))) {
		integer = (int64_t)number;
		put_tag(out, WIRE_INT);
		put(out, &integer, sizeof integer);
		return;
	}
#ifdef WEIR_JQ_LITERALS
	const char *literal = jv_number_has_literal(v) ? jv_number_get_literal(v) : NULL;

	if (literal && *literal) {
		put_tag(out, WIRE_NUMBER);
		put_count(out, (uint32_t)strlen(literal));
		put(out, literal, strlen(literal) + 1);
		return;
	}
#endif
	/* As jq prints them. */
	if (isnan(number)) {
		put_tag(out, WIRE_NULL);
		return;
	}
	if (isinf(number))
		number = number < 0 ? -DBL_MAX : DBL_MAX;
	put_tag(out, WIRE_DOUBLE);
	put(out, &number, sizeof number);
}

static void write_at(struct values_out *out, jv v, int depth);

static void put_array(struct values_out *out, jv array, int depth)
{
	int count = jv_array_length(jv_copy(array));

	put_tag(out, WIRE_ARRAY);
	put_count(out, (uint32_t)count);
	for (int i = 0; i < count && out->status == WIRE_OUTPUTS; i++)
		write_at(out, jv_array_get(jv_copy(array), i), depth + 1);
}

static void put_object(struct values_out *out, jv object, int depth)
{
	put_tag(out, WIRE_OBJECT);
	put_count(out, (uint32_t)jv_object_length(jv_copy(object)));
	for (int i = jv_object_iter(object);
	     jv_object_iter_valid(object, i) && out->status == WIRE_OUTPUTS;
	     i = jv_object_iter_next(object, i)) {
		put_text(out, jv_object_iter_key(object, i));
		write_at(out, jv_object_iter_value(object, i), depth + 1);
	}
}

static void write_at(struct values_out *out, jv v, int depth)
{
	if (depth > WIRE_DEPTH_MAX && out->status == WIRE_OUTPUTS)
		out->status = WIRE_TOO_DEEP;
	if (out->status == WIRE_OUTPUTS) {
		switch (jv_get_kind(v)) {
		case JV_KIND_INVALID:
		case JV_KIND_NULL: put_tag(out, WIRE_NULL); break;
		case JV_KIND_FALSE: put_tag(out, WIRE_FALSE); break;
		case JV_KIND_TRUE: put_tag(out, WIRE_TRUE); break;
		case JV_KIND_NUMBER: put_number(out, v); break;
		case JV_KIND_STRING:
			put_tag(out, WIRE_TEXT);
			put_text(out, jv_copy(v));
			break;
		case JV_KIND_ARRAY: put_array(out, v, depth); break;
		case JV_KIND_OBJECT: put_object(out, v, depth); break;
		}
	}
	jv_free(v);
}

void values_write(struct values_out *out, jv v)
{
	write_at(out, v, 0);
}
