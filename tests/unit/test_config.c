/* test_config.c - core/config.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_trial.h"

#define WHOLE                                                                                      \
	"state_dir: state\nsources:\n  a:\n    plugin: ticks\n    text: x\n    settings: {k: [1, " \
	"2]}\n"                                                                                    \
	"sinks:\n  out: {plugin: lines, path: x}\n"

static void a_whole_configuration_is_read(void **state)
{
	char *state_dir;

	(void)state;
	config_trial_read(WHOLE);
	assert_true(config_trial_said(""));
	state_dir = weir_format("%s/state", trial);
	assert_string_equal(config->core.state_dir, state_dir);
	weir_free(state_dir);
	assert_int_equal(config->core.commit_interval, 200);
	assert_int_equal(config->node_count, 2);
	assert_ptr_equal(config->nodes[0].plugin, &sample_source);
	assert_string_equal(config->nodes[0].where.path, "sources.a");
	assert_true(config->nodes[0].sound);
	assert_string_equal(config->nodes[1].inputs[0], "a");
}

static void what_the_core_needs_is_missed(void **state)
{
	(void)state;
	config_trial_read("workers: 2\n");
	assert_true(config_trial_said(
		"weir.yaml: state_dir: is missing; write state_dir: <the folder in which "
	        "positions, "
		"seen ids, dead letters and counts are kept, for example /var/lib/weir>\n"
		"weir.yaml: sources: there is no source; write one below sources:, or as a file in "
		"integrations.d\n"
		"weir.yaml: sinks: there is no sink; write one below sinks:\n"));
}

static void a_mistyped_section_is_found(void **state)
{
	(void)state;
	config_trial_read(WHOLE "transform:\n  x: {}\n");
	assert_true(config_trial_said("weir.yaml:9:1: transform: unknown option; did you mean "
	                              "transforms?\n"));
}

static void the_state_folder_is_no_file(void **state)
{
	(void)state;
	config_trial_read("state_dir: weir.yaml\n" "sources:\n  a: {plugin: ticks, text: x}\n"
	                  "sinks:\n  out: {plugin: lines, path: x}\n");
	assert_true(config_trial_said("weir.yaml:1:12: state_dir: is a file; name a folder of its own\n"));
}

static void options_of_the_core_agree(void **state)
{
	(void)state;
	config_trial_read(WHOLE
	                  "retry_min: 2m\nevent_max: 2MiB\npage_max: 1MiB\nrefused_max: 1s\n");
	assert_true(config_trial_said(
		"weir.yaml:9:12: retry_min: must not be above retry_max\n"
		"weir.yaml:10:12: event_max: must not be above page_max\n"
		"weir.yaml:12:14: refused_min: must not be above refused_max\n"));
}

static void no_file_is_a_mistake(void **state)
{
	(void)state;
	config_trial_load(trial_path("none.yaml"), NULL, NULL);
	assert_non_null(config);
	assert_int_equal(diag_errors(diag), 1);
	assert_non_null(strstr(diag_at(diag, 0, NULL)->text, "No such file"));
}

static void an_empty_file_is_a_mistake(void **state)
{
	(void)state;
	config_trial_read("");
	assert_true(config_trial_said("warning: weir.yaml: the file is empty\n"
	                              "weir.yaml: says nothing; write state_dir:, sources: and "
	                              "sinks:\n"));
}

static void a_later_mistake_gets_its_place(void **state)
{
	const struct config_node *node;
	struct weir_error err = { .where = { .path = "settings.k[1]" } };

	(void)state;
	config_trial_read(WHOLE);
	node = config_trial_node("a");
	config_locate(config, node, &err);
	assert_string_equal(err.where.path, "sources.a.settings.k[1]");
	assert_int_equal(err.where.line, 6);
	assert_int_equal(err.where.column, 23);
	assert_int_equal(err.where.width, 1);
	err.where = (struct weir_where){ .path = "settings.k[7].z" };
	config_locate(config, node, &err);
	assert_int_equal(err.where.column, 19);
	err.where = (struct weir_where){ .path = "settings.k:" };
	config_locate(config, node, &err);
	assert_string_equal(err.where.path, "sources.a.settings.k");
	assert_int_equal(err.where.column, 16);
	err.where = (struct weir_where){ .path = "text:" };
	config_locate(config, node, &err);
	assert_string_equal(err.where.path, "sources.a.text");
	assert_int_equal(err.where.column, 5);
	err.where = (struct weir_where){ .path = "start" };
	config_locate(config, node, &err);
	assert_int_equal(err.where.line, 3);
	assert_string_equal(err.where.path, "sources.a.start");
	err.where = (struct weir_where){ 0 };
	config_locate(config, node, &err);
	assert_string_equal(err.where.path, "sources.a");
	assert_int_equal(err.where.column, 3);
}

static void a_place_in_a_rule_stays(void **state)
{
	struct weir_error err = { .where = { "auth.lua", 25, 1, 0, "source.ip" } };

	(void)state;
	config_trial_read(WHOLE);
	config_locate(config, config_trial_node("a"), &err);
	assert_string_equal(err.where.file, "auth.lua");
	assert_string_equal(err.where.path, "source.ip");
}

static void options_of_a_node_can_be_filled_again(void **state)
{
	struct option_source from;
	struct sample self = { 0 };

	(void)state;
	config_trial_read(WHOLE);
	from = config_options(config, config_trial_node("a"));
	assert_true(option_fill(sample_options, &from, &self, config->arena, diag));
	assert_string_equal(self.text, "x");
	option_wipe(sample_options, &self);
	config_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONFIG_TEST(a_whole_configuration_is_read),
		CONFIG_TEST(what_the_core_needs_is_missed),
		CONFIG_TEST(a_mistyped_section_is_found),
		CONFIG_TEST(the_state_folder_is_no_file),
		CONFIG_TEST(options_of_the_core_agree),
		CONFIG_TEST(no_file_is_a_mistake),
		CONFIG_TEST(an_empty_file_is_a_mistake),
		CONFIG_TEST(a_later_mistake_gets_its_place),
		CONFIG_TEST(a_place_in_a_rule_stays),
		CONFIG_TEST(options_of_a_node_can_be_filled_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
