/* test_complain.c - what other languages taught an author, and what he is told.
 *
 * Lives here: the place and the cure of what Lua itself complains of. Not here: what words and rows
 * are refused for (test_errors.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "harness.h"

/* A row of fields, in line 3 of the file from column 5 on, and what is said about it. */
static void says(void **state, const char *row, const char *mistakes)
{
	struct harness *h = *state;
	char *text = weir_format("return map { schema = \"any\", when = { eventType = \"*\" },\n"
	                         "  fields = {\n    %s\n  } }\n", row);

	harness_schema(h);
	harness_write(h, "rules/one.lua", text);
	harness_load_all(h, NULL);
	if (strcmp(weir_buf_text(&h->mistakes), mistakes) != 0)
		fail_msg("%s\nsays\n%s\nshould say\n%s", text, h->mistakes.data, mistakes);
	weir_free(text);
}

static void habits_of_other_languages_are_known(void **state)
{
	says(state, "text == 'a',", "one.lua:3:5: '==' compares; a row is written text = …\n"
	     "one.lua:3:5: '==' compares; a row is written text = …\n");
	says(state, "text: 'a',", "one.lua:3:11: <name> expected near ''a''; between a field and its row stands '='\n");
	says(state, "x = function(e) return e.a != e.b end",
	     "one.lua:3:32: 'end' expected near '!'; not equal is ~=\n");
	says(state, "x = function(e) local n = 0; n += 1; return n end",
	     "one.lua:3:36: syntax error near '+'; write n = n + 1\n");
	says(state, "x = function(e) retrun e end", "one.lua:3:28: syntax error near 'e'; did you mean 'return'?\n");
	says(state, "x = if a then 'b' end", "one.lua:3:9: unexpected symbol near 'if'; if is no value: write function(e) … end\n");
	says(state, "// a comment", "one.lua:3:5: unexpected symbol near '//'; a comment begins with --\n");
	says(state, "a-b = 'c'", "one.lua:3:9: '}' expected (to close '{' at line 2) near '='; a name with other characters is written [\"a-b\"] =\n");
	says(state, "text = null", "one.lua:3:12: unknown word 'null'; a row that is absent is left out; in a function write nil\n"
	     "one.lua:3:12: unknown word 'null'; a row that is absent is left out; in a function write nil\n");
	says(state, "text = const 'a' .. lower 'b'",
	     "one.lua:3:22: attempt to concatenate a word value; write format(\"%s%s\", …, …)\n");
}

static void what_is_not_closed_is_told_where_it_begins(void **state)
{
	says(state, "text = \"a,", "one.lua:3:12: unfinished string near '\"a,'; the quote that closes it is missing\n");
	says(state, "x = capture('a', '\\d+')",
	     "one.lua:3:22: invalid escape sequence near ''\\d'; a backslash is written \\\\, and in patterns "
	     "%d and %w are what \\d and \\w are elsewhere\n");
	says(state, "--[[ text = 'a',", "one.lua:3:5: this comment has no end; ]] is missing\n");
	says(state, "text = [[a,", "one.lua:3:13: this text has no end; ]] is missing\n");
	says(state, "x = { a = 'b'", "one.lua:1:12: this '{' or one within it is not closed; '}' is missing\n");
	says(state, "} } }", "one.lua:3:9: <eof> expected near '}'; is there one too many?\n");
}

static void typographic_quotes_are_seen(void **state)
{
	says(state, "text = \xe2\x80\x9c" "a\xe2\x80\x9d,", "one.lua:3:12: unexpected symbol near '<\\226>'; a typographic quote, write \"\n");
}

static void a_byte_order_mark_is_none_of_the_text(void **state)
{
	struct harness *h = *state;

	harness_schema(h);
	harness_write(h, "rules/one.lua", "\xef\xbb\xbfreturn map { schema = 'any', when = { eventType = '*' }, fields = { x = 'a' } }");
	harness_load_all(h, NULL);
	assert_string_equal(weir_buf_text(&h->mistakes), "");
	harness_write(h, "rules/one.lua", "\xff\xfer");
	harness_load_all(h, NULL);
	assert_string_equal(weir_buf_text(&h->mistakes), "one.lua: is UTF-16; save it as UTF-8\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(habits_of_other_languages_are_known, harness_setup, harness_teardown),
		cmocka_unit_test_setup_teardown(what_is_not_closed_is_told_where_it_begins, harness_setup, harness_teardown),
		cmocka_unit_test_setup_teardown(typographic_quotes_are_seen, harness_setup, harness_teardown),
		cmocka_unit_test_setup_teardown(a_byte_order_mark_is_none_of_the_text, harness_setup, harness_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
