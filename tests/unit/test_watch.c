/* test_watch.c - core/watch.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
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
	if (set)
		watch_begin(set, INT64_MAX);
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

static void a_folder_is_watched_with_what_is_put_into_it(void **state)
{
	(void)state;
	make_folder("rules");
	put("rules/a.lua");
	add("rules");
	put("rules/b.lua");
	loop_run(loop);
	replace("rules/a.lua");
	loop_run(loop);
	assert_int_equal(changes, 2);
}

static void swap(const char *from, const char *to)
{
	char *a = scratch_path(dir, from), *b = scratch_path(dir, to);

	assert_int_equal(rename(a, b), 0);
	weir_free(a);
	weir_free(b);
}

static void make_link(const char *target, const char *name)
{
	char *path = scratch_path(dir, name);

	assert_int_equal(symlink(target, path), 0);
	weir_free(path);
}

/* The way to the rules goes through a link that is turned, as a release does it. */
static void a_link_that_is_turned_is_told(void **state)
{
	(void)state;
	make_folder("v1");
	make_folder("v1/rules");
	make_folder("v2");
	make_folder("v2/rules");
	make_link("v1", "now");
	add("now/rules");
	make_link("v2", "next");
	swap("next", "now");
	loop_run(loop);
	assert_int_equal(changes, 1);
}

/* As an orchestrator mounts files: each is a link through a hidden link that is turned. */
static void a_hidden_link_on_the_way_is_told(void **state)
{
	(void)state;
	make_folder("rules");
	make_folder("rules/..1");
	make_folder("rules/..2");
	put("rules/..1/a.lua");
	put("rules/..2/a.lua");
	make_link("..1", "rules/..data");
	make_link("..data/a.lua", "rules/a.lua");
	add("rules");
	make_link("..2", "rules/..next");
	swap("rules/..next", "rules/..data");
	loop_run(loop);
	assert_int_equal(changes, 1);
}

static void a_folder_above_that_is_moved_is_told(void **state)
{
	(void)state;
	make_folder("etc");
	make_folder("etc/weir");
	make_folder("etc/weir/rules");
	add("etc/weir/rules");
	swap("etc", "etc.old");
	loop_run(loop);
	assert_int_equal(changes, 1);
	/* What is not there is waited for. */
	add("etc/weir/rules");
	make_folder("etc");
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
	put("rules/a.out.ndjson");
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

static void what_is_not_added_again_is_not_watched(void **state)
{
	struct loop_timer enough = { .fire = stop_now };

	(void)state;
	put("a");
	put("b");
	add("a");
	watch_begin(set, INT64_MAX);
	add("b");
	watch_end(set);
	put("a");
	loop_timer_set(loop, &enough, 0);
	loop_run(loop);
	assert_int_equal(changes, 0);
	put("b");
	loop_run(loop);
	assert_int_equal(changes, 1);
}

/* It came while the files were read, or before anybody watched them. */
static void a_change_since_the_files_were_read_is_told(void **state)
{
	int64_t read_us = clock_now_us();

	(void)state;
	make_folder("rules");
	put("rules/a.lua");
	watch_begin(set, read_us);
	add("rules");
	watch_end(set);
	loop_run(loop);
	assert_int_equal(changes, 1);
}

static void a_change_is_not_forgotten_when_files_are_added_again(void **state)
{
	struct loop_timer enough = { .fire = stop_now };

	(void)state;
	put("a");
	add("a");
	put("a");
	loop_timer_set(loop, &enough, 0);
	loop_run(loop);
	watch_begin(set, INT64_MAX);
	add("a");
	watch_end(set);
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
		WATCH_TEST(a_folder_is_watched_with_what_is_put_into_it),
		WATCH_TEST(a_link_that_is_turned_is_told),
		WATCH_TEST(a_hidden_link_on_the_way_is_told),
		WATCH_TEST(a_folder_above_that_is_moved_is_told),
		WATCH_TEST(what_is_hidden_or_another_file_does_not_count),
		WATCH_TEST(what_is_not_added_again_is_not_watched),
		WATCH_TEST(a_change_since_the_files_were_read_is_told),
		WATCH_TEST(a_change_is_not_forgotten_when_files_are_added_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
