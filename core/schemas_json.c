/* schemas_json.c - schemas of rules as JSON Schema (draft 7).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "schemas.h"

#include <string.h>

struct writer {
	struct weir_arena *arena;
	bool open;      /* other members are allowed at the top */
};

static void put(const struct writer *w, struct weir_value object, const char *key,
                struct weir_value v)
{
	weir_object_put(w->arena, object, weir_bytes(key), v);
}

static void put_text(const struct writer *w, struct weir_value object, const char *key,
                     const char *text)
{
	put(w, object, key, weir_make_text(w->arena, weir_bytes(text)));
}

/* The member of that name, made as an object or an array where there is none. */
static struct weir_value member(const struct writer *w, struct weir_value object, const char *key,
                                enum weir_kind_of_value kind)
{
	struct weir_value v = weir_value_get(object, key);

	if (weir_is_absent(v)) {
		v = kind == WEIR_ARRAY ? weir_make_array(w->arena) : weir_make_object(w->arena, 4);
		put(w, object, key, v);
	}
	return v;
}

/* ---- one field ------------------------------------------------------------------------------- */

static void put_address(const struct writer *w, struct weir_value object)
{
	static const char *const formats[] = { "ipv4", "ipv6" };
	struct weir_value any = member(w, object, "anyOf", WEIR_ARRAY);

	put_text(w, object, "type", "string");
	for (size_t i = 0; i < WEIR_COUNT(formats); i++) {
		struct weir_value format = weir_make_object(w->arena, 1);

		put_text(w, format, "format", formats[i]);
		weir_array_push(w->arena, any, format);
	}
}

static void put_text_limits(const struct writer *w, struct weir_value object,
                            struct weir_value field)
{
	struct weir_each each = weir_each(weir_value_get(field, "values"));
	struct weir_value max = weir_value_get(field, "max");

	while (weir_next(&each))
		weir_array_push(w->arena, member(w, object, "enum", WEIR_ARRAY), each.value);
	/* Bytes there, characters here: never less. */
	if (!weir_is_absent(max))
		put(w, object, "maxLength", max);
}

static void put_type(const struct writer *w, struct weir_value object, struct weir_value field,
                     const char *type)
{
	static const struct { const char *ours, *theirs; } types[] = {
		{ "text", "string" }, { "int", "integer" }, { "number", "number" },
		{ "bool", "boolean" }, { "object", "object" },
	};
	const char *unit = schemas_member(w->arena, field, "unit");

	for (size_t i = 0; i < WEIR_COUNT(types); i++) {
		if (strcmp(type, types[i].ours) == 0)
			put_text(w, object, "type", types[i].theirs);
	}
	if (strcmp(type, "ip") == 0)
		put_address(w, object);
	if (strcmp(type, "time") == 0)
		put_text(w, object, "type", strcmp(unit, "text") == 0 ? "string" : "integer");
	if (strcmp(unit, "text") == 0)
		put_text(w, object, "format", "date-time");
	put_text_limits(w, object, field);
}

static struct weir_value field_schema(const struct writer *w, struct weir_value field)
{
	const char *type = schemas_member(w->arena, field, "type");
	const char *doc = schemas_member(w->arena, field, "doc");
	const char *sure = schemas_member(w->arena, field, "sure");
	struct weir_value object = weir_make_object(w->arena, 4);

	put_text(w, object, "description", doc);
	if (sure[0])
		put_text(w, object, "$comment", weir_arena_format(w->arena, "sure: %s", sure));
	if (strncmp(type, "list of ", 8) == 0) {
		put_text(w, object, "type", "array");
		put_type(w, member(w, object, "items", WEIR_OBJECT), field, type + 8);
	} else {
		put_type(w, object, field, type);
	}
	return object;
}

/* ---- the tree ---------------------------------------------------------------------------------- */

static void make_object(const struct writer *w, struct weir_value object, bool open)
{
	if (!weir_is_absent(weir_value_get(object, "properties")))
		return;
	put_text(w, object, "type", "object");
	put(w, object, "properties", weir_make_object(w->arena, 8));
	put(w, object, "additionalProperties", weir_make_bool(open));
}

static void require(const struct writer *w, struct weir_value object, const char *key)
{
	struct weir_value list = member(w, object, "required", WEIR_ARRAY);
	struct weir_each each = weir_each(list);

	while (weir_next(&each)) {
		if (weir_value_is_text(each.value, key))
			return;
	}
	weir_array_push(w->arena, list, weir_make_text(w->arena, weir_bytes(key)));
}

/* Puts a field where its target says: "a.list[].b". What is required in an object requires the
 * object, but not in a list, which may have no element. */
static void add_field(const struct writer *w, struct weir_value top, struct weir_value field)
{
	const char *target = schemas_member(w->arena, field, "target"), *p = target;
	bool required = !weir_is_absent(weir_value_get(field, "required"));
	bool in_list = strstr(target, "[]") != NULL;
	struct weir_value at = top;

	for (;;) {
		size_t len = strcspn(p, ".");
		bool list = len > 2 && memcmp(p + len - 2, "[]", 2) == 0;
		const char *key = weir_arena_format(w->arena, "%.*s", (int)(list ? len - 2 : len), p);
		struct weir_value inside;

		make_object(w, at, w->open && p == target);
		if (required && (!in_list || !strstr(p, "[]")))
			require(w, at, key);
		if (!p[len]) {
			put(w, weir_value_get(at, "properties"), key, field_schema(w, field));
			return;
		}
		inside = member(w, weir_value_get(at, "properties"), key, WEIR_OBJECT);
		if (list) {
			put_text(w, inside, "type", "array");
			inside = member(w, inside, "items", WEIR_OBJECT);
		}
		at = inside;
		p += len + 1;
	}
}

struct weir_value schemas_json(struct weir_arena *arena, struct weir_value schema)
{
	struct writer w = { arena, !weir_is_absent(weir_value_get(schema, "open")) };
	struct weir_each each = weir_each(weir_value_get(schema, "fields"));
	struct weir_value top = weir_make_object(arena, 8);

	put_text(&w, top, "$schema", "http://json-schema.org/draft-07/schema#");
	put_text(&w, top, "title", schemas_member(arena, schema, "name"));
	put_text(&w, top, "description", schemas_member(arena, schema, "doc"));
	if (weir_value_count(each.of))
		make_object(&w, top, w.open);
	while (weir_next(&each))
		add_field(&w, top, each.value);
	return top;
}
