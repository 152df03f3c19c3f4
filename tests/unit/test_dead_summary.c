/* test_dead_summary.c - core/dead_summary.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "dead_summary.h"

static struct store_dead letter(int64_t number, const char *sink, int line, const char *text)
{
	struct store_dead dead = { .number = number, .source = "acme", .sink = sink, .stage = "transforms.t",
		                   .at_us = number * 1000000,
		                   .why = { .where = { .file = line ? "a.lua" : NULL, .line = line } } };

	snprintf(dead.why.text, sizeof dead.why.text, "%s", text);
	return dead;
}

static void the_same_line_for_the_same_sink_is_one_reason(void **state)
{
	const struct store_dead letters[] = {
		letter(1, "out", 0, "too long"),   letter(2, "out", 3, "'x' is no address"),
		letter(3, "out", 3, "'y' is no address"), letter(4, "copy", 3, "'x' is no address"),
		letter(5, "out", 3, "'z' is no address"),
	};
	struct dead_summary *summary = dead_summary_create();
	struct weir_buf text = { 0 };

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(letters); i++)
		dead_summary_add(summary, &letters[i]);
	dead_summary_json(summary, &text);
	assert_string_equal(
		weir_buf_text(&text),
		"{\"letters\":3,\"number\":2,\"first\":\"1970-01-01T00:00:02.000Z\","
		"\"last\":\"1970-01-01T00:00:05.000Z\",\"sink\":\"out\",\"stage\":\"transforms.t\","
		"\"reason\":\"a.lua:3: 'x' is no address\"}\n"
		"{\"letters\":1,\"number\":1,\"first\":\"1970-01-01T00:00:01.000Z\","
		"\"last\":\"1970-01-01T00:00:01.000Z\",\"sink\":\"out\",\"stage\":\"transforms.t\","
		"\"reason\":\"too long\"}\n"
		"{\"letters\":1,\"number\":4,\"first\":\"1970-01-01T00:00:04.000Z\","
		"\"last\":\"1970-01-01T00:00:04.000Z\",\"sink\":\"copy\",\"stage\":\"transforms.t\","
		"\"reason\":\"a.lua:3: 'x' is no address\"}\n");
	text.len = 0;
	dead_summary_text(summary, &text);
	assert_non_null(strstr(weir_buf_text(&text), "transforms.t    2  a.lua:3: 'x' is no address"));
	weir_buf_finish(&text);
	dead_summary_destroy(summary);
	dead_summary_destroy(NULL);
}

static void no_letters_are_told_without_a_table(void **state)
{
	struct dead_summary *summary = dead_summary_create();
	struct weir_buf text = { 0 };

	(void)state;
	dead_summary_text(summary, &text);
	assert_string_equal(weir_buf_text(&text), "no dead letters\n");
	weir_buf_finish(&text);
	dead_summary_destroy(summary);
}

static void more_reasons_than_that_are_counted_together(void **state)
{
	struct dead_summary *summary = dead_summary_create();
	struct weir_buf text = { 0 };

	(void)state;
	for (int i = 0; i < DEAD_REASONS_MOST + 50; i++) {
		char reason[32];
		struct store_dead dead;

		snprintf(reason, sizeof reason, "offset %d", i);
		dead = letter(i + 1, "out", 0, reason);
		dead_summary_add(summary, &dead);
	}
	dead_summary_json(summary, &text);
	assert_non_null(strstr(weir_buf_text(&text), "{\"letters\":50,\"number\":201,"));
	assert_non_null(strstr(weir_buf_text(&text), "\"reason\":\"other reasons\""));
	weir_buf_finish(&text);
	dead_summary_destroy(summary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_line_for_the_same_sink_is_one_reason),
		cmocka_unit_test(no_letters_are_told_without_a_table),
		cmocka_unit_test(more_reasons_than_that_are_counted_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
