/* sketch.c - the rows that a new rule begins with: of a schema, an event, and where fields usually are.
 *
 * Not here: how a language writes them (its plugin does).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sketch.h"

#include <string.h>

#include "schemas.h"

struct sketch {
	struct weir_arena *arena;
	struct weir_value schema, start, event;
};

static bool is_list(const char *type)
{
	return strncmp(type, "list of ", 8) == 0;
}

/* What is at a path of the event could become the type; texts are looked at no closer. */
static bool could_be(struct weir_value v, const char *type)
{
	switch ((enum weir_kind_of_value)v.kind) {
	case WEIR_ABSENT:
	case WEIR_NULL: return false;
	case WEIR_ARRAY:
		return strcmp(type, "any") == 0 ||
		       (is_list(type) && could_be(weir_value_at(v, 0), type + 8));
	case WEIR_OBJECT: return strcmp(type, "object") == 0 || strcmp(type, "any") == 0;
	case WEIR_TEXT: return !is_list(type) && strcmp(type, "object") != 0 && strcmp(type, "bool") != 0 &&
		               strcmp(type, "int") != 0 && strcmp(type, "number") != 0;
	case WEIR_NUMBER: return strcmp(type, "int") == 0 || strcmp(type, "number") == 0 ||
		                 strcmp(type, "text") == 0 || strcmp(type, "any") == 0;
	case WEIR_BOOLEAN: return strcmp(type, "bool") == 0 || strcmp(type, "text") == 0 ||
		                  strcmp(type, "any") == 0;
	}
	return false;
}

/* The path, if the event has something there that the type takes; else NULL. */
static const char *usable(const struct sketch *s, const char *path, const char *type)
{
	struct weir_value v = { 0 };
	struct weir_paths *paths;
	struct weir_error ignored;

	if (!path[0])
		return NULL;
	paths = weir_paths_create(&path, 1, &ignored);
	if (!paths)
		return NULL;
	weir_paths_read(paths, s->event, &v);
	weir_paths_destroy(paths);
	return could_be(v, type) ? path : NULL;
}

static bool has_base(const struct sketch *s, const char *target)
{
	struct weir_each each = weir_each(weir_value_get(s->schema, "base"));

	while (weir_next(&each)) {
		if (weir_value_is_text(weir_value_get(each.value, "target"), target))
			return true;
	}
	return false;
}

/* A constant of a type, for its author to choose another. */
static struct weir_value placeholder(const struct sketch *s, struct weir_value field, const char *type)
{
	struct weir_each each = weir_each(weir_value_get(field, "values"));

	if (is_list(type)) {
		struct weir_value list = weir_make_array(s->arena);

		weir_array_push(s->arena, list, placeholder(s, field, type + 8));
		return list;
	}
	if (weir_next(&each))
		return weir_make_text(s->arena, weir_each_key(&each, s->arena));
	if (strcmp(type, "int") == 0 || strcmp(type, "number") == 0 || strcmp(type, "time") == 0)
		return weir_make_int(s->arena, 0);
	if (strcmp(type, "bool") == 0)
		return weir_make_bool(false);
	return weir_make_text(s->arena, weir_bytes(strcmp(type, "ip") == 0 ? "192.0.2.1" : "?"));
}

/* "happened, one of LOGON, LOGOFF, ...": what a placeholder should become. */
static const char *hint(const struct sketch *s, struct weir_value field)
{
	enum { LONGEST = 90 };
	struct weir_each each = weir_each(weir_value_get(field, "values"));
	struct weir_buf text = { 0 };
	const char *kept;
	bool first = true;

	weir_buf_puts(&text, schemas_member(s->arena, field, "doc"));
	for (; weir_next(&each); first = false) {
		struct weir_bytes token = weir_each_key(&each, s->arena);

		if (text.len + token.len > LONGEST) {
			weir_buf_puts(&text, ", ...");
			break;
		}
		weir_buf_printf(&text, "%s%.*s", first ? "; one of " : ", ", (int)token.len, token.data);
	}
	kept = weir_arena_strdup(s->arena, weir_buf_text(&text));
	weir_buf_finish(&text);
	return kept;
}

static void put_text(const struct sketch *s, struct weir_value row, const char *key, const char *text)
{
	weir_object_put(s->arena, row, weir_bytes(key), weir_make_text(s->arena, weir_bytes(text)));
}

/* Absent when a field gets no row. */
static struct weir_value row_of(const struct sketch *s, struct weir_value field)
{
	const char *target = schemas_member(s->arena, field, "target");
	const char *type = schemas_member(s->arena, field, "type");
	bool required = !weir_is_absent(weir_value_get(field, "required"));
	struct weir_value row = weir_make_object(s->arena, 4);
	const char *from = NULL;

	if (strstr(target, "[]") || has_base(s, target))
		return (struct weir_value){ 0 };
	if (weir_is_absent(weir_value_get(field, "values"))) {
		from = usable(s, schemas_member(s->arena, weir_value_get(s->start, "fields"), target), type);
		if (!from && required)
			from = usable(s, schemas_member(s->arena, weir_value_get(s->start, "types"), type),
			              type);
	}
	if (!from && !required)
		return (struct weir_value){ 0 };
	put_text(s, row, "target", target);
	put_text(s, row, "type", type);
	put_text(s, row, "doc", hint(s, field));
	if (from)
		put_text(s, row, "from", from);
	else
		weir_object_put(s->arena, row, weir_bytes("value"), placeholder(s, field, type));
	return row;
}

struct weir_value sketch_rows(struct weir_arena *arena, struct weir_value schema,
                              struct weir_value start, struct weir_value event)
{
	const struct sketch s = { arena, schema, start, event };
	struct weir_each each = weir_each(weir_value_get(schema, "fields"));
	struct weir_value rows = weir_make_array(arena);

	while (weir_next(&each)) {
		struct weir_value row = row_of(&s, each.value);

		if (!weir_is_absent(row))
			weir_array_push(arena, rows, row);
	}
	return rows;
}
