/* test_value_build.c - core/value_build.c and core/value_render.c through value.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_case.h"

#include <math.h>

#include <weir/value.h>

static struct weir_value text(struct weir_arena *arena, const char *bytes)
{
	return weir_make_text(arena, weir_bytes(bytes));
}

static void built_values_render_as_compact_json(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value o = weir_make_object(arena, 2), a = weir_make_array(arena);

	(void)state;
	weir_object_add(arena, o, weir_key_create(arena, weir_bytes("k")), weir_make_null());
	weir_object_put(arena, o, weir_bytes("t"), text(arena, "x\"\\\n\x01/\xc3\xa9"));
	weir_object_put(arena, o, weir_bytes("list"), a);
	weir_array_push(arena, a, weir_make_bool(false));
	weir_array_push(arena, a, weir_make_int(arena, INT64_MIN));
	weir_array_push(arena, a, weir_make_double(arena, 0.1));
	weir_array_push(arena, a, weir_make_double(arena, NAN));
	weir_array_push(arena, a, weir_make_object(arena, 0));
	weir_array_push(arena, a, weir_make_array(arena));
	assert_renders(o, "{\"k\":null,\"t\":\"x\\\"\\\\\\n\\u0001/\xc3\xa9\","
	                  "\"list\":[false,-9223372036854775808,0.1,null,{},[]]}");
	weir_arena_destroy(arena);
}

static void put_replaces_and_remove_takes_away(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value o = weir_make_object(arena, 0);
	char name[16];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 100; i++) {
			snprintf(name, sizeof name, "k%d", i);
			weir_object_put(arena, o, weir_bytes(name), weir_make_int(arena, i + round));
		}
	}
	assert_int_equal(weir_value_count(o), 100);
	for (int i = 0; i < 100; i += 2) {
		snprintf(name, sizeof name, "k%d", i);
		assert_true(weir_object_remove(o, weir_bytes(name)));
		assert_false(weir_object_remove(o, weir_bytes(name)));
	}
	assert_int_equal(weir_value_count(o), 50);
	for (int i = 0; i < 100; i++) {
		int64_t number = -1;

		snprintf(name, sizeof name, "k%d", i);
		weir_value_int(weir_value_get(o, name), &number);
		assert_int_equal(number, i % 2 ? i + 1 : -1);
	}
	weir_arena_destroy(arena);
}

static void an_edited_page_value_keeps_the_rest(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value page = value_of(arena, "{\"a\": {\"x\" : 1.50}, \"b\":2,\"a\":3e1, \"\\u0063\":[]}");
	struct weir_value o = weir_value_edit(arena, page);
	struct weir_value list = weir_value_edit(arena, value_of(arena, "[1, \"\\u0041\"]"));

	(void)state;
	weir_object_put(arena, o, weir_bytes("b"), weir_make_bool(true));
	weir_object_put(arena, o, weir_bytes("c"), weir_make_null());
	assert_renders(o, "{\"a\":3e1,\"b\":true,\"c\":null}");
	weir_array_push(arena, list, o);
	assert_renders(list, "[1,\"\\u0041\",{\"a\":3e1,\"b\":true,\"c\":null}]");
	assert_renders(page, "{\"a\":{\"x\":1.50},\"b\":2,\"a\":3e1,\"\\u0063\":[]}");
	weir_arena_destroy(arena);
}

static void an_edit_keeps_the_mark(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value o = weir_value_mark(arena, weir_make_object(arena, 0), 3, 4), copy;
	int line = 0, column = 0;

	(void)state;
	weir_object_put(arena, o, weir_bytes("a"), weir_value_mark(arena, weir_make_null(), 5, 6));
	copy = weir_value_edit(arena, weir_value_copy(arena, o));
	weir_object_put(arena, copy, weir_bytes("b"), weir_make_null());
	assert_renders(copy, "{\"a\":null,\"b\":null}");
	assert_renders(o, "{\"a\":null}");
	assert_true(weir_value_place(copy, &line, &column));
	assert_int_equal(line, 3);
	assert_true(weir_value_place(weir_value_get(copy, "a"), &line, &column));
	assert_int_equal(column, 6);
	weir_arena_destroy(arena);
}

static void a_copy_outlives_its_page(void **state)
{
	static const char json[] = "[{\"a\":[1,{\"b\":\"\\u0041\"}],\"c\":-0.5e3},\"t\",true,null,12]";
	struct weir_arena *arena = weir_arena_create();
	struct page p = page_of(WEIR_PAGE_ARRAY, json);
	struct weir_value all = weir_make_array(arena);

	(void)state;
	for (size_t i = 0; i < p.count; i++)
		weir_array_push(arena, all, weir_value_copy(arena, p.events[i].value));
	memset(p.memory, 'x', p.text.len);
	page_finish(&p);
	assert_renders(all, json);
	all = weir_value_copy(arena, all);
	assert_renders(all, json);
	assert_true(weir_value_is_text(weir_value_get(weir_value_at(weir_value_get(
	                                       weir_value_at(all, 0), "a"), 1), "b"), "A"));
	weir_arena_destroy(arena);
}

static void borrowed_text_is_not_copied(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	char bytes[] = "abc";
	struct weir_value v = weir_make_text_borrowed(arena, weir_bytes(bytes));

	(void)state;
	bytes[0] = 'X';
	assert_renders(v, "\"Xbc\"");
	assert_renders(weir_make_text_borrowed(arena, (struct weir_bytes){ 0 }), "\"\"");
	weir_arena_destroy(arena);
}

static void text_that_is_not_utf8_is_mended(void **state)
{
	struct weir_arena *arena = weir_arena_create();

	(void)state;
	assert_renders(text(arena, "a\xff" "b\xc3"), "\"a\xef\xbf\xbd" "b\xef\xbf\xbd\"");
	assert_renders(text(arena, "\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	weir_arena_destroy(arena);
}

static void long_text_is_quoted_whole(void **state)
{
	struct weir_buf raw = { 0 }, json = { 0 };
	struct weir_arena *arena = weir_arena_create();
	struct weir_bytes back;
	struct weir_value v;
	struct weir_error err;

	(void)state;
	for (int i = 0; i < 50000; i++)
		weir_buf_putc(&raw, (char)(i % 7 == 0 ? '"' : i % 11 == 0 ? 1 + i % 31 : 'a' + i % 26));
	weir_json_quote((struct weir_bytes){ raw.data, raw.len }, &json);
	assert_true(weir_json_parse(arena, (struct weir_bytes){ json.data, json.len }, &v, &err));
	assert_true(weir_value_text(v, arena, &back));
	assert_true(weir_bytes_equal(back, (struct weir_bytes){ raw.data, raw.len }));
	weir_buf_finish(&raw);
	weir_buf_finish(&json);
	weir_arena_destroy(arena);
}

static void pretty_text_is_indented(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_buf json = { 0 };

	(void)state;
	weir_value_render_pretty(value_of(arena, "{\"a\":[1,{\"b\":[]}],\"c\":{}}"), &json);
	assert_string_equal(weir_buf_text(&json), "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n"
	                                          "    }\n  ],\n  \"c\": {}\n}");
	weir_buf_finish(&json);
	weir_arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(built_values_render_as_compact_json),
		cmocka_unit_test(put_replaces_and_remove_takes_away),
		cmocka_unit_test(an_edited_page_value_keeps_the_rest),
		cmocka_unit_test(an_edit_keeps_the_mark),
		cmocka_unit_test(a_copy_outlives_its_page),
		cmocka_unit_test(borrowed_text_is_not_copied),
		cmocka_unit_test(text_that_is_not_utf8_is_mended),
		cmocka_unit_test(long_text_is_quoted_whole),
		cmocka_unit_test(pretty_text_is_indented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
