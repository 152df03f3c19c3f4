/* test_positions.c - the whole source without a wire: from where it goes on, and windows of the past.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "host.h"
#include "rig.h"

/* ---- cursors ---------------------------------------------------------------------------------- */

#define REFUSED "{\"errorCode\":\"E0000001\",\"errorSummary\":\"Api validation failed: after\"}"

static void a_refused_cursor_goes_back_by_the_overlap_and_says_so(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") "," EVENT("2") "," EVENT("3") "]");
	ask(rig);
	host.overlap_ms = 0;
	assert_int_equal(answer(rig, 400, DATE, REFUSED), WEIR_PENDING);
	/* An hour before 16:00:03, but not before the start an hour before 16:19:37. */
	assert_non_null(strstr(sent.url, "since=2026-02-10T15%3A19%3A37.769Z"));
	assert_null(strstr(sent.url, "after"));
	assert_true(fake_said(rig->ctx, "reading again from 2026-02-10T15:19:37.769Z, because cursor refused: 400 E0000001"));
	assert_int_equal(answer(rig, 200, DATE NEXT("2_1"), "[" EVENT("1") "]"), WEIR_OK);
	assert_non_null(strstr(rig->out->position, "after=2_1"));
	free_rig(rig);
}

static void a_query_that_is_refused_without_a_cursor_is_explained(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	assert_int_equal(answer(rig, 400, DATE, REFUSED), WEIR_RETRY);
	assert_int_equal(rig->err.code, WEIR_E_CONFIG);
	assert_false(fake_said(rig->ctx, "reading again"));
	free_rig(rig);
}

static void a_stored_position_is_gone_on_from(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") "]");
	fake_commit(rig->ctx, rig->out->position);
	weir_plugin()->stop(rig->self);
	weir_plugin()->start(rig->self, rig->ctx, &rig->err);
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_string_equal(sent.url, BASE "/api/v1/logs?limit=3&after=1_1");
	free_rig(rig);
}

static void changed_settings_begin_a_new_query_and_say_so(void **state)
{
	struct rig *rig = rig_at_page(), *other = make_rig();

	(void)state;
	answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") "]");
	fake_commit(other->ctx, rig->out->position);
	set_text(other, "filter", "eventType sw \"user\"");
	start(other);
	assert_true(fake_said(other->ctx, "changed"));
	assert_int_equal(ask(other), WEIR_PENDING);
	answer(other, 200, DATE, TOKEN);
	assert_non_null(strstr(sent.url, "since=2026-02-10T15%3A19%3A37.769Z&filter=eventType%20sw%20%22user%22"));
	weir_plugin()->stop(rig->self);
	free_rig(other);
	free_rig(rig);
}

static void a_position_that_is_none_is_said_loudly(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	fake_commit(rig->ctx, "{\"next\":");
	start(rig);
	assert_true(fake_said(rig->ctx, "stored position"));
	assert_int_equal(ask(rig), WEIR_OK);
	free_rig(rig);
}

static void a_gap_beyond_retention_is_said_with_its_bounds(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	set_time(rig, "start", WEIR_WHEN_AT, INT64_C(1750000000000000));
	start(rig);
	assert_true(fake_said(rig->ctx, "gap: Okta keeps 90 days, so the events from 2025-06-15T15:06:40.000Z to "
	                      "2025-11-12T16:19:37.769Z cannot be had"));
	free_rig(rig);
}

static void an_outage_beyond_retention_is_a_gap_too(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") "]");
	fake_commit(rig->ctx, rig->out->position);
	weir_plugin()->stop(rig->self);
	rig->ctx->now_us += INT64_C(100) * 86400 * 1000000;
	weir_plugin()->start(rig->self, rig->ctx, &rig->err);
	assert_true(fake_said(rig->ctx, "events from 2026-02-10T16:19:37.000Z to 2026-02-20T16:19:37.769Z cannot be had"));
	free_rig(rig);
}

/* ---- windows -------------------------------------------------------------------------- */

#define AT(hour, ms) (INT64_C(1770681600000000) + (hour) * HOUR_US + (ms) * INT64_C(1000)) /* 2026-02-10 */

static struct rig *rig_with(const struct weir_window *window)
{
	struct rig *rig = make_rig();

	host.window = window;
	start(rig);
	assert_int_equal(ask(rig), WEIR_PENDING); /* the core has written down where it begins */
	assert_string_equal(sent.url, BASE "/oauth2/v1/token");
	assert_int_equal(answer(rig, 200, DATE, TOKEN), WEIR_PENDING);
	return rig;
}

static void an_audit_reads_its_hour_and_ends(void **state)
{
	const struct weir_window window = { WEIR_AUDIT, AT(8, 0), AT(9, 0), 0.05 };
	struct rig *rig = rig_with(&window);

	(void)state;
	assert_string_equal(sent.url, BASE "/api/v1/logs?limit=3&sortOrder=ASCENDING"
	                    "&since=2026-02-10T08%3A00%3A00.000Z&until=2026-02-10T09%3A00%3A00.000Z");
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"),
	                        "[{\"uuid\":\"1\",\"published\":\"2026-02-10T08:10:00.000Z\"}]"), WEIR_OK);
	assert_int_equal(rig->turn.reached_us, AT(8, 600001));
	assert_int_equal(rig->turn.left.requests, 0);
	assert_int_equal(rig->turn.again_ms, 0);
	/* What is late in it says nothing of the live lane's delay. */
	assert_int_equal(rig->ctx->counts[TALK_LAG], 0);
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_int_equal(answer(rig, 200, DATE, "[]"), WEIR_OK);
	assert_int_equal(ask(rig), WEIR_DONE);
	free_rig(rig);
}

static void what_will_happen_next_year_was_not_reached(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") ",{\"published\":\"2027-01-01T00:00:00.000Z\"}]"),
	                 WEIR_OK);
	assert_int_equal(rig->turn.reached_us, AT(16, 19 * 60000 + 37000)); /* Date */
	free_rig(rig);
}

static void a_backfill_first_asks_how_much_there_is(void **state)
{
	const struct weir_window window = { WEIR_BACKFILL, AT(0, 0), AT(8, 0), 0.5 };
	static const char *const begins[] = { "00%3A00%3A00.000Z&until=2026-02-10T02", "02%3A00%3A00.000Z&until=2026-02-10T04",
	                                      "04%3A00%3A00.000Z&until=2026-02-10T06", "06%3A00%3A00.000Z&until=2026-02-10T08" };
	struct rig *rig = rig_with(&window);

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(begins); i++) {
		assert_non_null(strstr(sent.url, begins[i]));
		/* The first quarter has more: two events in six minutes. */
		answer(rig, 200, i == 0 ? DATE NEXT("s") : DATE,
		       i == 0 ? "[{\"published\":\"2026-02-10T00:01:00.000Z\"},{\"published\":\"2026-02-10T00:06:00.000Z\"}]"
		              : "[{\"published\":\"2026-02-10T07:00:00.000Z\"}]");
		assert_int_equal(rig->status, WEIR_IDLE);
		assert_int_equal(rig->turn.reached_us, 0);
		assert_int_equal(ask(rig), WEIR_PENDING);
	}
	assert_int_equal(rig->turn.left.events, 43);
	assert_int_equal(rig->turn.left.requests, 15);
	/* Then it begins. */
	assert_non_null(strstr(sent.url, "since=2026-02-10T00%3A00%3A00.000Z&until=2026-02-10T08%3A00%3A00.000Z"));
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), "[{\"published\":\"2026-02-10T02:00:00.000Z\"}]"), WEIR_OK);
	assert_int_equal(rig->turn.left.events, 3);
	free_rig(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refused_cursor_goes_back_by_the_overlap_and_says_so),
		cmocka_unit_test(a_query_that_is_refused_without_a_cursor_is_explained),
		cmocka_unit_test(a_stored_position_is_gone_on_from),
		cmocka_unit_test(changed_settings_begin_a_new_query_and_say_so),
		cmocka_unit_test(a_position_that_is_none_is_said_loudly),
		cmocka_unit_test(a_gap_beyond_retention_is_said_with_its_bounds),
		cmocka_unit_test(an_outage_beyond_retention_is_a_gap_too),
		cmocka_unit_test(an_audit_reads_its_hour_and_ends),
		cmocka_unit_test(what_will_happen_next_year_was_not_reached),
		cmocka_unit_test(a_backfill_first_asks_how_much_there_is),
	};

	return cmocka_run_group_tests(tests, make_pem, free_pem);
}
