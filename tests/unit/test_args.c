/* test_args.c - core/args.c through its header. What it prints is not looked at here: the
 * program's own tests do.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <weir/util.h>

#include "args.h"

static const struct command command = { .name = "try",
	                                .summary = "Tries",
	                                .usage = "[-c FILE]..." };

struct got {
	struct args_list files, words;
	const char *text;
	int64_t number;
	bool flag, other;
	int code;
	bool ok;
};

static struct got read_words(char **argv)
{
	struct got got = { .code = -1 };
	const struct arg rows[] = {
		{ "config", 'c', "FILE", "a file", .many = &got.files },
		{ "text", 't', "WORD", "a word", .text = &got.text },
		{ "number", 0, "N", "a number", .number = &got.number },
		{ "flag", 'f', NULL, "a flag", .flag = &got.flag },
		{ "other", 'o', NULL, "another flag", .flag = &got.other },
		{ 0 },
	};
	got.ok = args_read(&command, rows, &got.words, argv, &got.code);
	return got;
}

#define READ(...) read_words((char *[]){ "try", __VA_ARGS__, NULL })

static void finish(struct got *got)
{
	args_finish(&got->files);
	args_finish(&got->words);
}

static void each_way_of_writing_an_option_is_read(void **state)
{
	struct got got = READ("-c", "a", "-cb", "--config", "c", "--config=d", "--number=7", "-fo");

	(void)state;
	assert_true(got.ok);
	assert_int_equal(got.files.count, 4);
	assert_string_equal(got.files.items[0], "a");
	assert_string_equal(got.files.items[1], "b");
	assert_string_equal(got.files.items[2], "c");
	assert_string_equal(got.files.items[3], "d");
	assert_null(got.files.items[4]);
	assert_int_equal(got.number, 7);
	assert_true(got.flag && got.other);
	finish(&got);
}

static void the_last_text_counts(void **state)
{
	struct got got = READ("-t", "a", "--text=");

	(void)state;
	assert_true(got.ok);
	assert_string_equal(got.text, "");
	finish(&got);
}

static void other_words_are_kept_in_order(void **state)
{
	struct got got = READ("list", "-f", "-", "--", "--flag", "-x");

	(void)state;
	assert_true(got.ok);
	assert_int_equal(got.words.count, 4);
	assert_string_equal(got.words.items[0], "list");
	assert_string_equal(got.words.items[1], "-");
	assert_string_equal(got.words.items[2], "--flag");
	assert_string_equal(got.words.items[3], "-x");
	finish(&got);
}

static void mistakes_end_with_2(void **state)
{
	static char *const lines[][4] = {
		{ "try", "--confg=x" }, { "try", "-x" }, { "try", "--config" }, { "try", "-c" },
		{ "try", "--flag=1" }, { "try", "--number", "1x" }, { "try", "--number=" },
		{ "try", "--number", "9999999999999999999" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(lines); i++) {
		struct got got = read_words((char **)lines[i]);

		assert_false(got.ok);
		assert_int_equal(got.code, EXIT_CONFIG);
		finish(&got);
	}
}

static void a_command_without_words_refuses_them(void **state)
{
	const struct arg rows[] = { { 0 } };
	int code = -1;

	(void)state;
	assert_false(args_read(&command, rows, NULL, (char *[]){ "try", "x", NULL }, &code));
	assert_int_equal(code, EXIT_CONFIG);
}

static void help_ends_with_0(void **state)
{
	struct got got = READ("--help");

	(void)state;
	assert_false(got.ok);
	assert_int_equal(got.code, EXIT_DONE);
	finish(&got);
}

static void help_is_made_from_the_rows(void **state)
{
	const struct arg rows[] = {
		{ "config", 'c', "FILE", "a file" },
		{ "a-rather-long-name", 0, "SOMETHING", "and its words" },
		{ 0 },
	};
	struct weir_buf text = { 0 };

	(void)state;
	args_help(&command, rows, &text);
	assert_string_equal(weir_buf_text(&text), "usage: weir try [-c FILE]...\n\nTries.\n\n"
	                          "  -c, --config FILE       a file\n"
	                          "      --a-rather-long-name SOMETHING\n"
	                          "                          and its words\n"
	                          "  -h, --help              print this\n");
	weir_buf_finish(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way_of_writing_an_option_is_read),
		cmocka_unit_test(the_last_text_counts),
		cmocka_unit_test(other_words_are_kept_in_order),
		cmocka_unit_test(mistakes_end_with_2),
		cmocka_unit_test(a_command_without_words_refuses_them),
		cmocka_unit_test(help_ends_with_0),
		cmocka_unit_test(help_is_made_from_the_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
