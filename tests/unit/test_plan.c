/* test_plan.c - core/plan.c and core/graph.c: what is joined to what.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "graph.h"
#include "pipeline.h"

static struct host host;
static struct ledger ledger;
static struct graph *graph;

static int setup(void **state)
{
	graph = NULL;
	ledger_init(&ledger);
	return pipeline_setup(state);
}

/* Builds a graph; older is the one before, or NULL. */
static struct graph *build(const char *text, const struct graph *older)
{
	struct config *config = pipeline_config(text);
	struct config_hold *hold = config_hold_create(config);
	struct graph_input input = {
		.host = &host, .hold = hold, .ledger = &ledger, .old = older, .workers = 2,
		.diag = pipeline.diag,
	};
	struct graph *built;

	if (!older)
		host_init(&host, &config->core);
	built = graph_create(&input);
	config_hold_unref(hold);
	return built;
}

static int teardown(void **state)
{
	graph_destroy(graph);
	host_finish(&host);
	ledger_finish(&ledger);
	return pipeline_teardown(state);
}

static struct weir_ctx *instance(const struct graph *of, const char *name)
{
	for (size_t i = 0; i < of->node_count; i++) {
		if (strcmp(of->instances[i]->name, name) == 0)
			return of->instances[i];
	}
	fail_msg("no instance %s", name);
	return NULL;
}

static const struct plan *plan_of(const char *source)
{
	return graph_plan(graph, instance(graph, source));
}

#define SOURCE(name)         "  " name ":\n    plugin: numbers\n"
#define STEP(name, inputs)   "  " name ":\n    plugin: edit\n    inputs: [" inputs "]\n"
#define ORDERED(name, inputs) "  " name ":\n    plugin: inorder\n    inputs: [" inputs "]\n"
#define SINK(name, inputs)   "  " name ":\n    plugin: list\n    inputs: [" inputs "]\n"

/* ---- ways -------------------------------------------------------------------------------- */

static void a_chain_hands_its_rows_on_in_place(void **state)
{
	(void)state;
	graph = build("state_dir: s\nsources:\n" SOURCE("a") "transforms:\n" STEP("t", "a") STEP("u", "t")
	              "sinks:\n" SINK("x", "u"), NULL);
	assert_non_null(graph);
	assert_int_equal(plan_of("a")->step_count, 3);
	assert_true(plan_of("a")->steps[1].takes && plan_of("a")->steps[2].takes);
	assert_false(plan_of("a")->steps[1].shown);
	assert_true(plan_of("a")->steps[2].shown);
	assert_int_equal(plan_of("a")->sinks[0].steps[0], 2);
}

static void rows_that_others_need_are_copied(void **state)
{
	(void)state;
	graph = build("state_dir: s\nsources:\n" SOURCE("a") "transforms:\n" STEP("t", "a") STEP("u", "a")
	              STEP("v", "t") "sinks:\n" SINK("x", "u, v") SINK("y", "t"), NULL);
	assert_non_null(graph);
	assert_int_equal(plan_of("a")->step_count, 4);
	/* t is not the last that needs the source's rows, u is; y reads what v takes from t. */
	assert_false(plan_of("a")->steps[1].takes);
	assert_true(plan_of("a")->steps[2].takes);
	assert_false(plan_of("a")->steps[3].takes);
	assert_int_equal(plan_of("a")->sinks[0].step_count, 2);
}

static void two_ways_into_one_transform_are_two_steps(void **state)
{
	(void)state;
	graph = build("state_dir: s\nsources:\n" SOURCE("a") "transforms:\n" STEP("t", "a")
	              ORDERED("o", "a, t") "sinks:\n" SINK("x", "o"), NULL);
	assert_non_null(graph);
	assert_int_equal(plan_of("a")->step_count, 4);
	assert_int_equal(plan_of("a")->sinks[0].step_count, 2);
	/* Only the last visit of an ordered transform lets the next page in. */
	assert_false(plan_of("a")->steps[2].leaves);
	assert_true(plan_of("a")->steps[3].leaves);
	assert_int_equal(plan_of("a")->ordered_count, 1);
}

static void what_leads_to_no_sink_is_not_run(void **state)
{
	(void)state;
	graph = build("state_dir: s\nsources:\n" SOURCE("a") "transforms:\n" STEP("t", "a") STEP("u", "t")
	              "sinks:\n" SINK("x", "a"), NULL);
	assert_non_null(graph);
	assert_int_equal(plan_of("a")->step_count, 1);
}

static void too_many_ways_are_a_mistake(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	weir_buf_puts(&text, "state_dir: s\nsources:\n" SOURCE("a") "transforms:\n" STEP("t0", "a"));
	for (int i = 1; i < 10; i++)
		weir_buf_printf(&text, STEP("b%d", "t%d") STEP("t%d", "b%d, t%d"), i, i - 1, i, i, i - 1);
	weir_buf_puts(&text, "sinks:\n" SINK("x", "t9"));
	graph = build(weir_buf_text(&text), NULL);
	assert_null(graph);
	assert_true(diag_errors(pipeline.diag) > 0);
	weir_buf_finish(&text);
}

/* ---- groups ---------------------------------------------------------------------------------- */

static void what_is_not_connected_is_apart(void **state)
{
	(void)state;
	graph = build("state_dir: s\nsources:\n" SOURCE("a") SOURCE("b") SOURCE("c")
	              "transforms:\n" ORDERED("o", "c") "sinks:\n" SINK("x", "a, b") SINK("y", "o"), NULL);
	assert_non_null(graph);
	assert_int_equal(graph->group_count, 2);
	assert_int_equal(graph->groups[0].source_count, 2);
	assert_int_equal(graph->groups[0].idle->ordered_count, 0);
	assert_int_equal(graph->groups[1].source_count, 1);
	assert_int_equal(graph->groups[1].idle->ordered_count, 1);
}

static void one_shared_sink_joins_two_groups(void **state)
{
	(void)state;
	graph = build("state_dir: s\nsources:\n" SOURCE("a") SOURCE("b")
	              "sinks:\n" SINK("x", "a") SINK("y", "b") SINK("z", "a, b"), NULL);
	assert_non_null(graph);
	assert_int_equal(graph->group_count, 1);
	assert_int_equal(graph->groups[0].sink_count, 3);
}

/* ---- the next generation ---------------------------------------------------------------------- */

static void what_did_not_change_is_kept(void **state)
{
	static const char first[] = "state_dir: s\nsources:\n" SOURCE("a") SOURCE("b")
		"transforms:\n" STEP("t", "a, b") "sinks:\n" SINK("x", "t");
	static const char second[] = "state_dir: s\nsources:\n" SOURCE("a") SOURCE("b") "    page: 3\n"
		"transforms:\n" STEP("t", "a, b") "    drop_each: 2\n" "sinks:\n" SINK("x", "t");
	struct graph *next;

	(void)state;
	graph = build(first, NULL);
	assert_non_null(graph);
	next = build(second, graph);
	assert_non_null(next);
	assert_ptr_equal(instance(next, "a"), instance(graph, "a"));
	assert_ptr_equal(instance(next, "x"), instance(graph, "x"));
	assert_ptr_not_equal(instance(next, "b"), instance(graph, "b"));
	assert_ptr_not_equal(instance(next, "t"), instance(graph, "t"));
	assert_true(graph_has(next, instance(graph, "a")));
	assert_false(graph_has(next, instance(graph, "b")));
	assert_true(graph_has_source(next, "b"));
	graph_destroy(graph);
	graph = next;
}

#define GRAPH_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		GRAPH_TEST(a_chain_hands_its_rows_on_in_place),
		GRAPH_TEST(rows_that_others_need_are_copied),
		GRAPH_TEST(two_ways_into_one_transform_are_two_steps),
		GRAPH_TEST(what_leads_to_no_sink_is_not_run),
		GRAPH_TEST(too_many_ways_are_a_mistake),
		GRAPH_TEST(what_is_not_connected_is_apart),
		GRAPH_TEST(one_shared_sink_joins_two_groups),
		GRAPH_TEST(what_did_not_change_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
