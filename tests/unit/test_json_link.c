/* test_json_link.c - core/json_link.c and core/json_explain.c: the grammar of RFC 8259, case
 * by case. Each text is a whole document, an element of an array, a member of an object and
 * a line of a page; plain and among blanks.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_case.h"

#include <json_doc.h>

#define TEXT(literal) { literal, sizeof literal - 1 }

static const struct weir_bytes accepted[] = {
	/* words */
	TEXT("null"), TEXT("true"), TEXT("false"),
	/* numbers */
	TEXT("0"), TEXT("-0"), TEXT("1"), TEXT("-1"), TEXT("10"), TEXT("1234567890"), TEXT("0.0"),
	TEXT("-0.1"), TEXT("123.456"), TEXT("1e5"), TEXT("1E5"), TEXT("1e+5"), TEXT("1e-5"),
	TEXT("0e0"), TEXT("0e+00"), TEXT("-1.5E-10"), TEXT("1.000000000000000000000000000001"),
	TEXT("9223372036854775807"), TEXT("9223372036854775808"), TEXT("18446744073709551616"),
	TEXT("-9223372036854775809"), TEXT("1e400"), TEXT("-1e400"), TEXT("1e-400"),
	TEXT("123456789012345678901234567890123456789012345678901234567890"),
	TEXT("0.000000000000000000000000000000000000000000000000000000000000000001"),
	/* strings */
	TEXT("\"\""), TEXT("\" \""), TEXT("\"a\""), TEXT("\"\\\"\""), TEXT("\"\\\\\""),
	TEXT("\"\\/\""), TEXT("\"/\""), TEXT("\"\\b\\f\\n\\r\\t\""), TEXT("\"\\u0000\""),
	TEXT("\"\\u00e9\""), TEXT("\"\\uABCD\""), TEXT("\"\\uabcd\""), TEXT("\"\\ud83d\\ude00\""),
	TEXT("\"\\ud83d\""), TEXT("\"\\ude00\""), TEXT("\"\\ude00\\ud83d\""),
	TEXT("\"\\ud83d\\ud83d\\ude00\""), TEXT("\"\\uDEAD\""), TEXT("\"\\\\u0041\""),
	TEXT("\"\\\\\\\\\""), TEXT("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""), TEXT("\"\x7f\""),
	TEXT("\"\xc2\x80\""), TEXT("\"\xdf\xbf\""), TEXT("\"\xe0\xa0\x80\""),
	TEXT("\"\xed\x9f\xbf\""), TEXT("\"\xee\x80\x80\""), TEXT("\"\xef\xbf\xbf\""),
	TEXT("\"\xf0\x90\x80\x80\""), TEXT("\"\xf4\x8f\xbf\xbf\""), TEXT("\"\xef\xbb\xbf\""),
	TEXT("\"{[:,]}\""), TEXT("\"// no comment\""), TEXT("\"null\""),
	/* arrays */
	TEXT("[]"), TEXT("[ ]"), TEXT("[1]"), TEXT("[1,2]"), TEXT("[[]]"), TEXT("[[],[]]"),
	TEXT("[null,1,\"1\",{}]"), TEXT("[ 1 , 2 ]"), TEXT("[\"\"]"), TEXT("[[[[[[[[]]]]]]]]"),
	TEXT("[\t1\r]"), TEXT("[{},[]]"),
	/* objects */
	TEXT("{}"), TEXT("{ }"), TEXT("{\"a\":1}"), TEXT("{\"a\":1,\"b\":2}"),
	TEXT("{ \"a\" : 1 , \"b\" : [ ] }"), TEXT("{\"\":0}"), TEXT("{\"a\":1,\"a\":2}"),
	TEXT("{\"a\":{\"b\":{\"c\":{}}}}"), TEXT("{\"\\u0061\":1}"), TEXT("{\"a\\\"\":\"b\\\"\"}"),
	TEXT("{\"a\":[{\"b\":[]}],\"c\":{}}"), TEXT("{\"a b\":null}"), TEXT("{\"a\":\":\"}"),
};

static const struct weir_bytes refused[] = {
	/* nothing, or not a value */
	TEXT(""), TEXT(" "), TEXT(","), TEXT(":"), TEXT("x"), TEXT("\\"), TEXT("'a'"), TEXT("`"),
	TEXT("\0"), TEXT("\x01"), TEXT("\x1a"), TEXT("\x0c"), TEXT("\x0b" "1"), TEXT("\xff"),
	TEXT("\xef\xbb\xbf" "1"), TEXT("\xc2\xa0" "1"), TEXT("/**/1"), TEXT("1//"), TEXT("#"),
	TEXT("<1>"), TEXT("(1)"), TEXT("1;"), TEXT("@"),
	/* words */
	TEXT("nul"), TEXT("nulll"), TEXT("NULL"), TEXT("Null"), TEXT("tru"), TEXT("truex"),
	TEXT("True"), TEXT("fals"), TEXT("falsee"), TEXT("nan"), TEXT("NaN"), TEXT("Infinity"),
	TEXT("-Infinity"), TEXT("undefined"), TEXT("null1"), TEXT("null\"\""), TEXT("true\\n"),
	TEXT("n"), TEXT("t"), TEXT("f"), TEXT("null\x01"), TEXT("nul l"),
	/* numbers */
	TEXT("-"), TEXT("+1"), TEXT("01"), TEXT("-01"), TEXT("00"), TEXT("1."), TEXT(".1"),
	TEXT("-.1"), TEXT("1.e5"), TEXT("1e"), TEXT("1e+"), TEXT("1e-"), TEXT("1E"), TEXT("1e5.5"),
	TEXT("1e5e5"), TEXT("0x1"), TEXT("1x"), TEXT("1.2.3"), TEXT("--1"), TEXT("1-"), TEXT("1+1"),
	TEXT("1 2"), TEXT("1_000"), TEXT("1,"), TEXT("0.1."), TEXT("- 1"), TEXT("1 .5"),
	TEXT("1\"a\""), TEXT("\xef\xbc\x91"), TEXT("1\xc3\xa9"), TEXT("-a"), TEXT("1e1\\"),
	/* strings */
	TEXT("\""), TEXT("\"a"), TEXT("\"\\\""), TEXT("\"\\"), TEXT("\"\\a\""), TEXT("\"\\x41\""),
	TEXT("\"\\'\""), TEXT("\"\\0\""), TEXT("\"\\u\""), TEXT("\"\\u1\""), TEXT("\"\\u12\""),
	TEXT("\"\\u123\""), TEXT("\"\\u123g\""), TEXT("\"\\U0041\""), TEXT("\"\\u{41}\""),
	TEXT("\"\\ \""), TEXT("\"\t\""), TEXT("\"\r\""), TEXT("\"a\0b\""), TEXT("\"\x1f\""),
	TEXT("\"a\"b"), TEXT("\"a\"\"b\""), TEXT("\"a\" \"b\""), TEXT("\"\\\xc3\xa9\""),
	TEXT("\"\x80\""), TEXT("\"\xbf\""), TEXT("\"\xc0\x80\""), TEXT("\"\xc1\xbf\""),
	TEXT("\"\xc3\""), TEXT("\"\xc3\x28\""), TEXT("\"\xe0\x80\x80\""), TEXT("\"\xe0\x9f\xbf\""),
	TEXT("\"\xe2\x82\""), TEXT("\"\xe2\x28\xa1\""), TEXT("\"\xed\xa0\x80\""),
	TEXT("\"\xed\xbf\xbf\""), TEXT("\"\xf0\x80\x80\x80\""), TEXT("\"\xf0\x8f\xbf\xbf\""),
	TEXT("\"\xf0\x9f\x98\""), TEXT("\"\xf4\x90\x80\x80\""), TEXT("\"\xf5\x80\x80\x80\""),
	TEXT("\"\xff\""), TEXT("\"\xfe\""), TEXT("\"\xc3\xa9\xa9\""),
	/* arrays */
	TEXT("["), TEXT("]"), TEXT("[1"), TEXT("[1,"), TEXT("[1,]"), TEXT("[,1]"), TEXT("[1,,2]"),
	TEXT("[,]"), TEXT("[1 2]"), TEXT("[1:2]"), TEXT("[1}"), TEXT("[\"a\":1]"), TEXT("[[]"),
	TEXT("[]]"), TEXT("[1]2"), TEXT("[]{}"), TEXT("[\"a]"), TEXT("[1;2]"), TEXT("[a]"),
	TEXT("[:]"), TEXT("[{]}"), TEXT("[\"a\" \"b\"]"), TEXT("[1]]"), TEXT("[\\]"),
	/* objects */
	TEXT("{"), TEXT("}"), TEXT("{\"a\""), TEXT("{\"a\":"), TEXT("{\"a\":1"), TEXT("{\"a\":1,"),
	TEXT("{\"a\":1,}"), TEXT("{,}"), TEXT("{\"a\"}"), TEXT("{\"a\":}"), TEXT("{\"a\" 1}"),
	TEXT("{\"a\",1}"), TEXT("{a:1}"), TEXT("{1:1}"), TEXT("{null:1}"), TEXT("{'a':1}"),
	TEXT("{\"a\"::1}"), TEXT("{\"a\":1 \"b\":2}"), TEXT("{\"a\":1;}"), TEXT("{\"a\":1]"),
	TEXT("{\"a\":1}}"), TEXT("{\"a\":1}{}"), TEXT("{[]:1}"), TEXT("{{}:1}"), TEXT("{\"a\":1:2}"),
	TEXT("{:1}"), TEXT("{\"a\":[}"), TEXT("{\"a\":{}"), TEXT("{\"a\":1,,\"b\":2}"),
	TEXT("{\"a\":1,\"b\"}"), TEXT("{\"a\\x\":1}"), TEXT("{\"a\":1,2}"), TEXT("{}}"),
	TEXT("{\"a\":\"b\":\"c\"}"), TEXT("{\"a\":1\"b\":2}"),
};

static bool parses(struct weir_bytes text)
{
	struct page p = { .doc = json_doc_create() };
	struct json_fault fault;
	struct weir_value v;
	bool sound;

	page_bytes(&p, text);
	sound = json_parse_value(p.doc, p.text, &wide, &v, &p.err);
	if (sound == json_explain(p.text, &fault))
		fail_msg("both readings differ: %.*s", (int)text.len, text.data);
	page_finish(&p);
	return sound;
}

static void check_as(const char *before, struct weir_bytes text, const char *behind, bool expected)
{
	struct weir_buf whole = { 0 };

	weir_buf_puts(&whole, before);
	weir_buf_add(&whole, text.data, text.len);
	weir_buf_puts(&whole, behind);
	if (parses((struct weir_bytes){ whole.data, whole.len }) != expected)
		fail_msg("%s: %.*s", expected ? "refused" : "accepted", (int)whole.len, whole.data);
	weir_buf_finish(&whole);
}

/* Between two lines that are sound. */
static void check_as_line(struct weir_bytes text, bool expected)
{
	struct weir_buf whole = { 0 };
	struct page p = { .doc = json_doc_create() };

	weir_buf_puts(&whole, "1\n");
	weir_buf_add(&whole, text.data, text.len);
	weir_buf_puts(&whole, "\n\"2\"");
	page_bytes(&p, (struct weir_bytes){ whole.data, whole.len });
	assert_true(json_parse_page(p.doc, WEIR_PAGE_LINES, p.text, &wide, &p.err));
	p.events = json_events(p.doc, &p.count);
	assert_int_equal(p.count, 3);
	assert_null(p.events[0].error);
	if (!p.events[1].error != expected)
		fail_msg("as a line: %.*s", (int)text.len, text.data);
	assert_true(weir_value_is_text(p.events[2].value, "2"));
	page_finish(&p);
	weir_buf_finish(&whole);
}

static void check_everywhere(struct weir_bytes text, bool expected)
{
	check_as("", text, "", expected);
	check_as(" \t\r\n", text, " \n", expected);
}

static void what_the_grammar_allows_is_accepted_everywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(accepted); i++) {
		check_everywhere(accepted[i], true);
		check_as("[", accepted[i], "]", true);
		check_as("[0,", accepted[i], " , 1]", true);
		check_as("{\"k\":", accepted[i], "}", true);
		check_as("{\"k\" : ", accepted[i], ",\"l\":[]}", true);
		check_as_line(accepted[i], true);
	}
}

static void what_the_grammar_forbids_is_refused_everywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(refused); i++) {
		check_everywhere(refused[i], false);
		check_as("{\"k\":", refused[i], ",\"l\":1}", false);
		if (i > 2)
			check_as_line(refused[i], false);
	}
}

/* Behind a beginning, all of up to five characters that numbers are made of: around the length
 * up to which they are judged at once, too. */
static void numbers_are_read_alike_by_both_readings(void **state)
{
	static const char *const beginnings[] = { "", "-1234", "12345", "0.123" };
	static const char characters[] = "07-+.e";
	enum { KINDS = sizeof characters - 1, MOST = 7776 };

	(void)state;
	for (size_t b = 0; b < WEIR_COUNT(beginnings); b++) {
		for (unsigned all = 1, len = 0; all <= MOST; all *= KINDS, len++) {
			for (unsigned which = 0; which < all; which++) {
				char text[16];
				size_t at = strlen(beginnings[b]);

				memcpy(text, beginnings[b], at);
				for (unsigned k = 0, rest = which; k < len; k++, rest /= KINDS)
					text[at++] = characters[rest % KINDS];
				parses((struct weir_bytes){ text, at });
			}
		}
	}
}

static void a_document_may_not_be_cut(void **state)
{
	static const char whole[] = "{\"a\":[1,{\"b\":\"c\\u0041\"},true,null],\"d\":{\"e\":-1.5e3}}";

	(void)state;
	assert_true(parses(weir_bytes(whole)));
	for (size_t len = 0; len < sizeof whole - 1; len++)
		assert_false(parses((struct weir_bytes){ whole, len }));
}

static void links_lead_from_each_value_to_its_end(void **state)
{
	struct page p = page_of(WEIR_PAGE_ARRAY, "[ {\"a\":[],\"b\":{\"c\":[1,2]}} ]");
	const struct json_view *view = &p.doc->view;

	(void)state;
	assert_true(p.sound);
	assert_int_equal(view->count, 20);
	/* The array around the events is no value. */
	for (uint32_t at = 1; at < view->count; at++) {
		char c = view->text[view->index[at]];

		if (c == '{' || c == '[')
			assert_int_equal(view->text[view->index[view->link[at]]], c + 2);
		if (c >= '1' && c <= '9')
			assert_int_equal(json_end(view, at), at);
	}
	assert_int_equal(view->link[1], view->count - 2);
	page_finish(&p);
}

static void escaped_keys_are_noticed_and_only_they(void **state)
{
	static const struct {
		const char *json;
		bool escaped;
	} cases[] = {
		{ "[{\"a\":\"\\n\"}]", false },
		{ "[{\"a\\n\":1}]", true },
		{ "[{\"a\":\"\\n\",\"b\\\\\":1}]", true },
		{ "[\"\\n\",{\"a\":\"\\\"\",\"ccccccccccccccccccccccccccccccccccccccccccccccccccccccc\":1}]",
		  false },
		{ "[{\"x\":\"\\n\"},{\"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
		  "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\\n\":1}]", true },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct page p = page_of(WEIR_PAGE_ARRAY, cases[i].json);

		assert_true(p.sound);
		assert_int_equal(p.doc->view.escaped_keys, cases[i].escaped);
		page_finish(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_grammar_allows_is_accepted_everywhere),
		cmocka_unit_test(what_the_grammar_forbids_is_refused_everywhere),
		cmocka_unit_test(numbers_are_read_alike_by_both_readings),
		cmocka_unit_test(a_document_may_not_be_cut),
		cmocka_unit_test(links_lead_from_each_value_to_its_end),
		cmocka_unit_test(escaped_keys_are_noticed_and_only_they),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
