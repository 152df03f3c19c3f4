/* describe_schema.c - a JSON Schema of weir.yaml, for editors.
 *
 * Draft 7, which the editors' YAML extensions read. It is as strict as `weir check` about keys
 * and shapes; relations between options are left to `weir check`.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "describe.h"

#include <string.h>

#include "config.h"
#include "registry.h"

#define VARIABLE "\\$\\{"

/* What may stand for a type: JSON's types, and a pattern for those that are strings. null
 * leaves an option out that may be left out. */
static const struct {
	const char *types[5];
	const char *pattern;
} shapes[] = {
	[WEIR_BOOL] = { { "boolean", "string", "null" }, "^(true|false)$|" VARIABLE },
	[WEIR_INT] = { { "integer", "string", "null" }, "^[+-]?[0-9]+$|" VARIABLE },
	[WEIR_FLOAT] = { { "number", "string", "null" }, "^[0-9.eE+-]+$|" VARIABLE },
	[WEIR_DURATION] = { { "string", "integer", "null" },
	                    "^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$|^0$|" VARIABLE },
	[WEIR_SIZE] = { { "string", "integer", "null" },
	                "^[0-9]+(\\.[0-9]+)?(B|KiB|MiB|GiB|TiB|[kK]B|MB|GB)$|^0$|" VARIABLE },
	[WEIR_PERCENT] = { { "string", "integer", "null" }, "^[0-9]+(\\.[0-9]+)?%$|^0$|" VARIABLE },
	[WEIR_TIME] = { { "string", "null" },
	                "^(now|earliest)$|^-[0-9]|^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]|" VARIABLE },
	[WEIR_STRING] = { { "string", "number", "boolean", "null" } },
	[WEIR_PATH] = { { "string", "null" } },
	[WEIR_SECRET] = { { "string", "null" }, "^(file|env|cred):.|" VARIABLE },
	[WEIR_CHOICE] = { { "string", "boolean", "null" } },
	[WEIR_LIST] = { { "array", "null" } },
	[WEIR_PATHS] = { { "array", "null" } },
	[WEIR_MAP] = { { "object", "null" } },
};

static void put(struct weir_arena *arena, struct weir_value object, const char *key,
                struct weir_value v)
{
	weir_object_add(arena, object, weir_key_create(arena, weir_bytes(key)), v);
}

static struct weir_value text(struct weir_arena *arena, const char *words)
{
	return weir_make_text(arena, weir_bytes(words));
}

static struct weir_value type_list(struct weir_arena *arena, const char *const *types)
{
	struct weir_value list = weir_make_array(arena);

	for (; *types; types++)
		weir_array_push(arena, list, text(arena, *types));
	return list;
}

static struct weir_value option_types(struct weir_arena *arena, const struct weir_option *row)
{
	struct weir_value list = weir_make_array(arena);
	const char *const *types = shapes[row->type].types;

	for (; *types; types++)
		if (!row->required || strcmp(*types, "null") != 0)
			weir_array_push(arena, list, text(arena, *types));
	return list;
}

/* Bare numbers are allowed for units, but only 0 has a meaning without one. */
static void put_range(struct weir_arena *arena, struct weir_value v, const struct weir_option *row)
{
	bool unit = row->type == WEIR_DURATION || row->type == WEIR_SIZE ||
	            row->type == WEIR_PERCENT;

	if (unit) {
		put(arena, v, "minimum", weir_make_int(arena, 0));
		put(arena, v, "maximum", weir_make_int(arena, 0));
	} else if ((row->type == WEIR_INT || row->type == WEIR_FLOAT) && row->min < row->max) {
		put(arena, v, "minimum", weir_make_int(arena, row->min));
		put(arena, v, "maximum", weir_make_int(arena, row->max));
	}
}

static void put_choices(struct weir_arena *arena, struct weir_value v,
                        const struct weir_option *row)
{
	struct weir_value list = weir_make_array(arena), any = weir_make_array(arena);
	struct weir_value choices = weir_make_object(arena, 1);
	struct weir_value variable = weir_make_object(arena, 2);

	for (size_t i = 0; row->choices[i]; i++)
		weir_array_push(arena, list, text(arena, row->choices[i]));
	if (!row->required)
		weir_array_push(arena, list, weir_make_null());
	put(arena, choices, "enum", list);
	put(arena, variable, "type", text(arena, "string"));
	put(arena, variable, "pattern", text(arena, VARIABLE));
	weir_array_push(arena, any, choices);
	weir_array_push(arena, any, variable);
	put(arena, v, "anyOf", any);
}

static void put_items(struct weir_arena *arena, struct weir_value v, enum weir_type type)
{
	static const char *const scalars[] = { "string", "number", "boolean", NULL };
	static const char *const paths[] = { "string", NULL };
	struct weir_value items = weir_make_object(arena, 1);

	put(arena, items, "type", type_list(arena, type == WEIR_PATHS ? paths : scalars));
	put(arena, v, "items", items);
}

static struct weir_value option_schema(struct weir_arena *arena, const struct weir_option *row)
{
	struct weir_value v = weir_make_object(arena, 8);

	put(arena, v, "description", text(arena, row->doc));
	if (row->preset && row->type != WEIR_LIST && row->type != WEIR_PATHS &&
	    row->type != WEIR_MAP)
		put(arena, v, "default", text(arena, row->preset));
	if (row->type == WEIR_CHOICE) {
		put_choices(arena, v, row);
		return v;
	}
	put(arena, v, "type", option_types(arena, row));
	if (shapes[row->type].pattern)
		put(arena, v, "pattern", text(arena, shapes[row->type].pattern));
	put_range(arena, v, row);
	if (row->type == WEIR_LIST || row->type == WEIR_PATHS)
		put_items(arena, v, row->type);
	return v;
}

static void put_options(struct weir_arena *arena, struct weir_value properties,
                        struct weir_value required, const struct weir_option *rows)
{
	for (; rows && rows->name; rows++) {
		put(arena, properties, rows->name, option_schema(arena, rows));
		if (rows->required)
			weir_array_push(arena, required, text(arena, rows->name));
	}
}

static struct weir_value constant(struct weir_arena *arena, const char *word)
{
	struct weir_value v = weir_make_object(arena, 1);

	put(arena, v, "const", text(arena, word));
	return v;
}

static struct weir_value inputs_schema(struct weir_arena *arena)
{
	static const char *const types[] = { "array", "null", NULL };
	struct weir_value v = weir_make_object(arena, 3);

	put(arena, v, "description", text(arena, "Names and patterns of what it reads; left out, a "
	    "transform reads every source and a sink the end of every chain."));
	put(arena, v, "type", type_list(arena, types));
	put_items(arena, v, WEIR_LIST);
	return v;
}

/* The body of an instance of this plugin, with all its keys. */
static struct weir_value body_schema(struct weir_arena *arena, const struct weir_plugin *plugin)
{
	struct weir_value v = weir_make_object(arena, 4), properties = weir_make_object(arena, 16);
	struct weir_value required = weir_make_array(arena);

	put(arena, properties, "plugin", constant(arena, plugin->name));
	if (plugin->kind != WEIR_SOURCE)
		put(arena, properties, "inputs", inputs_schema(arena));
	put_options(arena, properties, required, plugin->options);
	put(arena, v, "properties", properties);
	put(arena, v, "required", required);
	put(arena, v, "additionalProperties", weir_make_bool(false));
	return v;
}

/* "If plugin is okta, then these keys": an editor's messages then name the option, where a
 * plain choice of bodies would only say that none fits. */
static struct weir_value case_schema(struct weir_arena *arena, const struct weir_plugin *plugin)
{
	struct weir_value v = weir_make_object(arena, 2), if_plugin = weir_make_object(arena, 2);
	struct weir_value properties = weir_make_object(arena, 1);
	struct weir_value required = weir_make_array(arena);

	put(arena, properties, "plugin", constant(arena, plugin->name));
	weir_array_push(arena, required, text(arena, "plugin"));
	put(arena, if_plugin, "properties", properties);
	put(arena, if_plugin, "required", required);
	put(arena, v, "if", if_plugin);
	put(arena, v, "then", body_schema(arena, plugin));
	return v;
}

static struct weir_value instance_schema(struct weir_arena *arena, enum weir_kind kind)
{
	static const char *const types[] = { "object", "null", NULL };
	struct weir_value v = weir_make_object(arena, 4), properties = weir_make_object(arena, 1);
	struct weir_value names = weir_make_array(arena), cases = weir_make_array(arena);
	struct weir_value required = weir_make_array(arena), plugin = weir_make_object(arena, 2);

	for (size_t i = 0; registry_at(i); i++) {
		if (registry_at(i)->kind != kind)
			continue;
		weir_array_push(arena, names, text(arena, registry_at(i)->name));
		weir_array_push(arena, cases, case_schema(arena, registry_at(i)));
	}
	put(arena, plugin, "description", text(arena, "Which plugin it is."));
	put(arena, plugin, "enum", names);
	put(arena, properties, "plugin", plugin);
	weir_array_push(arena, required, text(arena, "plugin"));
	put(arena, v, "type", type_list(arena, types));
	put(arena, v, "properties", properties);
	put(arena, v, "required", required);
	if (weir_value_count(cases))
		put(arena, v, "allOf", cases);
	return v;
}

static struct weir_value section_schema(struct weir_arena *arena, enum weir_kind kind)
{
	static const char *const types[] = { "object", "null", NULL };
	struct weir_value v = weir_make_object(arena, 3);
	char *words = weir_format("The %ss, by name.", kind_name(kind));

	put(arena, v, "description", text(arena, words));
	weir_free(words);
	put(arena, v, "type", type_list(arena, types));
	put(arena, v, "additionalProperties", instance_schema(arena, kind));
	return v;
}

struct weir_value describe_schema(struct weir_arena *arena)
{
	struct weir_value v = weir_make_object(arena, 8), properties = weir_make_object(arena, 32);
	struct weir_value required = weir_make_array(arena);

	put(arena, v, "$schema", text(arena, "http://json-schema.org/draft-07/schema#"));
	put(arena, v, "title", text(arena, "weir.yaml"));
	put(arena, v, "type", text(arena, "object"));
	put_options(arena, properties, required, config_core_rows());
	for (int kind = WEIR_SOURCE; kind <= WEIR_SINK; kind++) {
		char *key = weir_format("%ss", kind_name((enum weir_kind)kind));

		put(arena, properties, key, section_schema(arena, (enum weir_kind)kind));
		weir_free(key);
	}
	put(arena, v, "properties", properties);
	put(arena, v, "required", required);
	put(arena, v, "additionalProperties", weir_make_bool(false));
	return v;
}
