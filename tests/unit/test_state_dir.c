/* test_state_dir.c - core/state_dir.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"
#include "state_dir.h"

static void a_folder_on_the_command_line_needs_no_configuration(void **state)
{
	struct state_args args = { .dir = "/var/lib/weir" };
	int code = EXIT_DONE;

	(void)state;
	assert_string_equal(state_dir_find(&args, &code), "/var/lib/weir");
	assert_int_equal(code, EXIT_DONE);
	state_args_finish(&args);
}

static void the_configuration_names_the_folder_even_with_mistakes(void **state)
{
	static const char text[] = "state_dir: here\nsources: 17\n";
	char *file = scratch_path(*state, "weir.yaml"), *expected = scratch_path(*state, "here");
	const char *files[] = { file, NULL };
	struct state_args args = { .load = { .files = { NULL, 1 } } };
	int code = EXIT_DONE;

	scratch_write(*state, "weir.yaml", text, sizeof text - 1);
	args.load.files.items = weir_alloc(sizeof files);
	memcpy(args.load.files.items, files, sizeof files);
	assert_non_null(state_dir_find(&args, &code));
	assert_string_equal(args.found, expected);
	state_args_finish(&args);
	weir_free(file);
	weir_free(expected);
}

static void text_for_a_terminal_steers_nothing(void **state)
{
	struct weir_buf line = { 0 };

	(void)state;
	state_dir_plain((struct weir_bytes){ "a\x1b[31m\n\xc3\xa4\x7f", 10 }, &line);
	assert_string_equal(weir_buf_text(&line), "a\\x1b[31m\\x0a\xc3\xa4\\x7f");
	weir_buf_finish(&line);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_folder_on_the_command_line_needs_no_configuration),
		TEST(the_configuration_names_the_folder_even_with_mistakes),
		TEST(text_for_a_terminal_steers_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
