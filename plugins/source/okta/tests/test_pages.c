/* test_pages.c - the whole source without a wire: pages, and how long it waits between them.
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

static enum weir_status no_answer(struct rig *rig, enum weir_code code, const char *text)
{
	struct weir_reply reply;

	make_failure(&reply, code, text);
	poll_with(rig, &reply);
	reply_finish(&reply);
	return rig->status;
}

/* ---- pages ------------------------------------------------------------------------------ */

static void a_full_page_is_followed_at_once_and_a_short_one_at_the_next_tick(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	rig->ctx->monotonic_ms += 400;
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") "," EVENT("2") "," EVENT("3") "]"), WEIR_OK);
	assert_int_equal(rig->turn.again_ms, 0);
	assert_int_equal(rig->out->len, 3);
	assert_string_equal(rig->out->origin, "acme.okta.com");
	assert_non_null(strstr(rig->out->position, "\"next\":\"" BASE "/api/v1/logs?limit=3&after=1_1\""));
	assert_non_null(strstr(rig->out->position, "\"date\":\"2026-02-10T16:19:37.000Z\""));
	assert_non_null(strstr(rig->out->position, "\"newest\":\"2026-02-10T16:00:03.000Z\""));
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_string_equal(sent.url, BASE "/api/v1/logs?limit=3&after=1_1");
	rig->ctx->monotonic_ms += 700;
	assert_int_equal(answer(rig, 200, DATE NEXT("1_2"), "[" EVENT("4") "]"), WEIR_OK);
	assert_int_equal(rig->turn.again_ms, 29300);
	assert_int_equal(ask(rig), WEIR_IDLE);
	assert_int_equal(rig->turn.again_ms, 29300);
	rig->ctx->monotonic_ms += 29300;
	assert_int_equal(ask(rig), WEIR_PENDING);
	free_rig(rig);
}

static void an_empty_page_is_worth_a_commit_only_now_and_then(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	/* The first one has the first cursor. */
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), "[]"), WEIR_OK);
	for (int i = 0; i < 9; i++) {
		rig->ctx->monotonic_ms += 30000;
		assert_int_equal(ask(rig), WEIR_PENDING);
		assert_int_equal(answer(rig, 200, DATE NEXT("1_2"), "[]"), WEIR_IDLE);
		assert_int_equal(rig->turn.again_ms, 30000);
	}
	rig->ctx->monotonic_ms += 30000;
	ask(rig);
	assert_string_equal(sent.url, BASE "/api/v1/logs?limit=3&after=1_2");
	assert_int_equal(answer(rig, 200, DATE NEXT("1_3"), "[]"), WEIR_OK);
	assert_non_null(strstr(rig->out->position, "after=1_3"));
	free_rig(rig);
}

static void others_of_a_fleet_begin_with_a_pause_of_their_own(void **state)
{
	struct rig *rig = make_rig();
	static const struct okta other;
	struct fleet *fleet = weir_shared(rig->ctx, "fleet", sizeof *fleet, NULL);

	(void)state;
	fleet->first = &other;
	reach_page(rig);
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), "[]"), WEIR_OK);
	assert_in_range(rig->turn.again_ms, 1, 29999);
	rig->ctx->monotonic_ms += rig->turn.again_ms;
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_int_equal(answer(rig, 200, DATE NEXT("1_2"), "[]"), WEIR_IDLE);
	assert_int_equal(rig->turn.again_ms, 30000);
	free_rig(rig);
}

static void a_full_page_that_leads_to_itself_does_not_spin(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") "," EVENT("2") "," EVENT("3") "]");
	ask(rig);
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") "," EVENT("2") "," EVENT("3") "]"), WEIR_OK);
	assert_int_equal(rig->turn.again_ms, 30000);
	free_rig(rig);
}

static void a_bounded_query_follows_at_once_and_ends(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	set_time(rig, "until", WEIR_WHEN_AT, INT64_C(1770740000000000));
	reach_page(rig);
	assert_non_null(strstr(sent.url, "&until=2026-02-10T16%3A13%3A20.000Z"));
	assert_int_equal(answer(rig, 200, DATE NEXT("x"), "[]"), WEIR_OK);
	assert_int_equal(rig->turn.again_ms, 0);
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_int_equal(answer(rig, 200, DATE, "[" EVENT("1") "]"), WEIR_OK);
	assert_non_null(strstr(rig->out->position, "\"done\":true"));
	fake_commit(rig->ctx, rig->out->position);
	assert_int_equal(ask(rig), WEIR_DONE);
	weir_plugin()->stop(rig->self);
	weir_plugin()->start(rig->self, rig->ctx, &rig->err);
	assert_int_equal(ask(rig), WEIR_DONE);
	free_rig(rig);
}

static void a_page_that_does_not_parse_never_moves_the_cursor(void **state)
{
	static const char *const bodies[] = { "", "[{]", "<html></html>", "{}", "[" EVENT("1"), "[]]" };
	struct rig *rig = rig_at_page();

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(bodies); i++) {
		assert_int_equal(answer(rig, 200, DATE NEXT("9_9"), bodies[i]), WEIR_RETRY);
		assert_int_equal(rig->err.code, WEIR_E_UNREACHABLE);
		assert_int_equal(ask(rig), WEIR_PENDING);
		assert_null(strstr(sent.url, "after"));
	}
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") "]"), WEIR_OK);
	assert_int_equal(host.salvaged, 0);
	free_rig(rig);
}

static void a_page_that_stays_broken_is_salvaged(void **state)
{
	static const char broken[] = "[" EVENT("1") ",{\"uuid\":\"2\",\"x\":\"\\q\"}]";
	struct rig *rig = rig_at_page();

	(void)state;
	for (int i = 0; i < 20; i++) {
		assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), broken), WEIR_RETRY);
		assert_int_equal(host.salvaged, 0);
		ask(rig);
	}
	rig->ctx->monotonic_ms += 600000;
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), broken), WEIR_OK);
	assert_int_equal(host.salvaged, 1);
	assert_int_equal(rig->out->len, 2);
	assert_true(fake_said(rig->ctx, "stayed broken"));
	free_rig(rig);
}

static void a_page_broken_in_another_way_each_time_is_not_salvaged(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	for (int i = 0; i < 30; i++) {
		char body[80];

		snprintf(body, sizeof body, "[{\"uuid\":\"%d\",\"x\":\"\\q\"}]", i);
		assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), body), WEIR_RETRY);
		rig->ctx->monotonic_ms += 600000;
		/* The token ages meanwhile. */
		if (ask(rig) == WEIR_PENDING && strcmp(sent.method, "POST") == 0)
			answer(rig, 200, DATE, TOKEN);
	}
	assert_int_equal(host.salvaged, 0);
	free_rig(rig);
}

static void a_page_that_is_too_large_is_asked_for_with_half_the_limit(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	set_number(rig, "limit", 1000);
	reach_page(rig);
	assert_int_equal(no_answer(rig, WEIR_E_DATA, "too large"), WEIR_PENDING);
	assert_non_null(strstr(sent.url, "?limit=500&"));
	assert_int_equal(no_answer(rig, WEIR_E_DATA, "too large"), WEIR_PENDING);
	assert_non_null(strstr(sent.url, "?limit=250&"));
	assert_int_equal(answer(rig, 200, DATE "Link: <" BASE "/api/v1/logs?limit=250&after=1>; rel=\"next\"\n",
	                        "[" EVENT("1") "]"), WEIR_OK);
	assert_non_null(strstr(rig->out->position, "?limit=1000&after=1\""));
	free_rig(rig);
}

static void one_event_over_page_max_asks_for_a_larger_one(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	assert_int_equal(no_answer(rig, WEIR_E_DATA, "larger than 10 bytes"), WEIR_PENDING);
	assert_non_null(strstr(sent.url, "?limit=1&"));
	assert_int_equal(no_answer(rig, WEIR_E_DATA, "larger than 10 bytes"), WEIR_RETRY);
	assert_int_equal(rig->err.code, WEIR_E_CONFIG);
	assert_non_null(strstr(rig->err.text, "page_max"));
	free_rig(rig);
}

static void a_page_that_takes_okta_too_long_is_halved_after_a_wait(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	set_number(rig, "limit", 1000);
	reach_page(rig);
	assert_int_equal(answer(rig, 500, DATE, "{\"errorCode\":\"E0000009\",\"errorSummary\":\"Your last request "
	                        "took too long to complete.\"}"), WEIR_RETRY);
	assert_int_equal(rig->err.code, WEIR_E_UNREACHABLE);
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_non_null(strstr(sent.url, "?limit=500&"));
	free_rig(rig);
}

static void a_page_with_a_foreign_link_is_not_taken(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	assert_int_equal(answer(rig, 200, DATE "Link: <https://evil.example/api/v1/logs?after=1>; rel=\"next\"\n",
	                        "[" EVENT("1") "]"), WEIR_RETRY);
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_null(strstr(sent.url, "evil"));
	free_rig(rig);
}

/* ---- limits ------------------------------------------------------------------------------------- */

static void a_429_says_how_long_to_wait(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	assert_int_equal(answer(rig, 429, DATE "x-rate-limit-limit: 60\nx-rate-limit-remaining: 0\n"
	                        "x-rate-limit-reset: 1770740387\n", "{\"errorCode\":\"E0000047\"}"), WEIR_RETRY);
	assert_int_equal(rig->err.code, WEIR_E_THROTTLED);
	assert_int_equal(rig->err.retry_after_ms, 11000);
	assert_int_equal(rig->ctx->counts[TALK_THROTTLED], 1);
	free_rig(rig);
}

static void a_budget_that_is_used_up_is_waited_for(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1") "x-rate-limit-limit: 60\nx-rate-limit-remaining: 0\n"
	                        "x-rate-limit-reset: 1770740387\n", "[" EVENT("1") "," EVENT("2") "," EVENT("3") "]"),
	                 WEIR_OK);
	assert_int_equal(ask(rig), WEIR_IDLE);
	assert_int_equal(rig->turn.again_ms, 11000);
	rig->ctx->monotonic_ms += 11000;
	assert_int_equal(ask(rig), WEIR_PENDING);
	free_rig(rig);
}

static void a_request_that_cannot_start_is_tried_again(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	start(rig);
	ask(rig);
	host.http_refuses = true;
	assert_int_equal(ask(rig), WEIR_RETRY);
	assert_int_equal(rig->err.code, WEIR_E_RESOURCE);
	host.http_refuses = false;
	assert_int_equal(ask(rig), WEIR_PENDING);
	free_rig(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_page_is_followed_at_once_and_a_short_one_at_the_next_tick),
		cmocka_unit_test(an_empty_page_is_worth_a_commit_only_now_and_then),
		cmocka_unit_test(others_of_a_fleet_begin_with_a_pause_of_their_own),
		cmocka_unit_test(a_full_page_that_leads_to_itself_does_not_spin),
		cmocka_unit_test(a_bounded_query_follows_at_once_and_ends),
		cmocka_unit_test(a_page_that_does_not_parse_never_moves_the_cursor),
		cmocka_unit_test(a_page_that_stays_broken_is_salvaged),
		cmocka_unit_test(a_page_broken_in_another_way_each_time_is_not_salvaged),
		cmocka_unit_test(a_page_that_is_too_large_is_asked_for_with_half_the_limit),
		cmocka_unit_test(one_event_over_page_max_asks_for_a_larger_one),
		cmocka_unit_test(a_page_that_takes_okta_too_long_is_halved_after_a_wait),
		cmocka_unit_test(a_page_with_a_foreign_link_is_not_taken),
		cmocka_unit_test(a_429_says_how_long_to_wait),
		cmocka_unit_test(a_budget_that_is_used_up_is_waited_for),
		cmocka_unit_test(a_request_that_cannot_start_is_tried_again),
	};

	return cmocka_run_group_tests(tests, make_pem, free_pem);
}
