/* test_config_inputs.c - core/config_inputs.c through config.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_trial.h"

/* Sources acme-eu, acme-us and globex in lines 1 to 4, then these. */
static void read_joined(const char *transforms, const char *sinks)
{
	char *text = weir_format("sources:\n  acme-eu: {plugin: bare}\n  acme-us: {plugin: bare}\n"
	                         "  globex: {plugin: bare}\ntransforms:\n%ssinks:\n%s"
	                         "state_dir: x\n", transforms, sinks);

	config_trial_read(text);
	weir_free(text);
}

#define SINK "  o: {plugin: lines, path: p}\n"

static void without_inputs_all_flows_everywhere(void **state)
{
	(void)state;
	read_joined("  n: {plugin: stamp}\n  e: {plugin: stamp, inputs: [n]}\n", SINK);
	assert_true(config_trial_said(""));
	assert_string_equal(config_trial_inputs("n"), "acme-eu,acme-us,globex");
	assert_string_equal(config_trial_inputs("o"), "e");
	assert_string_equal(config_trial_inputs("globex"), "");
}

static void a_sink_reads_what_no_transform_reads(void **state)
{
	(void)state;
	read_joined("  n: {plugin: stamp, inputs: [globex]}\n",
	            SINK "  p: {plugin: lines, path: q, inputs: [globex]}\n");
	assert_true(config_trial_said(""));
	assert_string_equal(config_trial_inputs("o"), "acme-eu,acme-us,n");
	assert_string_equal(config_trial_inputs("p"), "globex");
}

static void patterns_take_names(void **state)
{
	(void)state;
	read_joined("  n: {plugin: stamp, inputs: ['acme-*', acme-us]}\n",
	            "  o: {plugin: lines, path: p, inputs: ['*']}\n");
	assert_true(config_trial_said(""));
	assert_string_equal(config_trial_inputs("n"), "acme-eu,acme-us");
	assert_string_equal(config_trial_inputs("o"), "acme-eu,acme-us,globex,n");
}

static void only_the_star_is_special(void **state)
{
	(void)state;
	config_trial_read("state_dir: x\nsources: {'a[1]-x': {plugin: bare}, a1-y: {plugin: bare}, "
	                  "'b?': {plugin: bare}, bc: {plugin: bare}}\nsinks:\n"
	                  "  o: {plugin: lines, path: p, inputs: ['a[1]*x', 'b?*', '*c', '*1*y*']}\n");
	assert_true(config_trial_said(""));
	assert_string_equal(config_trial_inputs("o"), "a[1]-x,b?,bc,a1-y");
}

static void a_pattern_for_nothing_is_suspect(void **state)
{
	(void)state;
	read_joined("  n: {plugin: stamp, inputs: ['acme-*', 'x-*']}\n", SINK);
	assert_true(
		config_trial_said("warning: weir.yaml:6:41: transforms.n.inputs: the pattern 'x-*' "
	                          "adds no source or transform\n"));
}

static void inputs_that_are_wrong_say_what_to_write(void **state)
{
	(void)state;
	read_joined("  a: {plugin: stamp, inputs: [acme-su]}\n"
	            "  b: {plugin: stamp, inputs: globex}\n"
	            "  c: {plugin: stamp, inputs: []}\n"
	            "  d: {plugin: stamp, inputs: [d]}\n"
	            "  e: {plugin: stamp, inputs: [[x]]}\n"
	            "  f: {plugin: stamp, inputs: {x: y}}\n",
	            "  o: {plugin: lines, path: p, inputs: [o, zzz]}\n");
	assert_true(config_trial_said(
		"weir.yaml:6:31: transforms.a.inputs: there is no source or transform 'acme-su'; "
	        "did you "
		"mean acme-us?\n"
		"weir.yaml:7:30: transforms.b.inputs: must be a list; write [globex]\n"
		"weir.yaml:8:30: transforms.c.inputs: must not be empty; name what it reads, or "
	        "leave "
		"inputs out\n"
		"weir.yaml:9:31: transforms.d.inputs: a transform cannot read itself\n"
		"weir.yaml:10:31: transforms.e.inputs: must be a list of names; write [name] or "
		"['pattern-*']\n"
		"weir.yaml:11:30: transforms.f.inputs: must be a list of names; write [name]\n"
		"weir.yaml:13:40: sinks.o.inputs: there is no source or transform 'o'\n"
		"weir.yaml:13:43: sinks.o.inputs: there is no source or transform 'zzz'\n"));
	assert_false(config_trial_node("a")->sound);
}

static void circles_are_found(void **state)
{
	(void)state;
	read_joined("  a: {plugin: stamp, inputs: [globex, c]}\n"
	            "  b: {plugin: stamp, inputs: [a]}\n"
	            "  c: {plugin: stamp, inputs: [b]}\n", SINK);
	assert_true(
		config_trial_said("weir.yaml:6:30: transforms.a.inputs: goes round in a circle: a "
	                          "reads c reads b reads a\n"));
}

static void a_pattern_can_close_a_circle(void **state)
{
	(void)state;
	read_joined("  a: {plugin: stamp, inputs: ['*']}\n  b: {plugin: stamp, inputs: [a]}\n", SINK);
	assert_true(config_trial_said("weir.yaml:6:30: transforms.a.inputs: goes round in a circle: a "
	                              "reads b reads a; a pattern takes transforms, too\n"));
}

static void transforms_come_behind_what_they_read(void **state)
{
	(void)state;
	read_joined("  z: {plugin: stamp, inputs: [y]}\n"
	            "  y: {plugin: stamp, inputs: [x, globex]}\n"
	            "  x: {plugin: stamp, inputs: ['acme-*']}\n", SINK);
	assert_true(config_trial_said(""));
	assert_string_equal(config->nodes[3].name, "x");
	assert_string_equal(config->nodes[4].name, "y");
	assert_string_equal(config->nodes[5].name, "z");
	assert_string_equal(config->nodes[6].name, "o");
	assert_string_equal(config_trial_inputs("z"), "y");
}

static void what_leads_nowhere_is_suspect(void **state)
{
	(void)state;
	read_joined("  n: {plugin: stamp, inputs: [globex]}\n"
	            "  m: {plugin: stamp, inputs: [n]}\n",
	            "  o: {plugin: lines, path: p, inputs: ['acme-*']}\n");
	assert_true(config_trial_said("warning: weir.yaml:4:3: sources.globex: no sink gets what "
	                              "this source gives; name it in "
	                              "inputs of one, or remove it\n"
	                              "warning: weir.yaml:6:3: transforms.n: no sink gets what "
	                              "this transform gives; name it "
	                              "in inputs of one, or remove it\n"
	                              "warning: weir.yaml:7:3: transforms.m: no sink gets what "
	                              "this transform gives; name it "
	                              "in inputs of one, or remove it\n"));
}

static void sources_and_transforms_share_their_names(void **state)
{
	char *expected;

	(void)state;
	read_joined("  globex: {plugin: stamp, inputs: [acme-eu]}\n",
	            "  globex: {plugin: lines, path: p, inputs: ['*']}\n");
	expected =
		weir_format("weir.yaml:6:3: transforms.globex: this name is taken by the source in "
	                    "%s/weir.yaml:4; sources and transforms share their names\n",
	                    trial);
	assert_true(config_trial_said(expected));
	weir_free(expected);
}

static void null_inputs_are_left_out(void **state)
{
	(void)state;
	read_joined("  n: {plugin: stamp, inputs: ~}\n", SINK);
	assert_true(config_trial_said(""));
	assert_string_equal(config_trial_inputs("n"), "acme-eu,acme-us,globex");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONFIG_TEST(without_inputs_all_flows_everywhere),
		CONFIG_TEST(a_sink_reads_what_no_transform_reads),
		CONFIG_TEST(patterns_take_names),
		CONFIG_TEST(only_the_star_is_special),
		CONFIG_TEST(a_pattern_for_nothing_is_suspect),
		CONFIG_TEST(inputs_that_are_wrong_say_what_to_write),
		CONFIG_TEST(circles_are_found),
		CONFIG_TEST(a_pattern_can_close_a_circle),
		CONFIG_TEST(transforms_come_behind_what_they_read),
		CONFIG_TEST(what_leads_nowhere_is_suspect),
		CONFIG_TEST(sources_and_transforms_share_their_names),
		CONFIG_TEST(null_inputs_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
