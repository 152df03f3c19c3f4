/* test_excerpt.c - core/excerpt.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>

#include "excerpt.h"
#include "trial.h"

/* The excerpt of a place in a file of this text. */
static void expect(const char *text, struct weir_where where, const char *expected)
{
	struct excerpt *excerpt = excerpt_create(NULL, 0);
	struct weir_buf got = { 0 };

	where.file = trial_file("x", text);
	excerpt_put(excerpt, &where, DIAG_PLAIN, &got);
	assert_string_equal(weir_buf_text(&got), expected);
	weir_buf_finish(&got);
	excerpt_destroy(excerpt);
}

static struct weir_where at(int line, int column, int width)
{
	return (struct weir_where){ NULL, line, column, width, NULL };
}

static void the_caret_stands_under_the_word(void **state)
{
	(void)state;
	expect("one\ntwo three\n", at(2, 5, 5), "     2 | two three\n       |     ^~~~~\n");
	expect("one", at(1, 1, 0), "     1 | one\n       | ^\n");
	expect("one\r\ntwo\r\n", at(1, 2, 1), "     1 | one\n       |  ^\n");
}

static void columns_count_characters(void **state)
{
	(void)state;
	expect("\xc3\xa9\xe2\x82\xac: x\n", at(1, 5, 1),
	       "     1 | \xc3\xa9\xe2\x82\xac: x\n       |     ^\n");
}

static void tabs_and_control_characters_take_one_column(void **state)
{
	(void)state;
	expect("\ta\033[0m\x7f\xc2\x9b\xff!\n", at(1, 2, 1),
	       "     1 |  a?[0m??" "?!\n       |  ^\n");
}

static void the_end_of_a_line_is_a_place(void **state)
{
	(void)state;
	expect("ab\n", at(1, 3, 1), "     1 | ab\n       |   ^\n");
	expect("ab\n", at(1, 1000000, INT_MAX), "     1 | ab\n       |   ^\n");
	expect("ab\n", at(1, 2, 50), "     1 | ab\n       |  ^\n");
}

static void what_is_not_there_is_not_shown(void **state)
{
	struct excerpt *excerpt = excerpt_create(NULL, 0);
	struct weir_where where = { "/dev/null", 1, 1, 1, NULL };
	struct weir_buf got = { 0 };

	(void)state;
	expect("ab\n", at(2, 1, 1), "");
	expect("ab\n", at(0, 0, 0), "");
	expect("", at(1, 1, 1), "");
	excerpt_put(excerpt, &where, DIAG_PLAIN, &got);
	where.file = "/no/such";
	excerpt_put(excerpt, &where, DIAG_PLAIN, &got);
	assert_int_equal(got.len, 0);
	excerpt_destroy(excerpt);
}

static void a_long_line_is_cut_around_the_caret(void **state)
{
	struct excerpt *excerpt = excerpt_create(NULL, 0);
	struct weir_where where = { NULL, 1, 5000, 200, NULL };
	struct weir_buf got = { 0 };
	char *line = weir_alloc(10001);
	const char *second;

	(void)state;
	memset(line, 'x', 10000);
	where.file = trial_file("x", line);
	excerpt_put(excerpt, &where, DIAG_PLAIN, &got);
	second = strchr(weir_buf_text(&got), '\n');
	assert_non_null(second);
	second++;
	assert_true(second - got.data < 120);
	assert_true(got.len < 240);
	assert_non_null(strstr(second, "^~~~"));
	weir_buf_finish(&got);
	weir_free(line);
	excerpt_destroy(excerpt);
}

static void a_line_that_fits_is_not_cut(void **state)
{
	char line[101], expected[400];

	(void)state;
	memset(line, 'x', 100);
	line[100] = '\0';
	snprintf(expected, sizeof expected, "     1 | %s\n       | %94s^\n", line, "");
	expect(line, at(1, 95, 1), expected);
}

static void a_cut_is_shown(void **state)
{
	char line[301], expected[400];

	(void)state;
	memset(line, 'x', 300);
	line[300] = '\0';
	snprintf(expected, sizeof expected, "     1 | ...%.94s...\n       | %60s^\n", line, "");
	expect(line, at(1, 150, 1), expected);
	snprintf(expected, sizeof expected, "     1 | ...%.58s\n       | %60s^\n", line, "");
	expect(line, at(1, 300, 1), expected);
}

static void a_line_without_a_column_has_no_caret(void **state)
{
	(void)state;
	expect("a: b", at(1, 0, 0), "     1 | a: b\n");
	expect("a: b", at(2, 0, 0), "");
}

static void hidden_characters_are_dots(void **state)
{
	const char *file = trial_file("x", "a: secret\nb: more\n");
	const struct excerpt_span hidden[] = { { file, 1, 4, 0 } };
	struct excerpt *excerpt = excerpt_create(hidden, 1);
	struct weir_where where = { file, 1, 1, 1, NULL };
	struct weir_buf got = { 0 };

	(void)state;
	excerpt_put(excerpt, &where, DIAG_PLAIN, &got);
	where.line = 2;
	excerpt_put(excerpt, &where, DIAG_PLAIN, &got);
	assert_string_equal(weir_buf_text(&got), "     1 | a: ******\n       | ^\n"
	                                         "     2 | *******\n       | ^\n");
	weir_buf_finish(&got);
	excerpt_destroy(excerpt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_caret_stands_under_the_word),
		cmocka_unit_test(columns_count_characters),
		cmocka_unit_test(a_line_without_a_column_has_no_caret),
		cmocka_unit_test(tabs_and_control_characters_take_one_column),
		cmocka_unit_test(the_end_of_a_line_is_a_place),
		cmocka_unit_test(what_is_not_there_is_not_shown),
		cmocka_unit_test(a_long_line_is_cut_around_the_caret),
		cmocka_unit_test(a_line_that_fits_is_not_cut),
		cmocka_unit_test(a_cut_is_shown),
		cmocka_unit_test(hidden_characters_are_dots),
	};

	return cmocka_run_group_tests(tests, trial_setup, trial_teardown);
}
