/* test_value_equal.c - core/value_equal.c through value.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_case.h"

static bool equal(const char *a, const char *b)
{
	struct weir_arena *arena = weir_arena_create();
	bool is = weir_value_equal(value_of(arena, a), value_of(arena, b));

	assert_int_equal(weir_value_equal(value_of(arena, b), value_of(arena, a)), is);
	weir_arena_destroy(arena);
	return is;
}

static void values_that_mean_the_same_are_equal(void **state)
{
	static const char *const pairs[][2] = {
		{ "null", " null " },
		{ "1", "1.0" },
		{ "100", "1e2" },
		{ "0.001", "1E-3" },
		{ "-0", "0.000" },
		{ "10e-1", "0.1e1" },
		{ "18446744073709551616", "18446744073709551616.0" },
		{ "1e400", "10e399" },
		{ "0e999999999999999999999", "0" },
		{ "1.50", "1.5" },
		{ "\"A\"", "\"\\u0041\"" },
		{ "[1,[2]]", "[ 1.0 , [ 2 ] ]" },
		{ "{\"a\":1,\"b\":[]}", "{\"b\":[],\"a\":1}" },
		{ "{\"a\":0,\"a\":1}", "{\"\\u0061\":1}" },
		{ "{\"a\":{\"x\":null}}", "{\"a\":{\"x\":null}}" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(pairs); i++) {
		if (!equal(pairs[i][0], pairs[i][1]))
			fail_msg("%s is not %s", pairs[i][0], pairs[i][1]);
	}
}

static void values_that_differ_are_not_equal(void **state)
{
	static const char *const pairs[][2] = {
		{ "null", "false" },          { "true", "false" },
		{ "1", "\"1\"" },             { "1", "-1" },
		{ "9007199254740992", "9007199254740993" },
		{ "0.1", "0.10000000000000001" },
		{ "1e400", "1e401" },         { "1e5", "1e-5" },
		{ "12", "1.2" },              { "1", "10" },
		{ "\"a\"", "\"b\"" },         { "\"\"", "\" \"" },
		{ "[1,2]", "[2,1]" },         { "[1]", "[1,1]" },
		{ "[]", "{}" },               { "{\"a\":1}", "{\"a\":2}" },
		{ "{\"a\":1}", "{\"b\":1}" }, { "{\"a\":1}", "{\"a\":1,\"b\":1}" },
		{ "{}", "{\"a\":null}" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(pairs); i++) {
		if (equal(pairs[i][0], pairs[i][1]))
			fail_msg("%s is %s", pairs[i][0], pairs[i][1]);
	}
}

static void built_values_equal_read_ones(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value built = weir_make_object(arena, 0), list = weir_make_array(arena);

	(void)state;
	weir_array_push(arena, list, weir_make_double(arena, 0.1));
	weir_array_push(arena, list, weir_make_text(arena, weir_bytes("x\n")));
	weir_array_push(arena, list, weir_make_bool(true));
	weir_object_put(arena, built, weir_bytes("k\""), weir_value_mark(arena, list, 1, 2));
	weir_object_put(arena, built, weir_bytes("n"), weir_make_int(arena, -5));
	assert_true(weir_value_equal(
		built, value_of(arena, "{\"n\":-5.0,\"k\\u0022\":[1e-1,\"x\\n\",true]}")));
	assert_false(weir_value_equal(built, value_of(arena, "{\"n\":-5,\"k\":[0.1,\"x\\n\",true]}")));
	assert_true(weir_value_equal((struct weir_value){ 0 }, (struct weir_value){ 0 }));
	assert_false(weir_value_equal((struct weir_value){ 0 }, weir_make_null()));
	weir_arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_that_mean_the_same_are_equal),
		cmocka_unit_test(values_that_differ_are_not_equal),
		cmocka_unit_test(built_values_equal_read_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
