/* test_print.c - core/print.c: what is printed arrives, or the exit code says that it did not.
 *
 * Standard output is that of a child, so that each case begins without a failure.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "command.h"
#include "print.h"

struct ended {
	int code;
	char complaint[200];
};

/* Prints on the descriptor out as a command would that ends with code. */
static struct ended print_on(int out, int code)
{
	struct ended ended = { 0 };
	int errors[2], status;
	ssize_t len;
	pid_t pid;

	assert_int_equal(pipe(errors), 0);
	pid = fork();
	if (pid == 0) {
		struct weir_buf text = { 0 };

		signal(SIGPIPE, SIG_IGN);
		dup2(out, STDOUT_FILENO);
		dup2(errors[1], STDERR_FILENO);
		weir_buf_puts(&text, "one\n");
		print_buf(&text);
		weir_buf_finish(&text);
		print_buf(&text);
		print_format("%s %d\n", "two", 2);
		print_flush();
		print_text(print_works() ? "works\n" : "");
		_exit(print_end(code));
	}
	close(errors[1]);
	len = read(errors[0], ended.complaint, sizeof ended.complaint - 1);
	assert_true(len >= 0);
	close(errors[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	ended.code = WEXITSTATUS(status);
	return ended;
}

static void what_is_printed_arrives(void **state)
{
	char text[64] = "";
	struct ended ended;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	ended = print_on(ends[1], EXIT_DONE);
	assert_int_equal(ended.code, EXIT_DONE);
	assert_string_equal(ended.complaint, "");
	assert_true(read(ends[0], text, sizeof text - 1) > 0);
	assert_string_equal(text, "one\ntwo 2\nworks\n");
	close(ends[0]);
	close(ends[1]);
}

static void a_full_disk_is_said_and_fails(void **state)
{
	int full = open("/dev/full", O_WRONLY);
	struct ended ended;

	(void)state;
	assert_true(full >= 0);
	ended = print_on(full, EXIT_DONE);
	assert_int_equal(ended.code, EXIT_FAILED);
	assert_string_equal(ended.complaint,
	                    "weir: cannot write to standard output: No space left on device\n");
	assert_int_equal(print_on(full, EXIT_CONFIG).code, EXIT_CONFIG);
	close(full);
}

static void a_reader_that_went_away_is_not_told(void **state)
{
	struct ended ended;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	ended = print_on(ends[1], EXIT_DONE);
	assert_int_equal(ended.code, EXIT_FAILED);
	assert_string_equal(ended.complaint, "");
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_printed_arrives),
		cmocka_unit_test(a_full_disk_is_said_and_fails),
		cmocka_unit_test(a_reader_that_went_away_is_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
