/* test_workbench.c - core/workbench.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "scratch.h"
#include "workbench.h"

static const struct command command = { .name = "try" };

struct seen {
	size_t pages, bytes;
	bool go_on, enough;
};

static bool count(void *arg, enum weir_page_format format, struct weir_bytes page,
                  struct weir_error *err)
{
	struct seen *seen = arg;

	assert_int_equal(format, WEIR_PAGE_LINES);
	seen->pages++;
	seen->bytes += page.len;
	if (!seen->go_on && !seen->enough)
		weir_fail(err, WEIR_E_DATA, "enough");
	return seen->go_on;
}

static void a_file_of_events_is_handed_over_page_by_page(void **state)
{
	struct workbench bench = { 0 };
	struct seen seen = { .go_on = true };
	char *path = scratch_path(*state, "events"), *line = weir_format("{\"a\":\"%0999d\"}\n", 1);
	FILE *file = fopen(path, "w");

	for (int i = 0; i < 3000; i++)
		fputs(line, file);
	fclose(file);
	workbench_begin(&bench, &command);
	assert_true(workbench_read(&bench, path, count, &seen));
	assert_true(seen.pages > 1);
	assert_int_equal(seen.bytes, 3000 * strlen(line));
	seen = (struct seen){ 0 };
	assert_false(workbench_read(&bench, path, count, &seen));
	assert_int_equal(seen.pages, 1);
	seen = (struct seen){ .enough = true };
	assert_true(workbench_read(&bench, path, count, &seen));
	assert_int_equal(seen.pages, 1);
	assert_false(workbench_read(&bench, "/nowhere", count, &seen));
	workbench_finish(&bench);
	weir_free(path);
	weir_free(line);
}

static void rules_that_are_not_there_open_nothing(void **state)
{
	static const char *const none[] = { "/nowhere", NULL };
	struct workbench bench = { 0 };

	(void)state;
	workbench_begin(&bench, &command);
	assert_null(workbench_open(&bench, none));
	workbench_finish(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_of_events_is_handed_over_page_by_page,
		                                scratch_setup, scratch_teardown),
		cmocka_unit_test(rules_that_are_not_there_open_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
