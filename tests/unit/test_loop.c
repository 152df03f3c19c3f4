/* test_loop.c - core/loop.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "clock.h"
#include "loop.h"

/* What happened, in order; the last expected letter stops the loop. */
struct story {
	struct loop *loop;
	char text[64];
	size_t len;
	char last;
};

struct mark {
	struct story *story;
	char letter;
};

static void happened(void *arg)
{
	struct mark *mark = arg;
	struct story *story = mark->story;

	assert_true(story->len < sizeof story->text - 1);
	story->text[story->len++] = mark->letter;
	if (mark->letter == story->last)
		loop_stop(story->loop);
}

static struct loop *make_loop(void)
{
	struct weir_error err;
	struct loop *loop = loop_create(&err);

	assert_non_null(loop);
	return loop;
}

static void timers_fire_in_order_of_their_times(void **state)
{
	struct story story = { make_loop(), .last = 'd' };
	struct mark marks[] = { { &story, 'c' }, { &story, 'a' }, { &story, 'd' }, { &story, 'b' } };
	const int64_t times[] = { 3, 1, 4, 2 };
	struct loop_timer timers[WEIR_COUNT(marks)] = { 0 };

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(marks); i++) {
		timers[i].fire = happened;
		timers[i].arg = &marks[i];
		loop_timer_set(story.loop, &timers[i], times[i]);
	}
	loop_run(story.loop);
	assert_string_equal(story.text, "abcd");
	loop_destroy(story.loop);
}

static void a_timer_that_is_moved_or_cancelled_fires_once_or_never(void **state)
{
	struct story story = { make_loop(), .last = 'z' };
	struct mark moved = { &story, 'm' }, cancelled = { &story, 'c' }, end = { &story, 'z' };
	struct loop_timer m = { .fire = happened, .arg = &moved };
	struct loop_timer c = { .fire = happened, .arg = &cancelled };
	struct loop_timer z = { .fire = happened, .arg = &end };

	(void)state;
	loop_timer_set(story.loop, &m, 1);
	loop_timer_set(story.loop, &c, 2);
	loop_timer_set(story.loop, &z, 3);
	loop_timer_set(story.loop, &m, 2);
	loop_timer_cancel(story.loop, &c);
	loop_timer_cancel(story.loop, &c);
	loop_run(story.loop);
	assert_string_equal(story.text, "mz");
	assert_int_equal(m.heap, 0);
	loop_destroy(story.loop);
}

static void a_thousand_timers_in_any_order_fire_sorted(void **state)
{
	enum { MANY = 1000 };
	static struct loop_timer timers[MANY];
	static int64_t fired[MANY];
	struct loop *loop = make_loop();
	uint64_t random = 1;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		random = random * 6364136223846793005U + 1442695040888963407U;
		loop_timer_set(loop, &timers[i], (int64_t)(random >> 50));
	}
	for (size_t i = 0; i < MANY; i += 3)
		loop_timer_cancel(loop, &timers[i]);
	for (size_t i = 0; i < MANY; i += 6)
		loop_timer_set(loop, &timers[i], (int64_t)i);
	/* The heap's own order, without waiting: the earliest is always in place 1. */
	for (size_t n = 0;; n++) {
		struct loop_timer *first = NULL;

		for (size_t i = 0; i < MANY && !first; i++) {
			if (timers[i].heap == 1)
				first = &timers[i];
		}
		if (!first) {
			assert_int_equal(n, MANY - (MANY + 2) / 3 + (MANY + 5) / 6);
			break;
		}
		fired[n] = first->at_ms;
		assert_true(n == 0 || fired[n - 1] <= fired[n]);
		loop_timer_cancel(loop, first);
	}
	loop_destroy(loop);
}

static void again_and_again(void *arg)
{
	struct story *story = arg;

	story->len++;
}

static struct loop_timer again;

static void set_again(void *arg)
{
	struct story *story = arg;

	again_and_again(story);
	loop_timer_set(story->loop, &again, 0);
}

static void a_timer_that_is_always_due_does_not_starve_posted_work(void **state)
{
	struct story story = { make_loop(), .last = 'p' };
	struct mark posted = { &story, 'p' };

	(void)state;
	again = (struct loop_timer){ .fire = set_again, .arg = &story };
	loop_timer_set(story.loop, &again, 0);
	loop_post(story.loop, happened, &posted);
	loop_run(story.loop);
	assert_true(story.len < 10);
	loop_destroy(story.loop);
}

static void posted_work_runs_in_order(void **state)
{
	struct story story = { make_loop(), .last = 'c' };
	struct mark marks[] = { { &story, 'a' }, { &story, 'b' }, { &story, 'c' } };

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(marks); i++)
		loop_post(story.loop, happened, &marks[i]);
	loop_run(story.loop);
	assert_string_equal(story.text, "abc");
	loop_destroy(story.loop);
}

static void *post_from_elsewhere(void *arg)
{
	struct mark *mark = arg;

	loop_post(mark->story->loop, happened, mark);
	return NULL;
}

static void another_thread_wakes_a_loop_that_waits_for_ever(void **state)
{
	struct story story = { make_loop(), .last = 'x' };
	struct mark mark = { &story, 'x' };
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, post_from_elsewhere, &mark), 0);
	loop_run(story.loop);
	pthread_join(thread, NULL);
	assert_string_equal(story.text, "x");
	loop_destroy(story.loop);
}

static void read_and_stop(void *arg, int fd, uint32_t events)
{
	struct story *story = arg;

	assert_true(events & EPOLLIN);
	assert_int_equal(read(fd, story->text, 1), 1);
	assert_true(loop_watch(story->loop, fd, 0, NULL, NULL));
	loop_stop(story->loop);
}

static void a_readable_descriptor_is_reported_until_it_is_removed(void **state)
{
	struct story story = { make_loop() };
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_true(loop_watch(story.loop, fds[0], EPOLLIN, read_and_stop, &story));
	assert_int_equal(write(fds[1], "xy", 2), 2);
	loop_run(story.loop);
	assert_string_equal(story.text, "x");
	close(fds[0]);
	close(fds[1]);
	loop_destroy(story.loop);
}

struct pair {
	struct loop *loop;
	int fds[2];
	int calls;
};

/* Whichever is called first removes the other, whose event is in the same round. */
static void remove_the_other(void *arg, int fd, uint32_t events)
{
	struct pair *pair = arg;

	(void)events;
	pair->calls++;
	loop_watch(pair->loop, pair->fds[fd == pair->fds[0]], 0, NULL, NULL);
	loop_watch(pair->loop, fd, 0, NULL, NULL);
	loop_stop(pair->loop);
}

static void a_descriptor_removed_in_the_same_round_is_not_reported(void **state)
{
	struct pair pair = { make_loop() };
	int a[2], b[2];

	(void)state;
	assert_int_equal(pipe(a), 0);
	assert_int_equal(pipe(b), 0);
	pair.fds[0] = a[0];
	pair.fds[1] = b[0];
	assert_true(loop_watch(pair.loop, a[0], EPOLLIN, remove_the_other, &pair));
	assert_true(loop_watch(pair.loop, b[0], EPOLLIN, remove_the_other, &pair));
	assert_int_equal(write(a[1], "x", 1), 1);
	assert_int_equal(write(b[1], "x", 1), 1);
	loop_run(pair.loop);
	assert_int_equal(pair.calls, 1);
	for (int i = 0; i < 2; i++) {
		close(a[i]);
		close(b[i]);
	}
	loop_destroy(pair.loop);
}

static void what_cannot_be_watched_is_refused(void **state)
{
	struct loop *loop = make_loop();
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	close(fds[1]);
	assert_false(loop_watch(loop, fds[0], EPOLLIN, read_and_stop, NULL));
	assert_true(loop_watch(loop, fds[0], 0, NULL, NULL));
	loop_destroy(loop);
}

static void a_loop_that_was_stopped_runs_again(void **state)
{
	struct story story = { make_loop(), .last = 'a' };
	struct mark mark = { &story, 'a' };

	(void)state;
	loop_post(story.loop, happened, &mark);
	loop_run(story.loop);
	loop_post(story.loop, happened, &mark);
	loop_run(story.loop);
	assert_string_equal(story.text, "aa");
	loop_destroy(story.loop);
	loop_destroy(NULL);
}

static void work_that_never_ran_is_freed_with_the_loop(void **state)
{
	struct loop *loop = make_loop();

	(void)state;
	loop_post(loop, happened, NULL);
	loop_destroy(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_fire_in_order_of_their_times),
		cmocka_unit_test(a_timer_that_is_moved_or_cancelled_fires_once_or_never),
		cmocka_unit_test(a_thousand_timers_in_any_order_fire_sorted),
		cmocka_unit_test(a_timer_that_is_always_due_does_not_starve_posted_work),
		cmocka_unit_test(posted_work_runs_in_order),
		cmocka_unit_test(another_thread_wakes_a_loop_that_waits_for_ever),
		cmocka_unit_test(a_readable_descriptor_is_reported_until_it_is_removed),
		cmocka_unit_test(a_descriptor_removed_in_the_same_round_is_not_reported),
		cmocka_unit_test(what_cannot_be_watched_is_refused),
		cmocka_unit_test(a_loop_that_was_stopped_runs_again),
		cmocka_unit_test(work_that_never_ran_is_freed_with_the_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
