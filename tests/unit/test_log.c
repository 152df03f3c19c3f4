/* test_log.c - core/log.c through its header, with standard error in a file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "log.h"
#include "scratch.h"

static int saved = -1;

static int setup(void **state)
{
	char *path;
	int fd;

	if (scratch_setup(state) != 0)
		return -1;
	path = scratch_path(*state, "err");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	weir_free(path);
	saved = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
	return 0;
}

static int teardown(void **state)
{
	dup2(saved, STDERR_FILENO);
	close(saved);
	log_setup(WEIR_INFO, LOG_TEXT);
	return scratch_teardown(state);
}

static char *said(void **state)
{
	return scratch_read(*state, "err", NULL);
}

static int lines(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void a_line_says_when_how_bad_who_and_what(void **state)
{
	char *text;

	log_setup(WEIR_INFO, LOG_TEXT);
	log_line(WEIR_WARN, "sources.acme", "throttled for %d s", 30);
	text = said(state);
	assert_int_equal(text[4], '-');
	assert_int_equal(text[23], 'Z');
	assert_string_equal(text + 24, " warn  sources.acme: throttled for 30 s\n");
	weir_free(text);
}

static void lines_below_the_level_are_left_out(void **state)
{
	char *text;

	log_setup(WEIR_INFO, LOG_TEXT);
	log_line(WEIR_DEBUG, "weir", "detail");
	log_line(WEIR_INFO, "weir", "news");
	log_setup(WEIR_DEBUG, LOG_TEXT);
	log_line(WEIR_DEBUG, "weir", "detail");
	text = said(state);
	assert_int_equal(lines(text), 2);
	weir_free(text);
}

static void what_was_just_said_is_held_back(void **state)
{
	char *text;

	log_setup(WEIR_INFO, LOG_TEXT);
	for (int i = 0; i < 50; i++)
		log_line(WEIR_WARN, "sinks.out", "disk full");
	log_line(WEIR_WARN, "sinks.other", "disk full");
	log_line(WEIR_WARN, "sinks.out", "disk still full");
	text = said(state);
	assert_int_equal(lines(text), 3);
	weir_free(text);
}

static void a_line_stays_one_line(void **state)
{
	char *text;

	log_setup(WEIR_INFO, LOG_TEXT);
	log_line(WEIR_WARN, "weir", "a\nb\x1b[31m");
	text = said(state);
	assert_int_equal(lines(text), 1);
	assert_non_null(strstr(text, "a\\x0ab\\x1b[31m"));
	weir_free(text);
}

static void json_lines_are_json(void **state)
{
	char *text;

	log_setup(WEIR_INFO, LOG_JSON);
	log_line(WEIR_INFO, "weir", "say \"x\"\tand \\");
	text = said(state);
	assert_non_null(strstr(text, "\"level\":\"info\",\"who\":\"weir\","
	                             "\"text\":\"say \\\"x\\\"\\u0009and \\\\\"}\n"));
	weir_free(text);
}

static void an_error_comes_with_its_place(void **state)
{
	struct weir_error err = { .code = WEIR_E_CONFIG,
		                  .where = { .file = "weir.yaml", .line = 14, .column = 11,
		                             .path = "sources.acme.org_url" } };
	char *text;

	log_setup(WEIR_INFO, LOG_TEXT);
	snprintf(err.text, sizeof err.text, "must not contain a path");
	log_error(WEIR_WARN, "weir", &err);
	err.where = (struct weir_where){ 0 };
	log_error(WEIR_WARN, "weir", &err);
	text = said(state);
	assert_non_null(strstr(text, "weir: weir.yaml:14:11: sources.acme.org_url: must not contain "
	                             "a path\n"));
	assert_non_null(strstr(text, "weir: must not contain a path\n"));
	weir_free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_line_says_when_how_bad_who_and_what, setup, teardown),
		cmocka_unit_test_setup_teardown(lines_below_the_level_are_left_out, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_just_said_is_held_back, setup, teardown),
		cmocka_unit_test_setup_teardown(a_line_stays_one_line, setup, teardown),
		cmocka_unit_test_setup_teardown(json_lines_are_json, setup, teardown),
		cmocka_unit_test_setup_teardown(an_error_comes_with_its_place, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
