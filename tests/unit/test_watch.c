/* test_watch.c - core/watch.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"
#include "watch.h"

static struct loop *loop;
static struct watch_set *set;
static const char *dir;
static int changes;

static void changed(void *arg)
{
	(void)arg;
	changes++;
	loop_stop(loop);
}

static int setup(void **state)
{
	struct weir_error err = { 0 };

	if (scratch_setup(state) != 0)
		return -1;
	dir = *state;
	changes = 0;
	loop = loop_create(&err);
	set = loop ? watch_create(loop, changed, NULL, &err) : NULL;
	return set ? 0 : -1;
}

static int teardown(void **state)
{
	watch_destroy(set);
	watch_destroy(NULL);
	loop_destroy(loop);
	return scratch_teardown(state);
}

static void add(const char *name)
{
	char *path = scratch_path(dir, name);

	watch_add(set, path);
	weir_free(path);
}

static void put(const char *name)
{
	scratch_write(dir, name, "x", 1);
}

static void make_folder(const char *name)
{
	char *path = scratch_path(dir, name);

	assert_int_equal(mkdir(path, 0700), 0);
	weir_free(path);
}

static void replace(const char *name)
{
	char *fresh = scratch_path(dir, "fresh"), *path = scratch_path(dir, name);

	put("fresh");
	assert_int_equal(rename(fresh, path), 0);
	weir_free(fresh);
	weir_free(path);
}

static void a_file_that_is_written_is_told(void **state)
{
	(void)state;
	put("weir.yaml");
	add("weir.yaml");
	put("weir.yaml");
	loop_run(loop);
	assert_int_equal(changes, 1);
}

static void a_file_that_is_replaced_is_told_each_time(void **state)
{
	(void)state;
	put("weir.yaml");
	add("weir.yaml");
	for (int i = 0; i < 3; i++) {
		replace("weir.yaml");
		loop_run(loop);
	}
	assert_int_equal(changes, 3);
}

static void a_file_that_is_not_there_yet_is_waited_for(void **state)
{
	(void)state;
	add("weir.yaml");
	put("weir.yaml");
	loop_run(loop);
	assert_int_equal(changes, 1);
}

static void a_folder_is_watched_with_what_is_made_in_it(void **state)
{
	(void)state;
	make_folder("rules");
	add("rules");
	make_folder("rules/more");
	loop_run(loop);
	put("rules/more/a.lua");
	loop_run(loop);
	assert_int_equal(changes, 2);
}

static void stop_now(void *arg)
{
	(void)arg;
	loop_stop(loop);
}

static void what_is_hidden_or_another_file_does_not_count(void **state)
{
	struct loop_timer enough = { .fire = stop_now };

	(void)state;
	make_folder("rules");
	put("weir.yaml");
	add("rules");
	add("weir.yaml");
	put("rules/.a.lua.swp");
	put("rules/a.lua~");
	put("other.yaml");
	/* Events are there when the calls return; the timer comes behind them. */
	loop_timer_set(loop, &enough, 0);
	loop_run(loop);
	loop_timer_set(loop, &enough, 0);
	loop_run(loop);
	assert_int_equal(changes, 0);
	put("rules/a.lua");
	loop_run(loop);
	assert_int_equal(changes, 1);
}

static void what_was_forgotten_is_not_told(void **state)
{
	struct loop_timer enough = { .fire = stop_now };

	(void)state;
	put("a");
	put("b");
	add("a");
	put("a");
	watch_clear(set);
	add("b");
	loop_timer_set(loop, &enough, 0);
	loop_run(loop);
	put("b");
	loop_run(loop);
	assert_int_equal(changes, 1);
}

#define WATCH_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WATCH_TEST(a_file_that_is_written_is_told),
		WATCH_TEST(a_file_that_is_replaced_is_told_each_time),
		WATCH_TEST(a_file_that_is_not_there_yet_is_waited_for),
		WATCH_TEST(a_folder_is_watched_with_what_is_made_in_it),
		WATCH_TEST(what_is_hidden_or_another_file_does_not_count),
		WATCH_TEST(what_was_forgotten_is_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
