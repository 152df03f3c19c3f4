/* config.c - YAML files to a checked description of the pipeline.
 *
 * Lives here: the order of the steps, the core's own options, places for later mistakes. Not
 * here: files (config_files.c), instances (config_nodes.c), inputs (config_inputs.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <string.h>
#include <sys/stat.h>

#include "clock.h"
#include "config_build.h"
#include "registry.h"

static const char *const sections[] = { "sources", "transforms", "sinks", NULL };

static void option_mistake(struct config_build *b, const char *low, const char *high,
                            const char *text)
{
	const struct tree *place = tree_get(b->root, low);
	struct weir_where where = b->where;

	if (!place)
		place = tree_get(b->root, high);
	if (place)
		where = place->where;
	where.path = low;
	diag_addf(b->diag, where, "%s", text);
}

static void check_core(struct config_build *b)
{
	const struct core_options *core = &b->config->core;
	struct stat st;

	if (core->state_dir && stat(core->state_dir, &st) == 0 && !S_ISDIR(st.st_mode))
		option_mistake(b, "state_dir", "state_dir", "is a file; name a folder of its own");
	if (core->retry_min > core->retry_max)
		option_mistake(b, "retry_min", "retry_max", "must not be above retry_max");
	if (core->refused_min > core->refused_max)
		option_mistake(b, "refused_min", "refused_max", "must not be above refused_max");
	if (core->event_max > core->page_max)
		option_mistake(b, "event_max", "page_max", "must not be above page_max");
}

static void read_core(struct config_build *b)
{
	const struct option_source from = {
		.options = b->root,
		.path = "",
		.where = b->where,
		.hint = "weir describe core",
		.others = sections,
		.partial = b->partial,
	};

	if (option_fill(config_core_rows(), &from, &b->config->core, b->config->arena, b->diag))
		check_core(b);
}

static size_t count_kind(const struct config *config, enum weir_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < config->node_count; i++)
		count += config->nodes[i].kind == kind;
	return count;
}

static void check_ends(struct config_build *b)
{
	struct weir_where where = b->where;

	where.path = "sources";
	if (count_kind(b->config, WEIR_SOURCE) == 0)
		diag_addf(b->diag, where,
		          "there is no source; write one below sources:, or as a file "
		          "in integrations.d");
	where.path = "sinks";
	if (count_kind(b->config, WEIR_SINK) == 0)
		diag_addf(b->diag, where, "there is no sink; write one below sinks:");
}

/* The instance in front of node i that says all the same of the same plugin, or NULL. */
static const struct config_node *twin_of(const struct config *config, size_t i)
{
	const struct config_node *node = &config->nodes[i];

	if (!node->sound || !node->plugin || !node->options || node->options->count == 0)
		return NULL;
	for (size_t j = 0; j < i; j++) {
		const struct config_node *other = &config->nodes[j];

		if (other->kind == node->kind && other->plugin == node->plugin &&
		    tree_same(node->options, other->options))
			return other;
	}
	return NULL;
}

/* Sinks that go back to positions in one place would take away each other's records; what two
 * sources read in one place comes twice. */
static void check_twins(struct config_build *b)
{
	for (size_t i = 0; i < b->config->node_count; i++) {
		struct config_node *node = &b->config->nodes[i];
		const struct config_node *twin = twin_of(b->config, i);

		if (twin && node->kind == WEIR_SINK && node->plugin->delivery == WEIR_EXACTLY_ONCE) {
			diag_addf(b->diag, node->where,
			          "writes to the same place as %s; give it one of its own, or name "
			          "all inputs in one sink", twin->where.path);
			node->sound = false;
		} else if (twin && node->kind == WEIR_SOURCE) {
			diag_warnf(b->diag, node->where, "reads the same as %s: all of it comes twice",
			           twin->where.path);
		}
	}
}

struct config *config_load(const char *const *files, size_t count, struct diag *diag)
{
	return config_load_adding(files, count, NULL, diag);
}

struct config *config_load_adding(const char *const *files, size_t count,
                                  const struct config_addition *addition, struct diag *diag)
{
	struct config *config = weir_alloc(sizeof *config);
	struct config_build build = { .config = config, .diag = diag, .addition = addition };

	config->arena = weir_arena_create();
	config->read_us = clock_now_us();
	config_read_files(&build, files, count);
	if (!build.root) {
		if (diag_errors(diag) == 0)
			diag_addf(diag, build.where,
			          "says nothing; write state_dir:, sources: and sinks:");
		return config;
	}
	read_core(&build);
	config_read_nodes(&build);
	check_twins(&build);
	if (!build.partial)
		check_ends(&build);
	config_join(&build);
	config_check_loops(&build);
	return config;
}

void config_destroy(struct config *config)
{
	if (!config)
		return;
	weir_arena_destroy(config->arena);
	weir_free(config);
}

/* ---- secrets ---- */

static void add_stamp(void *arg, const char *path)
{
	struct stat st;
	uint64_t *stamp = arg;
	int64_t facts[5] = { 0 };

	if (stat(path, &st) == 0) {
		facts[0] = (int64_t)st.st_ino;
		facts[1] = (int64_t)st.st_size;
		facts[2] = (int64_t)st.st_mtim.tv_sec;
		facts[3] = st.st_mtim.tv_nsec;
		facts[4] = (int64_t)st.st_dev;
	}
	*stamp = *stamp * 31 + weir_hash((struct weir_bytes){ (const char *)facts, sizeof facts });
}

uint64_t config_secrets_stamp(const struct config *config, const struct config_node *node)
{
	struct option_source from = config_options(config, node);
	uint64_t stamp = 0;

	option_each_secret_file(node->plugin->options, &from, add_stamp, &stamp);
	return stamp;
}

/* ---- places ---- */

/* Where the key of that path is written, or NULL. */
static const struct weir_where *key_where(const struct tree *options, char *path)
{
	char *dot = strrchr(path, '.');
	const struct tree_member *member;

	if (dot)
		*dot = '\0';
	member = tree_member(dot ? tree_find(options, path) : options, dot ? dot + 1 : path);
	if (dot)
		*dot = '.';
	return member ? &member->where : NULL;
}

struct weir_where config_where(const struct config *config, const struct config_node *node,
                               const char *option)
{
	struct weir_where where = node->where;
	const struct weir_where *key = NULL;
	const struct tree *tree = NULL;
	size_t named = option ? strlen(option) : 0;
	char *shorter;

	if (!named)
		return where;
	named -= option[named - 1] == ':';
	shorter = weir_strndup(option, named);
	if (option[named])
		key = key_where(node->options, shorter);
	/* A part that was not written is shown at the whole that was. */
	while (!tree && *shorter) {
		size_t len = strlen(shorter);

		tree = tree_find(node->options, shorter);
		while (len && shorter[len - 1] != '.' && shorter[len - 1] != '[')
			len--;
		shorter[len ? len - 1 : 0] = '\0';
	}
	weir_free(shorter);
	if (key || tree)
		where = key ? *key : tree->where;
	where.path = weir_arena_format(config->arena, "%s%s%.*s", node->where.path,
	                               *node->where.path ? "." : "", (int)named, option);
	return where;
}

void config_locate(const struct config *config, const struct config_node *node,
                   struct weir_error *err)
{
	if (!err->where.file)
		err->where = config_where(config, node, err->where.path);
}

void config_names(const struct config *config, enum weir_kind kind, struct names *names)
{
	for (size_t i = 0; i < config->node_count; i++) {
		if (config->nodes[i].kind == kind && config->nodes[i].name)
			names_add(names, config->nodes[i].name);
	}
}
