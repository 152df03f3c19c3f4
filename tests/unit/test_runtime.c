/* test_runtime.c - core/runtime.c and core/flow.c through runtime.h: whole pipelines, and with
 * them core/component.c, core/driver.c, core/worker.c, core/chain.c, core/outlet.c and
 * core/committer.c.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "pipeline.h"

#define NUMBERS(options) "sources:\n  in:\n    plugin: numbers\n" options
#define EDIT(options)    "transforms:\n  edit:\n    plugin: edit\n" options
#define LIST(options)    "sinks:\n  out:\n    plugin: list\n" options

/* ---- delivery ------------------------------------------------------------------------ */

static void every_event_reaches_the_sink_in_order(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(PIPELINE_CORE NUMBERS("    count: 5000\n    page: 7\n") EDIT("")
	                              LIST("")), 0);
	assert_true(pipeline_is_whole("out", 5000));
	assert_int_equal(pipeline_count("in", "out", STORE_DELIVERED), 5000);
	assert_true(pipeline_adds_up("in", "out"));
}

static void a_page_that_is_an_array_gives_its_elements(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(PIPELINE_CORE NUMBERS("    array: true\n") LIST("")), 0);
	assert_true(pipeline_is_whole("out", 100));
}

static void two_sources_and_two_sinks_each_get_their_own(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(PIPELINE_CORE
	                              "sources:\n  a:\n    plugin: numbers\n    count: 900\n"
	                              "  b:\n    plugin: numbers\n    count: 300\n"
	                              "sinks:\n  x:\n    plugin: list\n    inputs: [a]\n"
	                              "  y:\n    plugin: list\n    inputs: [b]\n"
	                              "  z:\n    plugin: list\n    inputs: [a, b]\n"), 0);
	assert_true(pipeline_is_whole("x", 900));
	assert_true(pipeline_is_whole("y", 300));
	assert_int_equal(pipeline_list("z")->len, 1200);
	assert_int_equal(pipeline_count("a", "z", STORE_DELIVERED), 900);
	assert_int_equal(pipeline_count("a", "y", STORE_IN), 0);
}

static void a_sink_before_a_transform_sees_what_was_before_it(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(PIPELINE_CORE NUMBERS("")
	                              EDIT("    drop_each: 2\n")
	                              "sinks:\n  raw:\n    plugin: list\n    inputs: [in]\n"
	                              "  out:\n    plugin: list\n    inputs: [edit]\n"), 0);
	assert_true(pipeline_is_whole("raw", 100));
	assert_int_equal(pipeline_list("out")->len, 50);
	assert_int_equal(pipeline_count("in", "raw", STORE_DROPPED), 0);
	assert_int_equal(pipeline_count("in", "out", STORE_DROPPED), 50);
}

static void an_ordered_transform_gets_pages_in_order_and_keeps_its_place(void **state)
{
	static const char text[] = PIPELINE_CORE NUMBERS("    count: %d\n    page: 3\n")
		"transforms:\n  edit:\n    plugin: edit\n  order:\n    plugin: inorder\n"
		"    inputs: [edit]\n" LIST("");
	char first[1024], second[1024];

	(void)state;
	snprintf(first, sizeof first, text, 2000);
	snprintf(second, sizeof second, text, 3000);
	assert_int_equal(pipeline_run(first), 0);
	assert_int_equal(pipeline_run(second), 0);
	assert_true(pipeline_is_whole("out", 3000));
	assert_int_equal(pipeline_count("in", "out", STORE_DROPPED), 0);
}

static void a_second_run_goes_on_where_the_first_ended(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(PIPELINE_CORE NUMBERS("    count: 55\n") LIST("")), 0);
	assert_int_equal(pipeline_run(PIPELINE_CORE NUMBERS("    count: 90\n") LIST("")), 0);
	assert_true(pipeline_is_whole("out", 90));
	assert_int_equal(pipeline_count("in", "out", STORE_IN), 90);
}

/* ---- fates ------------------------------------------------------------------------------ */

static void dropped_and_rejected_events_are_counted_once_each(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(PIPELINE_CORE NUMBERS("")
	                              EDIT("    drop_each: 10\n    reject_each: 50\n") LIST("")), 0);
	assert_int_equal(pipeline_count("in", "out", STORE_DROPPED), 8);
	assert_int_equal(pipeline_count("in", "out", STORE_DEAD), 2);
	assert_int_equal(pipeline_count("in", "out", STORE_DELIVERED), 90);
	assert_int_equal(pipeline_dead(), 2);
	assert_true(pipeline_adds_up("in", "out"));
}

static void an_event_of_two_records_is_one_event(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(PIPELINE_CORE NUMBERS("") EDIT("    twice_each: 2\n")
	                              LIST("")), 0);
	assert_int_equal(pipeline_list("out")->len, 150);
	assert_int_equal(pipeline_count("in", "out", STORE_DELIVERED), 100);
}

static void a_batch_that_a_transform_refuses_is_split_down_to_the_bad_event(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(PIPELINE_CORE NUMBERS("    page: 50\n") EDIT("    fail_at: 37\n")
	                              LIST("")), 0);
	assert_int_equal(pipeline_list("out")->len, 99);
	assert_int_equal(pipeline_list("out")->items[36], 38);
	assert_int_equal(pipeline_count("in", "out", STORE_DEAD), 1);
	assert_int_equal(pipeline_dead(), 1);
}

static void a_batch_that_a_sink_refuses_is_split_down_to_the_bad_event(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(PIPELINE_CORE NUMBERS("    page: 50\n") LIST("    poison: 62\n")),
	                 0);
	assert_int_equal(pipeline_list("out")->len, 99);
	assert_int_equal(pipeline_count("in", "out", STORE_DEAD), 1);
	assert_int_equal(pipeline_count("in", "out", STORE_DELIVERED), 99);
	assert_int_equal(pipeline_dead(), 1);
}

static void a_line_that_is_no_json_is_set_aside_alone(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(PIPELINE_CORE NUMBERS("    bad: 41\n") LIST("")), 0);
	assert_int_equal(pipeline_list("out")->len, 99);
	assert_int_equal(pipeline_count("in", "out", STORE_DEAD), 1);
	assert_true(pipeline_adds_up("in", "out"));
}

static void an_array_that_is_no_json_is_set_aside_whole(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(PIPELINE_CORE NUMBERS("    bad: 41\n    array: true\n")
	                              LIST("")), 0);
	assert_int_equal(pipeline_list("out")->len, 90);
	assert_int_equal(pipeline_count("in", "out", STORE_DEAD), 1);
	assert_int_equal(pipeline_dead(), 1);
}

static void an_event_whose_id_was_seen_is_repeated_also_in_a_later_run(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(PIPELINE_CORE "sources:\n  in:\n    plugin: ids\n    ids: 60\n"
	                              LIST("")), 0);
	assert_true(pipeline_is_whole("out", 60));
	assert_int_equal(pipeline_count("in", "out", STORE_REPEATED), 40);
	assert_int_equal(pipeline_run(PIPELINE_CORE "sources:\n  in:\n    plugin: ids\n    ids: 70\n"
	                              "    count: 140\n" LIST("")), 0);
	assert_int_equal(pipeline_list("out")->len, 70);
	assert_int_equal(pipeline_count("in", "out", STORE_REPEATED), 70);
	assert_true(pipeline_adds_up("in", "out"));
}

/* ---- faults that heal --------------------------------------------------------------------- */

static void what_fails_at_first_is_tried_again_and_nothing_is_lost(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(PIPELINE_CORE NUMBERS("    refuse: 3\n") EDIT("    retry: 3\n")
	                              LIST("    retry: 3\n")), 0);
	assert_true(pipeline_is_whole("out", 100));
	assert_int_equal(pipeline_dead(), 0);
}

static void a_small_queue_slows_the_source_and_loses_nothing(void **state)
{
	(void)state;
	assert_int_equal(pipeline_run(PIPELINE_CORE "queue_size: 1KiB\nmemory_max: 1KiB\n"
	                              NUMBERS("    count: 2000\n    page: 5\n") LIST("")), 0);
	assert_true(pipeline_is_whole("out", 2000));
}

/* ---- a store that is full ------------------------------------------------------------- */

static void allow_files(rlim_t bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes;
	setrlimit(RLIMIT_FSIZE, &limit);
}

/* Until the status says that the store takes nothing; then there is room again. */
static void make_room(void *arg)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value status = runtime_status(pipeline.runtime, arena);
	struct weir_value trouble = weir_value_get(weir_value_get(status, "commit"), "trouble");

	(void)arg;
	if (trouble.kind == WEIR_OBJECT)
		allow_files(RLIM_INFINITY);
	else
		loop_post(pipeline.loop, make_room, NULL);
	weir_arena_destroy(arena);
}

static atomic_bool was_full;

static void fill_up(const char *sink, size_t rows)
{
	(void)sink;
	if (rows < 100 || atomic_exchange(&was_full, true))
		return;
	allow_files(1024);
	loop_post(pipeline.loop, make_room, NULL);
}

static void a_store_that_is_full_holds_commits_back_and_heals(void **state)
{
	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	atomic_store(&was_full, false);
	pipeline.delivered = fill_up;
	assert_int_equal(pipeline_run(PIPELINE_CORE "queue_size: 64KiB\n"
	                              NUMBERS("    count: 3000\n    page: 5\n") LIST("")), 0);
	assert_true(pipeline_is_whole("out", 3000));
	assert_int_equal(pipeline_count("in", "out", STORE_DELIVERED), 3000);
}

/* ---- stops and crashes ----------------------------------------------------------------------- */

static atomic_bool stopped;

static void stop_now(void *arg)
{
	runtime_stop(arg);
	atomic_store(&stopped, true);
}

/* Only the first time, and goes on when the runtime knows. */
static void stop_at_500(const char *sink, size_t rows)
{
	(void)sink;
	if (rows < 500 || atomic_load(&stopped))
		return;
	loop_post(pipeline.loop, stop_now, pipeline.runtime);
	while (!atomic_load(&stopped))
		sched_yield();
}

static void a_stop_under_load_loses_nothing_and_repeats_nothing(void **state)
{
	static const char text[] = PIPELINE_CORE "queue_size: 64KiB\n"
		NUMBERS("    count: 9000\n    page: 5\n") EDIT("") LIST("");

	(void)state;
	atomic_store(&stopped, false);
	pipeline.delivered = stop_at_500;
	assert_int_equal(pipeline_run(text), 0);
	assert_in_range(pipeline_list("out")->len, 500, 8999);
	assert_true(pipeline_adds_up("in", "out"));
	assert_int_equal(pipeline_run(text), 0);
	assert_true(pipeline_is_whole("out", 9000));
	assert_int_equal(pipeline_count("in", "out", STORE_IN), 9000);
}

static void stop_when_down(const char *sink, size_t rows)
{
	(void)sink;
	(void)rows;
	atomic_store(&pipeline.sink_is_down, true);
	loop_post(pipeline.loop, stop_now, pipeline.runtime);
}

static void a_stop_does_not_wait_for_a_sink_that_is_down(void **state)
{
	static const char text[] = PIPELINE_CORE NUMBERS("    count: 2000\n") LIST("");

	(void)state;
	pipeline.delivered = stop_when_down;
	assert_int_equal(pipeline_run(text), 0);
	assert_true(pipeline_adds_up("in", "out"));
	pipeline.delivered = NULL;
	atomic_store(&pipeline.sink_is_down, false);
	assert_int_equal(pipeline_run(text), 0);
	assert_true(pipeline_is_whole("out", 2000));
}

static void a_stop_does_not_wait_for_a_sink_that_never_started(void **state)
{
	(void)state;
	/* Nothing is ever delivered, so the stop is posted before the loop runs. */
	assert_true(pipeline_open());
	pipeline.config = pipeline_config(PIPELINE_CORE NUMBERS("") LIST("    closed: true\n"));
	pipeline.runtime = runtime_create(pipeline.config, pipeline.diag);
	assert_non_null(pipeline.runtime);
	loop_post(pipeline.loop, stop_now, pipeline.runtime);
	assert_int_equal(runtime_run(pipeline.runtime, pipeline.loop, NULL, pipeline.store), 0);
	runtime_destroy(pipeline.runtime);
	config_destroy(pipeline.config);
	pipeline_close();
	assert_int_equal(pipeline_count("in", "out", STORE_IN), 0);
}

/* Never comes back. */
static void stop_and_hang(const char *sink, size_t rows)
{
	(void)sink;
	(void)rows;
	loop_post(pipeline.loop, stop_now, pipeline.runtime);
	for (;;)
		pause();
}

static void a_stop_leaves_a_sink_behind_that_does_not_come_back(void **state)
{
	pid_t child = fork();
	int status = 0;

	(void)state;
	if (child == 0) {
		bool stuck = false;

		pipeline.delivered = stop_and_hang;
		pipeline.config = pipeline_config(PIPELINE_CORE NUMBERS("") LIST(""));
		pipeline.runtime = runtime_create(pipeline.config, pipeline.diag);
		if (pipeline.runtime && pipeline_open()
		    && runtime_run(pipeline.runtime, pipeline.loop, NULL, pipeline.store) == 0)
			stuck = runtime_is_stuck(pipeline.runtime);
		runtime_destroy(pipeline.runtime);
		_exit(stuck ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(pipeline_count("in", "out", STORE_DELIVERED), 0);
}

/* The list of a process that dies is gone; what it had is read from the position that the sink
 * gets at the next start. */
static void die_at_700(const char *sink, size_t rows)
{
	(void)sink;
	if (rows >= 700)
		_exit(0);
}

static void a_crash_goes_back_to_the_last_commit(void **state)
{
	static const char text[] = PIPELINE_CORE NUMBERS("    count: 1500\n    page: 5\n") EDIT("")
		LIST("");
	struct pipeline_list *list = pipeline_list("out");
	int status = 0;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		pipeline.delivered = die_at_700;
		pipeline_run(text);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	/* As a file would have them, with rows behind the position that were not committed. */
	list->items = weir_alloc(1500 * sizeof *list->items);
	for (int64_t i = 0; i < 1500; i++)
		list->items[i] = i + 1;
	assert_int_equal(pipeline_run(text), 0);
	assert_true(pipeline_is_whole("out", 1500));
	assert_int_equal(pipeline_count("in", "out", STORE_IN), 1500);
	assert_int_equal(pipeline_count("in", "out", STORE_DELIVERED), 1500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PIPELINE_TEST(every_event_reaches_the_sink_in_order),
		PIPELINE_TEST(a_page_that_is_an_array_gives_its_elements),
		PIPELINE_TEST(two_sources_and_two_sinks_each_get_their_own),
		PIPELINE_TEST(a_sink_before_a_transform_sees_what_was_before_it),
		PIPELINE_TEST(an_ordered_transform_gets_pages_in_order_and_keeps_its_place),
		PIPELINE_TEST(a_second_run_goes_on_where_the_first_ended),
		PIPELINE_TEST(dropped_and_rejected_events_are_counted_once_each),
		PIPELINE_TEST(an_event_of_two_records_is_one_event),
		PIPELINE_TEST(a_batch_that_a_transform_refuses_is_split_down_to_the_bad_event),
		PIPELINE_TEST(a_batch_that_a_sink_refuses_is_split_down_to_the_bad_event),
		PIPELINE_TEST(a_line_that_is_no_json_is_set_aside_alone),
		PIPELINE_TEST(an_array_that_is_no_json_is_set_aside_whole),
		PIPELINE_TEST(an_event_whose_id_was_seen_is_repeated_also_in_a_later_run),
		PIPELINE_TEST(what_fails_at_first_is_tried_again_and_nothing_is_lost),
		PIPELINE_TEST(a_small_queue_slows_the_source_and_loses_nothing),
		PIPELINE_TEST(a_store_that_is_full_holds_commits_back_and_heals),
		PIPELINE_TEST(a_stop_under_load_loses_nothing_and_repeats_nothing),
		PIPELINE_TEST(a_stop_does_not_wait_for_a_sink_that_is_down),
		PIPELINE_TEST(a_stop_does_not_wait_for_a_sink_that_never_started),
		PIPELINE_TEST(a_stop_leaves_a_sink_behind_that_does_not_come_back),
		PIPELINE_TEST(a_crash_goes_back_to_the_last_commit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
