/* test_trouble.c - core/trouble.c through its header. What is logged goes to a file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>

#include "log.h"
#include "scratch.h"
#include "trouble.h"

static const struct retry_limits limits = { 1000, 60000, 4000, 60000 };
static struct trouble trouble;
static int stderr_kept;

static int setup(void **state)
{
	char *path;
	int fd;

	if (scratch_setup(state) != 0)
		return -1;
	path = scratch_path(*state, "log");
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	weir_free(path);
	fflush(stderr);
	stderr_kept = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
	log_setup(WEIR_INFO, LOG_TEXT);
	trouble_init(&trouble, "sinks.out");
	return 0;
}

static int teardown(void **state)
{
	dup2(stderr_kept, STDERR_FILENO);
	close(stderr_kept);
	trouble_finish(&trouble);
	return scratch_teardown(state);
}

static size_t lines_with(const char *dir, const char *text)
{
	char *said = scratch_read(dir, "log", NULL);
	size_t count = 0;

	for (const char *at = said; at && (at = strstr(at, text)) != NULL; at++)
		count++;
	weir_free(said);
	return count;
}

static int64_t begin(enum weir_code code, const char *text)
{
	struct weir_error err = { 0 };

	weir_fail(&err, code, "%s", text);
	return trouble_begin(&trouble, &limits, &err);
}

static void a_fault_that_lasts_is_said_once(void **state)
{
	for (int i = 0; i < 50; i++)
		begin(WEIR_E_UNREACHABLE, "nobody listens there");
	assert_int_equal(lines_with(*state, "nobody listens there"), 1);
}

static void two_faults_in_turn_are_each_said_once(void **state)
{
	for (int i = 0; i < 20; i++) {
		begin(WEIR_E_UNREACHABLE, "no route");
		begin(WEIR_E_AUTH, "the key is refused");
	}
	assert_int_equal(lines_with(*state, "no route"), 1);
	assert_int_equal(lines_with(*state, "the key is refused"), 1);
}

static void a_fault_is_one_whatever_its_numbers(void **state)
{
	begin(WEIR_E_UNREACHABLE, "cut at byte 17 of 20");
	begin(WEIR_E_UNREACHABLE, "cut at byte 3 of 20");
	assert_int_equal(lines_with(*state, "cut at byte"), 1);
}

static void the_end_is_said_and_a_later_fault_is_new(void **state)
{
	begin(WEIR_E_UNREACHABLE, "first");
	trouble_end(&trouble);
	trouble_end(&trouble);
	assert_int_equal(lines_with(*state, "recovered after 0 s"), 1);
	begin(WEIR_E_UNREACHABLE, "second");
	assert_int_equal(lines_with(*state, "second"), 1);
}

static void a_refusal_waits_four_seconds_at_first(void **state)
{
	int64_t ms = begin(WEIR_E_AUTH, "refused");

	(void)state;
	assert_in_range(ms, 3000, 5000);
}

static void anybody_may_look_what_is_wrong(void **state)
{
	struct weir_error why;
	int64_t for_ms, next_ms;

	(void)state;
	assert_false(trouble_look(&trouble, &why, &for_ms, &next_ms));
	begin(WEIR_E_AUTH, "refused");
	assert_true(trouble_look(&trouble, &why, &for_ms, &next_ms));
	assert_string_equal(why.text, "refused");
	assert_in_range(next_ms, 1, 5000);
	trouble_end(&trouble);
	assert_false(trouble_look(&trouble, &why, &for_ms, &next_ms));
}

#define TROUBLE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TROUBLE_TEST(a_fault_that_lasts_is_said_once),
		TROUBLE_TEST(two_faults_in_turn_are_each_said_once),
		TROUBLE_TEST(a_fault_is_one_whatever_its_numbers),
		TROUBLE_TEST(the_end_is_said_and_a_later_fault_is_new),
		TROUBLE_TEST(a_refusal_waits_four_seconds_at_first),
		TROUBLE_TEST(anybody_may_look_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
