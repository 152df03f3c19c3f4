/* test_value.c - core/value.c through value.h: reading pages and built values.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_case.h"

#include <weir/value.h>

static void members_are_found_and_the_last_of_equal_ones_counts(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value v = value_of(arena, "{\"a\":1,\"b\":{\"c\":[1]},\"a\":2,\"\":3}");

	(void)state;
	assert_bytes(weir_value_raw(weir_value_get(v, "a")), "2");
	assert_bytes(weir_value_raw(weir_value_get(v, "")), "3");
	assert_bytes(weir_value_raw(weir_value_get(weir_value_get(v, "b"), "c")), "[1]");
	assert_true(weir_is_absent(weir_value_get(v, "ab")));
	assert_true(weir_is_absent(weir_value_get(v, "A")));
	assert_true(weir_is_absent(weir_value_get(weir_value_get(v, "a"), "a")));
	assert_int_equal(weir_value_count(v), 4);
	weir_arena_destroy(arena);
}

static void keys_with_escapes_are_the_names_they_spell(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value v = value_of(arena, "{\"\\u0061b\":1,\"c\\\"d\":2,\"\\ud83d\\ude00\":3,"
	                                      "\"plain\":4,\"x\\\\u0061\":5,\"e\\/f\":6}");

	(void)state;
	assert_bytes(weir_value_raw(weir_value_get(v, "ab")), "1");
	assert_bytes(weir_value_raw(weir_value_get(v, "c\"d")), "2");
	assert_bytes(weir_value_raw(weir_value_get(v, "\xf0\x9f\x98\x80")), "3");
	assert_bytes(weir_value_raw(weir_value_get(v, "plain")), "4");
	assert_bytes(weir_value_raw(weir_value_get(v, "x\\u0061")), "5");
	assert_bytes(weir_value_raw(weir_value_get(v, "e/f")), "6");
	assert_true(weir_is_absent(weir_value_get(v, "\\u0061b")));
	assert_true(weir_is_absent(weir_value_get(v, "c\\\"d")));
	weir_arena_destroy(arena);
}

static void elements_are_counted_from_zero(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value v = value_of(arena, "[[],{\"a\":[1,2]},\"x\", 7 ]");

	(void)state;
	assert_int_equal(weir_value_count(v), 4);
	assert_int_equal(weir_value_at(v, 0).kind, WEIR_ARRAY);
	assert_int_equal(weir_value_count(weir_value_at(v, 0)), 0);
	assert_bytes(weir_value_raw(weir_value_at(v, 1)), "{\"a\":[1,2]}");
	assert_bytes(weir_value_raw(weir_value_at(v, 3)), "7");
	assert_true(weir_is_absent(weir_value_at(v, 4)));
	assert_true(weir_is_absent(weir_value_at(weir_value_at(v, 2), 0)));
	weir_arena_destroy(arena);
}

static void iteration_shows_every_member_in_order(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value page = value_of(arena, "{\"b\": 1, \"a\":[2] ,\"b\":3, \"\\n\":4}");
	static const char *const keys[] = { "b", "a", "b", "\\n" };
	struct weir_each each = weir_each(page);
	size_t i = 0;

	(void)state;
	for (; weir_next(&each); i++)
		assert_bytes(each.raw_key, keys[i]);
	assert_int_equal(i, 4);
	assert_bytes(weir_each_key(&each, arena), "\n");
	assert_false(weir_next(&each));
	each = weir_each(weir_value_get(page, "a"));
	assert_true(weir_next(&each));
	assert_bytes(weir_value_raw(each.value), "2");
	assert_false(weir_next(&each));
	each = weir_each(weir_make_null());
	assert_false(weir_next(&each));
	weir_arena_destroy(arena);
}

static void iteration_of_built_values_is_the_same(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value object = weir_make_object(arena, 0), array = weir_make_array(arena);
	struct weir_each each;

	(void)state;
	weir_object_put(arena, object, weir_bytes("q\"k"), weir_make_bool(true));
	weir_array_push(arena, array, object);
	each = weir_each(array);
	assert_true(weir_next(&each));
	each = weir_each(each.value);
	assert_true(weir_next(&each));
	assert_bytes(each.raw_key, "q\\\"k");
	assert_bytes(weir_each_key(&each, arena), "q\"k");
	assert_int_equal(each.value.kind, WEIR_BOOLEAN);
	assert_false(weir_next(&each));
	weir_arena_destroy(arena);
}

static void text_comes_without_escapes(void **state)
{
	static const struct {
		const char *json, *text;
	} cases[] = {
		{ "\"\"", "" },
		{ "\"plain\"", "plain" },
		{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
		{ "\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"", "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "\"\\ud800\"", "\xef\xbf\xbd" },
		{ "\"\\ude00x\"", "\xef\xbf\xbdx" },
		{ "\"\\ud800\\ud800\\udc00\"", "\xef\xbf\xbd\xf0\x90\x80\x80" },
		{ "\"\\ud83d\\n\"", "\xef\xbf\xbd\n" },
		{ "\"\\ud83d\\u0041\"", "\xef\xbf\xbd" "A" },
	};
	struct weir_arena *arena = weir_arena_create();

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct weir_value v = value_of(arena, cases[i].json);
		struct weir_bytes text;

		assert_true(weir_value_text(v, arena, &text));
		assert_bytes(text, cases[i].text);
		assert_true(weir_value_is_text(v, cases[i].text));
		assert_false(weir_value_is_text(v, "something else"));
	}
	weir_arena_destroy(arena);
}

static void text_may_hold_a_nul(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_bytes text;

	(void)state;
	assert_true(weir_value_text(value_of(arena, "\"a\\u0000b\""), arena, &text));
	assert_int_equal(text.len, 3);
	assert_memory_equal(text.data, "a\0b", 3);
	weir_arena_destroy(arena);
}

static void a_value_of_another_kind_is_not_read(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value text = value_of(arena, "\"1\""), number = value_of(arena, "1");
	struct weir_bytes bytes;
	int64_t i;
	double d;
	bool yes;

	(void)state;
	assert_false(weir_value_text(number, arena, &bytes));
	assert_false(weir_value_is_text(number, "1"));
	assert_false(weir_value_int(text, &i));
	assert_false(weir_value_double(text, &d));
	assert_false(weir_value_bool(number, &yes));
	assert_false(weir_value_bool((struct weir_value){ 0 }, &yes));
	weir_arena_destroy(arena);
}

static void booleans_are_read(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value v = value_of(arena, "[true, false ]");
	bool yes = false;

	(void)state;
	assert_true(weir_value_bool(weir_value_at(v, 0), &yes) && yes);
	assert_true(weir_value_bool(weir_value_at(v, 1), &yes) && !yes);
	assert_true(weir_value_bool(weir_make_bool(true), &yes) && yes);
	weir_arena_destroy(arena);
}

static void a_place_is_that_of_the_page_or_of_the_mark(void **state)
{
	struct page p = page_of(WEIR_PAGE_ARRAY, "[{\"a\":\n  {\"b\": 1}}]");
	struct weir_arena *arena = weir_arena_create();
	struct weir_value b = weir_value_get(weir_value_get(p.events[0].value, "a"), "b");
	int line = 0, column = 0;

	(void)state;
	assert_true(weir_value_place(b, &line, &column));
	assert_int_equal(line, 2);
	assert_int_equal(column, 9);
	assert_false(weir_value_place(weir_make_null(), &line, &column));
	b = weir_value_mark(arena, b, 7, 8);
	assert_int_equal(b.kind, WEIR_NUMBER);
	assert_bytes(weir_value_raw(b), "1");
	assert_true(weir_value_place(b, &line, &column));
	assert_int_equal(line, 7);
	assert_int_equal(column, 8);
	weir_arena_destroy(arena);
	page_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_found_and_the_last_of_equal_ones_counts),
		cmocka_unit_test(keys_with_escapes_are_the_names_they_spell),
		cmocka_unit_test(elements_are_counted_from_zero),
		cmocka_unit_test(iteration_shows_every_member_in_order),
		cmocka_unit_test(iteration_of_built_values_is_the_same),
		cmocka_unit_test(text_comes_without_escapes),
		cmocka_unit_test(text_may_hold_a_nul),
		cmocka_unit_test(a_value_of_another_kind_is_not_read),
		cmocka_unit_test(booleans_are_read),
		cmocka_unit_test(a_place_is_that_of_the_page_or_of_the_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
