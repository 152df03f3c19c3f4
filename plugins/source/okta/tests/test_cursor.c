/* test_cursor.c - cursor.c and query.c through their headers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "judge.h"

/* ---- pages -------------------------------------------------------------------------- */

static void a_query_is_written_into_its_first_url(void **state)
{
	const struct logs_query query = { "eventType eq \"a\"", "x y", 500, DATE_US };
	char *url = logs_first_url(&query, &org, DATE_US - 1000000);

	(void)state;
	assert_string_equal(url, "https://acme.okta.com/api/v1/logs?limit=500&sortOrder=ASCENDING"
	                    "&since=2026-02-10T16%3A19%3A36.000Z&until=2026-02-10T16%3A19%3A37.000Z"
	                    "&filter=eventType%20eq%20%22a%22&q=x%20y");
	assert_int_equal(logs_limit_of(url), 500);
	weir_free(url);
	assert_int_equal(logs_limit_of("https://o/api/v1/logs?after=1"), 100);
	assert_int_equal(logs_limit_of("https://o/api/v1/logs?limit=1x"), 100);
	assert_int_equal(logs_limit_of("https://o/api/v1/logs?limit=99999"), 100);
}

static void a_querys_hash_follows_every_setting_but_start(void **state)
{
	const struct logs_query base = { "f", "q", 1000, 0 };
	const struct logs_query others[] = { { "g", "q", 1000, 0 }, { "f", "r", 1000, 0 }, { "f", "q", 999, 0 },
	                                     { NULL, "q", 1000, 0 }, { "fq", NULL, 1000, 0 } };
	const struct weir_time never = { 0 }, ago = { WEIR_WHEN_AGO, 5 }, at = { WEIR_WHEN_AT, 5 };
	uint64_t hash = logs_query_hash(&base, &org, &never);

	(void)state;
	assert_true(hash == logs_query_hash(&base, &org, &never));
	for (size_t i = 0; i < WEIR_COUNT(others); i++)
		assert_true(hash != logs_query_hash(&others[i], &org, &never));
	assert_true(hash != logs_query_hash(&base, &org, &ago));
	assert_true(logs_query_hash(&base, &org, &at) != logs_query_hash(&base, &org, &ago));
}

/* ---- positions ----------------------------------------------------------------------------- */

static void a_position_survives_being_written_and_read(void **state)
{
	struct cursor position = { .next = "https://o/x?a=\"b\"", .since_us = DATE_US, .query = 0xfedcba9876543210,
	                             .date_us = DATE_US + 1000, .newest_us = DATE_US - 1000, .done = true };
	struct cursor read;
	struct weir_buf text = { 0 };

	(void)state;
	cursor_write(&position, &text);
	assert_true(cursor_read(weir_buf_text(&text), &read));
	assert_string_equal(read.next, position.next);
	assert_true(read.query == position.query && read.done);
	assert_int_equal(read.since_us, position.since_us);
	assert_int_equal(read.date_us, position.date_us);
	assert_int_equal(read.newest_us, position.newest_us);
	cursor_finish(&read);
	text.len = 0;
	position = (struct cursor){ .since_us = DATE_US };
	cursor_write(&position, &text);
	assert_true(cursor_read(weir_buf_text(&text), &read));
	assert_null(read.next);
	assert_false(read.done);
	weir_buf_finish(&text);
}

static void what_is_no_position_is_refused(void **state)
{
	static const char *const wrong[] = { "", "{}", "[]", "https://o/x", "{\"query\":\"12\",\"next\":\"x\"}",
		"{\"query\":\"0123456789abcdef\"}", "{\"query\":\"0123456789abcdef\",\"next\":5}",
		"{\"query\":\"0123456789abcdef\",\"next\":\"x\",\"date\":\"soon\"}" };
	struct cursor position;

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(wrong); i++) {
		assert_false(cursor_read(wrong[i], &position));
		assert_null(position.next);
	}
}

static void going_back_is_to_the_earlier_time_less_the_overlap(void **state)
{
	struct cursor p = { .since_us = 100, .date_us = 5000, .newest_us = 4000 };

	(void)state;
	assert_int_equal(cursor_fallback_us(&p, 1000), 3000);
	p.newest_us = 6000; /* an event from the future */
	assert_int_equal(cursor_fallback_us(&p, 1000), 4000);
	p.newest_us = 0;
	assert_int_equal(cursor_fallback_us(&p, 1000), 4000);
	assert_int_equal(cursor_fallback_us(&p, 4950), 100); /* not before the begin */
	p.date_us = 0;
	assert_int_equal(cursor_fallback_us(&p, 1000), 100);
}

/* ---- filter and q ---------------------------------------------------------------------------- */

static void a_filter_that_okta_refuses_is_named(void **state)
{
	static const char *const good[] = { "", "eventType eq \"user.session.start\" and (a pr or not (b sw \"(\\\"[\"))",
	                                    "target.id eq \"published\"", "x.published eq \"1\"" };
	static const char *const wrong[] = { "published gt \"2026-01-01T00:00:00Z\"", "(published lt \"x\")", "(a pr",
	                                     "a pr)", "a eq \"b", "target[type eq \"x\"]" };
	struct weir_error err;

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(good); i++) {
		if (!query_check_filter(good[i], &err))
			fail_msg("%s: %s", good[i], err.text);
	}
	for (size_t i = 0; i < WEIR_COUNT(wrong); i++) {
		if (query_check_filter(wrong[i], &err))
			fail_msg("%s: taken", wrong[i]);
		assert_string_equal(err.where.path, "filter");
	}
	assert_true(query_check_words("a b c d e f g h i j", &err));
	assert_false(query_check_words("a b c d e f g h i j k", &err));
	assert_false(query_check_words("12345678901234567890123456789012345678901", &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_query_is_written_into_its_first_url),
		cmocka_unit_test(a_querys_hash_follows_every_setting_but_start),
		cmocka_unit_test(a_position_survives_being_written_and_read),
		cmocka_unit_test(what_is_no_position_is_refused),
		cmocka_unit_test(going_back_is_to_the_earlier_time_less_the_overlap),
		cmocka_unit_test(a_filter_that_okta_refuses_is_named),
	};

	return cmocka_run_group_tests(tests, make_org, free_org);
}
