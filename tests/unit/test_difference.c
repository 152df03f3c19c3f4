/* test_difference.c - core/difference.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <weir/plugin.h>

#include "difference.h"

static void check(const char *before, const char *after, size_t count, const char *expected)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value a, b;
	struct weir_buf text = { 0 };
	struct weir_error err;

	assert_true(weir_json_parse(arena, weir_bytes(before), &a, &err));
	assert_true(weir_json_parse(arena, weir_bytes(after), &b, &err));
	assert_int_equal(difference_list(a, b, DIAG_PLAIN, &text), count);
	assert_string_equal(weir_buf_text(&text), expected);
	weir_buf_finish(&text);
	weir_arena_destroy(arena);
}

static void equal_values_have_no_difference_whatever_the_order_of_keys(void **state)
{
	(void)state;
	check("{\"a\":1,\"b\":[true]}", "{\"b\":[true],\"a\":1}", 0, "");
}

static void a_changed_field_is_shown_with_both_sides(void **state)
{
	(void)state;
	check("{\"a\":{\"b\":\"x\"}}", "{\"a\":{\"b\":\"y\"}}", 1,
	      "    - a.b: \"x\"\n    + a.b: \"y\"\n");
}

static void a_field_of_one_side_only_has_one_line(void **state)
{
	(void)state;
	check("{\"a\":1}", "{\"b\":2}", 2, "    - a: 1\n    + b: 2\n");
}

static void elements_are_compared_by_place(void **state)
{
	(void)state;
	check("{\"l\":[1,2]}", "{\"l\":[1,3,4]}", 2,
	      "    - l[1]: 2\n    + l[1]: 3\n    + l[2]: 4\n");
}

static void one_element_more_moves_no_other(void **state)
{
	(void)state;
	check("[1,2,3]", "[1,3]", 1, "    - [1]: 2\n");
	check("{\"l\":[{\"key\":\"a\",\"value\":1},{\"key\":\"c\",\"value\":2}]}",
	      "{\"l\":[{\"key\":\"a\",\"value\":1},{\"key\":\"b\",\"value\":9},{\"key\":\"c\",\"value\":3}]}", 2,
	      "    + l[key=b]: {\"key\":\"b\",\"value\":9}\n"
	      "    - l[key=c].value: 2\n    + l[key=c].value: 3\n");
}

static void long_values_are_shown_from_where_they_differ(void **state)
{
	char *before = weir_format("\"%0200d old%0200d\"", 1, 1), *after = weir_format("\"%0200d new%0200d\"", 1, 1);
	char *expected = weir_format("    - .: ...%039d old%0117d...\n    + .: ...%039d new%0117d...\n", 1, 0, 1, 0);

	(void)state;
	check(before, after, 1, expected);
	weir_free(before);
	weir_free(after);
	weir_free(expected);
}

static void null_differs_from_absent(void **state)
{
	(void)state;
	check("{\"a\":null}", "{}", 1, "    - a: null\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_values_have_no_difference_whatever_the_order_of_keys),
		cmocka_unit_test(a_changed_field_is_shown_with_both_sides),
		cmocka_unit_test(a_field_of_one_side_only_has_one_line),
		cmocka_unit_test(elements_are_compared_by_place),
		cmocka_unit_test(one_element_more_moves_no_other),
		cmocka_unit_test(long_values_are_shown_from_where_they_differ),
		cmocka_unit_test(null_differs_from_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
