/* test_value_number.c - core/value_number.c through value.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_case.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static void integers_are_exact_within_64_bits(void **state)
{
	static const struct {
		const char *json;
		bool is_int;
		int64_t number;
	} cases[] = {
		{ "0", true, 0 },
		{ "-0", true, 0 },
		{ "9007199254740993", true, 9007199254740993 },
		{ "9223372036854775807", true, INT64_MAX },
		{ "9223372036854775808", false, 0 },
		{ "-9223372036854775808", true, INT64_MIN },
		{ "-9223372036854775809", false, 0 },
		{ "18446744073709551616", false, 0 },
		{ "99999999999999999999999", false, 0 },
		{ "1.0", false, 0 },
		{ "1e2", false, 0 },
		{ "-1E0", false, 0 },
	};
	struct weir_arena *arena = weir_arena_create();

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		int64_t number = 0;

		assert_int_equal(weir_value_int(value_of(arena, cases[i].json), &number),
		                 cases[i].is_int);
		assert_true(number == cases[i].number);
	}
	weir_arena_destroy(arena);
}

static void doubles_are_rounded_right_and_must_be_finite(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_buf longest = { 0 };
	double d;

	(void)state;
	assert_true(weir_value_double(value_of(arena, "0.1"), &d) && d == 0.1);
	for (int whole = 1; whole < 100000000; whole += 98765) {
		char text[24];

		for (int behind = 1; behind <= 10; behind++) {
			snprintf(text, sizeof text, "%s%d.%0*d", whole % 2 ? "" : "-", whole, behind,
			         whole % 7919);
			assert_true(weir_value_double(value_of(arena, text), &d) && d == strtod(text, NULL));
		}
	}
	assert_true(weir_value_double(value_of(arena, "-0.0"), &d) && d == 0 && signbit(d));
	assert_true(weir_value_double(value_of(arena, "-1.5e3"), &d) && d == -1500);
	assert_true(weir_value_double(value_of(arena, "4.9e-324"), &d) && d == DBL_TRUE_MIN);
	assert_true(weir_value_double(value_of(arena, "1e-400"), &d) && d == 0);
	assert_true(weir_value_double(value_of(arena, "1.7976931348623157e308"), &d) && d == DBL_MAX);
	assert_false(weir_value_double(value_of(arena, "1e309"), &d));
	assert_false(weir_value_double(value_of(arena, "-1e309"), &d));
	assert_true(weir_value_double(value_of(arena, "9007199254740993"), &d) && d == 0x1p53);
	weir_buf_puts(&longest, "0.");
	for (int i = 0; i < 1000; i++)
		weir_buf_putc(&longest, '3');
	assert_true(weir_value_double(value_of(arena, weir_buf_text(&longest)), &d));
	assert_true(d == 1.0 / 3);
	weir_buf_finish(&longest);
	weir_arena_destroy(arena);
}

static void built_numbers_are_read_back(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	int64_t i;
	double d;

	(void)state;
	assert_true(weir_value_int(weir_make_int(arena, INT64_MIN), &i) && i == INT64_MIN);
	assert_true(weir_value_double(weir_make_int(arena, 3), &d) && d == 3);
	assert_true(weir_value_double(weir_make_double(arena, 0.25), &d) && d == 0.25);
	assert_true(weir_value_int(weir_make_double(arena, 3), &i) && i == 3);
	assert_false(weir_value_int(weir_make_double(arena, 0.25), &i));
	assert_false(weir_value_int(weir_make_double(arena, 1e300), &i));
	weir_arena_destroy(arena);
}

static void doubles_print_shortest_and_come_back(void **state)
{
	static const struct {
		double number;
		const char *json;
	} cases[] = {
		{ 0, "0" },       { -0.0, "-0" },          { 1, "1" },
		{ -1.5, "-1.5" }, { 0.1, "0.1" },          { 1.0 / 3, "0.3333333333333333" },
		{ 1e15, "1e+15" }, { 123456789012345, "123456789012345" },
		{ 5e-324, "5e-324" },       { 1e300, "1e+300" },
		{ 48.1374, "48.1374" },                    { 0.1 + 0.2, "0.30000000000000004" },
	};
	struct weir_arena *arena = weir_arena_create();
	uint64_t seed = 1;

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++)
		assert_renders(weir_make_double(arena, cases[i].number), cases[i].json);
	for (int i = 0; i < 20000; i++) {
		struct weir_buf json = { 0 };
		double number, back;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		memcpy(&number, &seed, sizeof number);
		if (!isfinite(number))
			continue;
		weir_value_render(weir_make_double(arena, number), &json);
		assert_true(weir_value_double(value_of(arena, weir_buf_text(&json)), &back));
		assert_true(back == number);
		weir_buf_finish(&json);
	}
	assert_int_equal(weir_make_double(arena, INFINITY).kind, WEIR_NULL);
	weir_arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_are_exact_within_64_bits),
		cmocka_unit_test(doubles_are_rounded_right_and_must_be_finite),
		cmocka_unit_test(built_numbers_are_read_back),
		cmocka_unit_test(doubles_print_shortest_and_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
