/* runtime_paths.c - the files that a running pipeline was made from.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "runtime_own.h"

static void each_of(const struct weir_ctx *ctx, void (*each)(void *arg, const char *path),
                    void *arg)
{
	for (const struct weir_option *row = ctx->plugin->options; row && row->name; row++) {
		const void *member = (const char *)ctx->self + row->offset;

		if (row->type == WEIR_PATH && *(const char *const *)member)
			each(arg, *(const char *const *)member);
		for (const char *const *path = row->type == WEIR_PATHS
		                               ? *(const char *const *const *)member : NULL;
		     path && *path; path++)
			each(arg, *path);
	}
}

bool runtime_watches(const struct runtime *runtime)
{
	return runtime->host.core.watch;
}

void runtime_each_file(const struct runtime *runtime, void (*each)(void *arg, const char *path),
                       void *arg)
{
	const struct graph *graph = runtime->graph;
	const struct config *config = graph->hold->config;

	for (size_t i = 0; i < config->file_count; i++)
		each(arg, config->files[i]);
	for (size_t i = 0; i < graph->node_count; i++) {
		if (graph->instances[i]->node->kind == WEIR_TRANSFORM)
			each_of(graph->instances[i], each, arg);
	}
}
