/* test_option_convert.c - core/option_convert.c through its header. What wrong values are told
 * stands in test_option.c.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "option_convert.h"
#include "trial.h"

static void every_type_has_a_name_and_a_size(void **state)
{
	(void)state;
	for (int type = WEIR_BOOL; type <= WEIR_MAP; type++) {
		assert_non_null(option_type_name((enum weir_type)type));
		assert_true(option_member_size((enum weir_type)type) > 0);
	}
	assert_null(option_type_name((enum weir_type)99));
	assert_string_equal(option_type_name(WEIR_DURATION), "duration");
	assert_int_equal(option_member_size(WEIR_TIME), sizeof(struct weir_time));
}

static void expect_range(struct weir_option row, const char *expected)
{
	struct weir_buf text = { 0 };

	option_put_range(&row, &text);
	assert_string_equal(weir_buf_text(&text), expected);
	weir_buf_finish(&text);
}

static void ranges_are_said_in_their_unit(void **state)
{
	(void)state;
	expect_range((struct weir_option){ .type = WEIR_INT, .min = 1, .max = 64 }, "1 to 64");
	expect_range((struct weir_option){ .type = WEIR_DURATION, .min = 100, .max = INT64_MAX },
	             "at least 100ms");
	expect_range((struct weir_option){ .type = WEIR_SIZE, .min = INT64_MIN, .max = 65536 },
	             "at most 64KiB");
	expect_range((struct weir_option){ .type = WEIR_INT }, "");
	expect_range((struct weir_option){ .type = WEIR_PERCENT, .min = 1, .max = 2 }, "");
}

static void the_part_that_is_wrong_is_pointed_at(void **state)
{
	const struct weir_option row = { "x", WEIR_LIST };
	struct weir_arena *arena = weir_arena_create();
	struct diag *diag = diag_create();
	struct convert convert = { arena, NULL, &row, NULL };
	const struct tree *tree = yaml_parse(arena, "t", weir_bytes("[a, {b: c}]"), diag);
	const char *const *list;
	struct weir_error err;

	(void)state;
	assert_non_null(tree);
	assert_false(convert_value(&convert, tree, &list, &err));
	assert_int_equal(convert.at->where.column, 5);
	diag_destroy(diag);
	weir_arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_has_a_name_and_a_size),
		cmocka_unit_test(ranges_are_said_in_their_unit),
		cmocka_unit_test(the_part_that_is_wrong_is_pointed_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
