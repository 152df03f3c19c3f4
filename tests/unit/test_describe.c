/* test_describe.c - core/describe.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config_trial.h"
#include "describe.h"

static void expect_text(const struct weir_plugin *plugin, const char *expected)
{
	struct weir_buf text = { 0 };

	describe_text(plugin, &text);
	assert_string_equal(weir_buf_text(&text), expected);
	weir_buf_finish(&text);
}

static void a_sink_says_what_it_promises(void **state)
{
	(void)state;
	expect_text(&sample_sink,
	            "sink lines 1.0.0\nWrites records.\n"
	            "Delivers exactly once: after a crash the sink goes back to the last commit.\n"
	            "\noptions:\n  path: path; required\n      Where to write.\n");
}

static void a_source_shows_its_rows(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	describe_text(&sample_source, &text);
	weir_buf_text(&text);
	assert_non_null(strstr(text.data, "  wait: duration, at least 100ms; default 30s\n"
	                                  "      How long to wait.\n"));
	assert_non_null(strstr(text.data, "  choice: one of auto, required, off; default auto\n"));
	assert_non_null(strstr(text.data, "sought among the installed files"));
	assert_non_null(strstr(text.data, "metrics:\n  events_total: counter\n      Events.\n"
	                                  "  open: gauge\n"));
	assert_null(strstr(text.data, "Delivers"));
	weir_buf_finish(&text);
	expect_text(&sample_bare_source, "source bare 1.0.0\nHas no options.\n");
}

static void long_docs_are_broken_into_lines(void **state)
{
	const struct weir_option rows[] = {
		{ "text", WEIR_AT_STRING(struct sample, text),
		  .doc = "This is a sentence of a good many words, which go on and on until the "
		         "line is "
		         "full and another begins below it." },
		{ 0 },
	};
	struct weir_plugin plugin = sample_bare_source;
	struct weir_buf text = { 0 };

	(void)state;
	plugin.options = rows;
	describe_text(&plugin, &text);
	for (const char *line = weir_buf_text(&text); *line;) {
		size_t len = strcspn(line, "\n");

		assert_true(len <= 92);
		line += len + 1;
	}
	weir_buf_finish(&text);
}

static void the_list_has_every_kind(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	describe_list(&text);
	weir_buf_text(&text);
	assert_non_null(strstr(text.data, "sources:\n  bare           Has no options.\n"
	                                  "  ticks          Makes events.\n"));
	assert_non_null(strstr(text.data, "transforms:\n  stamp          Changes records.\n"));
	assert_non_null(strstr(text.data, "sinks:\n  lines          Writes records.\n"));
	weir_buf_finish(&text);
}

static void the_core_is_described_as_a_plugin_is(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	assert_string_equal(describe_kind(describe_core()), "core");
	assert_string_equal(describe_kind(&sample_sink), "sink");
	describe_text(describe_core(), &text);
	weir_buf_text(&text);
	assert_non_null(strstr(text.data, "  state_dir: path; required\n"));
	assert_non_null(strstr(text.data, "  retry_min: duration, 1ms to 1d; default 1s\n"));
	weir_buf_finish(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONFIG_TEST(a_sink_says_what_it_promises),
		CONFIG_TEST(a_source_shows_its_rows),
		CONFIG_TEST(long_docs_are_broken_into_lines),
		CONFIG_TEST(the_list_has_every_kind),
		CONFIG_TEST(the_core_is_described_as_a_plugin_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
