/* test_json_explain.c - core/json_explain.c: where a text goes wrong, and how that is said.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_case.h"

#include <json_doc.h>

static const struct {
	const char *text;
	size_t offset;
	const char *why;
} cases[] = {
	{ "", 0, "nothing but blanks" },
	{ " \n", 2, "nothing but blanks" },
	{ "\xef\xbb\xbf{}", 0, "a byte order mark; save the text without it" },
	{ "{\"a\" 1}", 5, "expected ':' after a name, found '1'" },
	{ "{\"a\":1 \"b\":2}", 7, "expected ',' or '}' after a member, found '\"'" },
	{ "{\"a\":1,}", 7, "expected a name in double quotes, found '}'" },
	{ "{a:1}", 1, "expected a name in double quotes, found 'a'" },
	{ "{\"a\":}", 5, "expected a value, found '}'" },
	{ "{\"a\":1", 6, "expected ',' or '}' after a member, but the text ends inside an object" },
	{ "[1,\n2 3]", 6, "expected ',' or ']' after an element, found '3'" },
	{ "[1,", 3, "expected a value, but the text ends inside an array" },
	{ "[1}", 2, "expected ',' or ']' after an element, found '}'" },
	{ "{} x", 3, "expected nothing more after the value, found 'x'" },
	{ "[tru]", 1, "'tru' is no value of JSON" },
	{ "[NaN]", 1, "'NaN' is no value of JSON" },
	{ "[abcdefghijklmnopqrstuvwxyz]", 1, "'abcdefghijklmnopqrst' is no value of JSON" },
	{ "[\x01]", 1, "expected a value, found byte 0x01" },
	{ "[\xff]", 1, "expected a value, found byte 0xff" },
	{ "[007]", 1, "a number with a leading zero" },
	{ "[-]", 2, "expected a digit after '-', found ']'" },
	{ "[1.]", 3, "expected a digit after the decimal point, found ']'" },
	{ "[1e]", 3, "expected a digit in the exponent, found ']'" },
	{ "1e+", 3, "expected a digit in the exponent, but the text ends" },
	{ "[\"a", 3, "the text ends inside a string" },
	{ "[\"a\\", 4, "the text ends inside a string" },
	{ "[\"a\nb\"]", 3, "a line end inside a string; its quote may be missing" },
	{ "[\"a\tb\"]", 3, "control character 0x09 inside a string" },
	{ "[\"\\x\"]", 2, "\\x is no escape of JSON" },
	{ "[\"\\\x01\"]", 2, "a backslash before no escape of JSON" },
	{ "[\"\\u12g4\"]", 2, "\\u is not followed by four hexadecimal digits" },
	{ "[\"caf\xe9\"]", 5, "byte 0xe9 is not UTF-8" },
	{ "[\"\xed\xa0\x80\"]", 2, "byte 0xed is not UTF-8" },
};

static void each_mistake_has_its_place_and_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct json_fault fault = { 0, "" };

		if (!json_explain(weir_bytes(cases[i].text), &fault))
			fail_msg("took %s", cases[i].text);
		assert_string_equal(fault.why, cases[i].why);
		assert_int_equal(fault.offset, cases[i].offset);
	}
}

static void a_sound_text_has_no_fault(void **state)
{
	static const char *const texts[] = { "1", " [ ] ", "{\"a\":[true,{\"\\u00e9\":-1.5e+3}]}" };
	struct json_fault fault;

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(texts); i++)
		assert_false(json_explain(weir_bytes(texts[i]), &fault));
}

static void deep_nesting_needs_no_stack(void **state)
{
	size_t len = 1 << 20;
	char *text = weir_alloc(len);
	struct json_fault fault;

	(void)state;
	memset(text, '[', len);
	assert_true(json_explain((struct weir_bytes){ text, len }, &fault));
	assert_int_equal(fault.offset, len);
	weir_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mistake_has_its_place_and_reason),
		cmocka_unit_test(a_sound_text_has_no_fault),
		cmocka_unit_test(deep_nesting_needs_no_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
