/* runtime_accept.c - dropping the position of a sink that waits for its files.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "runtime_own.h"

static struct weir_ctx *find_sink(const struct runtime *runtime, const char *name)
{
	const struct graph *graph = runtime->graph;

	for (size_t i = 0; i < graph->node_count; i++) {
		struct weir_ctx *ctx = graph->instances[i];

		if (ctx->node->kind == WEIR_SINK && strcmp(ctx->name, name) == 0)
			return ctx;
	}
	return NULL;
}

bool runtime_accept(struct runtime *runtime, const char *sink, struct weir_error *err)
{
	struct weir_ctx *ctx = find_sink(runtime, sink);
	struct weir_error why;
	int64_t for_ms, next_ms;

	if (!ctx) {
		weir_fail(err, WEIR_E_CONFIG, "there is no sink %s", sink);
		return false;
	}
	/* A healthy sink needs its position: without it a crash would repeat records. */
	if (!trouble_look(&ctx->trouble, &why, &for_ms, &next_ms)) {
		weir_fail(err, WEIR_E_CONFIG, "sink %s waits for nothing; nothing to accept", sink);
		return false;
	}
	store_forget_position(runtime->host.store, WEIR_SINK, sink);
	instance_committed(ctx, NULL);
	log_line(WEIR_INFO, ctx->stage, "its files are accepted as they are");
	return true;
}
