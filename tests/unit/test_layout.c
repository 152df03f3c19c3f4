/* test_layout.c - core/layout.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "layout.h"
#include "trial.h"

static void a_build_tree_knows_its_source_tree(void **state)
{
	char *build, *plugins;
	struct layout layout;

	(void)state;
	build = weir_strdup(trial_folder("build"));
	plugins = weir_format("%s/plugins", build);
	trial_folder("build/tests");
	trial_file("build/weir-tree", "/src/weir\n");
	layout = layout_find(trial_path("build/weir"));
	assert_non_null(layout.data);
	assert_non_null(layout.plugins);
	assert_string_equal(layout.data, "/src/weir");
	assert_string_equal(layout.plugins, plugins);
	layout_finish(&layout);
	layout = layout_find(trial_path("build/tests/test_x"));
	assert_non_null(layout.data);
	assert_string_equal(layout.data, "/src/weir");
	layout_finish(&layout);
	layout = layout_find(trial_path("build/a/b/test_x"));
	assert_null(layout.data);
	layout_finish(&layout);
	weir_free(build);
	weir_free(plugins);
}

static void an_installation_may_stand_anywhere(void **state)
{
	struct layout layout;
	char *command, *data;

	(void)state;
	trial_folder("usr");
	trial_folder("usr/bin");
	trial_folder("usr/share");
	data = weir_strdup(trial_folder("usr/share/weir"));
	layout = layout_find(trial_path("usr/bin/weir"));
	assert_non_null(layout.data);
	assert_string_equal(layout.data, data);
	layout_finish(&layout);
	assert_null(layout.data);
	command = layout_program();
	assert_non_null(command);
	weir_free(command);
	weir_free(data);
}

static void a_program_of_unknown_place_is_fine(void **state)
{
	struct layout layout = layout_find(NULL);

	(void)state;
	layout_finish(&layout);
	layout = layout_find("/weir");
	layout_finish(&layout);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_build_tree_knows_its_source_tree),
		cmocka_unit_test(an_installation_may_stand_anywhere),
		cmocka_unit_test(a_program_of_unknown_place_is_fine),
	};

	return cmocka_run_group_tests(tests, trial_setup, trial_teardown);
}
