/* test_pattern.c - Lua's patterns: what they find, what is wrong, what takes too long.
 *
 * The transform lua compares its string functions with Lua's own; here is what that does not show.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pattern.h"

static enum rule_matched find(const char *pattern, const char *text, struct rule_match *match)
{
	int64_t steps = 100000;

	return rule_pattern_find(weir_bytes(pattern), weir_bytes(text), 0, &steps, match);
}

static void a_match_has_a_place_and_captures(void **state)
{
	struct rule_match match;
	const char *text = "x key=value;";

	(void)state;
	assert_int_equal(find("(%w+)=(%w+)()", text, &match), RULE_MATCH);
	assert_ptr_equal(match.start, text + 2);
	assert_ptr_equal(match.end, text + 11);
	assert_int_equal(match.count, 3);
	assert_int_equal(match.captures[1].len, 5);
	assert_true(match.captures[2].position);
	assert_ptr_equal(match.captures[2].start, text + 11);
	assert_int_equal(find("^key", text, &match), RULE_NO_MATCH);
	assert_int_equal(find("", "", &match), RULE_MATCH);
}

static void wrong_patterns_are_found_without_a_text(void **state)
{
	static const struct {
		const char *pattern, *why;
	} cases[] = {
		{ "a+b-c*d?", NULL },
		{ "^(a)(b)%2$", NULL },
		{ "%b()", NULL },
		{ "%f[%w]x", NULL },
		{ "[]]", NULL },
		{ "[^]]", NULL },
		{ "[%]]", NULL },
		{ "[a-]", NULL },
		{ "()", NULL },
		{ "(a", "a '(' has no ')'" },
		{ "a)", "a ')' has no '('" },
		{ "%", "it ends with '%'" },
		{ "[a", "']' is missing" },
		{ "[%", "']' is missing" },
		{ "[a%]", "']' is missing" },
		{ "%b(", "%b needs two characters" },
		{ "%fa", "%f needs a set in brackets" },
		{ "%1", "it refers to a capture that is not there" },
		{ "(%1)", "it refers to a capture that is not there" },
		{ "%0", "it refers to a capture that is not there" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		const char *why = rule_pattern_check(weir_bytes(cases[i].pattern));

		if (cases[i].why)
			assert_string_equal(why, cases[i].why);
		else
			assert_null(why);
	}
}

static void what_the_check_lets_pass_never_turns_out_wrong(void **state)
{
	static const char alphabet[] = "ab()[]%^$.*+-?1bfw=";
	unsigned seed = 7;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		char pattern[9] = "", text[9] = "";
		struct rule_match match;
		int64_t steps = 10000;
		enum rule_matched got;
		int needs;

		for (int j = 0; j < 8; j++) {
			seed = seed * 1103515245u + 12345u;
			pattern[j] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
			text[j] = alphabet[(seed >> 20) % (sizeof alphabet - 1)];
		}
		pattern[seed % 8 + 1] = '\0';
		got = rule_pattern_find(weir_bytes(pattern), weir_bytes(text), 0, &steps, &match);
		if (rule_pattern_check(weir_bytes(pattern)))
			continue;
		if (got == RULE_MATCH_MALFORMED)
			fail_msg("%s: %s", pattern, match.why);
		needs = rule_pattern_needs(weir_bytes(pattern));
		if (got == RULE_MATCH && needs >= 0 && !strchr(text, needs))
			fail_msg("%s matches %s without %c", pattern, text, needs);
	}
}

static void what_a_pattern_needs_is_in_every_match(void **state)
{
	static const struct {
		const char *pattern;
		int needs;
	} cases[] = {
		{ "^([^\\]+)\\", '\\' },
		{ "^([^.]+%.[^.]+)", '.' },
		{ "level=(%a+)", 'l' },
		{ "a?b*c-d+", 'd' },
		{ "a+$", 'a' },
		{ "%a+$", -1 },
		{ "()[a]", -1 },
		{ "%bxy", -1 },
		{ "%f[a]a", -1 },
		{ "(%a)%1b", -1 },
		{ "..", -1 },
		{ "^", -1 },
		{ "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++)
		assert_int_equal(rule_pattern_needs(weir_bytes(cases[i].pattern)), cases[i].needs);
}

static void steps_are_counted_and_end(void **state)
{
	char text[2001];
	struct rule_match match;
	int64_t steps = 100000;

	(void)state;
	memset(text, 'a', 2000);
	text[2000] = '\0';
	assert_int_equal(rule_pattern_find(weir_bytes(".-.-.-.-b"), weir_bytes(text), 0, &steps, &match),
	                 RULE_MATCH_TOO_LONG);
	assert_true(steps < 0);
	steps = 100000;
	assert_int_equal(rule_pattern_find(weir_bytes("a+"), weir_bytes(text), 0, &steps, &match), RULE_MATCH);
	assert_true(steps > 90000);
}

static void nesting_has_an_end(void **state)
{
	char pattern[801], text[401];
	struct rule_match match;
	int64_t steps = 1000000;

	(void)state;
	for (int i = 0; i < 400; i++)
		memcpy(pattern + 2 * i, "a?", 2);
	pattern[800] = '\0';
	memset(text, 'a', 400);
	text[400] = '\0';
	assert_int_equal(rule_pattern_find(weir_bytes(pattern), weir_bytes(text), 0, &steps, &match),
	                 RULE_MATCH_TOO_LONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_match_has_a_place_and_captures),
		cmocka_unit_test(wrong_patterns_are_found_without_a_text),
		cmocka_unit_test(what_the_check_lets_pass_never_turns_out_wrong),
		cmocka_unit_test(what_a_pattern_needs_is_in_every_match),
		cmocka_unit_test(steps_are_counted_and_end),
		cmocka_unit_test(nesting_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
