/* replay_trial.c - what a replay would make of dead letters, without one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "chain.h"
#include "gate.h"
#include "letters.h"
#include "replay_page.h"
#include "runtime_own.h"

struct trials {
	struct runtime *runtime;
	struct component *component;  /* of no sink */
	uint64_t ticket;
	void (*each)(void *arg, const struct store_dead *dead, const struct replay_trial *trial);
	void *arg;
};

static void open_gates(struct trials *trials, const struct plan *plan)
{
	for (size_t i = 0; i < plan->ordered_count; i++) {
		if (!plan->ordered[i]->gate)
			plan->ordered[i]->gate = gate_create();
		gate_begin(plan->ordered[i]->gate, trials->ticket);
	}
}

static void destroy_gates(const struct graph *graph)
{
	for (size_t i = 0; i < graph->node_count; i++) {
		gate_destroy(graph->instances[i]->gate);
		graph->instances[i]->gate = NULL;
	}
}

static const struct plan_sink *way_to(const struct page *page)
{
	const struct plan *plan = page->plan;
	size_t i = 0;

	while (strcmp(plan->sinks[i].sink->name, page->letter->sink) != 0)
		i++;
	return &plan->sinks[i];
}

static void put_schemas(const struct page *page, const struct tally_part *parts, size_t count,
                        struct weir_buf *text)
{
	char *had = letters_had(page);

	for (size_t p = 0; p < count; p++) {
		const struct rows *live = &parts[p].view->live;

		for (size_t i = 0; i < live->len; i++) {
			const char *schema = live->items[i].schema ? live->items[i].schema : "";

			if (had && letters_take(had, schema))
				continue;
			weir_buf_printf(text, "%s%s", text->len ? ", " : "",
			                *schema ? schema : "as it came");
		}
	}
	weir_free(had);
}

static void judge(struct trials *trials, const struct store_dead *dead, struct page *page)
{
	const struct plan_sink *way = way_to(page);
	struct tally_part *parts = weir_alloc((way->step_count + 1) * sizeof *parts);
	struct dead_list refused = { 0 }, list = { 0 };
	struct letters_of of = { page, dead->sink, parts, way->step_count, &refused };
	struct replay_trial trial = { 0 };
	struct weir_buf schemas = { 0 };
	struct tally tally = { 0 };

	for (size_t i = 0; i < way->step_count; i++)
		parts[i].view = page->views[way->steps[i]];
	tally_page(&tally, page, parts, way->step_count);
	switch (tally_letter(&tally)) {
	case STORE_DEAD:
		letters_add(&list, &of);
		trial = (struct replay_trial){ .fate = TRIAL_FAILED, .why = &list.first->letter.why };
		break;
	case STORE_DELIVERED:
		put_schemas(page, parts, way->step_count, &schemas);
		trial = (struct replay_trial){ .fate = TRIAL_DELIVERED };
		trial.schemas = weir_buf_text(&schemas);
		break;
	default:
		trial = (struct replay_trial){ .fate = TRIAL_DROPPED, .cause = tally.drops[0].cause };
	}
	trials->each(trials->arg, dead, &trial);
	dead_finish(&list);
	tally_finish(&tally);
	weir_buf_finish(&schemas);
	weir_free(parts);
}

static bool try_one(void *arg, const struct store_dead *dead)
{
	struct trials *trials = arg;
	const struct graph *graph = trials->runtime->graph;
	struct weir_error why = { 0 };
	struct weir_ctx *source = replay_source(graph, dead, &why);
	struct page *page;

	if (!source) {
		trials->each(trials->arg, dead, &(struct replay_trial){ .why = &why });
		return true;
	}
	page = replay_page_create(dead, source);
	page->plan = graph_plan(graph, source);
	page->component = trials->component;
	page->ticket = ++trials->ticket;
	open_gates(trials, page->plan);
	chain_run(&trials->runtime->host, page, 0);
	if (!page->spoiled)
		judge(trials, dead, page);
	page_unref(page);
	return true;
}

enum weir_status runtime_try_dead(struct runtime *runtime, struct store *store,
                                  const struct store_dead_query *query,
                                  void (*each)(void *arg, const struct store_dead *dead,
                                               const struct replay_trial *trial),
                                  void *arg, struct weir_error *err)
{
	struct trials trials = { .runtime = runtime, .each = each, .arg = arg };
	enum weir_status status;

	trials.component = component_create(&runtime->host, NULL);
	status = store_each_dead(store, query, try_one, &trials, err);
	component_destroy(trials.component);
	destroy_gates(runtime->graph);
	return status;
}
