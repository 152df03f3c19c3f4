/* test_results.c - core/results.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <weir/util.h>

#include "results.h"

static const struct results_case good = { .folder = "rules/x", .rule = "auth", .passed = true,
                                         .text = "", .took_us = 1500 };
static const struct results_case bad = { .folder = "rules/x", .rule = "auth", .variant = "both",
                                        .text = "  <a> & \"b\"\n" };

/* What results_finish prints for both cases. */
static char *printed(enum results_form form, const char *junit)
{
	struct results *results = results_create(form);
	struct weir_buf text = { 0 };

	results_add(results, &good);
	results_add(results, &bad);
	assert_int_equal(results_count(results), 2);
	assert_false(results_finish(results, &text, junit));
	results_destroy(results);
	weir_buf_text(&text);
	return text.data;
}

static void text_names_each_case_and_counts(void **state)
{
	char *text = printed(RESULTS_TEXT, NULL);

	(void)state;
	assert_string_equal(text, "ok      rules/x/auth\nFAILED  rules/x/auth.both\n"
	                    "  <a> & \"b\"\n1 passed, 1 failed\n");
	weir_free(text);
}

static void json_has_every_case(void **state)
{
	char *text = printed(RESULTS_JSON, NULL);

	(void)state;
	assert_non_null(strstr(text, "{\"passed\":1,\"failed\":1,"));
	assert_non_null(strstr(text, "\"variant\":\"both\",\"passed\":false"));
	assert_non_null(strstr(text, "\"variant\":null,\"passed\":true,\"took_us\":1500"));
	weir_free(text);
}

static void junit_escapes_what_xml_forbids(void **state)
{
	char path[] = "/tmp/weir-test-report-XXXXXX";
	int fd = mkstemp(path);
	char xml[2048] = "";
	char *text;

	(void)state;
	assert_true(fd >= 0);
	text = printed(RESULTS_TEXT, path);
	close(fd);
	fd = -1;
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	assert_true(fread(xml, 1, sizeof xml - 1, f) > 0);
	fclose(f);
	unlink(path);
	assert_non_null(strstr(xml, "tests=\"2\" failures=\"1\""));
	assert_non_null(strstr(xml, "&lt;a&gt; &amp; &quot;b&quot;"));
	assert_non_null(strstr(xml, "name=\"rules/x/auth.both\""));
	weir_free(text);
}

static void a_report_without_failures_is_fine(void **state)
{
	struct results *results = results_create(RESULTS_TEXT);
	struct weir_buf text = { 0 };

	(void)state;
	results_add(results, &good);
	assert_true(results_finish(results, &text, NULL));
	weir_buf_finish(&text);
	results_destroy(results);
	results_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_names_each_case_and_counts),
		cmocka_unit_test(json_has_every_case),
		cmocka_unit_test(junit_escapes_what_xml_forbids),
		cmocka_unit_test(a_report_without_failures_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
