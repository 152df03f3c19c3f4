/* test_describe_markdown.c - core/describe_markdown.c through describe.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_trial.h"
#include "describe.h"

static void a_page_has_a_table_of_options(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	describe_markdown(&sample_sink, &text);
	assert_string_equal(weir_buf_text(&text),
	                    "# Sink `lines`\n\nWrites records.\n\n"
	                    "Delivers **exactly once**: after a crash the sink goes back to the "
	                    "last commit.\n\n"
	                    "## Options\n\n| option | type | default | what it does |\n| --- | --- "
	                    "| --- | --- |\n"
	                    "| `path` | path | required | Where to write. |\n\n"
	                    "Printed by `weir describe --markdown`.\n");
	weir_buf_finish(&text);
}

static void bars_do_not_end_a_cell(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	describe_markdown(&sample_source, &text);
	weir_buf_text(&text);
	assert_non_null(strstr(text.data,
	                       "| `choice` | one of auto, required, off | `auto` | Whether \\| "
	                       "or not. |\n"));
	assert_non_null(strstr(text.data, "| `open` | gauge | What is open. |\n"));
	weir_buf_finish(&text);
}

static void the_core_has_a_page(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	describe_markdown(describe_core(), &text);
	weir_buf_text(&text);
	assert_int_equal(strncmp(text.data, "# Options of the core\n", 22), 0);
	weir_buf_finish(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONFIG_TEST(a_page_has_a_table_of_options),
		CONFIG_TEST(bars_do_not_end_a_cell),
		CONFIG_TEST(the_core_has_a_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
