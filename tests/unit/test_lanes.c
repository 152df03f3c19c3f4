/* test_lanes.c - core/lanes.c, core/lane.c and core/runtime_backfill.c through runtime.h: a source's past
 * beside its present, in whole pipelines.
 *
 * Event n happened ten minutes after event n - 1, in 1970.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lane.h"
#include "pipeline.h"

#define STEP_US INT64_C(600000000)

/* ---- source past: live from `from` to `count`, or what a window holds ----------------------- */

struct past {
	int64_t from, count, page, skip_each, audit;

	struct weir_ctx *ctx;
	int64_t next, end;
	bool begun;
};

static const struct weir_option past_options[] = {
	{ "from", WEIR_AT_INT(struct past, from), .preset = "1", .doc = "Where it begins." },
	{ "count", WEIR_AT_INT(struct past, count), .preset = "100", .doc = "Where it ends." },
	{ "page", WEIR_AT_INT(struct past, page), .preset = "10", .doc = "How many at a time." },
	{ "skip_each", WEIR_AT_INT(struct past, skip_each), .preset = "0",
	  .doc = "Numbers that this divides are not seen live." },
	{ "audit", WEIR_AT_MS(struct past, audit), .preset = "0", .doc = "When hours are audited." },
	{ 0 },
};

static enum weir_status past_create(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	const struct past *p = self;

	(void)err;
	if (p->audit)
		weir_audit(ctx, p->audit, 0.5);
	return WEIR_OK;
}

static enum weir_status past_start(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	const struct weir_window *window = weir_window(ctx);
	struct past *p = self;

	(void)err;
	p->ctx = ctx;
	p->next = window ? (window->since_us + STEP_US - 1) / STEP_US : p->from;
	p->end = window ? (window->until_us + STEP_US - 1) / STEP_US : p->count + 1;
	p->begun = window || weir_position(ctx);
	if (weir_position(ctx))
		p->next = strtoll(weir_position(ctx), NULL, 10);
	return WEIR_OK;
}

static size_t past_write(struct past *p, char *page, size_t cap)
{
	bool live = !weir_window(p->ctx);
	size_t len = 0;

	for (int64_t i = 0; i < p->page && p->next < p->end; i++, p->next++) {
		if (live && p->skip_each && p->next % p->skip_each == 0)
			continue;
		len += (size_t)snprintf(page + len, cap - len, "{\"n\":%" PRId64 ",\"id\":\"e%" PRId64 "\"}\n",
		                        p->next, p->next);
	}
	memset(page + len, 0, WEIR_PAGE_PADDING);
	return len;
}

static enum weir_status past_poll(void *self, struct weir_turn *turn, struct weir_error *err)
{
	struct past *p = self;
	size_t cap = (size_t)p->page * 64;
	char position[24], *page;

	(void)err;
	turn->reached_us = p->next * STEP_US;
	turn->left.requests = 1;
	if (p->begun && p->next >= p->end)
		return WEIR_DONE;
	snprintf(position, sizeof position, "%" PRId64, p->next);
	if (p->begun) {
		page = weir_alloc(cap + WEIR_PAGE_PADDING);
		weir_batch_page(turn->out, WEIR_PAGE_LINES, page, past_write(p, page, cap));
		snprintf(position, sizeof position, "%" PRId64, p->next);
		turn->reached_us = p->next * STEP_US;
	}
	p->begun = true;
	weir_batch_position(turn->out, position);
	return WEIR_OK;
}

static const struct weir_plugin past_plugin = {
	PLUGIN(WEIR_SOURCE, "past"), .options = past_options, .self_size = sizeof(struct past),
	.position_version = 1, .id_path = "id", .windows = true,
	.create = past_create, .start = past_start, .poll = past_poll,
};

/* ---- asking -------------------------------------------------------------------------------------- */

static struct {
	struct lane_ask ask;
	bool stop_after, cancel_after, done;
	size_t rows;             /* what is asked is asked when the sink has so many */
	bool good;
	char why[480];
} script;

static void act(void *arg)
{
	struct weir_error err = { 0 };

	(void)arg;
	if (script.stop_after) {
		runtime_stop(pipeline.runtime);
	} else if (script.cancel_after) {
		script.good = runtime_backfill_cancel(pipeline.runtime, "in", &err);
	} else {
		script.good = runtime_backfill(pipeline.runtime, "in", &script.ask, &err);
	}
	snprintf(script.why, sizeof script.why, "%s", err.text);
}

static void delivered(const char *sink, size_t rows)
{
	(void)sink;
	if (rows < script.rows || script.done)
		return;
	script.done = true;
	loop_post(pipeline.loop, act, NULL);
}

static int setup(void **state)
{
	int result = pipeline_setup(state);

	memset(&script, 0, sizeof script);
	registry_add(&past_plugin, "past.so", pipeline.diag);
	pipeline.delivered = delivered;
	return result;
}

/* Each of 1 to count is there once, in any order. */
static bool is_all_there(size_t count)
{
	struct pipeline_list *list = pipeline_list("out");
	char *seen = weir_alloc(count + 1);
	bool ok = list->len == count;

	for (size_t i = 0; i < list->len; i++) {
		int64_t n = list->items[i];

		ok = ok && n > 0 && (size_t)n <= count && !seen[n]++;
	}
	if (!ok)
		fprintf(stderr, "%zu rows\n", list->len);
	weir_free(seen);
	return ok;
}

#define PAST(options) PIPELINE_CORE "sources:\n  in:\n    plugin: past\n" options \
	"sinks:\n  out:\n    plugin: list\n"

/* ---- backfills ------------------------------------------------------------------------------------- */

static void what_both_lanes_read_comes_once(void **state)
{
	(void)state;
	script.ask = (struct lane_ask){ STEP_US, 901 * STEP_US, 0.5, false };
	script.rows = 5;
	assert_int_equal(pipeline_run(PAST("    from: 500\n    count: 1000\n")), 0);
	assert_true(script.good);
	assert_true(is_all_there(1000));
	assert_int_equal(pipeline_count("in", "out", STORE_REPEATED), 401);
	assert_true(pipeline_adds_up("in", "out"));
}

static void a_stop_in_between_loses_and_repeats_nothing(void **state)
{
	static const char text[] = PAST("    from: 2900\n    count: 3000\n    page: 3\n");

	(void)state;
	script.ask = (struct lane_ask){ STEP_US, 3001 * STEP_US, 0.5, false };
	script.rows = 1;
	/* Begins, and is stopped by the next delivery; then again and again. */
	for (int i = 0; i < 200 && pipeline_list("out")->len < 3000; i++) {
		assert_int_equal(pipeline_run(text), 0);
		script.done = false;
		script.stop_after = true;
		script.rows = pipeline_list("out")->len + 50;
	}
	assert_true(is_all_there(3000));
	assert_true(pipeline_adds_up("in", "out"));
}

static void a_window_that_cannot_be_is_refused(void **state)
{
	static const struct {
		struct lane_ask ask;
		const char *why;
	} cases[] = {
		{ { STEP_US, STEP_US, 0.5, false }, "--until is not after --since" },
		{ { STEP_US, INT64_C(1) << 60, 0.5, false }, "lies in the future" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		script.done = false;
		script.ask = cases[i].ask;
		script.rows = 1;
		assert_int_equal(pipeline_run(PAST("    count: 1000\n    page: 3\n")), 0);
		assert_false(script.good);
		assert_non_null(strstr(script.why, cases[i].why));
		trial_teardown(state);
		trial_setup(state);
		pipeline_list("out")->len = 0;
	}
}

static void nothing_is_under_way_that_could_be_cancelled(void **state)
{
	(void)state;
	script.cancel_after = true;
	script.rows = 1;
	assert_int_equal(pipeline_run(PAST("    count: 1000\n    page: 3\n")), 0);
	assert_false(script.good);
	assert_non_null(strstr(script.why, "no backfill of in is under way"));
}

/* ---- audits ---------------------------------------------------------------------------------------- */

static void what_the_live_lane_missed_is_found_hour_by_hour(void **state)
{
	size_t rows;

	(void)state;
	script.rows = 100000;
	/* 6 events an hour, of which number 7, 14, ... are not seen; how many hours are looked at
	 * before all is read follows from how fast that goes. */
	assert_int_equal(pipeline_run(PAST("    count: 100\n    skip_each: 7\n    audit: 1h\n"
	                                   "    page: 4\n")), 0);
	rows = pipeline_list("out")->len;
	assert_in_range(rows, 86 + 1, 86 + 13);
	assert_int_equal(pipeline_count("in", "out", STORE_DELIVERED), rows);
	assert_true(pipeline_adds_up("in", "out"));
}

#define LANES_TEST(name) cmocka_unit_test_setup_teardown(name, setup, pipeline_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LANES_TEST(what_both_lanes_read_comes_once),
		LANES_TEST(a_stop_in_between_loses_and_repeats_nothing),
		LANES_TEST(a_window_that_cannot_be_is_refused),
		LANES_TEST(nothing_is_under_way_that_could_be_cancelled),
		LANES_TEST(what_the_live_lane_missed_is_found_hour_by_hour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
