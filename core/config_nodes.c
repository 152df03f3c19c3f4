/* config_nodes.c - the instances that a configuration names, each checked alone.
 *
 * Lives here: names, plugins, trying the options. Not here: how they are joined
 * (config_inputs.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config_build.h"

#include <stdlib.h>
#include <string.h>

#include "registry.h"

/* Transforms are put in order by recursion, and each sink may read all the rest. */
enum { TRANSFORMS_AND_SINKS_MAX = 1000 };

static const char *const node_keys[] = { "plugin", "inputs", NULL };

static struct config_node *add_node(struct config_build *b, enum weir_kind kind,
                                    const struct tree_member *member)
{
	struct config *config = b->config;
	struct config_node *node;

	if (config->node_count == b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 64;
		struct config_node *nodes = weir_arena_alloc(config->arena, cap * sizeof *nodes);
		const struct tree **inputs = weir_arena_alloc(config->arena, cap * sizeof(*inputs));

		if (b->cap) {
			memcpy(nodes, config->nodes, b->cap * sizeof *nodes);
			memcpy(inputs, b->inputs, b->cap * sizeof *inputs);
		}
		config->nodes = nodes;
		b->inputs = inputs;
		b->cap = cap;
	}
	node = &config->nodes[config->node_count++];
	*node = (struct config_node){ .kind = kind, .name = member->key, .where = member->where };
	node->where.path = weir_arena_format(config->arena, "%ss.%s", kind_name(kind), member->key);
	node->sound = true;
	return node;
}

static void mistake(struct config_build *b, struct config_node *node, const char *key,
                    struct weir_where where, const char *text)
{
	struct weir_where at = where;

	at.path = key ? weir_arena_format(b->config->arena, "%s.%s", node->where.path, key)
	              : node->where.path;
	diag_addf(b->diag, at, "%s", text);
	node->sound = false;
}

static void check_name(struct config_build *b, struct config_node *node)
{
	if (!*node->name)
		mistake(b, node, NULL, node->where, "a name must not be empty");
	else if (strchr(node->name, '*'))
		mistake(b, node, NULL, node->where,
		        "a name has no '*': inputs take it as a pattern");
	else if (strlen(node->name) > 255)
		mistake(b, node, NULL, node->where, "a name has at most 255 bytes");
	else if (strpbrk(node->name, "\n\r\t"))
		mistake(b, node, NULL, node->where, "a name has no line breaks or tabs");
}

/* ---- plugins ---- */

/* Appends "before okta, file"; before alone makes no sense when there are none. */
static void put_plugins(enum weir_kind kind, const char *before, struct weir_buf *text)
{
	const struct weir_plugin *plugin;
	bool first = true;

	for (size_t i = 0; (plugin = registry_at(i)); i++) {
		if (plugin->kind != kind)
			continue;
		weir_buf_printf(text, "%s%s", first ? before : ", ", plugin->name);
		first = false;
	}
	if (first)
		weir_buf_printf(text, "; no %s was found at all, see --plugins", kind_name(kind));
}

static const char *nearest_plugin(enum weir_kind kind, const char *name)
{
	const char *names[65];
	const struct weir_plugin *plugin;
	size_t count = 0;

	for (size_t i = 0; (plugin = registry_at(i)) && count < WEIR_COUNT(names) - 1; i++)
		if (plugin->kind == kind)
			names[count++] = plugin->name;
	names[count] = NULL;
	return weir_nearest(name, names);
}

static enum weir_kind other_kind(const char *name)
{
	for (int kind = WEIR_SOURCE; kind <= WEIR_SINK; kind++)
		if (registry_find((enum weir_kind)kind, name))
			return (enum weir_kind)kind;
	return (enum weir_kind)0;
}

static void no_plugin(struct config_build *b, struct config_node *node, struct weir_where where)
{
	const char *kind = kind_name(node->kind), *name = node->plugin_name;
	const char *nearest = nearest_plugin(node->kind, name);
	enum weir_kind other = other_kind(name);
	struct weir_buf text = { 0 };

	if (other)
		weir_buf_printf(&text, "%s is a %s, not a %s; put it below %ss:", name,
		                kind_name(other), kind, kind_name(other));
	else if (nearest)
		weir_buf_printf(&text, "there is no %s '%s'; did you mean %s?", kind, name,
		                nearest);
	else
		weir_buf_printf(&text, "there is no %s '%s'", kind, name);
	if (!other && !nearest)
		put_plugins(node->kind, "; there are ", &text);
	mistake(b, node, "plugin", where, weir_buf_text(&text));
	weir_buf_finish(&text);
}

static void find_plugin(struct config_build *b, struct config_node *node, const struct tree *body)
{
	const struct tree *plugin = tree_get(body, "plugin");
	struct weir_buf text = { 0 };

	if (!plugin && b->partial) {
		node->sound = false;
		return;
	}
	if (!plugin || plugin->kind == WEIR_NULL) {
		weir_buf_puts(&text, "is missing");
		put_plugins(node->kind, "; write plugin: and one of ", &text);
		mistake(b, node, "plugin", plugin ? plugin->where : node->where,
		        weir_buf_text(&text));
		weir_buf_finish(&text);
		return;
	}
	if (!tree_is_scalar(plugin)) {
		mistake(b, node, "plugin", plugin->where, "must be a single word, such as file");
		return;
	}
	node->plugin_name = plugin->text;
	node->plugin = registry_find(node->kind, plugin->text);
	node->hint = weir_arena_format(b->config->arena, "weir describe %s %s",
	                               kind_name(node->kind), plugin->text);
	if (!node->plugin)
		no_plugin(b, node, plugin->where);
}

/* ---- options ---- */

struct option_source config_options(const struct config *config, const struct config_node *node)
{
	(void)config;
	return (struct option_source){
		.options = node->options,
		.path = node->where.path,
		.where = node->where,
		.hint = node->hint,
		.data_dir = registry_data_dir(),
		.others = node_keys,
	};
}

/* Into memory that is thrown away: the runtime fills the instance's own. */
static void try_options(struct config_build *b, struct config_node *node)
{
	struct option_source from = config_options(b->config, node);
	const struct weir_plugin *plugin = node->plugin;
	struct weir_arena *arena = weir_arena_create();
	void *self = weir_alloc(plugin->self_size);

	from.partial = b->partial;
	if (!option_fill(plugin->options, &from, self, arena, b->diag))
		node->sound = false;
	option_wipe(plugin->options, self);
	weir_free(self);
	weir_arena_destroy(arena);
}

static void read_node(struct config_build *b, enum weir_kind kind,
                      const struct tree_member *member)
{
	struct config_node *node;
	size_t index = b->config->node_count;

	if (tree_is_null(member->value))
		return;
	node = add_node(b, kind, member);
	b->inputs[index] = tree_get(member->value, "inputs");
	check_name(b, node);
	if (member->value->kind != WEIR_OBJECT) {
		diag_hide(b->diag, member->value->where);
		mistake(b, node, NULL, member->where,
		        "must be a map; write plugin: and its options "
		        "below it, indented");
		return;
	}
	node->options = tree_without(b->config->arena, member->value, node_keys);
	if (kind == WEIR_SOURCE && b->inputs[index])
		mistake(b, node, "inputs", tree_member(member->value, "inputs")->where,
		        "a source has no inputs; name the source in those of a transform or sink");
	find_plugin(b, node, member->value);
	if (node->plugin)
		try_options(b, node);
}

/* ---- sections ---- */

static void read_section(struct config_build *b, enum weir_kind kind)
{
	char key[16];
	const struct tree_member *section;
	struct weir_where where;

	snprintf(key, sizeof key, "%ss", kind_name(kind));
	section = tree_member(b->root, key);
	if (!section || section->value->kind == WEIR_NULL)
		return;
	where = section->value->where;
	where.path = key;
	if (section->value->kind != WEIR_OBJECT) {
		diag_addf(b->diag, where,
		          "must be a map of names, not %s; write NAME: and plugin: below "
		          "it",
		          tree_kind_name(section->value));
		return;
	}
	if (kind != WEIR_SOURCE && section->value->count > TRANSFORMS_AND_SINKS_MAX) {
		diag_addf(b->diag, where, "has %zu members; at most %d are taken",
		          section->value->count, TRANSFORMS_AND_SINKS_MAX);
		return;
	}
	for (size_t i = 0; i < section->value->count; i++)
		read_node(b, kind, &section->value->members[i]);
}

void config_read_nodes(struct config_build *b)
{
	for (int kind = WEIR_SOURCE; kind <= WEIR_SINK; kind++)
		read_section(b, (enum weir_kind)kind);
}
