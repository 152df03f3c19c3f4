/* test_config_files.c - core/config_files.c through config.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_trial.h"

#define ENDS "state_dir: x\nsinks: {o: {plugin: lines, path: p}}\n"

static void a_later_file_wins(void **state)
{
	struct sample self = { 0 };
	struct option_source from;

	(void)state;
	config_trial_load(trial_file("weir.yaml",
	                             "workers: 1\nsources:\n  a: {plugin: ticks, text: x, "
	                             "count: 2}\n" ENDS),
	                  trial_file("prod.yaml", "sources:\n  a: {count: 3, flag: false}\n"),
	                  trial_file("last.yaml", "workers: 3\n"));
	assert_true(config_trial_said(""));
	assert_int_equal(config->core.workers, 3);
	from = config_options(config, config_trial_node("a"));
	assert_true(option_fill(sample_options, &from, &self, config->arena, diag));
	assert_string_equal(self.text, "x");
	assert_int_equal(self.count, 3);
	assert_false(self.flag);
}

static void each_mistake_names_its_own_file(void **state)
{
	(void)state;
	config_trial_load(trial_file("weir.yaml", "sources:\n  a: {plugin: ticks, text: x, "
	                                          "count: 20}\n" ENDS),
	                  trial_file("prod.yaml", "sources:\n  a: {flag: 7}\n"), NULL);
	assert_true(config_trial_said(
		"prod.yaml:2:13: sources.a.flag: '7' is not true or false; write one of them\n"
		"weir.yaml:2:38: sources.a.count: 20 is out of range; write 1 to 10\n"));
}

static void a_changed_plugin_keeps_only_the_inputs(void **state)
{
	(void)state;
	config_trial_load(trial_file("weir.yaml",
	                             "state_dir: x\nsources: {a: {plugin: bare}, "
	                             "b: {plugin: bare}}\n"
	                             "transforms: {t: {plugin: stamp, inputs: [b], "
	                             "rules: [r]}}\n"
	                             "sinks: {o: {plugin: lines, path: p, inputs: [a, t]}}"
	                             "\n"),
	                  trial_file("prod.yaml", "sources: {a: {plugin: ticks, text: x}}\n"
	                                          "sinks: {o: {plugin: lines, path: q}}\n"
	                                          "transforms: {t: {plugin: other}}\n"),
	                  NULL);
	assert_ptr_equal(config_trial_node("a")->plugin, &sample_source);
	assert_non_null(config_trial_node("t")->options);
	assert_non_null(config_trial_node("o")->options);
	assert_string_equal(config_trial_inputs("o"), "a,t");
	assert_string_equal(config_trial_inputs("t"), "b");
	assert_int_equal(config_trial_node("t")->options->count, 0);
	assert_int_equal(config_trial_node("o")->options->count, 1);
}

static void null_removes_an_instance_or_an_option(void **state)
{
	(void)state;
	config_trial_load(trial_file("weir.yaml", "sources: {a: {plugin: bare}, b: {plugin: ticks, "
	                                          "text: x, count: 99}}\n" ENDS),
	                  trial_file("prod.yaml", "sources: {a: null, b: {count: ~}}\n"), NULL);
	assert_true(config_trial_said(""));
	assert_false(config_trial_has("a"));
	assert_true(config_trial_has("b"));
}

static void null_in_one_file_leaves_an_instance_out(void **state)
{
	(void)state;
	config_trial_read("sources: {a: ~, b: {plugin: bare}}\ntransforms: ~\n" ENDS);
	assert_true(config_trial_said(""));
	assert_int_equal(config->node_count, 2);
}

static void a_file_is_a_map(void **state)
{
	(void)state;
	config_trial_read("- a\n");
	assert_true(config_trial_said("weir.yaml:1:1: the file must be a map, not a list; write "
	                              "state_dir: ..., sources: ...\n"));
}

static void the_first_syntax_error_of_each_file_is_told(void **state)
{
	(void)state;
	config_trial_load(trial_file("a.yaml", "a: b: c\nd: [\n"),
	                  trial_file("b.yaml", "workers: 0.5\n"),
	                  trial_file("c.yaml", "x: \"\n"));
	assert_true(config_trial_said("a.yaml:1:5: a ':' where none can be; put quotes around a "
	                              "value that holds ': ', and "
	                              "check the indentation\n"
	                              "b.yaml:1:10: workers: '0.5' is not a whole number; write "
	                              "digits only, such as 1000\n"
	                              "c.yaml:1:4: this quote is never closed\n"));
}

/* ---- integrations.d ---- */

static void each_file_of_the_folder_is_a_source(void **state)
{
	(void)state;
	trial_folder("integrations.d");
	trial_file("integrations.d/globex.yaml", "plugin: bare\n");
	trial_file("integrations.d/x.yaml", "name: initech\nplugin: ticks\ntext: y\n");
	trial_file("integrations.d/.x.yaml.swp", "not looked at: [");
	trial_file("integrations.d/readme.txt", "not looked at: [");
	config_trial_read("sources: {acme: {plugin: bare}}\n" ENDS);
	assert_true(config_trial_said(""));
	assert_string_equal(config_trial_inputs("o"), "acme,globex,initech");
	assert_string_equal(config_trial_node("initech")->where.path, "sources.initech");
	assert_int_equal(config->file_count, 4);
	assert_string_equal(config->files[0], trial_path("weir.yaml"));
	assert_string_equal(config->files[1], trial_path("integrations.d"));
	assert_string_equal(config->files[2], trial_path("integrations.d/globex.yaml"));
	assert_string_equal(config->files[3], trial_path("integrations.d/x.yaml"));
}

static void the_folder_alone_is_enough(void **state)
{
	(void)state;
	trial_folder("integrations.d");
	trial_file("integrations.d/globex.yaml", "plugin: bare\n");
	config_trial_read(ENDS);
	assert_true(config_trial_said(""));
	assert_string_equal(config_trial_inputs("o"), "globex");
}

static void mistakes_there_have_places_there(void **state)
{
	char *expected;

	(void)state;
	trial_folder("integrations.d");
	trial_file("integrations.d/a.yaml", "plugin: ticks\ntext: ${NO_SUCH}\n");
	trial_file("integrations.d/b.yaml", "plugin: bare\nx: 1\n");
	trial_file("integrations.d/c.yaml", "- plugin\n");
	trial_file("integrations.d/d.yaml", "name: [x]\nplugin: bare\n");
	trial_file("integrations.d/e.yml", "plugin: bare\n");
	trial_file("integrations.d/f.yaml", "name: a\nplugin: bare\n");
	trial_file("integrations.d/g.yaml", "plugin: x: y\n");
	config_trial_read(ENDS);
	expected = weir_format(
		"integrations.d/a.yaml:2:7: sources.a.text: environment variable NO_SUCH is not "
	        "set; "
		"set it, or write ${NO_SUCH:-default}\n"
		"integrations.d/b.yaml:2:1: sources.b.x: unknown option; weir describe source bare "
	        "lists "
		"those there are\n"
		"integrations.d/c.yaml:1:1: must be the body of one source; write plugin: ... and "
	        "its "
		"options\n"
		"integrations.d/d.yaml:1:7: name: must be a single value, not a list\n"
		"warning: integrations.d/e.yml: is not read; integrations.d takes *.yaml\n"
		"integrations.d/f.yaml:1:7: sources.a: this name is taken by the source in "
		"%s/integrations.d/a.yaml:1; sources and transforms share their names\n"
		"integrations.d/g.yaml:1:10: a ':' where none can be; put quotes around a value "
	        "that "
		"holds ': ', and check the indentation\n",
		trial);
	assert_true(config_trial_said(expected));
	weir_free(expected);
}

static void variables_are_put_in_after_merging(void **state)
{
	(void)state;
	setenv("WEIR_TEST_WORKERS", "7", 1);
	config_trial_load(trial_file("weir.yaml",
	                             "sources: {a: {plugin: ticks, text: '${NO_SUCH}'}}\n"
	                             "workers: ${WEIR_TEST_WORKERS}\n" ENDS),
	                  trial_file("prod.yaml", "sources: {a: {text: y}}\n"), NULL);
	assert_true(config_trial_said(""));
	assert_int_equal(config->core.workers, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONFIG_TEST(a_later_file_wins),
		CONFIG_TEST(each_mistake_names_its_own_file),
		CONFIG_TEST(a_changed_plugin_keeps_only_the_inputs),
		CONFIG_TEST(null_removes_an_instance_or_an_option),
		CONFIG_TEST(null_in_one_file_leaves_an_instance_out),
		CONFIG_TEST(a_file_is_a_map),
		CONFIG_TEST(the_first_syntax_error_of_each_file_is_told),
		CONFIG_TEST(each_file_of_the_folder_is_a_source),
		CONFIG_TEST(the_folder_alone_is_enough),
		CONFIG_TEST(mistakes_there_have_places_there),
		CONFIG_TEST(variables_are_put_in_after_merging),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
