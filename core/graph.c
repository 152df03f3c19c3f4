/* graph.c - a configuration made into instances and plans; one generation of a pipeline.
 *
 * Lives here: which instances a reload keeps, which are connected. Not here: the way of a page
 * (plan.c), running it (component.c, worker.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "graph.h"

#include <string.h>

/* ---- instances ------------------------------------------------------------------ */

/* What it reads from files may have changed where the options have not: a transform with
 * rules is made anew each time, which is cheap and needs no comparison of files. */
static bool reads_files(const struct weir_plugin *plugin)
{
	if (plugin->kind != WEIR_TRANSFORM)
		return false;
	for (const struct weir_option *row = plugin->options; row && row->name; row++) {
		if (row->type == WEIR_PATH || row->type == WEIR_PATHS)
			return true;
	}
	return false;
}

static bool is_as_written(const struct weir_ctx *ctx, const struct config *config,
                          const struct config_node *node)
{
	return ctx->plugin == node->plugin && !reads_files(node->plugin)
	       && option_same(ctx->node->options, node->options)
	       && ctx->secrets_stamp == config_secrets_stamp(config, node);
}

static struct weir_ctx *unchanged(const struct graph *old, const struct config *config,
                                  const struct config_node *node)
{
	for (size_t i = 0; old && i < old->node_count; i++) {
		struct weir_ctx *ctx = old->instances[i];

		if (ctx->node->kind == node->kind && strcmp(ctx->name, node->name) == 0)
			return is_as_written(ctx, config, node) ? ctx : NULL;
	}
	return NULL;
}

static void make_instances(struct graph *graph, const struct graph_input *input)
{
	const struct config *config = graph->hold->config;

	graph->instances = weir_alloc((config->node_count + 1) * sizeof *graph->instances);
	graph->plans = weir_alloc((config->node_count + 1) * sizeof *graph->plans);
	graph->node_count = config->node_count;
	for (size_t i = 0; i < config->node_count; i++) {
		const struct config_node *node = &config->nodes[i];
		struct weir_ctx *kept = unchanged(input->old, config, node);

		if (!node->sound)
			continue;
		if (kept)
			instance_ref(kept);
		else
			kept = instance_create(input->host, input->hold, node, input->workers,
			                       input->diag);
		graph->instances[i] = kept;
	}
}

/* ---- who is connected -------------------------------------------------------------- */

static size_t index_of(const struct graph *graph, const struct weir_ctx *ctx)
{
	size_t i = 0;

	while (graph->instances[i] != ctx)
		i++;
	return i;
}

static size_t root_of(size_t *parents, size_t i)
{
	while (parents[i] != i)
		i = parents[i] = parents[parents[i]];
	return i;
}

static void join(const struct graph *graph, size_t *parents)
{
	for (size_t i = 0; i < graph->node_count; i++) {
		const struct plan *plan = graph->plans[i];

		for (size_t j = 0; plan && j < plan->sink_count; j++) {
			size_t a = root_of(parents, i);
			size_t b = root_of(parents, index_of(graph, plan->sinks[j].sink));

			parents[a > b ? a : b] = a > b ? b : a;
		}
	}
}

static void append(struct weir_ctx ***list, size_t *count, struct weir_ctx *ctx)
{
	*list = weir_realloc(*list, (*count + 1) * sizeof **list);
	(*list)[(*count)++] = ctx;
}

static void add_members(const struct graph *graph, struct graph_group *group, size_t *parents,
                        size_t root)
{
	for (size_t i = 0; i < graph->node_count; i++) {
		struct weir_ctx *ctx = graph->instances[i];

		if (root_of(parents, i) != root || ctx->node->kind == WEIR_TRANSFORM)
			continue;
		if (ctx->node->kind == WEIR_SOURCE)
			append(&group->sources, &group->source_count, ctx);
		else
			append(&group->sinks, &group->sink_count, ctx);
	}
}

/* Every page of the group passes each of its ordered transforms. */
static void add_ordered(const struct graph *graph, struct graph_group *group)
{
	group->idle = plan_create_empty();
	for (size_t i = 0; i < graph->node_count; i++) {
		struct weir_ctx *ctx = graph->instances[i];

		if (ctx->node->kind != WEIR_TRANSFORM || ctx->plugin->state != WEIR_ORDERED)
			continue;
		for (size_t s = 0; s < group->source_count; s++) {
			if (plan_visits(graph_plan(graph, group->sources[s]), ctx))
				plan_add_ordered(group->idle, ctx);
		}
	}
	for (size_t s = 0; s < group->source_count; s++) {
		struct plan *plan = graph->plans[index_of(graph, group->sources[s])];

		for (size_t i = 0; i < group->idle->ordered_count; i++)
			plan_add_ordered(plan, group->idle->ordered[i]);
	}
}

static void make_groups(struct graph *graph)
{
	size_t *parents = weir_alloc((graph->node_count + 1) * sizeof *parents);

	for (size_t i = 0; i < graph->node_count; i++)
		parents[i] = i;
	join(graph, parents);
	for (size_t i = 0; i < graph->node_count; i++) {
		struct graph_group *group;

		if (root_of(parents, i) != i || graph->instances[i]->node->kind == WEIR_TRANSFORM)
			continue;
		graph->groups = weir_realloc(graph->groups,
		                             (graph->group_count + 1) * sizeof *graph->groups);
		group = &graph->groups[graph->group_count++];
		*group = (struct graph_group){ 0 };
		add_members(graph, group, parents, i);
		add_ordered(graph, group);
	}
	weir_free(parents);
}

/* ---- life ------------------------------------------------------------------------- */

static bool make_plans(struct graph *graph, const struct graph_input *input)
{
	struct plan_of of = { graph->hold->config, graph->instances, input->ledger, input->diag };

	for (size_t i = 0; i < graph->node_count; i++) {
		if (graph->instances[i]->node->kind != WEIR_SOURCE)
			continue;
		graph->plans[i] = plan_create(&of, i);
		if (!graph->plans[i])
			return false;
	}
	return true;
}

struct graph *graph_create(const struct graph_input *input)
{
	struct graph *graph = weir_alloc(sizeof *graph);

	graph->host = input->host;
	graph->hold = input->hold;
	config_hold_ref(graph->hold);
	make_instances(graph, input);
	graph_note_files(graph);
	if (diag_errors(input->diag) || !make_plans(graph, input)) {
		if (input->files) {
			*input->files = graph->files;
			graph->files = (struct file_list){ 0 };
		}
		graph_destroy(graph);
		return NULL;
	}
	make_groups(graph);
	return graph;
}

void graph_destroy(struct graph *graph)
{
	if (!graph)
		return;
	for (size_t i = 0; i < graph->group_count; i++) {
		weir_free(graph->groups[i].sources);
		weir_free(graph->groups[i].sinks);
		plan_destroy(graph->groups[i].idle);
	}
	weir_free(graph->groups);
	for (size_t i = 0; i < graph->node_count; i++) {
		plan_destroy(graph->plans[i]);
		instance_unref(graph->instances[i]);
	}
	weir_free(graph->instances);
	weir_free(graph->plans);
	file_list_finish(&graph->files);
	config_hold_unref(graph->hold);
	weir_free(graph);
}

const struct plan *graph_plan(const struct graph *graph, const struct weir_ctx *source)
{
	return graph->plans[index_of(graph, source)];
}

bool graph_has_source(const struct graph *graph, const char *name)
{
	for (size_t i = 0; i < graph->node_count; i++) {
		const struct weir_ctx *ctx = graph->instances[i];

		if (ctx->node->kind == WEIR_SOURCE && strcmp(ctx->name, name) == 0)
			return true;
	}
	return false;
}

bool graph_has(const struct graph *graph, const struct weir_ctx *instance)
{
	for (size_t i = 0; i < graph->node_count; i++) {
		if (graph->instances[i] == instance)
			return true;
	}
	return false;
}
