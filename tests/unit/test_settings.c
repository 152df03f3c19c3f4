/* test_settings.c - core/settings.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "settings.h"

static const struct command command = { .name = "map" };

static void words_become_an_object_and_the_last_one_counts(void **state)
{
	const char *words[] = { "a=1", "b=x=y", "a=2", NULL };
	const struct args_list sets = { words, 3 };
	struct weir_arena *arena = weir_arena_create();
	struct weir_value settings;

	(void)state;
	assert_true(settings_parse(&command, &sets, arena, &settings));
	assert_true(weir_value_is_text(weir_value_get(settings, "a"), "2"));
	assert_true(weir_value_is_text(weir_value_get(settings, "b"), "x=y"));
	assert_int_equal(weir_value_count(settings), 2);
	weir_arena_destroy(arena);
}

static void a_word_without_a_name_is_refused(void **state)
{
	const char *words[] = { "=1", NULL };
	const struct args_list sets = { words, 1 };
	struct weir_arena *arena = weir_arena_create();
	struct weir_value settings;

	(void)state;
	assert_false(settings_parse(&command, &sets, arena, &settings));
	weir_arena_destroy(arena);
}

static void a_folder_without_settings_has_none(void **state)
{
	const struct args_list none = { 0 };
	struct weir_arena *arena = weir_arena_create();
	struct weir_value settings;

	(void)state;
	assert_true(settings_read(&command, "/nowhere", &none, arena, &settings));
	assert_int_equal(weir_value_count(settings), 0);
	weir_arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_become_an_object_and_the_last_one_counts),
		cmocka_unit_test(a_word_without_a_name_is_refused),
		cmocka_unit_test(a_folder_without_settings_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
