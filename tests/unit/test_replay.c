/* test_replay.c - core/replay.c and core/replay_page.c, and with them core/letters.c and
 * core/replay_trial.c: dead letters of whole pipelines. Letters that go: test_dead_bound.c.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#include "clock.h"
#include "pipeline.h"

#define NUMBERS(options) "sources:\n  in:\n    plugin: numbers\n" options
#define EDIT(options)    "transforms:\n  edit:\n    plugin: edit\n" options
#define LIST(options)    "sinks:\n  out:\n    plugin: list\n" options
#define CALM             PIPELINE_CORE "dead_letter_limit: 100%\n"

static const struct store_dead_query all;

/* 100 events, of which 50 and 100 are dead. */
static void two_die(void)
{
	assert_int_equal(pipeline_run(CALM NUMBERS("") EDIT("    reject_each: 50\n") LIST("")), 0);
	assert_int_equal(pipeline_dead(), 2);
}

static void assert_counts(const char *sink, int64_t delivered, int64_t dead, int64_t dropped)
{
	assert_int_equal(pipeline_count("in", sink, STORE_IN), 100);
	assert_int_equal(pipeline_count("in", sink, STORE_DELIVERED), delivered);
	assert_int_equal(pipeline_count("in", sink, STORE_DEAD), dead);
	assert_int_equal(pipeline_count("in", sink, STORE_DROPPED), dropped);
	assert_true(pipeline_adds_up("in", sink));
}

/* ---- what becomes of a letter ------------------------------------------------------------ */

static void mended_rules_deliver_letters_once(void **state)
{
	(void)state;
	two_die();
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pipeline_replay(CALM NUMBERS("") EDIT("") LIST(""), &all), 0);
		assert_int_equal(pipeline.replayed.sent, i ? 0 : 2);
		assert_int_equal(pipeline_list("out")->len, 100);
	}
	assert_int_equal(pipeline_list("out")->items[98], 50);
	assert_int_equal(pipeline_list("out")->items[99], 100);
	assert_int_equal(pipeline_dead(), 0);
	assert_int_equal(pipeline_count("in", "out", STORE_RELEASED), 2);
	assert_counts("out", 100, 0, 0);
}

static bool note_replays(void *arg, const struct store_dead *dead)
{
	int64_t *replays = arg;

	assert_string_equal(dead->why.text, "rejected on purpose");
	assert_string_equal(dead->sink, "out");
	assert_int_equal(dead->replayed_us > dead->at_us, dead->replays > 0);
	replays[dead->number - 1] = dead->replays;
	return true;
}

static void a_letter_that_fails_again_stays_and_is_counted_once(void **state)
{
	const int64_t one = 1;
	const struct store_dead_query first = { .numbers = &one, .number_count = 1 };
	int64_t replays[2] = { 0 };
	struct weir_error err;

	(void)state;
	two_die();
	for (int i = 0; i < 3; i++) {
		assert_int_equal(pipeline_replay(CALM NUMBERS("") EDIT("    reject_each: 10\n") LIST(""),
		                                 &first), 0);
		assert_int_equal(pipeline.replayed.failed, 1);
	}
	assert_true(pipeline_open());
	assert_int_equal(store_each_dead(pipeline.store, &all, note_replays, replays, &err), WEIR_OK);
	pipeline_close();
	assert_int_equal(replays[0], 3);
	assert_int_equal(replays[1], 0);
	assert_counts("out", 98, 2, 0);
}

static void a_rule_may_drop_a_letter(void **state)
{
	(void)state;
	two_die();
	assert_int_equal(pipeline_replay(CALM NUMBERS("") EDIT("    drop_each: 100\n") LIST(""), &all),
	                 0);
	assert_int_equal(pipeline.replayed.delivered, 1);
	assert_int_equal(pipeline.replayed.dropped, 1);
	assert_int_equal(pipeline_dead(), 0);
	assert_counts("out", 99, 0, 1);
}

static void what_a_sink_refused_goes_to_that_sink_alone(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(CALM NUMBERS("") LIST("    poison: 62\n")
	                              "  other:\n    plugin: list\n"), 0);
	assert_int_equal(pipeline_dead(), 1);
	assert_int_equal(pipeline_replay(CALM NUMBERS("") LIST("") "  other:\n    plugin: list\n", &all),
	                 0);
	assert_int_equal(pipeline_list("out")->len, 100);
	assert_true(pipeline_is_whole("other", 100));
	assert_counts("out", 100, 0, 0);
	assert_counts("other", 100, 0, 0);
}

static void what_a_transform_refused_is_a_letter_for_each_sink_behind(void **state)
{
	const struct store_dead_query other = { .sink = "other" };

	(void)state;
	assert_int_equal(pipeline_run(CALM NUMBERS("") EDIT("    reject_each: 50\n") LIST("")
	                              "  other:\n    plugin: list\n"
	                              "  raw:\n    plugin: list\n    inputs: [in]\n"), 0);
	assert_int_equal(pipeline_dead(), 4);
	assert_int_equal(pipeline_replay(CALM NUMBERS("") EDIT("") LIST("")
	                                 "  other:\n    plugin: list\n"
	                                 "  raw:\n    plugin: list\n    inputs: [in]\n", &other), 0);
	assert_int_equal(pipeline.replayed.delivered, 2);
	assert_int_equal(pipeline_list("other")->len, 100);
	assert_int_equal(pipeline_list("out")->len, 98);
	assert_true(pipeline_is_whole("raw", 100));
	assert_counts("out", 98, 2, 0);
	assert_counts("other", 100, 0, 0);
}

static void the_record_that_was_delivered_does_not_come_again(void **state)
{
	(void)state;
	/* Number 100 makes two records, of which the second stage rejects one. */
	assert_int_equal(pipeline_run(CALM NUMBERS("") EDIT("    twice_each: 100\n")
	                              "  half:\n    plugin: edit\n    inputs: [edit]\n"
	                              "    reject_schema: second\n" LIST("")), 0);
	assert_int_equal(pipeline_list("out")->len, 100);
	assert_counts("out", 99, 1, 0);
	assert_int_equal(pipeline_replay(CALM NUMBERS("") EDIT("    twice_each: 100\n") LIST(""), &all),
	                 0);
	assert_int_equal(pipeline_list("out")->len, 101);
	assert_counts("out", 100, 0, 0);
}

static void bytes_that_are_no_json_fail_again(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(CALM NUMBERS("    bad: 41\n") LIST("")), 0);
	assert_int_equal(pipeline_replay(CALM NUMBERS("") LIST(""), &all), 0);
	assert_int_equal(pipeline.replayed.failed, 1);
	assert_counts("out", 99, 1, 0);
}

static void letters_whose_source_or_sink_is_gone_are_skipped(void **state)
{
	(void)state;
	two_die();
	assert_int_equal(pipeline_replay(CALM "sources:\n  new:\n    plugin: numbers\n" LIST(""), &all), 0);
	assert_int_equal(pipeline.replayed.skipped, 2);
	assert_int_equal(pipeline_replay(CALM NUMBERS("") "sinks:\n  new:\n    plugin: list\n", &all), 0);
	assert_int_equal(pipeline.replayed.skipped, 2);
	assert_int_equal(pipeline_dead(), 2);
	assert_counts("out", 98, 2, 0);
}

static void thousands_go_in_windows(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(CALM NUMBERS("    count: 2000\n    page: 500\n")
	                              EDIT("    reject_each: 2\n") LIST("")), 0);
	assert_int_equal(pipeline_replay(CALM NUMBERS("") EDIT("") LIST(""), &all), 0);
	assert_int_equal(pipeline.replayed.delivered, 1000);
	assert_int_equal(pipeline_list("out")->len, 2000);
	for (int64_t i = 0; i < 1000; i++)
		assert_int_equal(pipeline_list("out")->items[1000 + i], 2 * i + 2);
	assert_int_equal(pipeline_count("in", "out", STORE_DELIVERED), 2000);
}

/* ---- beside sources ----------------------------------------------------------------------- */

static atomic_bool asked;

static void note_refusal(void *arg, const struct replay_sum *sum)
{
	(void)arg;
	assert_string_equal(sum->why.text, "a replay is under way; wait for its end");
}

static void note_drop_refusal(void *arg, int64_t dropped, const struct weir_error *why)
{
	(void)arg;
	assert_int_equal(dropped, 0);
	assert_string_equal(why->text, "a replay is under way; wait for its end");
}

static void begin_replay(void *arg)
{
	(void)arg;
	pipeline.replayed.sent = -1;
	runtime_replay(pipeline.runtime, &all, pipeline_note_replay, NULL);
	if (pipeline.replayed.sent >= 0)
		return;
	/* One at a time, and nothing is dropped meanwhile. */
	runtime_replay(pipeline.runtime, &all, note_refusal, NULL);
	runtime_drop_dead(pipeline.runtime, &all, note_drop_refusal, NULL);
}

static void ask_for_replay(const char *sink, size_t rows)
{
	(void)sink;
	if (rows > 200 && !atomic_exchange(&asked, true))
		loop_post(pipeline.loop, begin_replay, NULL);
}

static void a_running_weir_replays_beside_new_events(void **state)
{
	(void)state;
	two_die();
	atomic_store(&asked, false);
	pipeline.delivered = ask_for_replay;
	assert_int_equal(pipeline_run(CALM NUMBERS("    count: 3000\n") EDIT("") LIST("")), 0);
	assert_int_equal(pipeline.replayed.delivered, 2);
	assert_int_equal(pipeline_list("out")->len, 3000);
	assert_int_equal(pipeline_count("in", "out", STORE_IN), 3000);
	assert_int_equal(pipeline_count("in", "out", STORE_DELIVERED), 3000);
	assert_true(pipeline_adds_up("in", "out"));
}

static void stop_soon(const char *sink, size_t rows)
{
	(void)sink;
	if (rows > 300 && !atomic_exchange(&asked, true))
		loop_post(pipeline.loop, (void (*)(void *))runtime_stop, pipeline.runtime);
}

static void a_stop_in_the_middle_loses_and_repeats_nothing(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(CALM NUMBERS("    count: 2000\n    page: 500\n")
	                              EDIT("    reject_each: 1\n") LIST("")), 0);
	pipeline.delivered = stop_soon;
	for (int run = 0; run < 20 && pipeline_dead() > 0; run++) {
		atomic_store(&asked, false);
		assert_int_equal(pipeline_replay(CALM NUMBERS("") EDIT("") LIST(""), &all), 0);
		assert_int_equal(pipeline_list("out")->len + pipeline_dead(), 2000);
		pipeline.delivered = run ? NULL : stop_soon;
	}
	assert_true(pipeline_is_whole("out", 2000));
	assert_int_equal(pipeline_count("in", "out", STORE_DELIVERED), 2000);
}

static void cancel(void *arg)
{
	struct weir_error err = { 0 };

	(void)arg;
	assert_true(runtime_replay_cancel(pipeline.runtime, &err));
}

static void cancel_soon(const char *sink, size_t rows)
{
	(void)sink;
	(void)rows;
	if (!atomic_exchange(&asked, true))
		loop_post(pipeline.loop, cancel, NULL);
}

static void a_replay_that_is_cancelled_ends_behind_its_window(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(CALM NUMBERS("    count: 2000\n    page: 500\n")
	                              EDIT("    reject_each: 1\n") LIST("")), 0);
	pipeline.delivered = cancel_soon;
	atomic_store(&asked, false);
	assert_int_equal(pipeline_replay(CALM NUMBERS("") EDIT("") LIST(""), &all), 0);
	assert_int_equal(pipeline.replayed.sent, 256);
	assert_int_equal(pipeline.replayed.delivered, 256);
	assert_string_equal(pipeline.replayed.why.text, "cancelled: 1744 letters were not sent, and "
	                    "stay; run it again for the rest");
	assert_int_equal(pipeline_dead(), 1744);
	assert_int_equal(pipeline_count("in", "out", STORE_RELEASED), 256);
	pipeline.delivered = NULL;
	assert_int_equal(pipeline_replay(CALM NUMBERS("") EDIT("") LIST(""), &all), 0);
	assert_string_equal(pipeline.replayed.why.text, "");
	assert_true(pipeline_is_whole("out", 2000));
}

/* ---- a trial ------------------------------------------------------------------------------ */

struct trial_sum {
	int fates[4];
	char text[512];
};

static void note_trial(void *arg, const struct store_dead *dead, const struct replay_trial *trial)
{
	struct trial_sum *sum = arg;

	assert_string_equal(dead->sink, "out");
	sum->fates[trial->fate]++;
	snprintf(sum->text, sizeof sum->text, "%s", trial->why     ? trial->why->text
	                                            : trial->cause ? trial->cause
	                                                           : trial->schemas);
}

static struct trial_sum try_with(const char *text)
{
	struct config *config = pipeline_config(text);
	struct runtime *runtime = runtime_create(config, pipeline.diag);
	struct trial_sum sum = { 0 };
	struct weir_error err;

	assert_non_null(runtime);
	assert_true(pipeline_open());
	assert_int_equal(runtime_try_dead(runtime, pipeline.store, &all, note_trial, &sum, &err), WEIR_OK);
	runtime_destroy(runtime);
	pipeline_close();
	config_destroy(config);
	return sum;
}

static void a_trial_says_what_would_become_of_letters_and_sends_nothing(void **state)
{
	struct trial_sum sum;

	(void)state;
	two_die();
	sum = try_with(CALM NUMBERS("") EDIT("    reject_each: 100\n")
	               "  ordered:\n    plugin: inorder\n    inputs: [edit]\n" LIST("")
	               "  other:\n    plugin: list\n    inputs: [edit]\n");
	assert_int_equal(sum.fates[TRIAL_DROPPED], 1);
	assert_int_equal(sum.fates[TRIAL_FAILED], 1);
	assert_string_equal(sum.text, "rejected on purpose");
	sum = try_with(CALM NUMBERS("") EDIT("    twice_each: 50\n") LIST(""));
	assert_int_equal(sum.fates[TRIAL_DELIVERED], 2);
	assert_string_equal(sum.text, "edited, second");
	sum = try_with(CALM "sources:\n  new:\n    plugin: numbers\n" LIST(""));
	assert_int_equal(sum.fates[TRIAL_SKIPPED], 2);
	assert_int_equal(pipeline_list("out")->len, 98);
	assert_counts("out", 98, 2, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PIPELINE_TEST(mended_rules_deliver_letters_once),
		PIPELINE_TEST(a_letter_that_fails_again_stays_and_is_counted_once),
		PIPELINE_TEST(a_rule_may_drop_a_letter),
		PIPELINE_TEST(what_a_sink_refused_goes_to_that_sink_alone),
		PIPELINE_TEST(what_a_transform_refused_is_a_letter_for_each_sink_behind),
		PIPELINE_TEST(the_record_that_was_delivered_does_not_come_again),
		PIPELINE_TEST(bytes_that_are_no_json_fail_again),
		PIPELINE_TEST(letters_whose_source_or_sink_is_gone_are_skipped),
		PIPELINE_TEST(thousands_go_in_windows),
		PIPELINE_TEST(a_running_weir_replays_beside_new_events),
		PIPELINE_TEST(a_stop_in_the_middle_loses_and_repeats_nothing),
		PIPELINE_TEST(a_replay_that_is_cancelled_ends_behind_its_window),
		PIPELINE_TEST(a_trial_says_what_would_become_of_letters_and_sends_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
