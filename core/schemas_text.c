/* schemas_text.c - schemas for a terminal.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "schemas.h"

#include <string.h>

#include "table.h"

void schemas_list_text(struct weir_value list, struct weir_buf *text)
{
	struct weir_arena *arena = weir_arena_create();
	struct table *table = table_create("lll");
	struct weir_each each = weir_each(list);

	while (weir_next(&each)) {
		table_add(table, schemas_member(arena, each.value, "name"));
		table_add(table, schemas_member(arena, each.value, "file"));
		table_add(table, schemas_member(arena, each.value, "doc"));
	}
	table_render(table, "", text);
	weir_buf_puts(text, "\nweir describe schema NAME shows one of them.\n");
	table_destroy(table);
	weir_arena_destroy(arena);
}

/* "text, at most 64 bytes, required" */
static const char *type_of(struct weir_arena *arena, struct weir_value field)
{
	const char *type = schemas_member(arena, field, "type");
	const char *unit = schemas_member(arena, field, "unit");
	int64_t max;

	if (strcmp(unit, "text") == 0)
		type = weir_arena_format(arena, "%s as text", type);
	else if (unit[0])
		type = weir_arena_format(arena, "%s in %s", type, unit);
	if (weir_value_int(weir_value_get(field, "max"), &max))
		type = weir_arena_format(arena, "%s, at most %lld bytes", type, (long long)max);
	return type;
}

static void put_fields(struct weir_arena *arena, struct weir_value fields, struct weir_buf *text)
{
	struct table *table = table_create("lllll");
	struct weir_each each = weir_each(fields);

	while (weir_next(&each)) {
		const char *words = schemas_member(arena, each.value, "enum");
		const char *doc = schemas_member(arena, each.value, "doc");

		table_add(table, schemas_member(arena, each.value, "target"));
		table_add(table, type_of(arena, each.value));
		table_add(table, weir_is_absent(weir_value_get(each.value, "required"))
		                         ? "" : "required");
		table_add(table, schemas_member(arena, each.value, "sure"));
		table_add(table, words[0] ? weir_arena_format(arena, "%s (one of %s, below)", doc, words)
		                          : doc);
	}
	table_render(table, "  ", text);
	table_destroy(table);
}

/* Texts are shown as rules write them; what is written instead follows an arrow. */
static void put_values(struct weir_arena *arena, struct weir_value values, struct weir_buf *text)
{
	enum { WIDTH = 92 };
	struct weir_each each = weir_each(values);
	size_t column = WIDTH;

	while (weir_next(&each)) {
		struct weir_bytes token = weir_each_key(&each, arena), written = { "", 0 };
		const char *word;

		weir_value_text(each.value, arena, &written);
		word = weir_bytes_equal(token, written)
		       ? weir_arena_format(arena, "%.*s", (int)token.len, token.data)
		       : weir_arena_format(arena, "%.*s -> %.*s", (int)token.len, token.data,
		                           (int)written.len, written.data);
		if (column + strlen(word) + 2 > WIDTH) {
			weir_buf_puts(text, column < WIDTH ? ",\n   " : "   ");
			column = 3;
		} else {
			weir_buf_putc(text, ',');
			column++;
		}
		weir_buf_printf(text, " %s", word);
		column += strlen(word) + 1;
	}
	weir_buf_putc(text, '\n');
}

/* Each enumeration once, by its name; a list that stands in a field by the field. */
static void put_enums(struct weir_arena *arena, struct weir_value fields, struct weir_buf *text)
{
	struct weir_value shown = weir_make_object(arena, 4);
	struct weir_each each = weir_each(fields);

	while (weir_next(&each)) {
		struct weir_value values = weir_value_get(each.value, "values");
		const char *name = schemas_member(arena, each.value, "enum");

		if (weir_is_absent(values) || !weir_is_absent(weir_value_get(shown, name)))
			continue;
		if (name[0])
			weir_object_put(arena, shown, weir_bytes(name), values);
		weir_buf_printf(text, "\nvalues of %s (%s):\n",
		                name[0] ? name : schemas_member(arena, each.value, "target"),
		                schemas_member(arena, each.value, "enum_file"));
		put_values(arena, values, text);
	}
}

static void put_base(struct weir_arena *arena, struct weir_value base, struct weir_buf *text)
{
	struct table *table = table_create("ll");
	struct weir_each each = weir_each(base);

	while (weir_next(&each)) {
		table_add(table, schemas_member(arena, each.value, "target"));
		table_add(table, schemas_member(arena, each.value, "value"));
	}
	weir_buf_puts(text, "\nfilled in where no row does:\n");
	table_render(table, "  ", text);
	table_destroy(table);
}

void schemas_text(struct weir_value schema, struct weir_buf *text)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value fields = weir_value_get(schema, "fields");
	struct weir_value base = weir_value_get(schema, "base");

	weir_buf_printf(text, "schema %s: %s\n%s\n", schemas_member(arena, schema, "name"),
	                schemas_member(arena, schema, "doc"), schemas_member(arena, schema, "file"));
	if (weir_value_count(fields)) {
		weir_buf_puts(text, "\nfields (type, how sure, meaning):\n");
		put_fields(arena, fields, text);
	}
	if (!weir_is_absent(weir_value_get(schema, "open")))
		weir_buf_puts(text, "\nIt is open: other fields are written as they are.\n");
	put_enums(arena, fields, text);
	if (weir_value_count(base))
		put_base(arena, base, text);
	weir_buf_puts(text, "\nhow sure: D documentation, S the vendor's public code, X documentation of a "
	                    "related\nschema, R not confirmed\n");
	weir_arena_destroy(arena);
}
