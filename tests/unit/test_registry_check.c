/* test_registry_check.c - core/registry_check.c through registry.h: each promise broken once.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "registry.h"
#include "sample_plugins.h"
#include "trial.h"

static void expect_refused(const struct weir_plugin *plugin, const char *part)
{
	struct diag *diag = diag_create();
	char *said;

	assert_false(registry_check(plugin, "x.so", diag));
	said = trial_said(diag);
	if (!strstr(said, part))
		assert_string_equal(said, part);
	weir_free(said);
	diag_destroy(diag);
}

static void sound_descriptors_pass(void **state)
{
	struct diag *diag = diag_create();

	(void)state;
	assert_true(registry_check(&sample_source, "x.so", diag));
	assert_true(registry_check(&sample_bare_source, "x.so", diag));
	assert_true(registry_check(&sample_transform, "x.so", diag));
	assert_true(registry_check(&sample_sink, "x.so", diag));
	assert_int_equal(diag_errors(diag), 0);
	diag_destroy(diag);
}

static void sizes_come_first(void **state)
{
	struct weir_plugin plugin = sample_sink;

	(void)state;
	plugin.abi = 99;
	expect_refused(&plugin, "x.so: built for ABI 99, and this weir has ABI 1; build it again");
	plugin = sample_sink;
	plugin.size--;
	plugin.name = NULL;
	expect_refused(&plugin, "x.so: its descriptor is too short (size ");
	plugin = sample_sink;
	plugin.option_size = 8;
	expect_refused(&plugin, "option_size 8");
	plugin = sample_sink;
	plugin.metric_size = 0;
	expect_refused(&plugin, "metric_size 0");
	plugin = sample_sink;
	plugin.kind = (enum weir_kind)7;
	expect_refused(&plugin, "its kind is 7");
	plugin = sample_sink;
	plugin.name = "Lines!";
	expect_refused(&plugin, "its name is missing or has other than");
	plugin.name = NULL;
	expect_refused(&plugin, "its name is missing");
}

static void longer_descriptors_are_fine(void **state)
{
	struct weir_plugin plugin = sample_sink;
	struct diag *diag = diag_create();

	(void)state;
	plugin.size += 64;
	assert_true(registry_check(&plugin, "x.so", diag));
	diag_destroy(diag);
}

static void callbacks_belong_to_their_kind(void **state)
{
	struct weir_plugin plugin = sample_source;

	(void)state;
	plugin.poll = NULL;
	expect_refused(&plugin, "x.so: source ticks: a source needs the callback poll");
	plugin = sample_source;
	plugin.process = sample_process;
	expect_refused(&plugin, "a source has no callback process");
	plugin = sample_source;
	plugin.flush = sample_flush;
	expect_refused(&plugin, "a source has no callback flush");
	plugin = sample_sink;
	plugin.process = NULL;
	expect_refused(&plugin, "sink lines: needs the callback process");
	plugin = sample_sink;
	plugin.poll = sample_poll;
	expect_refused(&plugin, "only a source has the callback poll");
	plugin = sample_sink;
	plugin.flush = NULL;
	expect_refused(&plugin, "exactly once needs the callback flush");
}

static enum weir_status clone(void *self, const void *origin, struct weir_ctx *ctx,
                              struct weir_error *err)
{
	(void)self;
	(void)origin;
	(void)ctx;
	(void)err;
	return WEIR_OK;
}

static void members_belong_to_their_kind(void **state)
{
	struct weir_plugin plugin = sample_transform;

	(void)state;
	plugin.clone = clone;
	plugin.state = WEIR_ORDERED;
	expect_refused(&plugin, "only a stateless transform has the callback clone");
	plugin = sample_sink;
	plugin.clone = clone;
	expect_refused(&plugin, "only a stateless transform has the callback clone");
	plugin = sample_sink;
	plugin.id_path = "uuid";
	expect_refused(&plugin, "only a source has an id_path");
	plugin = sample_sink;
	plugin.rule_suffix = ".x";
	expect_refused(&plugin, "only a transform has a rule_suffix");
	plugin = sample_transform;
	plugin.options = sample_path_option;
	expect_refused(&plugin, "has the options rules (paths) and settings (map)");
	plugin = sample_sink;
	plugin.version = "";
	expect_refused(&plugin, "has no version");
	plugin = sample_sink;
	plugin.summary = "two\nlines";
	expect_refused(&plugin, "has no summary of one sentence");
}

static void expect_row_refused(struct weir_option row, const char *part)
{
	const struct weir_option rows[] = { row, { 0 } };
	struct weir_plugin plugin = sample_sink;

	plugin.options = rows;
	expect_refused(&plugin, part);
}

static void rows_of_options_are_whole(void **state)
{
	struct weir_option row = { "text", WEIR_AT_STRING(struct sample, text), .doc = "A." };

	(void)state;
	row.doc = NULL;
	expect_row_refused(row, "x.so: sink lines: option text: has no doc of one sentence");
	row.doc = "A.\nB.";
	expect_row_refused(row, "has no doc of one sentence");
	row.doc = "A.";
	row.name = "a b";
	expect_row_refused(row, "option a b: its name has other than");
	row.name = "inputs";
	expect_row_refused(row, "every instance has a key of this name");
	row.name = "text";
	row.type = (enum weir_type)77;
	expect_row_refused(row, "has no known type");
	row.type = WEIR_STRING;
	row.offset = sizeof(struct sample) - 4;
	expect_row_refused(row, "lies outside self");
	row.offset = SIZE_MAX;
	expect_row_refused(row, "lies outside self");
	row.offset = 0;
	row.min = 2;
	row.max = 1;
	expect_row_refused(row, "its min is above its max");
	row.min = row.max = 0;
	row.choices = sample_choices;
	expect_row_refused(row, "a choice has choices, and nothing else has");
	row.type = WEIR_CHOICE;
	row.choices = NULL;
	expect_row_refused(row, "a choice has choices");
	row.type = WEIR_STRING;
	row.installed = true;
	expect_row_refused(row, "only paths can be sought among the installed files");
	row.installed = false;
	row.data = true;
	expect_row_refused(row, "only a path can be where data is");
}

static void presets_read(void **state)
{
	struct weir_option row = { "count", WEIR_AT_INT(struct sample, count), .preset = "x",
		                   .doc = "A." };

	(void)state;
	expect_row_refused(row,
	                   "option count: its preset does not read: 'x' is not a whole number");
	row.preset = "1";
	row.required = true;
	expect_row_refused(row, "is required and has a preset");
	row = (struct weir_option){ "secret", WEIR_AT_SECRET(struct sample, secret),
		                    .preset = "env:X", .doc = "A." };
	expect_row_refused(row, "a secret has no preset");
}

static void names_stand_in_one_row(void **state)
{
	static const struct weir_option options[] = {
		{ "a", WEIR_AT_STRING(struct sample, text), .doc = "A." },
		{ "a", WEIR_AT_PATH(struct sample, path), .doc = "B." },
		{ 0 },
	};
	static const struct weir_metric metrics[] = {
		{ "m", WEIR_COUNTER, "A." }, { "m", WEIR_GAUGE, "B." }, { "n n", WEIR_GAUGE, NULL },
		{ 0 },
	};
	struct weir_plugin plugin = sample_sink;

	(void)state;
	plugin.options = options;
	expect_refused(&plugin, "option a: stands in two rows");
	plugin.options = NULL;
	plugin.metrics = metrics;
	expect_refused(&plugin, "metric m: stands in two rows");
	expect_refused(&plugin, "metric n n: has no doc of one sentence");
	expect_refused(&plugin, "metric n n: its name has other than");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound_descriptors_pass),
		cmocka_unit_test(sizes_come_first),
		cmocka_unit_test(longer_descriptors_are_fine),
		cmocka_unit_test(callbacks_belong_to_their_kind),
		cmocka_unit_test(members_belong_to_their_kind),
		cmocka_unit_test(rows_of_options_are_whole),
		cmocka_unit_test(presets_read),
		cmocka_unit_test(names_stand_in_one_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
