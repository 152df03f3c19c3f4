/* test_bug.c - core/bug.c, and who is named by instance_enter.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "instance.h"

static bool fails;

static enum weir_status start(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	(void)self;
	(void)ctx;
	(void)err;
	weir_must(!fails);
	return WEIR_OK;
}

static const struct weir_plugin plugin = { .name = "edit", .start = start };

static void start_it(void)
{
	struct weir_ctx ctx = { .stage = "transforms.wrong", .plugin = &plugin };
	struct weir_error err = { 0 };

	instance_start(&ctx, &err);
}

/* What is said while it dies. */
static void die(char *said, size_t size, void (*of)(void))
{
	const struct rlimit none = { 0 };
	int ends[2], status;
	ssize_t len;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		setrlimit(RLIMIT_CORE, &none);
		signal(SIGABRT, SIG_DFL);
		dup2(ends[1], STDERR_FILENO);
		of();
		_exit(0);
	}
	close(ends[1]);
	len = read(ends[0], said, size - 1);
	said[len > 0 ? len : 0] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void die_of_plugin(void)
{
	fails = true;
	start_it();
}

static void die_of_core(void)
{
	start_it();
	weir_must(fails);
}

static void a_bug_names_the_plugin_that_runs(void **state)
{
	char said[512];

	(void)state;
	die(said, sizeof said, die_of_plugin);
	assert_non_null(strstr(said, "weir: bug: !fails does not hold at "));
	assert_non_null(strstr(said, ", in start of transforms.wrong; tell whoever made the plugin edit\n"));
}

static void a_bug_behind_the_call_names_none(void **state)
{
	char said[512];

	(void)state;
	die(said, sizeof said, die_of_core);
	assert_non_null(strstr(said, "weir: bug: fails does not hold at "));
	assert_null(strstr(said, "plugin"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bug_names_the_plugin_that_runs),
		cmocka_unit_test(a_bug_behind_the_call_names_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
