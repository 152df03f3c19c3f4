/* test_lane_record.c - core/lane_record.c: what is stored of a lane, and what is forgotten.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lane_record.h"

#define DAY INT64_C(86400000000)
#define NOW (20000 * DAY)

static struct lane_record sample(void)
{
	return (struct lane_record){
		.state = LANE_RUNNING, .since_us = NOW - 9 * DAY, .until_us = NOW - DAY, .share = 0.125,
		.begun_us = NOW, .reached_us = NOW - 5 * DAY, .counts = { 12, 34 }, .before = { 56, 78 },
		.position = weir_strdup("{\"next\":\"https://a/?b=\\\"c\\\"\"}"),
	};
}

static void what_is_written_is_read_back(void **state)
{
	struct lane_record record = sample(), read;
	struct weir_buf text = { 0 }, again = { 0 };

	(void)state;
	lane_record_renew(&record);
	record.state = LANE_REFUSED;
	record.since_us = NOW - 3 * DAY;
	record.until_us = NOW;
	record.ended_us = NOW + DAY;
	record.why = weir_strdup("forgotten");
	record.position = weir_strdup("p");
	lane_record_write(&record, &text);
	assert_true(lane_record_read(weir_buf_text(&text), &read));
	lane_record_write(&read, &again);
	assert_string_equal(weir_buf_text(&text), weir_buf_text(&again));
	assert_int_equal(read.span_count, 1);
	assert_int_equal(read.spans[0].since_us, NOW - 9 * DAY);
	assert_int_equal(read.spans[0].until_us, NOW - 5 * DAY);
	assert_string_equal(read.why, "forgotten");
	lane_record_finish(&record);
	lane_record_finish(&read);
	weir_buf_finish(&text);
	weir_buf_finish(&again);
}

static void other_text_is_no_record(void **state)
{
	static const char *const texts[] = { "", "12", "{", "{}", "{\"state\":\"walking\"}", "[]" };
	struct lane_record record;

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(texts); i++)
		assert_false(lane_record_read(texts[i], &record));
}

static void what_another_weir_wrote_is_read_as_far_as_it_is_known(void **state)
{
	struct lane_record record;

	(void)state;
	assert_true(lane_record_read("{\"state\":\"done\",\"new\":{\"a\":[1]},\"since\":5,\"until\":\"soon\","
	                             "\"fresh\":\"x\",\"repeated\":3,\"share_ppm\":1000000,"
	                             "\"before_it\":[{},7,{\"since\":\"2026-01-02T00:00:00Z\","
	                             "\"until\":\"2026-01-01T00:00:00Z\"},{\"until\":"
	                             "\"2026-01-01T00:00:00Z\"}]}", &record));
	assert_int_equal(record.state, LANE_DONE);
	assert_int_equal(record.since_us, 0);
	assert_int_equal(record.until_us, 0);
	assert_int_equal(record.counts.fresh, 0);
	assert_int_equal(record.counts.repeated, 3);
	assert_true(record.share > 0.999999 && record.share < 1.000001);
	assert_null(record.position);
	/* A span that ends before it begins is none; one from the begin of time is. */
	assert_int_equal(record.span_count, 1);
	assert_int_equal(record.spans[0].since_us, 0);
	lane_record_finish(&record);
}

static void what_a_backfill_did_is_kept_when_the_next_begins(void **state)
{
	struct lane_record record = sample();

	(void)state;
	lane_record_renew(&record);
	assert_int_equal(record.state, LANE_NONE);
	assert_null(record.position);
	assert_int_equal(record.counts.fresh, 0);
	assert_int_equal(record.span_count, 1);
	/* One that has done nothing leaves nothing. */
	record.state = LANE_CANCELLED;
	record.since_us = NOW;
	lane_record_renew(&record);
	assert_int_equal(record.span_count, 1);
	lane_record_finish(&record);
}

static void events_are_forgotten_that_came_before_ids_are_known(void **state)
{
	const struct lane_span old = { NOW - 30 * DAY, INT64_MAX, NOW - 20 * DAY };
	struct lane_span part;

	(void)state;
	/* Live since 30 days, ids of 7: what happened before then, and after the begin. */
	assert_true(lane_span_is_forgotten(&old, NOW - 7 * DAY, NOW - 40 * DAY, NOW, &part));
	assert_int_equal(part.since_us, NOW - 30 * DAY);
	assert_int_equal(part.until_us, NOW - 7 * DAY);
	assert_false(lane_span_is_forgotten(&old, NOW - 7 * DAY, NOW - 7 * DAY, NOW, &part));
	assert_false(lane_span_is_forgotten(&old, NOW - 7 * DAY, NOW - 40 * DAY, NOW - 30 * DAY, &part));
	assert_true(lane_span_is_forgotten(&old, NOW - 7 * DAY, NOW - 8 * DAY, NOW, &part));
	/* All of it came while ids were kept. */
	assert_false(lane_span_is_forgotten(&old, NOW - 20 * DAY, NOW - 40 * DAY, NOW, &part));
	assert_false(lane_span_is_forgotten(&old, INT64_MIN, NOW - 40 * DAY, NOW, &part));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(other_text_is_no_record),
		cmocka_unit_test(what_another_weir_wrote_is_read_as_far_as_it_is_known),
		cmocka_unit_test(what_a_backfill_did_is_kept_when_the_next_begins),
		cmocka_unit_test(events_are_forgotten_that_came_before_ids_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
