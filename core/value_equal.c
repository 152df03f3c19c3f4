/* value_equal.c - whether two values mean the same.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "value_form.h"

#include <stdlib.h>

struct entry {
	struct weir_bytes key;
	struct weir_value value;
	size_t order;
};

static int compare_entries(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	size_t len = a->key.len < b->key.len ? a->key.len : b->key.len;
	int order = len ? memcmp(a->key.data, b->key.data, len) : 0;

	if (order == 0)
		order = (a->key.len > b->key.len) - (a->key.len < b->key.len);
	return order ? order : (a->order > b->order) - (a->order < b->order);
}

/* The members by key, the last of equal ones. */
static size_t sorted(struct weir_value object, struct weir_arena *arena, struct entry **entries)
{
	struct weir_each each = weir_each(object);
	size_t count = 0, kept = 0;
	struct entry *list = weir_arena_alloc(arena, weir_value_count(object) * sizeof *list);

	while (weir_next(&each)) {
		list[count] = (struct entry){ weir_each_key(&each, arena), each.value, count };
		count++;
	}
	if (count)
		qsort(list, count, sizeof *list, compare_entries);
	for (size_t i = 0; i < count; i++) {
		if (i + 1 == count || !weir_bytes_equal(list[i].key, list[i + 1].key))
			list[kept++] = list[i];
	}
	*entries = list;
	return kept;
}

static bool equal_objects(struct weir_value a, struct weir_value b)
{
	struct weir_arena *arena = weir_arena_create();
	struct entry *left, *right;
	size_t count = sorted(a, arena, &left);
	bool equal = count == sorted(b, arena, &right);

	for (size_t i = 0; equal && i < count; i++) {
		equal = weir_bytes_equal(left[i].key, right[i].key) &&
		        weir_value_equal(left[i].value, right[i].value);
	}
	weir_arena_destroy(arena);
	return equal;
}

static bool equal_arrays(struct weir_value a, struct weir_value b)
{
	struct weir_each left = weir_each(a), right = weir_each(b);

	while (weir_next(&left)) {
		if (!weir_next(&right) || !weir_value_equal(left.value, right.value))
			return false;
	}
	return !weir_next(&right);
}

static bool equal_texts(struct weir_value a, struct weir_value b)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_bytes left, right;
	bool equal = weir_value_text(a, arena, &left) && weir_value_text(b, arena, &right) &&
	             weir_bytes_equal(left, right);

	weir_arena_destroy(arena);
	return equal;
}

static bool equal_numbers(struct weir_value a, struct weir_value b)
{
	char left[VALUE_NUMBER_MAX], right[VALUE_NUMBER_MAX];

	return value_decimal_equal(value_number_text(value_bare(a), left),
	                           value_number_text(value_bare(b), right));
}

bool weir_value_equal(struct weir_value a, struct weir_value b)
{
	bool left, right;

	if (a.kind != b.kind)
		return false;
	switch ((enum weir_kind_of_value)a.kind) {
	case WEIR_ABSENT:
	case WEIR_NULL:
		return true;
	case WEIR_BOOLEAN:
		return weir_value_bool(a, &left) && weir_value_bool(b, &right) && left == right;
	case WEIR_NUMBER:
		return equal_numbers(a, b);
	case WEIR_TEXT:
		return equal_texts(a, b);
	case WEIR_ARRAY:
		return equal_arrays(a, b);
	case WEIR_OBJECT:
		return equal_objects(a, b);
	}
	return false;
}
