/* schema_tell.c - schemas as values, for whoever prints or compares them.
 *
 * Not here: reading them (schema.c), how they are shown (the runtime does it).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tell.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static void put(struct weir_arena *arena, struct weir_value object, const char *key,
                struct weir_value v)
{
	weir_object_put(arena, object, weir_bytes(key), v);
}

static void put_text(struct weir_arena *arena, struct weir_value object, const char *key,
                     const char *text)
{
	if (text)
		put(arena, object, key, weir_make_text(arena, weir_bytes(text)));
}

/* ---- one ------------------------------------------------------------------------------------- */

static void put_values(struct weir_arena *arena, struct weir_value object,
                       const struct schema_enum *words)
{
	struct weir_value values = weir_make_object(arena, words->count);

	for (size_t i = 0; i < words->count; i++)
		put(arena, values, words->tokens[i], weir_value_copy(arena, words->texts[i]));
	put_text(arena, object, "enum", words->name);
	put_text(arena, object, "enum_file", words->file);
	put(arena, object, "values", values);
}

static struct weir_value field_value(struct weir_arena *arena, const struct schema_field *field)
{
	struct weir_value object = weir_make_object(arena, 8);

	put_text(arena, object, "target", field->path);
	put_text(arena, object, "type", schema_type_word(field, arena));
	if (field->type == SCHEMA_TIME)
		put_text(arena, object, "unit", schema_unit_word(field));
	if (field->required)
		put(arena, object, "required", weir_make_bool(true));
	if (field->words)
		put_values(arena, object, field->words);
	if (field->max)
		put(arena, object, "max", weir_make_int(arena, field->max));
	put_text(arena, object, "sure", field->sure);
	put_text(arena, object, "doc", field->doc);
	return object;
}

static void add_fields(struct weir_arena *arena, struct weir_value list,
                       const struct schema_shape *shape)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct schema_field *field = &shape->fields[i];

		if (field->shape)
			add_fields(arena, list, field->shape);
		else
			weir_array_push(arena, list, field_value(arena, field));
	}
}

static void add_bases(struct weir_arena *arena, struct weir_value list, const struct schema *schema)
{
	for (size_t i = 0; i < schema->base_count; i++) {
		const struct base_entry *entry = &schema->base[i];
		struct weir_value object = weir_make_object(arena, 3);
		struct weir_buf text = { 0 };

		base_write(entry, &text);
		put_text(arena, object, "target", entry->target->path);
		put_text(arena, object, "value", weir_buf_text(&text));
		put(arena, object, "line", weir_make_int(arena, entry->where.line));
		weir_array_push(arena, list, object);
		weir_buf_finish(&text);
	}
}

static struct weir_value schema_value(struct weir_arena *arena, const struct schema *schema)
{
	struct weir_value object = weir_make_object(arena, 6);
	struct weir_value fields = weir_make_array(arena), base = weir_make_array(arena);

	add_fields(arena, fields, schema->shape);
	add_bases(arena, base, schema);
	put_text(arena, object, "name", schema->name);
	put_text(arena, object, "doc", schema->doc);
	put_text(arena, object, "file", schema->file);
	if (schema->open)
		put(arena, object, "open", weir_make_bool(true));
	put(arena, object, "fields", fields);
	put(arena, object, "base", base);
	return object;
}

/* ---- which there are --------------------------------------------------------------------------- */

struct names {
	struct weir_arena *arena;
	struct schema_name {
		const char *name, *file;
	} *items;
	size_t count;
};

static bool has_name(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++) {
		if (strcmp(names->items[i].name, name) == 0)
			return true;
	}
	return false;
}

/* Of equal names that of the first folder counts. */
static void add_folder(struct names *names, const char *folder)
{
	struct dirent *entry;
	DIR *dir = opendir(folder);

	while (dir && (entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name);
		const char *name;

		if (strchr("_.", entry->d_name[0]) || len < 6 ||
		    strcmp(entry->d_name + len - 5, ".yaml") != 0)
			continue;
		name = weir_arena_format(names->arena, "%.*s", (int)len - 5, entry->d_name);
		if (has_name(names, name))
			continue;
		names->items = rule_grow(names->arena, names->items, names->count,
		                         sizeof *names->items);
		names->items[names->count++] = (struct schema_name){
			name, weir_arena_format(names->arena, "%s/%s", folder, entry->d_name) };
	}
	if (dir)
		closedir(dir);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct schema_name *)a)->name, ((const struct schema_name *)b)->name);
}

static struct weir_value names_value(struct weir_arena *arena, const char *const *folders)
{
	struct names names = { .arena = arena };
	struct weir_value list = weir_make_array(arena);

	for (; *folders; folders++)
		add_folder(&names, *folders);
	if (names.count)
		qsort(names.items, names.count, sizeof *names.items, by_name);
	for (size_t i = 0; i < names.count; i++) {
		struct weir_value object = weir_make_object(arena, 2);

		put_text(arena, object, "name", names.items[i].name);
		put_text(arena, object, "file", names.items[i].file);
		weir_array_push(arena, list, object);
	}
	return list;
}

bool schema_tell(const struct weir_schema_query *query, struct weir_arena *arena,
                 struct weir_value *told)
{
	struct rule_report report = { query->mistake, query->mistake, query->user, 0 };
	const struct schema *schema;

	if (!query->name) {
		*told = names_value(arena, query->folders);
		return true;
	}
	schema = schema_set_get(schema_set_create(arena, query->folders, &report), query->name,
	                        (struct weir_where){ 0 });
	if (schema && report.mistakes == 0)
		*told = schema_value(arena, schema);
	return schema && report.mistakes == 0;
}
