/* test_json_text.c - core/json_text.c: escapes undone, keys compared.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_case.h"

#include <json_doc.h>

/* What stands between quotes, and what it means. */
static const struct {
	const char *raw, *text;
} cases[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t" },
	{ "a\\u0041\\u007f", "aA\x7f" },
	{ "\\u0080\\u07ff", "\xc2\x80\xdf\xbf" },
	{ "\\u0800\\uffff", "\xe0\xa0\x80\xef\xbf\xbf" },
	{ "\\ud800\\udc00\\udbff\\udfff", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf" },
	{ "\\ud800", "\xef\xbf\xbd" },
	{ "\\udc00\\ud800", "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "\\ud800x\\udc00", "\xef\xbf\xbdx\xef\xbf\xbd" },
	{ "\\ud800\\n", "\xef\xbf\xbd\n" },
	{ "\\\\u0041", "\\u0041" },
	{ "\xc3\xa9\\n\xf0\x9f\x98\x80", "\xc3\xa9\n\xf0\x9f\x98\x80" },
};

static void escapes_are_undone(void **state)
{
	struct weir_arena *arena = weir_arena_create();

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct weir_bytes raw = weir_bytes(cases[i].raw);

		assert_bytes(json_plain_text(raw, arena), cases[i].text);
		assert_true(json_text_equal(raw, weir_bytes(cases[i].text)));
	}
	weir_arena_destroy(arena);
}

static void text_without_escapes_is_not_copied(void **state)
{
	struct weir_bytes raw = weir_bytes("plain");

	(void)state;
	assert_ptr_equal(json_plain_text(raw, NULL).data, raw.data);
}

static void unequal_texts_are_told_apart(void **state)
{
	static const struct {
		const char *raw, *text;
	} unequal[] = {
		{ "\\u0041", "B" }, { "\\u0041", "" },   { "\\u0041", "AA" }, { "\\u0041b", "A" },
		{ "a", "\\u0061" }, { "\\n", "n" },      { "\\\\", "\\\\" },  { "ab", "a" },
		{ "", "a" },        { "\\ud83d", "?" },  { "a\\n", "a" },     { "\\u00e9", "e" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(unequal); i++)
		assert_false(json_text_equal(weir_bytes(unequal[i].raw), weir_bytes(unequal[i].text)));
}

static void a_key_is_found_by_its_meaning(void **state)
{
	struct page p = page_of(WEIR_PAGE_ARRAY, "[{\"a\":1,\"b\" : [0], \"a\":2}]");
	const struct json_view *view = &p.doc->view;

	(void)state;
	assert_true(p.sound);
	assert_bytes(json_slice(view, json_find(view, 1, weir_bytes("a"))), "2");
	assert_bytes(json_slice(view, json_find(view, 1, weir_bytes("b"))), "[0]");
	assert_int_equal(json_find(view, 1, weir_bytes("c")), 0);
	/* Longer than all that follows it. */
	assert_int_equal(json_find(view, 1, weir_bytes("a\":1,\"b\" : [0], \"a\":2}]............"
	                                               "........................................"
	                                               "........................................"
	                                               "........................................")),
	                 0);
	page_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_are_undone),
		cmocka_unit_test(text_without_escapes_is_not_copied),
		cmocka_unit_test(unequal_texts_are_told_apart),
		cmocka_unit_test(a_key_is_found_by_its_meaning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
