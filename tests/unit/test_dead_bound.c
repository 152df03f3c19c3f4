/* test_dead_bound.c - core/dead_bound.c, core/runtime_drop.c and core/drop.c: dead letters of whole
 * pipelines that go without being sent again.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>

#include "clock.h"
#include "db.h"
#include "pipeline.h"

#define NUMBERS(options) "sources:\n  in:\n    plugin: numbers\n" options
#define EDIT(options)    "transforms:\n  edit:\n    plugin: edit\n" options
#define LIST(options)    "sinks:\n  out:\n    plugin: list\n" options
#define CALM             PIPELINE_CORE "dead_letter_limit: 100%\n"

static const struct store_dead_query all;
static atomic_bool asked;

/* 100 events, of which 50 and 100 are dead. */
static void two_die(void)
{
	assert_int_equal(pipeline_run(CALM NUMBERS("") EDIT("    reject_each: 50\n") LIST("")), 0);
	assert_int_equal(pipeline_dead(), 2);
}

static struct loop_timer looking;

static void note_dropped(void *arg, int64_t dropped, const struct weir_error *why)
{
	(void)arg;
	assert_null(why);
	assert_in_range(dropped, 1, 400);
}

static void drop_all_letters(void)
{
	runtime_drop_dead(pipeline.runtime, &all, note_dropped, NULL);
}

static bool is_paused(void)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_each each = weir_each(weir_value_get(runtime_status(pipeline.runtime, arena),
	                                                 "sources"));
	bool paused = weir_next(&each)
	              && weir_value_is_text(weir_value_get(each.value, "state"), "paused");

	weir_arena_destroy(arena);
	return paused;
}

static void drop_when_full(void *arg)
{
	(void)arg;
	if (is_paused())
		drop_all_letters();
	loop_timer_set(pipeline.loop, &looking, clock_monotonic_ms() + 1); /* until the end */
}

static void look(const char *sink, size_t rows)
{
	(void)sink;
	(void)rows;
	if (!atomic_exchange(&asked, true))
		loop_post(pipeline.loop, drop_when_full, NULL);
}

static void full_letters_pause_sources_until_some_went(void **state)
{
	(void)state;
	atomic_store(&asked, false);
	looking = (struct loop_timer){ .fire = drop_when_full };
	pipeline.delivered = look;
	assert_int_equal(pipeline_run(CALM "dead_max: 512B\nqueue_size: 1KiB\nmemory_max: 4KiB\n"
	                              NUMBERS("    count: 400\n") EDIT("    reject_each: 4\n") LIST("")),
	                 0);
	assert_int_equal(pipeline_list("out")->len, 300);
	assert_int_equal(pipeline_count("in", "out", STORE_IN), 400);
	assert_in_range(pipeline_count("in", "out", STORE_DROPPED), 1, 100);
	assert_true(pipeline_adds_up("in", "out"));
}

static int64_t dropped_by_hand;

static void note_dropped_late(void *arg, int64_t dropped, const struct weir_error *why)
{
	(void)arg;
	assert_null(why);
	dropped_by_hand = dropped;
}

static void note_second(void *arg, int64_t dropped, const struct weir_error *why)
{
	(void)arg;
	assert_int_equal(dropped, 0);
	assert_string_equal(why->text, "letters are being dropped; wait for the end of that");
}

static void note_no_replay(void *arg, const struct replay_sum *sum)
{
	(void)arg;
	assert_string_equal(sum->why.text, "letters are being dropped; wait for the end of that");
}

static void begin_drop(void *arg)
{
	(void)arg;
	dropped_by_hand = -1;
	runtime_drop_dead(pipeline.runtime, &all, note_dropped_late, NULL);
	assert_int_equal(dropped_by_hand, -1); /* the loop goes on meanwhile */
	runtime_drop_dead(pipeline.runtime, &all, note_second, NULL);
	runtime_replay(pipeline.runtime, &all, note_no_replay, NULL);
}

static void drop_soon(const char *sink, size_t rows)
{
	(void)sink;
	(void)rows;
	if (!atomic_exchange(&asked, true))
		loop_post(pipeline.loop, begin_drop, NULL);
}

enum { NEW = 9000 / 3 - 5000 / 3 };

static void letters_are_dropped_in_slices_beside_all_else(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(CALM NUMBERS("    count: 5000\n    page: 500\n")
	                              EDIT("    reject_each: 1\n") LIST("")), 0);
	assert_int_equal(pipeline_dead(), 5000);
	atomic_store(&asked, false);
	pipeline.delivered = drop_soon;
	assert_int_equal(pipeline_run(CALM NUMBERS("    count: 9000\n") EDIT("    reject_each: 3\n")
	                              LIST("")), 0);
	/* Those that came meanwhile stay. */
	assert_in_range(dropped_by_hand, 5000, 5000 + NEW);
	assert_int_equal(pipeline_dead(), 5000 + NEW - dropped_by_hand);
	assert_int_equal(pipeline_count("in", "out", STORE_DROPPED), dropped_by_hand);
	assert_true(pipeline_adds_up("in", "out"));
}

static void full_letters_may_drop_the_oldest(void **state)
{
	struct store_dead_size size;

	(void)state;
	assert_int_equal(pipeline_run(CALM "dead_max: 2KiB\ndead_full: drop\n"
	                              NUMBERS("    count: 2000\n") EDIT("    reject_each: 2\n") LIST("")), 0);
	assert_true(pipeline_open());
	store_measure_dead(pipeline.store, &size);
	pipeline_close();
	assert_in_range(size.bytes, 1, 2048);
	assert_int_equal(pipeline_count("in", "out", STORE_DEAD), size.letters);
	assert_int_equal(pipeline_count("in", "out", STORE_DROPPED), 1000 - size.letters);
	assert_true(pipeline_adds_up("in", "out"));
}

static void old_letters_go(void **state)
{
	(void)state;
	two_die();
	assert_int_equal(pipeline_run(CALM "dead_for: 1ms\n" NUMBERS("") EDIT("") LIST("")), 0);
	assert_int_equal(pipeline_dead(), 0);
	assert_int_equal(pipeline_count("in", "out", STORE_DELIVERED), 98);
	assert_int_equal(pipeline_count("in", "out", STORE_DEAD), 0);
	assert_int_equal(pipeline_count("in", "out", STORE_DROPPED), 2);
	assert_true(pipeline_adds_up("in", "out"));
}

static void let_two_hours_pass(void)
{
	struct weir_error err = { 0 };
	struct db *db = db_open(trial_path("state/state.db"), DB_WRITE, &err);

	assert_non_null(db);
	assert_int_equal(db_exec(db, "UPDATE weir_dead SET at_us = at_us - 7200000000", &err), WEIR_OK);
	db_close(db);
}

/* As many as several transactions take: until all are gone the source is paused. */
static void a_backlog_of_old_letters_goes_at_once(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(CALM NUMBERS("    count: 5000\n    page: 500\n")
	                              EDIT("    reject_each: 1\n") LIST("")), 0);
	let_two_hours_pass();
	assert_int_equal(pipeline_run(CALM "dead_for: 1h\ndead_max: 16B\n" NUMBERS("    count: 5100\n")
	                              EDIT("") LIST("")), 0);
	assert_int_equal(pipeline_dead(), 0);
	assert_int_equal(pipeline_count("in", "out", STORE_DELIVERED), 100);
	assert_int_equal(pipeline_count("in", "out", STORE_DROPPED), 5000);
	assert_true(pipeline_adds_up("in", "out"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PIPELINE_TEST(full_letters_pause_sources_until_some_went),
		PIPELINE_TEST(full_letters_may_drop_the_oldest),
		PIPELINE_TEST(letters_are_dropped_in_slices_beside_all_else),
		PIPELINE_TEST(old_letters_go),
		PIPELINE_TEST(a_backlog_of_old_letters_goes_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
