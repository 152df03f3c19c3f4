/* tree.c - what a YAML file says: finding, comparing, turning into values.
 *
 * Lives here: everything about one tree. Not here: reading (yaml.c), merging and variables
 * (tree_merge.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tree.h"

#include <stdlib.h>
#include <string.h>

bool tree_is_scalar(const struct tree *tree)
{
	return tree->kind != WEIR_ARRAY && tree->kind != WEIR_OBJECT;
}

const char *tree_kind_name(const struct tree *tree)
{
	switch (tree->kind) {
	case WEIR_ARRAY:
		return "a list";
	case WEIR_OBJECT:
		return "a map";
	case WEIR_ABSENT:
	case WEIR_NULL:
		return "nothing";
	case WEIR_BOOLEAN:
	case WEIR_NUMBER:
	case WEIR_TEXT:
		return "a single value";
	}
	return "nothing";
}

const struct tree_member *tree_member(const struct tree *tree, const char *key)
{
	if (!tree || tree->kind != WEIR_OBJECT)
		return NULL;
	for (size_t i = 0; i < tree->count; i++)
		if (strcmp(tree->members[i].key, key) == 0)
			return &tree->members[i];
	return NULL;
}

const struct tree *tree_get(const struct tree *tree, const char *key)
{
	const struct tree_member *member = tree_member(tree, key);

	return member ? member->value : NULL;
}

static const struct tree *step_index(const struct tree *tree, const char *p, const char **rest)
{
	char *end;
	unsigned long index = strtoul(p, &end, 10);

	if (end == p || *end != ']' || tree->kind != WEIR_ARRAY || index >= tree->count)
		return NULL;
	*rest = end + 1;
	return tree->items[index];
}

static const struct tree *step_key(const struct tree *tree, const char *p, const char **rest)
{
	size_t len = strcspn(p, ".[");

	*rest = p + len;
	if (tree->kind != WEIR_OBJECT)
		return NULL;
	for (size_t i = 0; i < tree->count; i++)
		if (weir_bytes_are((struct weir_bytes){ p, len }, tree->members[i].key))
			return tree->members[i].value;
	return NULL;
}

const struct tree *tree_find(const struct tree *tree, const char *path)
{
	while (tree && *path) {
		if (*path == '[') {
			tree = step_index(tree, path + 1, &path);
			continue;
		}
		if (*path == '.')
			path++;
		tree = step_key(tree, path, &path);
	}
	return tree;
}

/* ---- scalars ---- */

static bool is_word(const char *text, const char *lower, const char *title, const char *upper)
{
	return strcmp(text, lower) == 0 || strcmp(text, title) == 0 || strcmp(text, upper) == 0;
}

static size_t digits(const char *text, const char *of)
{
	return strspn(text, of);
}

static bool is_based(const char *text, char letter, const char *of)
{
	size_t len;

	if (text[0] != '0' || text[1] != letter)
		return false;
	len = digits(text + 2, of);
	return len > 0 && len <= 15 && !text[2 + len];
}

/* As JSON has them, with + and a bare point allowed as YAML does. */
static bool is_decimal(const char *text)
{
	size_t whole, fraction = 0, exponent;

	text += *text == '-' || *text == '+';
	whole = digits(text, "0123456789");
	if (whole > 1 && text[0] == '0')
		return false;
	text += whole;
	if (*text == '.') {
		fraction = digits(++text, "0123456789");
		text += fraction;
	}
	if (whole + fraction == 0)
		return false;
	if (*text == 'e' || *text == 'E') {
		text++;
		text += *text == '-' || *text == '+';
		exponent = digits(text, "0123456789");
		if (exponent == 0)
			return false;
		text += exponent;
	}
	return !*text;
}

enum weir_kind_of_value tree_kind_of(const char *text)
{
	if (!*text || strcmp(text, "~") == 0 || is_word(text, "null", "Null", "NULL"))
		return WEIR_NULL;
	if (is_word(text, "true", "True", "TRUE") || is_word(text, "false", "False", "FALSE"))
		return WEIR_BOOLEAN;
	if (is_based(text, 'x', "0123456789abcdefABCDEF") || is_based(text, 'o', "01234567") ||
	    is_decimal(text))
		return WEIR_NUMBER;
	return WEIR_TEXT;
}

bool tree_is_null(const struct tree *tree)
{
	return tree->kind == WEIR_NULL && *tree->text;
}

struct tree *tree_scalar(struct weir_arena *arena, const char *text, struct weir_where where)
{
	struct tree *tree = weir_arena_alloc(arena, sizeof *tree);

	*tree = (struct tree){ .kind = tree_kind_of(text), .where = where, .text = text };
	return tree;
}

/* ---- whole trees ---- */

static bool same_members(const struct tree *a, const struct tree *b)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct tree *other = tree_get(b, a->members[i].key);

		if (!other || !tree_same(a->members[i].value, other))
			return false;
	}
	return true;
}

bool tree_same(const struct tree *a, const struct tree *b)
{
	if (!a || !b)
		return a == b;
	if (a->kind != b->kind || a->count != b->count)
		return false;
	if (tree_is_scalar(a))
		return strcmp(a->text, b->text) == 0;
	if (a->kind == WEIR_OBJECT)
		return same_members(a, b);
	for (size_t i = 0; i < a->count; i++)
		if (!tree_same(a->items[i], b->items[i]))
			return false;
	return true;
}

static bool is_listed(const char *key, const char *const *keys)
{
	for (; *keys; keys++)
		if (strcmp(*keys, key) == 0)
			return true;
	return false;
}

struct tree *tree_without(struct weir_arena *arena, const struct tree *object,
                          const char *const *keys)
{
	struct tree *copy = weir_arena_alloc(arena, sizeof *copy);

	*copy = *object;
	copy->count = 0;
	copy->cap = object->count;
	copy->members = weir_arena_alloc(arena, object->count * sizeof *copy->members);
	for (size_t i = 0; i < object->count; i++)
		if (!is_listed(object->members[i].key, keys))
			copy->members[copy->count++] = object->members[i];
	return copy;
}

void tree_append(struct weir_arena *arena, struct tree *object, const struct tree_member *member)
{
	if (object->count == object->cap) {
		size_t cap = object->cap ? object->cap * 2 : 4;
		struct tree_member *room = weir_arena_alloc(arena, cap * sizeof *room);

		if (object->count)
			memcpy(room, object->members, object->count * sizeof *room);
		object->members = room;
		object->cap = cap;
	}
	object->members[object->count++] = *member;
}

/* ---- values ---- */

static struct weir_value number_value(struct weir_arena *arena, const char *text)
{
	struct weir_value v;
	struct weir_error ignored;
	char *end;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'o'))
		return weir_make_int(arena, (int64_t)strtoull(text + 2, NULL,
		                                              text[1] == 'x' ? 16 : 8));
	/* The text itself, so that no digit is lost. */
	if (weir_json_parse(arena, weir_bytes(text + (*text == '+')), &v, &ignored))
		return v;
	return weir_make_double(arena, strtod(text, &end));
}

static struct weir_value scalar_value(struct weir_arena *arena, const struct tree *tree)
{
	switch (tree->kind) {
	case WEIR_NULL:
		return weir_make_null();
	case WEIR_BOOLEAN:
		return weir_make_bool(tree->text[0] == 't' || tree->text[0] == 'T');
	case WEIR_NUMBER:
		return number_value(arena, tree->text);
	case WEIR_TEXT:
	case WEIR_ABSENT:
	case WEIR_ARRAY:
	case WEIR_OBJECT:
		break;
	}
	return weir_make_text(arena, weir_bytes(tree->text));
}

struct weir_value tree_value(struct weir_arena *arena, const struct tree *tree)
{
	struct weir_value v;

	if (tree->kind == WEIR_OBJECT) {
		v = weir_make_object(arena, tree->count);
		for (size_t i = 0; i < tree->count; i++)
			weir_object_add(arena, v,
			                weir_key_create(arena, weir_bytes(tree->members[i].key)),
			                tree_value(arena, tree->members[i].value));
	} else if (tree->kind == WEIR_ARRAY) {
		v = weir_make_array(arena);
		for (size_t i = 0; i < tree->count; i++)
			weir_array_push(arena, v, tree_value(arena, tree->items[i]));
	} else {
		v = scalar_value(arena, tree);
	}
	return weir_value_mark(arena, v, tree->where.line, tree->where.column);
}
