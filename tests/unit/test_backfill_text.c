/* test_backfill_text.c - core/backfill_text.c: the lines of `weir backfill`.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "backfill_text.h"

#define RUNNING                                                                                \
	"{\"source\":\"acme\",\"state\":\"running\",\"since\":\"2026-01-01T00:00:00.000Z\","    \
	"\"until\":\"2026-01-11T00:00:00.000Z\",\"reached\":\"2026-01-06T00:00:00.000Z\","      \
	"\"share\":0.1,\"stored\":true,\"delivered\":1234,\"repeated\":766"

static struct weir_arena *arena;

static struct weir_value value_of(const char *text)
{
	struct weir_value v = { 0 };
	struct weir_error err;

	assert_true(weir_json_parse(arena, weir_bytes(text), &v, &err));
	return v;
}

static int setup(void **state)
{
	(void)state;
	arena = weir_arena_create();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	weir_arena_destroy(arena);
	return 0;
}

static void is_text(struct weir_buf *text, const char *wanted)
{
	assert_string_equal(weir_buf_text(text), wanted);
	text->len = 0;
}

static void progress_goes_by_events_where_they_are_known(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	backfill_put_progress(value_of(RUNNING "}"), 0, &text);
	is_text(&text, "acme: 50 %, 1,234 events, and 766 that had been delivered before");
	backfill_put_progress(value_of(RUNNING ",\"events_left\":6000,\"requests_left\":7,"
	                               "\"ms_left\":70000}"), 8, &text);
	is_text(&text, "acme: [##------] 25 %, 1,234 events, and 766 that had been delivered before, "
	        "about 70 s left");
	weir_buf_finish(&text);
}

static void the_estimate_comes_once_it_is_there(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	assert_false(backfill_put_estimate(value_of(RUNNING ",\"requests_expected\":0}"), &text));
	assert_true(backfill_put_estimate(value_of(RUNNING ",\"events_expected\":1204000,\"requests_expected\":1205,"
	                                           "\"ms_expected\":12050000}"), &text));
	is_text(&text, "acme: about 1,204,000 events in 1,205 requests, about 3 h at 10% of the limit");
	/* No limit was told. */
	assert_true(backfill_put_estimate(value_of(RUNNING ",\"events_expected\":1,\"requests_expected\":1}"),
	                                  &text));
	is_text(&text, "acme: about 1 event in 1 request");
	weir_buf_finish(&text);
}

static void the_end_says_why(void **state)
{
	static const char refused[] = "{\"source\":\"acme\",\"state\":\"refused\",\"stored\":true,"
		"\"delivered\":1,\"repeated\":0,\"why\":\"ids are\\nforgotten\"}";
	struct weir_buf text = { 0 };

	(void)state;
	assert_true(backfill_is_over(value_of(refused)));
	assert_false(backfill_is_done(value_of(refused)));
	assert_true(backfill_put_end(value_of(refused), &text));
	is_text(&text, "acme: refused; 1 event: ids are?forgotten");
	assert_false(backfill_put_end(value_of("{\"state\":\"done\",\"dry_run\":true}"), &text));
	weir_buf_finish(&text);
}

static void it_is_over_when_its_end_is_stored(void **state)
{
	(void)state;
	assert_false(backfill_is_over(value_of(RUNNING "}")));
	assert_false(backfill_is_over(value_of("{\"state\":\"done\",\"stored\":false}")));
	assert_true(backfill_is_over(value_of("{\"state\":\"done\",\"stored\":true}")));
}

static void trouble_goes_before_a_note(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	assert_false(backfill_put_note(value_of(RUNNING "}"), &text));
	assert_true(backfill_put_note(value_of(RUNNING ",\"note\":\"gap\"}"), &text));
	is_text(&text, "acme: ! gap");
	assert_true(backfill_put_note(value_of(RUNNING ",\"note\":\"gap\",\"trouble\":\"down\"}"), &text));
	is_text(&text, "acme: ! down");
	weir_buf_finish(&text);
}

static void a_list_has_a_row_each(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	backfill_put_list(value_of("[" RUNNING ",\"ms_left\":5000},{\"source\":\"b\",\"state\":\"none\"}]"),
	                  &text);
	assert_non_null(strstr(weir_buf_text(&text), "acme    running  2026-01-01T00:00:00.000Z"));
	assert_non_null(strstr(weir_buf_text(&text), "5 s"));
	assert_non_null(strstr(weir_buf_text(&text), "b       none"));
	weir_buf_finish(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(progress_goes_by_events_where_they_are_known, setup, teardown),
		cmocka_unit_test_setup_teardown(the_estimate_comes_once_it_is_there, setup, teardown),
		cmocka_unit_test_setup_teardown(the_end_says_why, setup, teardown),
		cmocka_unit_test_setup_teardown(it_is_over_when_its_end_is_stored, setup, teardown),
		cmocka_unit_test_setup_teardown(trouble_goes_before_a_note, setup, teardown),
		cmocka_unit_test_setup_teardown(a_list_has_a_row_each, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
