/* test_graph_files.c - core/graph_files.c and core/file_list.c: what a graph was made from.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <weir/rules.h>

#include "graph.h"
#include "pipeline.h"

/* ---- a transform with rules, and a sink with a secret -------------------------------------- */

struct ruled {
	const char *const *rules;
	struct weir_value settings;
	const char *table;
	bool wrong;
};

static const struct weir_option ruled_options[] = {
	{ "rules", WEIR_AT_PATHS(struct ruled, rules), .required = true, .doc = "Folders." },
	{ "settings", WEIR_AT_MAP(struct ruled, settings), .doc = "Settings." },
	{ "table", WEIR_AT_PATH(struct ruled, table), .doc = "A table." },
	{ "wrong", WEIR_AT_BOOL(struct ruled, wrong), .preset = "false", .doc = "Refuses itself." },
	{ 0 },
};

static enum weir_status ruled_create(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	(void)ctx;
	if (((struct ruled *)self)->wrong)
		return weir_fail(err, WEIR_E_CONFIG, "wrong on purpose");
	return WEIR_OK;
}

static enum weir_status ruled_process(void *self, struct weir_batch *b, struct weir_error *err)
{
	(void)self;
	(void)b;
	(void)err;
	return WEIR_OK;
}

static const char *const *ruled_files(const void *self)
{
	static const char *const files[] = { "/there/schemas/auth.yaml", NULL };

	(void)self;
	return files;
}

static const struct weir_rules about_rules = { .size = sizeof(struct weir_rules),
	                                       .files = ruled_files };

static const struct weir_plugin ruled = {
	PLUGIN(WEIR_TRANSFORM, "ruled"), .options = ruled_options,
	.self_size = sizeof(struct ruled), .rule_suffix = ".rule", .create = ruled_create,
	.process = ruled_process, .rules = &about_rules,
};

struct keyed {
	const char *key, *path;
};

static const struct weir_option keyed_options[] = {
	{ "key", WEIR_AT_SECRET(struct keyed, key), .doc = "A key." },
	{ "path", WEIR_AT_PATH(struct keyed, path), .doc = "What it writes." },
	{ 0 },
};

static const struct weir_plugin keyed = {
	PLUGIN(WEIR_SINK, "keyed"), .options = keyed_options, .self_size = sizeof(struct keyed),
	.process = spare_process,
};

/* ---- graphs ------------------------------------------------------------------------------------ */

static struct host host;
static struct ledger ledger;

static int setup(void **state)
{
	int failed = pipeline_setup(state);

	ledger_init(&ledger);
	registry_add(&ruled, "ruled", pipeline.diag);
	registry_add(&keyed, "keyed", pipeline.diag);
	return failed;
}

static int teardown(void **state)
{
	host_finish(&host);
	ledger_finish(&ledger);
	return pipeline_teardown(state);
}

static struct graph *build(const char *text, const struct graph *old, struct file_list *files)
{
	struct config *config = pipeline_config(text);
	struct config_hold *hold = config_hold_create(config);
	struct graph_input input = { .host = &host, .hold = hold, .ledger = &ledger, .workers = 1,
		                     .old = old, .diag = pipeline.diag, .files = files };
	struct graph *graph;

	if (!old)
		host_init(&host, &config->core);
	graph = graph_create(&input);
	config_hold_unref(hold);
	return graph;
}

static bool has(const struct file_list *files, const char *path)
{
	for (size_t i = 0; i < files->count; i++) {
		if (strcmp(files->paths[i], path) == 0)
			return true;
	}
	return false;
}

static void write_key(const char *text)
{
	chmod(trial_file("key", text), 0600);
}

#define TEXT(options) PIPELINE_CORE "sources:\n  in:\n    plugin: numbers\n" \
	"transforms:\n  map:\n    plugin: ruled\n    rules: [rules, more]\n    table: t.yaml\n" options \
	"sinks:\n  out:\n    plugin: keyed\n    key: file:key\n    path: out.ndjson\n"

static void what_a_reload_reads_is_told(void **state)
{
	struct graph *graph;

	(void)state;
	write_key("one");
	graph = build(TEXT(""), NULL, NULL);
	assert_non_null(graph);
	assert_true(has(&graph->files, trial_path("weir.yaml")));
	assert_true(has(&graph->files, trial_path("integrations.d")));
	assert_true(has(&graph->files, trial_path("rules")));
	assert_true(has(&graph->files, trial_path("more")));
	assert_true(has(&graph->files, trial_path("t.yaml")));
	assert_true(has(&graph->files, "/there/schemas/auth.yaml"));
	assert_true(has(&graph->files, "/there/schemas/"));
	assert_true(has(&graph->files, trial_path("key")));
	graph_destroy(graph);
}

static void what_a_sink_writes_is_not(void **state)
{
	struct graph *graph;

	(void)state;
	write_key("one");
	graph = build(TEXT(""), NULL, NULL);
	assert_non_null(graph);
	assert_false(has(&graph->files, trial_path("out.ndjson")));
	graph_destroy(graph);
}

static void what_is_refused_is_told_as_well(void **state)
{
	struct file_list files = { 0 };

	(void)state;
	write_key("one");
	assert_null(build(TEXT("    wrong: true\n"), NULL, &files));
	assert_true(has(&files, trial_path("weir.yaml")));
	assert_true(has(&files, trial_path("more")));
	assert_true(has(&files, trial_path("key")));
	/* It was not read to its end. */
	assert_false(has(&files, "/there/schemas/auth.yaml"));
	file_list_finish(&files);
}

/* Its options are the same, but the next reload must not go on with the old key. */
static void an_instance_with_another_key_is_made_anew(void **state)
{
	struct graph *first, *second, *third;

	(void)state;
	write_key("one");
	first = build(TEXT(""), NULL, NULL);
	assert_non_null(first);
	second = build(TEXT(""), first, NULL);
	assert_non_null(second);
	assert_ptr_equal(first->instances[2], second->instances[2]);
	write_key("another");
	third = build(TEXT(""), second, NULL);
	assert_non_null(third);
	assert_ptr_not_equal(second->instances[2], third->instances[2]);
	assert_ptr_equal(second->instances[0], third->instances[0]);
	graph_destroy(first);
	graph_destroy(second);
	graph_destroy(third);
}

#define FILES_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FILES_TEST(what_a_reload_reads_is_told),
		FILES_TEST(what_a_sink_writes_is_not),
		FILES_TEST(what_is_refused_is_told_as_well),
		FILES_TEST(an_instance_with_another_key_is_made_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
