/* graph.h - a configuration made into instances and plans; one generation of a pipeline.
 *
 * Sources and sinks that are connected form a group: they share tickets and commits. Any thread;
 * once it is made nothing in it changes.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_GRAPH_H
#define CORE_GRAPH_H

#include "file_list.h"
#include "plan.h"

struct graph_group {
	struct weir_ctx **sources, **sinks;   /* in the order of the configuration */
	size_t source_count, sink_count;
	struct plan *idle;                    /* of pages that only carry a mark */
};

struct graph {
	struct graph *next;                   /* of generations that are on their way out */
	struct host *host;
	struct config_hold *hold;
	struct weir_ctx **instances;          /* references; by config->nodes */
	struct plan **plans;                  /* of sources; by config->nodes */
	size_t node_count;
	struct graph_group *groups;
	size_t group_count;
	struct file_list files;                   /* what it was made from */
	uint64_t generation;                  /* given when it is taken into use */
};

struct graph_input {
	struct host *host;
	struct config_hold *hold;
	struct ledger *ledger;
	const struct graph *old;   /* instances that did not change are taken over; or NULL */
	size_t workers;
	struct diag *diag;
	struct file_list *files;       /* where there are mistakes: gets what was read; or NULL */
};

/* NULL when diag got a mistake. old must stay meanwhile. */
struct graph *graph_create(const struct graph_input *input);
/* graph_files.c: fills files. */
void graph_note_files(struct graph *graph);
void graph_destroy(struct graph *graph); /* NULL is fine */
const struct plan *graph_plan(const struct graph *graph, const struct weir_ctx *source);
bool graph_has_source(const struct graph *graph, const char *name);
bool graph_has(const struct graph *graph, const struct weir_ctx *instance);

#endif
