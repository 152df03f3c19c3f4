/* plan.h - the way of one source's pages: which transforms, in which order, to which sinks.
 *
 * A plan is a tree, unrolled from the joined instances: where two ways meet in one transform,
 * it has a step for each. Made once a graph, then only read, by any thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_PLAN_H
#define CORE_PLAN_H

#include "instance.h"
#include "ledger.h"

/* More is a configuration that nobody meant. */
enum { PLAN_STEPS_MAX = 256 };

struct step {
	struct weir_ctx *transform; /* NULL: step 0, the source's own rows */
	size_t from;                /* the step whose rows it takes */
	bool takes;                 /* nobody else needs those rows: they are changed in place */
	bool shown;                 /* some sink reads its rows, so they are rendered */
	bool leaves;                /* the last step of an ordered transform: its gate is passed */
};

struct plan_sink {
	struct weir_ctx *sink;
	struct ledger_row *row;
	size_t *steps;              /* whose rows it takes */
	size_t step_count;
};

struct plan {
	struct weir_ctx *source;    /* NULL: of pages that only carry a mark */
	struct step *steps;
	size_t step_count;
	struct plan_sink *sinks;    /* those that the source reaches */
	size_t sink_count;
	struct weir_ctx **ordered;  /* all ordered transforms of the component */
	size_t ordered_count;
};

/* instances[i] was made from config->nodes[i]. */
struct plan_of {
	const struct config *config;
	struct weir_ctx **instances;
	struct ledger *ledger;
	struct diag *diag;
};

/* The plan of the source at config->nodes[source]; NULL when diag got a mistake. */
struct plan *plan_create(const struct plan_of *of, size_t source);
/* One without steps. */
struct plan *plan_create_empty(void);
void plan_destroy(struct plan *plan); /* NULL is fine */
void plan_add_ordered(struct plan *plan, struct weir_ctx *transform);
/* Is the transform part of it? */
bool plan_visits(const struct plan *plan, const struct weir_ctx *transform);

#endif
