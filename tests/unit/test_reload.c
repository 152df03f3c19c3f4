/* test_reload.c - core/reload.c and core/rebuild.c through runtime.h: a configuration that
 * changes under way.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>

#include "pipeline.h"

#define CORE             PIPELINE_CORE "queue_size: 64KiB\n"
#define NUMBERS(options) "sources:\n  in:\n    plugin: numbers\n    page: 5\n" options
#define EDIT(options)    "transforms:\n  edit:\n    plugin: edit\n" options
#define LIST(options)    "sinks:\n  out:\n    plugin: list\n" options

/* At so many rows of a sink, the loop asks for the next configuration. */
static struct plan {
	const char *sink;
	size_t rows, step;      /* again after step further rows; 0: once */
	const char *texts[2];   /* in turn */
	unsigned turns;
	bool results[100];
} plan;

static atomic_uint wanted, reads, done, overs, refused;

static struct config *read_next(void *arg, struct diag *diag)
{
	unsigned turn = atomic_load(&done);
	const char *file = trial_file("weir.yaml", plan.texts[turn % 2 && plan.texts[1] ? 1 : 0]);

	(void)arg;
	atomic_fetch_add(&reads, 1);
	return config_load(&file, 1, diag);
}

static void note_over(void *arg)
{
	(void)arg;
	atomic_fetch_add(&overs, 1);
}

static void note_told(void *arg, bool ok, struct diag *diag)
{
	(void)arg;
	assert_int_equal(ok, diag_errors(diag) == 0);
	plan.results[atomic_load(&done) % 100] = ok;
	atomic_fetch_add(&refused, !ok);
	atomic_fetch_add(&done, 1);
}

static void reload_now(void *arg)
{
	(void)arg;
	runtime_reload(pipeline.runtime, note_told, NULL);
}

static void forget_turns(void)
{
	atomic_store(&wanted, 0);
	atomic_store(&reads, 0);
	atomic_store(&done, 0);
	atomic_store(&overs, 0);
	atomic_store(&refused, 0);
	pipeline.hooks = (struct reload_hooks){ .read = read_next, .over = note_over };
}

/* Lets the sink go on only when the reload was begun, so that all is decided by order. One that
 * still waits for the sink is let end first. */
static void reload_at(const char *sink, size_t rows)
{
	unsigned turn = atomic_load(&wanted);

	if (strcmp(sink, plan.sink) != 0 || turn >= plan.turns
	    || rows < plan.rows + turn * plan.step || atomic_load(&overs) < turn)
		return;
	atomic_store(&wanted, turn + 1);
	loop_post(pipeline.loop, reload_now, NULL);
	while (atomic_load(&done) <= turn)
		sched_yield();
}

static int run_with(const char *first)
{
	forget_turns();
	pipeline.delivered = reload_at;
	return pipeline_run(first);
}

/* ---- transforms ---------------------------------------------------------------------- */

static void new_transforms_take_over_at_a_ticket(void **state)
{
	(void)state;
	plan = (struct plan){ .sink = "out", .rows = 100, .turns = 1, .texts = {
		CORE NUMBERS("    count: 2000\n") EDIT("    drop_each: 1\n") LIST(""),
	} };
	assert_int_equal(run_with(CORE NUMBERS("    count: 2000\n") EDIT("") LIST("")), 0);
	assert_true(plan.results[0]);
	assert_in_range(pipeline_list("out")->len, 100, 1999);
	assert_true(pipeline_is_whole("out", pipeline_list("out")->len));
	assert_int_equal(pipeline_count("in", "out", STORE_IN), 2000);
	assert_true(pipeline_adds_up("in", "out"));
	assert_int_equal(atomic_load(&pipeline.starts), 1);
}

static void many_reloads_under_load_lose_nothing(void **state)
{
	(void)state;
	plan = (struct plan){ .sink = "out", .rows = 50, .step = 50, .turns = 40, .texts = {
		CORE NUMBERS("    count: 4000\n") EDIT("    field: a\n") LIST(""),
		CORE NUMBERS("    count: 4000\n") EDIT("    field: b\n") LIST(""),
	} };
	assert_int_equal(run_with(CORE NUMBERS("    count: 4000\n") EDIT("") LIST("")), 0);
	assert_int_equal(atomic_load(&overs), 40);
	assert_true(pipeline_is_whole("out", 4000));
	assert_int_equal(pipeline_count("in", "out", STORE_DELIVERED), 4000);
	assert_int_equal(atomic_load(&pipeline.starts), 1);
}

static void an_ordered_transform_that_is_added_starts_behind_what_is_in_flight(void **state)
{
	(void)state;
	plan = (struct plan){ .sink = "out", .rows = 100, .turns = 2, .step = 200, .texts = {
		CORE NUMBERS("    count: 2000\n") "transforms:\n  order:\n    plugin: inorder\n" LIST(""),
		CORE NUMBERS("    count: 2000\n") LIST(""),
	} };
	assert_int_equal(run_with(CORE NUMBERS("    count: 2000\n") LIST("")), 0);
	/* It has not seen the first numbers, so it drops the first one that it sees. */
	assert_int_equal(pipeline_list("out")->len, 1999);
	assert_int_equal(pipeline_count("in", "out", STORE_DROPPED), 1);
}

/* What the status says while a sink waits. */
static char *said;

static void note_status(void *arg)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_bytes text = { 0 };

	(void)arg;
	weir_value_text(weir_value_get(runtime_status(pipeline.runtime, arena), "reload"), arena, &text);
	said = weir_strndup(text.data ? text.data : "", text.len);
	weir_arena_destroy(arena);
}

static void a_configuration_with_a_mistake_changes_nothing(void **state)
{
	(void)state;
	plan = (struct plan){ .sink = "out", .rows = 100, .turns = 1, .texts = {
		CORE NUMBERS("    count: 2000\n") EDIT("    drop_ech: 1\n") LIST(""),
	} };
	forget_turns();
	pipeline.hooks.over = note_status;
	pipeline.delivered = reload_at;
	assert_int_equal(pipeline_run(CORE NUMBERS("    count: 2000\n") EDIT("") LIST("")), 0);
	assert_false(plan.results[0]);
	assert_true(pipeline_is_whole("out", 2000));
	assert_non_null(strstr(said, "refused; nothing changed: "));
	assert_non_null(strstr(said, "drop_ech"));
	weir_free(said);
}

/* ---- sources ------------------------------------------------------------------------------ */

static void a_source_that_is_added_flows_beside_the_others(void **state)
{
	(void)state;
	plan = (struct plan){ .sink = "out", .rows = 100, .turns = 1, .texts = {
		CORE NUMBERS("    count: 2000\n") "  more:\n    plugin: numbers\n    count: 500\n"
		LIST("") "  also:\n    plugin: list\n    inputs: [more]\n",
	} };
	assert_int_equal(run_with(CORE NUMBERS("    count: 2000\n") LIST("")), 0);
	assert_int_equal(pipeline_list("out")->len, 2500);
	assert_true(pipeline_is_whole("also", 500));
	assert_int_equal(pipeline_count("more", "out", STORE_DELIVERED), 500);
	assert_int_equal(pipeline_count("in", "out", STORE_DELIVERED), 2000);
}

static void a_source_that_goes_leaves_its_position(void **state)
{
	static const char both[] = CORE NUMBERS("    count: 2000\n")
		"  more:\n    plugin: numbers\n    count: 2000\n    page: 5\n" LIST("");

	(void)state;
	plan = (struct plan){ .sink = "out", .rows = 100, .turns = 1, .texts = {
		CORE NUMBERS("    count: 2000\n") LIST(""),
	} };
	assert_int_equal(run_with(both), 0);
	assert_in_range(pipeline_list("out")->len, 2000, 3999);
	assert_true(pipeline_adds_up("more", "out"));
	plan.turns = 0;
	assert_int_equal(run_with(both), 0);
	assert_int_equal(pipeline_list("out")->len, 4000);
	assert_int_equal(pipeline_count("more", "out", STORE_IN), 2000);
}

static void a_source_that_changes_goes_on_from_its_position(void **state)
{
	(void)state;
	plan = (struct plan){ .sink = "out", .rows = 100, .turns = 1, .texts = {
		CORE NUMBERS("    count: 2500\n") LIST(""),
	} };
	assert_int_equal(run_with(CORE NUMBERS("    count: 2000\n") LIST("")), 0);
	assert_true(pipeline_is_whole("out", 2500));
	assert_int_equal(pipeline_count("in", "out", STORE_IN), 2500);
}

/* ---- sinks --------------------------------------------------------------------------------- */

static void a_sink_that_changes_is_drained_first(void **state)
{
	(void)state;
	plan = (struct plan){ .sink = "out", .rows = 100, .turns = 3, .step = 900, .texts = {
		CORE NUMBERS("    count: 4000\n") LIST("    retry: 1\n"),
		CORE NUMBERS("    count: 4000\n") LIST(""),
	} };
	assert_int_equal(run_with(CORE NUMBERS("    count: 4000\n") LIST("")), 0);
	assert_true(pipeline_is_whole("out", 4000));
	assert_int_equal(atomic_load(&pipeline.starts), 4);
	assert_int_equal(atomic_load(&pipeline.stops), 4);
	assert_int_equal(pipeline_count("in", "out", STORE_DELIVERED), 4000);
}

static void a_sink_that_is_added_gets_what_comes_from_then_on(void **state)
{
	(void)state;
	plan = (struct plan){ .sink = "out", .rows = 100, .turns = 1, .texts = {
		CORE NUMBERS("    count: 2000\n") LIST("") "  also:\n    plugin: list\n",
	} };
	assert_int_equal(run_with(CORE NUMBERS("    count: 2000\n") LIST("")), 0);
	assert_true(pipeline_is_whole("out", 2000));
	assert_in_range(pipeline_list("also")->len, 1, 1900);
	assert_int_equal(atomic_load(&pipeline.starts), 2);
	assert_int_equal(pipeline_count("in", "also", STORE_DELIVERED), pipeline_list("also")->len);
}

static void take_down(const char *sink, size_t rows)
{
	if (strcmp(sink, "out") == 0 && rows >= 100 && !atomic_load(&wanted)) {
		atomic_store(&wanted, 1);
		atomic_store(&pipeline.sink_is_down, true);
		loop_post(pipeline.loop, reload_now, NULL);
	}
}

/* The sink is down when the reload comes, which brings another one in its place. What was
 * delivered to its neighbour and not committed is taken back. */
static void a_sink_that_is_down_can_be_replaced(void **state)
{
	(void)state;
	plan = (struct plan){ .texts = {
		CORE NUMBERS("    count: 2000\n") "sinks:\n  out:\n    plugin: spare\n"
		"  also:\n    plugin: spare\n",
	} };
	forget_turns();
	pipeline.delivered = take_down;
	assert_int_equal(pipeline_run(CORE NUMBERS("    count: 2000\n") LIST("")
	                              "  also:\n    plugin: list\n"), 0);
	assert_true(plan.results[0]);
	assert_int_equal(pipeline_count("in", "out", STORE_IN), 2000);
	assert_true(pipeline_adds_up("in", "out"));
	assert_true(pipeline_adds_up("in", "also"));
}

/* ---- more than one at a time ------------------------------------------------------------------- */

static void ask_three_times(void *arg)
{
	for (int i = 0; i < 3; i++)
		reload_now(arg);
}

static void ask_once(const char *sink, size_t rows)
{
	(void)sink;
	(void)rows;
	if (!atomic_exchange(&wanted, 1))
		loop_post(pipeline.loop, ask_three_times, NULL);
}

/* The second and the third: what they want to have read may not be in the first. */
static void those_that_come_during_a_reload_share_the_next_one(void **state)
{
	(void)state;
	plan = (struct plan){ .texts = {
		CORE NUMBERS("    count: 2000\n") EDIT("    field: a\n") LIST(""),
	} };
	forget_turns();
	pipeline.delivered = ask_once;
	assert_int_equal(pipeline_run(CORE NUMBERS("    count: 2000\n") EDIT("") LIST("")), 0);
	assert_int_equal(atomic_load(&done), 3);
	assert_int_equal(atomic_load(&reads), 2);
	assert_int_equal(atomic_load(&overs), 2);
	assert_true(plan.results[0] && plan.results[1] && plan.results[2]);
	assert_true(pipeline_is_whole("out", 2000));
}

/* The one that is read when weir is stopped, and the one behind it, end in nothing. */
static struct config *read_when_stopped(void *arg, struct diag *diag)
{
	while (!atomic_load(&overs))
		sched_yield();
	return read_next(arg, diag);
}

static void ask_and_stop(void *arg)
{
	reload_now(arg);
	reload_now(arg);
	runtime_stop(pipeline.runtime);
	reload_now(arg);
	note_over(NULL);
}

static void stop_in_a_reload(const char *sink, size_t rows)
{
	(void)sink;
	(void)rows;
	if (!atomic_exchange(&wanted, 1))
		loop_post(pipeline.loop, ask_and_stop, NULL);
}

static void a_stop_ends_a_reload(void **state)
{
	(void)state;
	plan = (struct plan){ .texts = { CORE NUMBERS("    count: 2000\n") LIST("") } };
	forget_turns();
	pipeline.hooks.read = read_when_stopped;
	pipeline.delivered = stop_in_a_reload;
	assert_int_equal(pipeline_run(CORE NUMBERS("    count: 1000000000\n") EDIT("") LIST("")), 0);
	assert_int_equal(atomic_load(&done), 3);
	assert_false(plan.results[0] || plan.results[1] || plan.results[2]);
	assert_int_equal(atomic_load(&reads), 1);
	assert_true(pipeline_is_whole("out", pipeline_list("out")->len));
	assert_true(pipeline_adds_up("in", "out"));
}

/* ---- dead_letter_limit ------------------------------------------------------------------------ */

static void a_reload_that_fills_the_dead_letters_is_rolled_back(void **state)
{
	(void)state;
	plan = (struct plan){ .sink = "out", .rows = 100, .turns = 1, .texts = {
		CORE "dead_letter_window: 100\n" NUMBERS("    count: 2000\n")
		EDIT("    reject_each: 1\n") LIST(""),
	} };
	assert_int_equal(run_with(CORE "dead_letter_window: 100\n" NUMBERS("    count: 2000\n") EDIT("")
	                          LIST("")), 0);
	assert_true(plan.results[0]);
	assert_in_range(pipeline_dead(), 6, 1000);
	assert_int_equal(pipeline_list("out")->len + pipeline_dead(), 2000);
	assert_int_equal(pipeline_list("out")->items[pipeline_list("out")->len - 1], 2000);
}

/* The second reload is read until the first was rolled back: what it would have gone on from is
 * not in use any more, so it is read once more. */
static struct config *read_slowly(void *arg, struct diag *diag)
{
	while (atomic_load(&reads) == 1 && atomic_load(&overs) < 2 && !atomic_load(&refused))
		sched_yield();
	return read_next(arg, diag);
}

static void ask_twice(void *arg)
{
	reload_now(arg);
	reload_now(arg);
}

/* The sink waits for the first reload: without events behind it nothing would be rolled back. */
static void ask_both(const char *sink, size_t rows)
{
	(void)sink;
	(void)rows;
	if (atomic_exchange(&wanted, 1))
		return;
	loop_post(pipeline.loop, ask_twice, NULL);
	while (!atomic_load(&overs) && !atomic_load(&refused))
		sched_yield();
}

static void a_roll_back_during_a_reload_comes_first(void **state)
{
	(void)state;
	plan = (struct plan){ .texts = {
		CORE "dead_letter_window: 100\n" NUMBERS("    count: 20000\n")
		EDIT("    reject_each: 1\n") LIST(""),
		CORE "dead_letter_window: 100\n" NUMBERS("    count: 20000\n")
		EDIT("    drop_each: 1\n") LIST(""),
	} };
	forget_turns();
	pipeline.hooks.read = read_slowly;
	pipeline.delivered = ask_both;
	assert_int_equal(pipeline_run(CORE "dead_letter_window: 100\n" NUMBERS("    count: 20000\n")
	                              EDIT("") LIST("")), 0);
	assert_int_equal(atomic_load(&reads), 3);
	assert_int_equal(atomic_load(&done), 2);
	assert_true(plan.results[0] && plan.results[1]);
	assert_int_equal(atomic_load(&overs), 3);
	assert_true(pipeline_adds_up("in", "out"));
}

/* Nobody asks again: it would stay paused. */
static void note_resumed(void *arg, bool ok, struct diag *diag)
{
	note_told(arg, ok, diag);
	assert_true(ok);
}

static void resume(void *arg)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value status = runtime_status(pipeline.runtime, arena);
	struct weir_value source = weir_value_at(weir_value_get(status, "sources"), 0);

	(void)arg;
	if (!weir_value_is_text(weir_value_get(source, "state"), "paused"))
		loop_post(pipeline.loop, resume, NULL);
	else
		runtime_reload(pipeline.runtime, note_resumed, NULL);
	weir_arena_destroy(arena);
}

static void resume_when_paused(const char *sink, size_t rows)
{
	(void)sink;
	(void)rows;
	if (!atomic_exchange(&wanted, 1))
		loop_post(pipeline.loop, resume, NULL);
}

static void too_many_dead_letters_pause_the_pipeline_until_a_reload(void **state)
{
	(void)state;
	plan = (struct plan){ .texts = {
		CORE "dead_letter_window: 100\n" NUMBERS("    count: 2000\n") EDIT("") LIST(""),
	} };
	forget_turns();
	pipeline.delivered = resume_when_paused;
	assert_int_equal(pipeline_run(CORE "dead_letter_window: 100\n" NUMBERS("    count: 2000\n")
	                              EDIT("    reject_each: 3\n") LIST("")), 0);
	assert_true(plan.results[0]);
	assert_in_range(pipeline_dead(), 6, 600);
	assert_int_equal(pipeline_list("out")->len + pipeline_dead(), 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PIPELINE_TEST(new_transforms_take_over_at_a_ticket),
		PIPELINE_TEST(many_reloads_under_load_lose_nothing),
		PIPELINE_TEST(an_ordered_transform_that_is_added_starts_behind_what_is_in_flight),
		PIPELINE_TEST(a_configuration_with_a_mistake_changes_nothing),
		PIPELINE_TEST(a_source_that_is_added_flows_beside_the_others),
		PIPELINE_TEST(a_source_that_goes_leaves_its_position),
		PIPELINE_TEST(a_source_that_changes_goes_on_from_its_position),
		PIPELINE_TEST(a_sink_that_changes_is_drained_first),
		PIPELINE_TEST(a_sink_that_is_added_gets_what_comes_from_then_on),
		PIPELINE_TEST(a_sink_that_is_down_can_be_replaced),
		PIPELINE_TEST(those_that_come_during_a_reload_share_the_next_one),
		PIPELINE_TEST(a_stop_ends_a_reload),
		PIPELINE_TEST(a_roll_back_during_a_reload_comes_first),
		PIPELINE_TEST(a_reload_that_fills_the_dead_letters_is_rolled_back),
		PIPELINE_TEST(too_many_dead_letters_pause_the_pipeline_until_a_reload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
