/* test_json_page.c - core/json_page.c through json.h: pages, lines, limits, refusals.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_case.h"

static void a_page_gives_its_events_with_their_exact_bytes(void **state)
{
	struct page p = page_of(WEIR_PAGE_ARRAY, " [ {\"a\": 1} ,\n2, \"x\" ,[ ]]\n");

	(void)state;
	assert_true(p.sound);
	assert_int_equal(p.count, 4);
	assert_bytes(p.events[0].source, "{\"a\": 1}");
	assert_bytes(p.events[1].source, "2");
	assert_bytes(p.events[2].source, "\"x\"");
	assert_bytes(p.events[3].source, "[ ]");
	assert_int_equal(p.events[0].value.kind, WEIR_OBJECT);
	page_finish(&p);
}

static void an_empty_array_is_a_page_without_events(void **state)
{
	struct page p = page_of(WEIR_PAGE_ARRAY, "[ ]");

	(void)state;
	assert_true(p.sound);
	assert_int_equal(p.count, 0);
	page_finish(&p);
}

static void a_page_is_refused_whole_with_its_place_and_reason(void **state)
{
	struct page p = page_of(WEIR_PAGE_ARRAY, "[{\"a\":1},\n{\"b\" 2}]");

	(void)state;
	assert_false(p.sound);
	assert_int_equal(p.count, 0);
	assert_int_equal(p.err.code, WEIR_E_DATA);
	assert_string_equal(p.err.text, "not sound JSON at offset 15 (line 2, column 6): "
	                                "expected ':' after a name, found '2'");
	assert_int_equal(p.err.where.line, 2);
	assert_int_equal(p.err.where.column, 6);
	page_finish(&p);
}

static void a_page_that_is_no_array_is_refused(void **state)
{
	static const char *const texts[] = { "{}", "1", "", " ", "[1", "[1]]", "[1],", "[1] [2]",
		                             "[,]", "[1,]", "[", "]", "[1 2]", "[\"a]" };

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(texts); i++) {
		struct page p = page_of(WEIR_PAGE_ARRAY, texts[i]);

		if (p.sound)
			fail_msg("took %s", texts[i]);
		page_finish(&p);
	}
}

static void lines_are_events_and_empty_lines_are_none(void **state)
{
	struct page p = page_of(WEIR_PAGE_LINES, "{\"a\":1}\n\n \t\n[2]\r\n3");

	(void)state;
	assert_true(p.sound);
	assert_int_equal(p.count, 3);
	assert_bytes(p.events[0].source, "{\"a\":1}");
	assert_bytes(p.events[1].source, "[2]");
	assert_bytes(p.events[2].source, "3");
	page_finish(&p);
}

static void a_bad_line_does_not_disturb_its_neighbours(void **state)
{
	static const char *const bad[] = {
		"{\"open\":\"never closed}", "\"\xff\"", "{\"a\":1", "}", "\"", "\\", "\"a\tb\"", "1 2",
		"{\"a\":\"\\x\"}", "nul", "[\"\xc3\"]", "{\"a\":1}\"", "\"ab\\", "01", "{",
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(bad); i++) {
		char *text = weir_format("1\n%s\n{\"k\":\"v\"}\n%s", bad[i], bad[i]);
		struct page p = page_of(WEIR_PAGE_LINES, text);

		assert_int_equal(p.count, 4);
		assert_bytes(p.events[0].source, "1");
		assert_bytes(weir_value_raw(p.events[0].value), "1");
		assert_bytes(p.events[1].source, bad[i]);
		assert_non_null(p.events[1].error);
		assert_true(weir_is_absent(p.events[1].value));
		assert_null(p.events[2].error);
		assert_true(weir_value_is_text(weir_value_get(p.events[2].value, "k"), "v"));
		assert_non_null(p.events[3].error);
		page_finish(&p);
		weir_free(text);
	}
}

static void a_bad_line_says_its_own_offset_and_reason(void **state)
{
	struct page p = page_of(WEIR_PAGE_LINES, "{}\n  {\"a\":tru}\n");

	(void)state;
	assert_int_equal(p.count, 2);
	assert_string_equal(p.events[1].error->text,
	                    "not sound JSON at offset 5: 'tru' is no value of JSON");
	page_finish(&p);
}

static void depth_is_judged_per_event(void **state)
{
	struct json_limits limits = { 1000, 3 };
	struct page p = page_within(WEIR_PAGE_ARRAY, "[[[[]]],[[[[1]]]],{\"a\":[{}]},[[[[", &limits);

	(void)state;
	assert_false(p.sound);
	page_finish(&p);
	p = page_within(WEIR_PAGE_ARRAY, "[[[[]]],[[[[1]]]],{\"a\":[{}]}]", &limits);
	assert_true(p.sound);
	assert_int_equal(p.count, 3);
	assert_null(p.events[0].error);
	assert_non_null(p.events[1].error);
	assert_string_equal(p.events[1].error->text, "containers nest deeper than depth_max, 3");
	assert_bytes(p.events[1].source, "[[[[1]]]]");
	assert_true(weir_is_absent(p.events[1].value));
	assert_null(p.events[2].error);
	page_finish(&p);
}

static void size_is_judged_per_event(void **state)
{
	struct json_limits limits = { 5, 3 };
	struct page p = page_within(WEIR_PAGE_LINES, "12345\n123456\n1", &limits);

	(void)state;
	assert_int_equal(p.count, 3);
	assert_null(p.events[0].error);
	assert_string_equal(p.events[1].error->text, "6 bytes are more than event_max, 5");
	assert_null(p.events[2].error);
	page_finish(&p);
}

static void a_document_is_used_again_without_growing(void **state)
{
	struct json_doc *doc = json_doc_create();
	char *text = weir_alloc(300000 + WEIR_PAGE_PADDING);
	size_t held = 0, count;
	struct weir_error err;

	(void)state;
	memset(text, ' ', 300000);
	text[0] = '[';
	for (size_t i = 1; i < 299990; i += 2)
		memcpy(text + i, "1,", 2);
	memcpy(text + 299991, "1]", 2);
	for (int i = 0; i < 20; i++) {
		assert_true(json_parse_page(doc, WEIR_PAGE_ARRAY,
		                            (struct weir_bytes){ text, 300000 }, &wide, &err));
		json_events(doc, &count);
		assert_int_equal(count, 149996);
		if (i == 1)
			held = json_doc_bytes(doc);
		json_doc_reset(doc);
	}
	assert_true(json_doc_bytes(doc) <= held);
	json_doc_destroy(doc);
	weir_free(text);
}

static void deep_nesting_needs_no_stack(void **state)
{
	struct json_limits limits = { 1 << 28, 100 };
	size_t depth = 1 << 20;
	struct page p = { .doc = json_doc_create() };
	struct weir_buf text = { 0 };

	(void)state;
	weir_buf_puts(&text, "[1,");
	memset(weir_buf_room(&text, 2 * depth), '[', depth);
	memset(text.data + text.len + depth, ']', depth);
	text.len += 2 * depth;
	weir_buf_puts(&text, ",2]");
	page_bytes(&p, (struct weir_bytes){ text.data, text.len });
	assert_true(json_parse_page(p.doc, WEIR_PAGE_ARRAY, p.text, &limits, &p.err));
	p.events = json_events(p.doc, &p.count);
	assert_int_equal(p.count, 3);
	assert_non_null(p.events[1].error);
	assert_null(p.events[2].error);
	page_finish(&p);
	weir_buf_finish(&text);
}

static void a_value_of_any_kind_is_parsed_alone(void **state)
{
	static const struct {
		const char *text;
		enum weir_kind_of_value kind;
	} cases[] = { { " 1 ", WEIR_NUMBER }, { "\"\"", WEIR_TEXT }, { "null", WEIR_NULL },
		      { "[1,2]", WEIR_ARRAY }, { "{}", WEIR_OBJECT }, { "false\n", WEIR_BOOLEAN } };

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct page p = { .doc = json_doc_create() };
		struct weir_value v;

		page_text(&p, cases[i].text);
		assert_true(json_parse_value(p.doc, p.text, &wide, &v, &p.err));
		assert_int_equal(v.kind, cases[i].kind);
		page_finish(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_gives_its_events_with_their_exact_bytes),
		cmocka_unit_test(an_empty_array_is_a_page_without_events),
		cmocka_unit_test(a_page_is_refused_whole_with_its_place_and_reason),
		cmocka_unit_test(a_page_that_is_no_array_is_refused),
		cmocka_unit_test(lines_are_events_and_empty_lines_are_none),
		cmocka_unit_test(a_bad_line_does_not_disturb_its_neighbours),
		cmocka_unit_test(a_bad_line_says_its_own_offset_and_reason),
		cmocka_unit_test(depth_is_judged_per_event),
		cmocka_unit_test(size_is_judged_per_event),
		cmocka_unit_test(a_document_is_used_again_without_growing),
		cmocka_unit_test(deep_nesting_needs_no_stack),
		cmocka_unit_test(a_value_of_any_kind_is_parsed_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
