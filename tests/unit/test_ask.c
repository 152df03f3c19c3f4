/* test_ask.c - core/ask.c.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ask.h"
#include "scratch.h"

static void answers_are(const char *dir, const char *text)
{
	char *path = scratch_path(dir, "answers");

	scratch_write(dir, "answers", text, strlen(text));
	assert_non_null(freopen(path, "r", stdin));
	weir_free(path);
}

static void expect(const char *answer)
{
	char *line = ask_line("what? ");

	assert_string_equal(line, answer);
	weir_free(line);
}

static void a_file_is_no_person(void **state)
{
	answers_are(*state, "");
	assert_false(ask_can());
}

static void an_answer_is_trimmed(void **state)
{
	answers_are(*state, "  a b \t\r\n\nlast");
	expect("a b");
	expect("");
	expect("last");
	assert_null(ask_line("more? "));
}

static void yes_no_and_what_enter_means(void **state)
{
	answers_are(*state, "y\nYes\nn\n\n\nno\n");
	assert_true(ask_yes(false, "1?"));
	assert_true(ask_yes(false, "2?"));
	assert_false(ask_yes(true, "3?"));
	assert_true(ask_yes(true, "4?"));
	assert_false(ask_yes(false, "5?"));
	assert_false(ask_yes(true, "6?"));
	assert_true(ask_yes(true, "the end?"));
	assert_false(ask_yes(false, "the end?"));
}

#define SCRATCH_TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(a_file_is_no_person),
		SCRATCH_TEST(an_answer_is_trimmed),
		SCRATCH_TEST(yes_no_and_what_enter_means),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
