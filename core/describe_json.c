/* describe_json.c - plugins as JSON, for machines.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "describe.h"

#include "option.h"
#include "registry.h"
#include "route.h"

static void put(struct weir_arena *arena, struct weir_value object, const char *key,
                struct weir_value v)
{
	weir_object_add(arena, object, weir_key_create(arena, weir_bytes(key)), v);
}

static void put_text(struct weir_arena *arena, struct weir_value object, const char *key,
                     const char *text)
{
	if (text)
		put(arena, object, key, weir_make_text(arena, weir_bytes(text)));
}

static struct weir_value words(struct weir_arena *arena, const char *const *list)
{
	struct weir_value array = weir_make_array(arena);

	for (; *list; list++)
		weir_array_push(arena, array, weir_make_text(arena, weir_bytes(*list)));
	return array;
}

static struct weir_value option_value(struct weir_arena *arena, const struct weir_option *row)
{
	struct weir_value v = weir_make_object(arena, 8);
	struct weir_buf range = { 0 };

	put_text(arena, v, "name", row->name);
	put_text(arena, v, "type", option_type_name(row->type));
	put(arena, v, "required", weir_make_bool(row->required));
	put_text(arena, v, "default", row->preset);
	if (row->choices)
		put(arena, v, "choices", words(arena, row->choices));
	option_put_range(row, &range);
	if (range.len)
		put_text(arena, v, "range", weir_buf_text(&range));
	weir_buf_finish(&range);
	put_text(arena, v, "doc", row->doc);
	return v;
}

static struct weir_value metric_value(struct weir_arena *arena, const struct weir_metric *row)
{
	struct weir_value v = weir_make_object(arena, 3);

	put_text(arena, v, "name", row->name);
	put_text(arena, v, "type", row->type == WEIR_GAUGE ? "gauge" : "counter");
	put_text(arena, v, "doc", row->doc);
	return v;
}

static struct weir_value plugin_value(struct weir_arena *arena, const struct weir_plugin *plugin)
{
	struct weir_value v = weir_make_object(arena, 8);
	struct weir_value options = weir_make_array(arena), metrics = weir_make_array(arena);

	put_text(arena, v, "kind", describe_kind(plugin));
	put_text(arena, v, "name", plugin->name);
	put_text(arena, v, "version", plugin->version);
	put_text(arena, v, "summary", plugin->summary);
	if (plugin->kind == WEIR_SINK)
		put_text(arena, v, "delivery", delivery_name(plugin->delivery));
	for (const struct weir_option *row = plugin->options; row && row->name; row++)
		weir_array_push(arena, options, option_value(arena, row));
	put(arena, v, "options", options);
	for (const struct weir_metric *row = plugin->metrics; row && row->name; row++)
		weir_array_push(arena, metrics, metric_value(arena, row));
	put(arena, v, "metrics", metrics);
	return v;
}

struct weir_value describe_json(struct weir_arena *arena, const struct weir_plugin *plugin)
{
	struct weir_value all, list;

	if (plugin)
		return plugin_value(arena, plugin);
	all = weir_make_object(arena, 2);
	list = weir_make_array(arena);
	put(arena, all, "core", plugin_value(arena, describe_core()));
	for (size_t i = 0; (plugin = registry_at(i)); i++)
		weir_array_push(arena, list, plugin_value(arena, plugin));
	put(arena, all, "plugins", list);
	return all;
}
