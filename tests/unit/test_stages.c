/* test_stages.c - core/stages.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "scratch.h"
#include "stages.h"
#include "telling.h"

static void put(const char *dir, const char *name, const char *text)
{
	char *path = scratch_path(dir, name);
	FILE *file = fopen(path, "w");

	assert_true(file && fputs(text, file) >= 0 && fclose(file) == 0);
	weir_free(path);
}

/* How many stages stand in front of a folder with that _after.yaml; -1 for a mistake with text. */
static int before(const char *dir, const char *after, const char *mistake)
{
	struct weir_arena *arena = weir_arena_create();
	struct diag *diag = diag_create();
	struct dryrun *stages = NULL;
	int count = 0;

	if (after)
		put(dir, "_after.yaml", after);
	put(dir, "x.t", "");
	if (!stages_before(dir, arena, diag, &stages)) {
		assert_non_null(strstr(diag_at(diag, 0, NULL)->text, mistake));
		count = -1;
	}
	for (struct dryrun *d = stages; d && count >= 0; d = dryrun_next(d))
		count++;
	dryrun_destroy(stages);
	diag_destroy(diag);
	weir_arena_destroy(arena);
	return count;
}

static void there_are_as_many_as_are_listed(void **state)
{
	assert_int_equal(before(*state, NULL, ""), 0);
	assert_int_equal(before(*state, "[]\n", ""), 0);
	assert_int_equal(before(*state, "[., nowhere]\n", "no such rule file"), -1);
	assert_int_equal(before(*state, "[., x.t]\n", ""), 2);
}

static void what_is_no_list_of_folders_is_refused(void **state)
{
	assert_int_equal(before(*state, "a: b\n", "must list the rule folders"), -1);
	assert_int_equal(before(*state, "[[x]]\n", "must list the rule folders"), -1);
	assert_int_equal(before(*state, "[nowhere]\n", "no such rule file"), -1);
	assert_int_equal(before(*state, "[\n", ""), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(there_are_as_many_as_are_listed, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(what_is_no_list_of_folders_is_refused, scratch_setup,
		                                scratch_teardown),
	};

	return cmocka_run_group_tests(tests, telling_add, NULL);
}
