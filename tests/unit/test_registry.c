/* test_registry.c - core/registry.c through its header. Shared objects that load are tried by
 * tests/integration; here are those that do not, and the list.
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

static struct diag *diag;

static int begin(void **state)
{
	diag = diag_create();
	return trial_setup(state);
}

static int end(void **state)
{
	registry_clear();
	diag_destroy(diag);
	return trial_teardown(state);
}

static void expect_said(const char *expected)
{
	char *said = trial_said(diag);

	assert_string_equal(said, expected);
	weir_free(said);
}

static void plugins_are_sorted_by_kind_and_name(void **state)
{
	(void)state;
	assert_true(registry_add(&sample_sink, "lines.so", diag));
	assert_true(registry_add(&sample_source, "ticks.so", diag));
	assert_true(registry_add(&sample_transform, "stamp.so", diag));
	assert_true(registry_add(&sample_bare_source, "bare.so", diag));
	assert_ptr_equal(registry_at(0), &sample_bare_source);
	assert_ptr_equal(registry_at(1), &sample_source);
	assert_ptr_equal(registry_at(2), &sample_transform);
	assert_ptr_equal(registry_at(3), &sample_sink);
	assert_null(registry_at(4));
}

static void plugins_are_found_by_kind_and_name(void **state)
{
	(void)state;
	sample_register(diag);
	assert_ptr_equal(registry_find(WEIR_SINK, "lines"), &sample_sink);
	assert_null(registry_find(WEIR_SOURCE, "lines"));
	assert_ptr_equal(registry_find_by_suffix("rules/auth.stamp"), &sample_transform);
	assert_null(registry_find_by_suffix("rules/auth.lua"));
	assert_null(registry_find_by_suffix(".stamp"));
}

static void one_name_may_stand_for_several_kinds_but_once_for_each(void **state)
{
	struct weir_plugin source = sample_source, sink = sample_sink;

	(void)state;
	source.name = sink.name = "file";
	assert_true(registry_add(&source, "a.so", diag));
	assert_true(registry_add(&sink, "b.so", diag));
	assert_false(registry_add(&source, "c.so", diag));
	expect_said("c.so: a second source file; the first is a.so: remove one of them\n");
}

static void longer_rows_are_read_by_their_fronts(void **state)
{
	struct long_option {
		struct weir_option row;
		const char *more;
	};
	static const struct long_option options[] = {
		{ { "path", WEIR_AT_PATH(struct sample, path), .doc = "A." }, "x" },
		{ { "text", WEIR_AT_STRING(struct sample, text), .doc = "B." }, "y" },
		{ { 0 }, NULL },
	};
	struct weir_plugin plugin = sample_sink;
	const struct weir_plugin *kept;

	(void)state;
	plugin.options = &options[0].row;
	plugin.option_size = sizeof(struct long_option);
	assert_true(registry_add(&plugin, "a.so", diag));
	kept = registry_at(0);
	assert_string_equal(kept->options[0].name, "path");
	assert_string_equal(kept->options[1].name, "text");
	assert_string_equal(kept->options[1].doc, "B.");
	assert_null(kept->options[2].name);
}

static void kinds_have_names(void **state)
{
	(void)state;
	assert_string_equal(kind_name(WEIR_TRANSFORM), "transform");
	assert_int_equal(kind_of_name("sink"), WEIR_SINK);
	assert_int_equal(kind_of_name("sources"), WEIR_SOURCE);
	assert_int_equal(kind_of_name("sinkss"), 0);
	assert_int_equal(kind_of_name("x"), 0);
}

static void what_is_no_plugin_is_refused_with_the_reason(void **state)
{
	const char *folders[] = { NULL, NULL };
	char *said;

	(void)state;
	folders[0] = trial_folder("p");
	trial_file("p/text.so", "not an object");
	chmod(trial_file("p/open.so", ""), 0666);
	trial_file("p/readme.txt", "is not looked at");
	trial_file("p/.hidden.so", "is not looked at");
	registry_load_folders(folders, diag);
	said = trial_said(diag);
	assert_non_null(
		strstr(said, "p/open.so: anyone may write this file; run chmod o-w on it\n"));
	assert_non_null(strstr(said, "p/text.so: "));
	assert_int_equal(diag_errors(diag), 2);
	weir_free(said);
}

static void a_folder_that_anyone_may_write_is_refused(void **state)
{
	const char *folders[] = { NULL, "/no/such/folder", NULL };

	(void)state;
	folders[0] = trial_folder("p");
	trial_file("p/text.so", "not an object");
	chmod(folders[0], 0777);
	registry_load_folders(folders, diag);
	expect_said("/no/such/folder: no such folder of plugins\n"
	            "p: anyone may write into this folder of plugins; run chmod o-w on it\n");
}

static void the_build_tree_is_found(void **state)
{
	(void)state;
	assert_string_equal(registry_data_dir(), SOURCE_DIR);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(plugins_are_sorted_by_kind_and_name),
		TEST(plugins_are_found_by_kind_and_name),
		TEST(one_name_may_stand_for_several_kinds_but_once_for_each),
		TEST(longer_rows_are_read_by_their_fronts),
		TEST(kinds_have_names),
		TEST(what_is_no_plugin_is_refused_with_the_reason),
		TEST(a_folder_that_anyone_may_write_is_refused),
		TEST(the_build_tree_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
