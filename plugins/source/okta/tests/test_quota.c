/* test_quota.c - quota.c through its header, and against an org's window.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "host.h"

#include "quota.h"

static struct quota_use live(double share)
{
	return (struct quota_use){ WEIR_LIVE, share };
}

/* An org that allows so many requests in windows of its own phase, as Okta counts them. */
struct server {
	int64_t limit, window_ms, begin_ms, used, refused, most;
};

static struct rate ask_server(struct server *server, int64_t now_ms)
{
	if (now_ms >= server->begin_ms + server->window_ms) {
		server->begin_ms += (now_ms - server->begin_ms) / server->window_ms * server->window_ms;
		server->used = 0;
	}
	if (server->used < server->limit)
		server->used++;
	else
		server->refused++;
	if (server->used > server->most)
		server->most = server->used;
	return (struct rate){ true, false, server->limit, server->limit - server->used,
	                      (server->begin_ms + server->window_ms + 999) / 1000 };
}

/* Asks for so many pages as fast as the quota allows; how long that takes. The clocks of both
 * sides are one here, but Date has whole seconds only. */
static int64_t run(struct quota *quota, struct server *server, double share, int pages)
{
	const int64_t start_ms = 1000000, took_ms = 20;
	int64_t now_ms = start_ms;

	for (int i = 0; i < pages; i++) {
		struct rate rate;

		now_ms += quota_wait_ms(quota, live(share), now_ms);
		assert_int_equal(quota_wait_ms(quota, live(share), now_ms), 0);
		quota_sent(quota, live(share), now_ms);
		rate = ask_server(server, now_ms);
		now_ms += took_ms;
		quota_note(quota, live(0), &rate, now_ms / 1000 * 1000000, now_ms);
	}
	return now_ms - start_ms;
}

static void a_backlog_gets_its_share_and_not_more(void **state)
{
	static const double shares[] = { 0.1, 0.4, 0.5, 0.9 };

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(shares); i++) {
		for (int64_t phase = 0; phase < 6000; phase += 700) {
			struct server server = { 60, 6000, 1000000 - phase, 0, 0, 0 };
			struct quota quota = { 0 };
			int64_t ms = run(&quota, &server, shares[i], 200);
			double fair_ms = 200 / (60 * shares[i] / 6000);

			assert_int_equal(server.refused, 0);
			if ((double)ms > fair_ms / 0.95)
				fail_msg("share %g, phase %d: %d ms in place of %g", shares[i], (int)phase, (int)ms, fair_ms);
			if (server.most > (int64_t)(60 * shares[i] * 1.1) + 3)
				fail_msg("share %g: %d in one window", shares[i], (int)server.most);
		}
	}
}

static void a_whole_share_is_never_refused(void **state)
{
	(void)state;
	for (int64_t phase = 0; phase < 60000; phase += 1700) {
		struct server server = { 25, 60000, 1000000 - phase, 0, 0, 0 };
		struct quota quota = { 0 };

		run(&quota, &server, 1.0, 200);
		assert_int_equal(server.refused, 0);
	}
}

static void a_window_is_learned_from_its_ends(void **state)
{
	struct rate rate = { true, false, 60, 59, 1000 };
	struct quota quota = { 0 };

	(void)state;
	quota_note(&quota, live(0), &rate, INT64_C(950000000), 0);
	assert_int_equal(quota.window_ms, 0);
	rate.reset_s = 1180;
	quota_note(&quota, live(0), &rate, INT64_C(1130000000), 0);
	assert_int_equal(quota.window_ms, 180000); /* three windows, as far as is known */
	rate.reset_s = 1240;
	quota_note(&quota, live(0), &rate, INT64_C(1190000000), 0);
	assert_int_equal(quota.window_ms, 60000);
	rate.reset_s = 1230; /* another bucket's, or a clock set back */
	quota_note(&quota, live(0), &rate, INT64_C(1190000000), 0);
	assert_int_equal(quota.window_ms, 60000);
}

static void an_idle_org_is_not_slowed_down(void **state)
{
	struct server server = { 60, 60000, 990000, 0, 0, 0 };
	struct quota quota = { 0 };

	(void)state;
	for (int64_t now_ms = 1000000; now_ms < 2000000; now_ms += 30000) {
		struct rate rate;

		assert_int_equal(quota_wait_ms(&quota, live(0.4), now_ms), 0);
		quota_sent(&quota, live(0.4), now_ms);
		rate = ask_server(&server, now_ms);
		quota_note(&quota, live(0), &rate, now_ms * 1000, now_ms);
	}
}

static void what_others_use_up_is_waited_for(void **state)
{
	const struct rate rate = { true, false, 60, 3, 1000 };
	struct quota quota = { 0 };

	(void)state;
	quota_note(&quota, live(0), &rate, INT64_C(990000000), 5000);
	assert_int_equal(quota_wait_ms(&quota, live(0.4), 5000), 11000);
	assert_int_equal(quota_wait_ms(&quota, live(0.4), 16000), 0);
}

static void one_request_a_window_is_always_allowed(void **state)
{
	struct server server = { 10, 60000, 990000, 0, 0, 0 };
	struct quota quota = { 0 };

	(void)state;
	assert_true(run(&quota, &server, 0.01, 5) < 5 * 62000);
	assert_int_equal(server.most, 1);
}

static void a_block_holds_until_its_end(void **state)
{
	struct quota quota = { 0 };

	(void)state;
	quota_block(&quota, 500);
	quota_block(&quota, 300);
	assert_int_equal(quota_wait_ms(&quota, live(0.4), 100), 400);
	assert_int_equal(quota_wait_ms(&quota, live(0.4), 500), 0);
}

/* A backlog of each; the one that may goes first. How many requests each got in ten windows. */
static void run_both(struct quota *quota, struct server *server, const struct quota_use uses[2],
                     int got[2])
{
	int64_t now_ms = 1000000, end_ms = now_ms + 10 * server->window_ms;

	while (now_ms < end_ms) {
		int64_t waits[2] = { quota_wait_ms(quota, uses[0], now_ms),
			             quota_wait_ms(quota, uses[1], now_ms) };
		int who = waits[1] < waits[0];
		struct rate rate;

		now_ms += waits[who];
		quota_sent(quota, uses[who], now_ms);
		rate = ask_server(server, now_ms);
		now_ms += 20;
		quota_note(quota, uses[who], &rate, now_ms / 1000 * 1000000, now_ms);
		got[who]++;
	}
}

static void lanes_do_not_wait_for_each_other(void **state)
{
	const struct quota_use uses[2] = { { WEIR_LIVE, 0.4 }, { WEIR_BACKFILL, 0.1 } };
	struct server server = { 60, 60000, 990000, 0, 0, 0 };
	struct quota quota = { 0 };
	int got[2] = { 0, 0 };

	(void)state;
	run_both(&quota, &server, uses, got);
	assert_int_equal(server.refused, 0);
	assert_in_range(got[0], 9 * 24, 11 * 26);
	assert_in_range(got[1], 9 * 6, 11 * 7);
}

static void shares_that_are_too_much_together_are_never_refused(void **state)
{
	const struct quota_use uses[2] = { { WEIR_LIVE, 0.9 }, { WEIR_BACKFILL, 0.9 } };

	(void)state;
	for (int64_t phase = 0; phase < 60000; phase += 7000) {
		struct server server = { 60, 60000, 1000000 - phase, 0, 0, 0 };
		struct quota quota = { 0 };
		int got[2] = { 0, 0 };

		run_both(&quota, &server, uses, got);
		assert_int_equal(server.refused, 0);
		assert_true(got[0] > got[1]);
	}
}

static void a_backfill_leaves_a_quarter_to_others(void **state)
{
	const struct quota_use live_one = { WEIR_LIVE, 0.4 }, backfill = { WEIR_BACKFILL, 0.1 };
	const struct rate rate = { true, false, 60, 15, 1000 };
	struct quota quota = { 0 };

	(void)state;
	quota_note(&quota, live_one, &rate, INT64_C(990000000), 5000);
	assert_int_equal(quota_wait_ms(&quota, live_one, 5000), 0);
	assert_int_equal(quota_wait_ms(&quota, backfill, 5000), 11000);
}

static void how_long_a_backfill_takes_can_be_told(void **state)
{
	const struct quota_use use = { WEIR_BACKFILL, 0.1 };
	const struct rate rate = { true, false, 60, 59, 1000 };
	struct quota quota = { 0 };

	(void)state;
	assert_int_equal(quota_interval_ms(&quota, use), 0);
	quota_note(&quota, use, &rate, INT64_C(990000000), 5000);
	assert_int_equal(quota_interval_ms(&quota, use), 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_backlog_gets_its_share_and_not_more),
		cmocka_unit_test(a_whole_share_is_never_refused),
		cmocka_unit_test(a_window_is_learned_from_its_ends),
		cmocka_unit_test(an_idle_org_is_not_slowed_down),
		cmocka_unit_test(what_others_use_up_is_waited_for),
		cmocka_unit_test(one_request_a_window_is_always_allowed),
		cmocka_unit_test(a_block_holds_until_its_end),
		cmocka_unit_test(lanes_do_not_wait_for_each_other),
		cmocka_unit_test(shares_that_are_too_much_together_are_never_refused),
		cmocka_unit_test(a_backfill_leaves_a_quarter_to_others),
		cmocka_unit_test(how_long_a_backfill_takes_can_be_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
