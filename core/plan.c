/* plan.c - the way of one source's pages: which transforms, in which order, to which sinks.
 *
 * Lives here: unrolling the joined instances. Not here: running the steps (chain.c), which
 * sources and sinks are connected (graph.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "plan.h"

#include <string.h>

struct plan *plan_create_empty(void)
{
	return weir_alloc(sizeof(struct plan));
}

void plan_destroy(struct plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->sink_count; i++)
		weir_free(plan->sinks[i].steps);
	weir_free(plan->sinks);
	weir_free(plan->steps);
	weir_free(plan->ordered);
	weir_free(plan);
}

bool plan_visits(const struct plan *plan, const struct weir_ctx *transform)
{
	for (size_t i = 0; i < plan->step_count; i++) {
		if (plan->steps[i].transform == transform)
			return true;
	}
	return false;
}

void plan_add_ordered(struct plan *plan, struct weir_ctx *transform)
{
	for (size_t i = 0; i < plan->ordered_count; i++) {
		if (plan->ordered[i] == transform)
			return;
	}
	plan->ordered = weir_realloc(plan->ordered,
	                             (plan->ordered_count + 1) * sizeof *plan->ordered);
	plan->ordered[plan->ordered_count++] = transform;
}

/* ---- steps -------------------------------------------------------------------- */

static bool is_step_of(const struct plan *plan, size_t step, const char *name)
{
	const struct weir_ctx *transform = plan->steps[step].transform;

	return strcmp(transform ? transform->name : plan->source->name, name) == 0;
}

static bool add_step(struct plan *plan, const struct step *step)
{
	if (plan->step_count == PLAN_STEPS_MAX)
		return false;
	plan->steps = weir_realloc(plan->steps, (plan->step_count + 1) * sizeof *plan->steps);
	plan->steps[plan->step_count++] = *step;
	return true;
}

/* A step for each way into the transform. Inputs come first among the nodes, so their steps
 * are all there. */
static bool add_transform(struct plan *plan, struct weir_ctx *transform,
                          const char *const *inputs)
{
	size_t before = plan->step_count;

	for (const char *const *input = inputs; *input; input++) {
		for (size_t i = 0; i < before; i++) {
			struct step step = { .transform = transform, .from = i };

			if (is_step_of(plan, i, *input) && !add_step(plan, &step))
				return false;
		}
	}
	return true;
}

static void add_sink(struct plan *plan, struct ledger *ledger, struct weir_ctx *sink,
                     const char *const *inputs)
{
	struct plan_sink *added;

	plan->sinks = weir_realloc(plan->sinks, (plan->sink_count + 1) * sizeof *plan->sinks);
	added = &plan->sinks[plan->sink_count];
	*added = (struct plan_sink){ .sink = sink };
	added->steps = weir_alloc(plan->step_count * sizeof *added->steps);
	for (; *inputs; inputs++) {
		for (size_t i = 0; i < plan->step_count; i++) {
			if (!is_step_of(plan, i, *inputs))
				continue;
			added->steps[added->step_count++] = i;
			plan->steps[i].shown = true;
		}
	}
	if (added->step_count) {
		added->row = ledger_row(ledger, plan->source->name, sink->name);
		plan->sink_count++;
	} else {
		weir_free(added->steps);
	}
}

/* ---- what leads nowhere ------------------------------------------------------------ */

/* Steps from which no sink is reached would be work for nothing. */
static void prune(struct plan *plan)
{
	bool *needed = weir_alloc(plan->step_count * sizeof *needed);
	size_t *moved = weir_alloc(plan->step_count * sizeof *moved);
	size_t kept = 0;

	for (size_t i = plan->step_count; i-- > 0;) {
		needed[i] = needed[i] || plan->steps[i].shown || i == 0;
		if (needed[i])
			needed[plan->steps[i].from] = true;
	}
	for (size_t i = 0; i < plan->step_count; i++) {
		if (!needed[i])
			continue;
		moved[i] = kept;
		plan->steps[kept] = plan->steps[i];
		plan->steps[kept].from = moved[plan->steps[i].from];
		kept++;
	}
	plan->step_count = kept;
	for (size_t i = 0; i < plan->sink_count; i++) {
		for (size_t j = 0; j < plan->sinks[i].step_count; j++)
			plan->sinks[i].steps[j] = moved[plan->sinks[i].steps[j]];
	}
	weir_free(needed);
	weir_free(moved);
}

/* The last to use a step's rows may have them. */
static void settle_flags(struct plan *plan)
{
	for (size_t i = 1; i < plan->step_count; i++) {
		struct step *step = &plan->steps[i];
		bool later = false;

		step->takes = !plan->steps[step->from].shown;
		step->leaves = true;
		for (size_t j = i + 1; j < plan->step_count; j++) {
			later = later || plan->steps[j].from == step->from;
			step->leaves = step->leaves && plan->steps[j].transform != step->transform;
		}
		step->takes = step->takes && !later;
	}
}

struct plan *plan_create(const struct plan_of *of, size_t source)
{
	const struct config *config = of->config;
	struct plan *plan = plan_create_empty();
	struct step first = { 0 };

	plan->source = of->instances[source];
	add_step(plan, &first);
	for (size_t i = 0; i < config->node_count; i++) {
		const struct config_node *node = &config->nodes[i];

		/* The inputs are this configuration's, where the instance may be an older one's. */
		if (node->kind != WEIR_TRANSFORM
		    || add_transform(plan, of->instances[i], node->inputs))
			continue;
		diag_addf(of->diag, config->nodes[i].where, "more than %d ways lead from one source"
		          " to the sinks; take inputs away", PLAN_STEPS_MAX);
		plan_destroy(plan);
		return NULL;
	}
	for (size_t i = 0; i < config->node_count; i++) {
		if (config->nodes[i].kind == WEIR_SINK)
			add_sink(plan, of->ledger, of->instances[i], config->nodes[i].inputs);
	}
	prune(plan);
	settle_flags(plan);
	return plan;
}
