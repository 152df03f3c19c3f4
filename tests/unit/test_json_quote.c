/* test_json_quote.c - core/json_quote.c through value.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_case.h"

static void check(struct weir_bytes text, const char *expected)
{
	struct weir_buf json = { 0 };

	weir_json_quote(text, &json);
	assert_string_equal(weir_buf_text(&json), expected);
	weir_buf_finish(&json);
}

static void what_json_forbids_is_escaped_and_nothing_else(void **state)
{
	(void)state;
	check(weir_bytes(""), "\"\"");
	check((struct weir_bytes){ NULL, 0 }, "\"\"");
	check(weir_bytes("a/b'<>&\x7f"), "\"a/b'<>&\x7f\"");
	check(weir_bytes("\"\\\b\f\n\r\t"), "\"\\\"\\\\\\b\\f\\n\\r\\t\"");
	check((struct weir_bytes){ "\0\x1f\x0b", 3 }, "\"\\u0000\\u001f\\u000b\"");
	check(weir_bytes("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
	      "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
}

static void bytes_that_are_not_utf8_are_replaced_one_by_one(void **state)
{
	(void)state;
	check(weir_bytes("a\xff\xfe" "b"), "\"a\xef\xbf\xbd\xef\xbf\xbd" "b\"");
	check(weir_bytes("\xc3"), "\"\xef\xbf\xbd\"");
	check(weir_bytes("\xc3\"\xa9"), "\"\xef\xbf\xbd\\\"\xef\xbf\xbd\"");
	check(weir_bytes("\xed\xa0\x80\xc3\xa9\n"),
	      "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9\\n\"");
}

/* Of every length, so that characters lie across every border. */
static void come_back(const char *const *pieces, size_t count)
{
	struct weir_buf text = { 0 }, json = { 0 };
	uint32_t seed = 3;

	while (text.len < 40000) {
		struct weir_arena *arena = weir_arena_create();
		struct weir_bytes back;
		size_t more = text.len < 300 ? 1 : 600;

		while (more-- > 0) {
			seed = seed * 1664525u + 1013904223u;
			weir_buf_puts(&text, pieces[(seed >> 8) % count]);
		}
		json.len = 0;
		weir_json_quote((struct weir_bytes){ text.data, text.len }, &json);
		weir_buf_text(&json);
		assert_true(weir_value_text(value_of(arena, json.data), arena, &back));
		assert_true(weir_bytes_equal(back, (struct weir_bytes){ text.data, text.len }));
		weir_arena_destroy(arena);
	}
	weir_buf_finish(&text);
	weir_buf_finish(&json);
}

static void long_texts_come_back_as_they_were(void **state)
{
	static const char *const pieces[] = { "a", "\"", "\\", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
		                              "some longer text without care", "\n", "\x01" };
	enum { WITHOUT_CONTROLS = 7 };

	(void)state;
	come_back(pieces, WITHOUT_CONTROLS);
	come_back(pieces, WEIR_COUNT(pieces));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_json_forbids_is_escaped_and_nothing_else),
		cmocka_unit_test(bytes_that_are_not_utf8_are_replaced_one_by_one),
		cmocka_unit_test(long_texts_come_back_as_they_were),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
