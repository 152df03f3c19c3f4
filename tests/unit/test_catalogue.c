/* test_catalogue.c - core/catalogue.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "catalogue.h"
#include "trial.h"

static bool read_text(const char *text, struct weir_arena *arena, struct catalogue *catalogue,
                      struct weir_error *err)
{
	return catalogue_read(trial_file("types.tsv", text), arena, catalogue, err);
}

static void types_come_in_the_order_of_their_names(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct catalogue catalogue;
	struct weir_error err = { 0 };

	(void)state;
	assert_true(read_text("# a comment\nb.two\t2026.01\tIt\tends.\n\na.one\t2025.01\t\n", arena,
	                      &catalogue, &err));
	assert_int_equal(catalogue.count, 2);
	assert_string_equal(catalogue.types[0].name, "a.one");
	assert_string_equal(catalogue.types[0].description, "");
	assert_string_equal(catalogue.types[1].release, "2026.01");
	assert_true(catalogue_has(&catalogue, "b.two"));
	assert_false(catalogue_has(&catalogue, "b"));
	weir_arena_destroy(arena);
}

static void an_empty_one_has_nothing(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct catalogue catalogue;
	struct weir_error err = { 0 };

	(void)state;
	assert_true(read_text("", arena, &catalogue, &err));
	assert_int_equal(catalogue.count, 0);
	assert_false(catalogue_has(&catalogue, "a"));
	weir_arena_destroy(arena);
}

static void a_line_that_is_none_has_its_place(void **state)
{
	static const char *const bad[] = { "a\tb\tc\nno tabs\n", "a\tb\tc\na\tb\n", "#\n\tb\tc\n" };
	struct weir_arena *arena = weir_arena_create();
	struct catalogue catalogue;

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(bad); i++) {
		struct weir_error err = { 0 };

		assert_false(read_text(bad[i], arena, &catalogue, &err));
		assert_int_equal(err.where.line, 2);
	}
	weir_arena_destroy(arena);
}

static void a_missing_file_is_named(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct catalogue catalogue;
	struct weir_error err = { 0 };

	(void)state;
	assert_false(catalogue_read(trial_path("none.tsv"), arena, &catalogue, &err));
	assert_non_null(strstr(err.text, "none.tsv"));
	weir_arena_destroy(arena);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, trial_setup, trial_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(types_come_in_the_order_of_their_names),
		TEST(an_empty_one_has_nothing),
		TEST(a_line_that_is_none_has_its_place),
		TEST(a_missing_file_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
