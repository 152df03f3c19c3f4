/* test_load.c - core/load.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_trial.h"
#include "load.h"

static void files_are_those_of_the_command_line(void **state)
{
	struct load_args load = { { 0 }, { 0 } };
	const struct command command = { "try", "Tries", "", NULL, NULL };
	const struct arg rows[] = { LOAD_ROWS(load), { 0 } };
	const char *file = trial_file("w.yaml", "workers: 4\n");
	char *argv[] = { "try", "-c", (char *)file, "--plugins", "/no/such", NULL };
	int code = -1;

	(void)state;
	assert_true(args_read(&command, rows, NULL, argv, &code));
	config = load_config(&load, diag);
	assert_int_equal(config->core.workers, 4);
	assert_string_equal(load.plugins.items[0], "/no/such");
	load_finish(&load);
	assert_int_equal(load.files.count, 0);
}

static void without_one_it_is_that_of_the_folder(void **state)
{
	struct load_args load = { { 0 }, { 0 } };
	char *before = getcwd(NULL, 0);

	(void)state;
	trial_file("weir.yaml", "workers: 5\n");
	assert_int_equal(chdir(trial), 0);
	config = load_config(&load, diag);
	assert_int_equal(chdir(before), 0);
	free(before);
	assert_int_equal(config->core.workers, 5);
}

static void mistakes_end_with_2_and_warnings_do_not(void **state)
{
	(void)state;
	assert_int_equal(load_report(diag), EXIT_DONE);
	diag_warnf(diag, (struct weir_where){ 0 }, "suspect");
	assert_int_equal(load_report(diag), EXIT_DONE);
	diag_addf(diag, (struct weir_where){ 0 }, "wrong");
	assert_int_equal(load_report(diag), EXIT_CONFIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONFIG_TEST(files_are_those_of_the_command_line),
		CONFIG_TEST(without_one_it_is_that_of_the_folder),
		CONFIG_TEST(mistakes_end_with_2_and_warnings_do_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
