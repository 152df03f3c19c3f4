/* graph_files.c - the files and folders that a graph was made from.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "graph.h"

#include <weir/rules.h>

#include "file.h"

static void add_all(const char *const *paths, struct file_list *files)
{
	for (; paths && *paths; paths++)
		file_list_add(files, *paths);
}

/* With their folders: what is put beside them may be read the next time. */
static void add_with_folders(const char *const *paths, struct file_list *files)
{
	struct weir_bytes last = { 0 };

	add_all(paths, files);
	for (; paths && *paths; paths++) {
		struct weir_bytes folder = file_folder(*paths);
		char *path;

		if (!folder.len || weir_bytes_equal(folder, last))
			continue;
		path = weir_strndup(folder.data, folder.len);
		file_list_add(files, path);
		weir_free(path);
		last = folder;
	}
}

/* What a transform's options name, and what it found there. A source's and a sink's paths are its
 * data. */
static void add_rules(const struct weir_ctx *ctx, struct file_list *files)
{
	const struct weir_rules *rules = ctx->plugin->rules;

	for (const struct weir_option *row = ctx->plugin->options; row && row->name; row++) {
		const void *member = (const char *)ctx->self + row->offset;

		if (row->type == WEIR_PATH && *(const char *const *)member)
			file_list_add(files, *(const char *const *)member);
		if (row->type == WEIR_PATHS)
			add_all(*(const char *const *const *)member, files);
	}
	if (ctx->created && rules && rules->files)
		add_with_folders(rules->files(ctx->self), files);
}

static void add_file(void *arg, const char *path)
{
	file_list_add(arg, path);
}

void graph_note_files(struct graph *graph)
{
	const struct config *config = graph->hold->config;

	for (size_t i = 0; i < config->file_count; i++)
		file_list_add(&graph->files, config->files[i]);
	for (size_t i = 0; i < graph->node_count; i++) {
		const struct weir_ctx *ctx = graph->instances[i];
		struct option_source from;

		if (!ctx)
			continue;
		from = config_options(config, &config->nodes[i]);
		option_each_secret_file(ctx->plugin->options, &from, add_file, &graph->files);
		if (ctx->plugin->kind == WEIR_TRANSFORM)
			add_rules(ctx, &graph->files);
	}
}
