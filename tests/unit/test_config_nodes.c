/* test_config_nodes.c - core/config_nodes.c through config.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_trial.h"

#define ENDS "state_dir: x\nsinks: {o: {plugin: lines, path: p}}\n"

/* What is said of one source with this body, in line 2 of a configuration that is right. */
static bool said_of(const char *source, const char *expected)
{
	char *text = weir_format("sources:\n  %s\n" ENDS, source);
	bool same;

	diag_destroy(diag);
	diag = diag_create();
	config_trial_read(text);
	weir_free(text);
	same = config_trial_said(expected);
	return same;
}

static void plugins_are_looked_up_by_kind(void **state)
{
	(void)state;
	assert_true(said_of("a: {plugin: ticsk, text: x}",
	                    "weir.yaml:2:15: sources.a.plugin: there is "
	                    "no source 'ticsk'; did you mean ticks?\n"));
	assert_false(config_trial_node("a")->sound);
	assert_true(said_of("a: {plugin: lines}",
	                    "weir.yaml:2:15: sources.a.plugin: lines is a sink, "
	                    "not a source; put it below sinks:\n"));
	assert_true(said_of("a: {plugin: kafka}", "weir.yaml:2:15: sources.a.plugin: there is no "
	                    "source 'kafka'; there are bare, ticks\n"));
	assert_true(said_of("a: {}",
	                    "weir.yaml:2:3: sources.a.plugin: is missing; write plugin: and "
	                    "one of bare, ticks\n"));
	assert_true(said_of("a: {plugin: [bare]}",
	                    "weir.yaml:2:15: sources.a.plugin: must be a single "
	                    "word, such as file\n"));
}

static void without_plugins_that_is_said(void **state)
{
	(void)state;
	registry_clear();
	config_trial_read("sources: {a: {plugin: bare}}\n" ENDS);
	assert_true(config_trial_said("weir.yaml:1:23: sources.a.plugin: there is no source "
	                              "'bare'; no source was found at "
	                              "all, see --plugins\n"
	                              "weir.yaml:3:21: sinks.o.plugin: there is no sink 'lines'; "
	                              "no sink was found at all, see "
	                              "--plugins\n"));
}

static void an_instance_is_a_map_with_a_name(void **state)
{
	(void)state;
	assert_true(said_of("a: bare",
	                    "weir.yaml:2:3: sources.a: must be a map; write plugin: and its "
	                    "options below it, indented\n"));
	assert_true(said_of("a:", "weir.yaml:2:3: sources.a: must be a map; write plugin: and its "
	                    "options below it, indented\n"));
	assert_true(said_of("'': {plugin: bare}", "weir.yaml:2:3: sources.: a name must not be "
	                    "empty\n"));
	assert_true(said_of("'a*': {plugin: bare}", "weir.yaml:2:3: sources.a*: a name has no '*': "
	                    "inputs take it as a pattern\n"));
	assert_true(said_of("\"a\\tb\": {plugin: bare}",
	                    "weir.yaml:2:3: sources.a?b: a name has no line "
	                    "breaks or tabs\n"));
	assert_true(said_of("Acme Corp./EU: {plugin: bare}", ""));
}

static void a_source_has_no_inputs(void **state)
{
	(void)state;
	assert_true(said_of("a: {plugin: bare, inputs: [b]}", "weir.yaml:2:21: sources.a.inputs: a "
	                    "source has no inputs; name the source in those of a transform or "
	                    "sink\n"));
}

static void a_section_is_a_map_of_names(void **state)
{
	(void)state;
	config_trial_read("sources:\n- plugin: bare\n" ENDS);
	assert_true(config_trial_said(
		"weir.yaml: sources: there is no source; write one below sources:, or as a file in "
		"integrations.d\n"
		"weir.yaml:2:1: sources: must be a map of names, not a list; write NAME: and "
	        "plugin: "
		"below it\n"));
}

static void options_of_every_node_are_tried(void **state)
{
	(void)state;
	config_trial_read(
		"state_dir: x\nsources: {a: {plugin: ticks, count: 0}, b: {plugin: bare}}\n"
		"sinks: {o: {plugin: lines, pth: p}}\n");
	assert_true(config_trial_said(
		"weir.yaml:2:11: sources.a.text: is missing; write text: <a text>\n"
		"weir.yaml:2:37: sources.a.count: 0 is out of range; write 1 to 10\n"
		"weir.yaml:3:28: sinks.o.pth: unknown option; did you mean path?\n"));
	assert_false(config_trial_node("a")->sound);
	assert_true(config_trial_node("b")->sound);
	assert_false(config_trial_node("o")->sound);
}

static void what_may_be_a_secret_is_not_printed(void **state)
{
	struct weir_buf json = { 0 };
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	(void)state;
	config_trial_read("state_dir: x\nsources:\n  a: {plugin: ticks, text: x}\n  secret: s3cret1\n"
	                  "  b:\n    plugin: ticks\n    secret: s3cret2\n    secret: s3cret3\n"
	                  "    tokn: s3cret4\n");
	diag_print(diag, to, DIAG_PLAIN);
	config_trial_read("sources:\n  a:\n    api_token: s3cret5: x\n");
	diag_print(diag, to, DIAG_PLAIN);
	fclose(to);
	diag_json(diag, &json);
	assert_null(strstr(text, "s3cret"));
	assert_null(strstr(weir_buf_text(&json), "s3cret"));
	weir_buf_finish(&json);
	assert_non_null(strstr(text, "    api_token:***********"));
	free(text);
}

static void there_is_a_limit_to_transforms(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	weir_buf_puts(&text, "sources: {a: {plugin: bare}}\n" ENDS "transforms:\n");
	for (int i = 0; i < 1001; i++)
		weir_buf_printf(&text, "  t%d: {plugin: stamp}\n", i);
	config_trial_read(weir_buf_text(&text));
	weir_buf_finish(&text);
	assert_true(
		config_trial_said("weir.yaml:5:3: transforms: has 1001 members; at most 1000 are "
	                          "taken\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONFIG_TEST(plugins_are_looked_up_by_kind),
		CONFIG_TEST(without_plugins_that_is_said),
		CONFIG_TEST(an_instance_is_a_map_with_a_name),
		CONFIG_TEST(a_source_has_no_inputs),
		CONFIG_TEST(a_section_is_a_map_of_names),
		CONFIG_TEST(options_of_every_node_are_tried),
		CONFIG_TEST(what_may_be_a_secret_is_not_printed),
		CONFIG_TEST(there_is_a_limit_to_transforms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
