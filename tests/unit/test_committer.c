/* test_committer.c - core/committer.c on a real store: what is stored, in what order, and what is not.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>

#include "clock.h"
#include "committer.h"
#include "component.h"
#include "scratch.h"

enum { LARGE = 1 << 20, SMALL_DISK = 64 * 1024 };

static const struct weir_plugin plugin = { .name = "try", .position_version = 1 };
static const struct config_node node = { .kind = WEIR_SOURCE };
static struct weir_ctx acme = { .node = &node, .plugin = &plugin, .name = "acme" };
static struct weir_ctx globex = { .node = &node, .plugin = &plugin, .name = "globex" };

/* A store with its thread, and the marks that are done; when all that are awaited are, the loop
 * ends. */
static struct {
	struct host host;
	struct committer *committer;
	struct mark *done[8];
	size_t count, awaited;
	struct loop_timer timer;
	struct rlimit was;
} trial;

static void note_done(void *arg)
{
	trial.done[trial.count++] = arg;
	if (trial.count == trial.awaited)
		loop_stop(trial.host.loop);
}

static int setup(void **state)
{
	const struct core_options core = { .retry_min = 1, .retry_max = 2, .refused_min = 1,
		                           .refused_max = 2 };
	struct weir_error err = { 0 };
	enum store_opened opened;
	char *note;

	if (scratch_setup(state) != 0)
		return -1;
	memset(&trial, 0, sizeof trial);
	host_init(&trial.host, &core);
	trial.host.store = store_open(*state, STORE_OWN, NULL, &opened, &note, &err);
	trial.host.loop = loop_create(&err);
	trial.committer = committer_create(&trial.host, note_done);
	getrlimit(RLIMIT_FSIZE, &trial.was);
	signal(SIGXFSZ, SIG_IGN);
	return trial.host.store && trial.host.loop ? 0 : -1;
}

static int teardown(void **state)
{
	setrlimit(RLIMIT_FSIZE, &trial.was);
	committer_destroy(trial.committer);
	for (size_t i = 0; i < trial.count; i++)
		mark_destroy(trial.done[i]);
	store_close(trial.host.store);
	loop_destroy(trial.host.loop);
	host_finish(&trial.host);
	return scratch_teardown(state);
}

static void await(size_t count)
{
	trial.awaited = count;
	if (trial.count < count)
		loop_run(trial.host.loop);
	assert_int_equal(trial.count, count);
}

static struct mark *put(struct component *component, struct weir_ctx *source, const char *text)
{
	struct mark *mark = mark_create(component, 1, 0);

	if (text)
		position_add(&mark->positions, source, text);
	committer_put(trial.committer, mark);
	return mark;
}

static void assert_position(const char *name, const char *expected)
{
	char *text = store_position(trial.host.store, WEIR_SOURCE, name, "try", 1);

	if (expected) {
		assert_non_null(text);
		assert_string_equal(text, expected);
	} else {
		assert_null(text);
	}
	weir_free(text);
}

/* No file may grow beyond this; 0: as before. */
static void limit_disk(rlim_t bytes)
{
	struct rlimit limit = trial.was;

	if (bytes)
		limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static char *large_text(void)
{
	char *text = weir_alloc(LARGE + 1);

	memset(text, 'x', LARGE);
	return text;
}

static bool is_in_trouble(void)
{
	struct weir_error why;
	int64_t for_ms, next_ms;

	return trouble_look(committer_trouble(trial.committer), &why, &for_ms, &next_ms);
}

static void marks_are_stored_in_their_order(void **state)
{
	struct component component = { 0 };
	struct mark *first = put(&component, &acme, "1"), *empty = put(&component, &acme, NULL);
	struct mark *last = put(&component, &acme, "2");

	(void)state;
	await(3);
	assert_ptr_equal(trial.done[0], first);
	assert_ptr_equal(trial.done[1], empty);
	assert_ptr_equal(trial.done[2], last);
	assert_true(first->stored && empty->stored && last->stored);
	assert_position("acme", "2");
}

/* Those behind it are spoiled too, by the sink that gave up. */
static void a_spoiled_mark_is_done_and_not_stored(void **state)
{
	struct component component = { 0 };
	struct mark *mark = mark_create(&component, 1, 0);

	(void)state;
	position_add(&mark->positions, &acme, "1");
	atomic_store(&mark->spoiled, true);
	committer_put(trial.committer, mark);
	await(1);
	assert_false(mark->stored);
	assert_position("acme", NULL);
}

static void make_room(void *arg)
{
	(void)arg;
	if (is_in_trouble())
		limit_disk(0);
	else
		loop_timer_set(trial.host.loop, &trial.timer, clock_monotonic_ms() + 1);
}

static void a_full_disk_is_waited_for(void **state)
{
	struct component component = { 0 };
	char *text = large_text();
	struct mark *mark, *next;

	(void)state;
	limit_disk(SMALL_DISK);
	mark = put(&component, &acme, text);
	next = put(&component, &globex, "behind it");
	trial.timer.fire = make_room;
	loop_timer_set(trial.host.loop, &trial.timer, clock_monotonic_ms());
	await(2);
	assert_ptr_equal(trial.done[0], mark);
	assert_true(mark->stored && next->stored);
	assert_false(is_in_trouble());
	assert_position("acme", text);
	assert_position("globex", "behind it");
	weir_free(text);
}

static void stop(void *arg)
{
	(void)arg;
	if (is_in_trouble()) {
		atomic_store(&trial.host.stopping, true);
		alarm_ring(&trial.host.alarm);
	} else {
		loop_timer_set(trial.host.loop, &trial.timer, clock_monotonic_ms() + 1);
	}
}

static void at_a_stop_what_was_not_stored_holds_its_own_component_back(void **state)
{
	struct component component = { 0 }, other = { 0 };
	char *text = large_text();
	struct mark *mark, *behind, *apart;

	(void)state;
	limit_disk(SMALL_DISK);
	mark = put(&component, &acme, text);
	trial.timer.fire = stop;
	loop_timer_set(trial.host.loop, &trial.timer, clock_monotonic_ms());
	await(1);
	assert_false(mark->stored);
	limit_disk(0);
	behind = put(&component, &acme, "would say that the first was stored");
	apart = put(&other, &globex, "1");
	await(3);
	assert_false(behind->stored);
	assert_true(apart->stored);
	assert_position("acme", NULL);
	assert_position("globex", "1");
	weir_free(text);
}

static void what_it_has_is_stored_before_it_ends(void **state)
{
	struct component component = { 0 };

	(void)state;
	for (int i = 0; i < 8; i++)
		put(&component, &acme, i < 7 ? "early" : "late");
	committer_destroy(trial.committer);
	trial.committer = NULL;
	assert_position("acme", "late");
	await(8);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(marks_are_stored_in_their_order),
		TEST(a_spoiled_mark_is_done_and_not_stored),
		TEST(a_full_disk_is_waited_for),
		TEST(at_a_stop_what_was_not_stored_holds_its_own_component_back),
		TEST(what_it_has_is_stored_before_it_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
