/* test_gate.c - core/gate.c, core/alarm.c and core/thread.c: threads that wait for each other.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <weir/util.h>

#include "alarm.h"
#include "gate.h"
#include "thread.h"

/* ---- gate ------------------------------------------------------------------------- */

enum { PAGES = 400, THREADS = 4 };

struct walk {
	struct gate *gate;
	uint64_t first;
	uint64_t *order;        /* tickets as they entered */
	size_t *entered;
};

/* Takes each fourth page, and goes through the gate with those that are even. */
static void *walk(void *arg)
{
	struct walk *w = arg;

	for (uint64_t t = w->first; t < PAGES; t += THREADS) {
		if (t % 2 == 0) {
			gate_enter(w->gate, t);
			w->order[(*w->entered)++] = t;
		}
		gate_pass(w->gate, t);
	}
	return NULL;
}

static void pages_enter_in_the_order_of_their_tickets(void **state)
{
	uint64_t order[PAGES];
	size_t entered = 0;
	struct walk walks[THREADS];
	pthread_t threads[THREADS];
	struct gate *gate = gate_create();

	(void)state;
	gate_begin(gate, 0);
	for (size_t i = 0; i < THREADS; i++) {
		walks[i] = (struct walk){ gate, i, order, &entered };
		thread_start(&threads[i], "a name that is cut at the end", walk, &walks[i]);
	}
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(entered, PAGES / 2);
	for (size_t i = 0; i < entered; i++)
		assert_int_equal(order[i], 2 * i);
	gate_destroy(gate);
}

static void a_gate_begins_again_at_another_ticket(void **state)
{
	struct gate *gate = gate_create();

	(void)state;
	gate_begin(gate, 5);
	gate_pass(gate, 5);
	gate_begin(gate, 1);
	gate_enter(gate, 1);
	gate_pass(gate, 1);
	gate_destroy(gate);
	gate_destroy(NULL);
}

/* ---- alarm ------------------------------------------------------------------------- */

struct bell {
	struct alarm alarm;
	atomic_bool rung, other;
};

static void *ring(void *arg)
{
	struct bell *bell = arg;

	atomic_store(&bell->rung, true);
	alarm_ring(&bell->alarm);
	return NULL;
}

static void a_flag_ends_a_wait_that_has_no_end(void **state)
{
	struct bell bell = { 0 };
	const atomic_bool *flags[] = { &bell.other, &bell.rung, NULL };
	pthread_t thread;

	(void)state;
	alarm_init(&bell.alarm);
	assert_int_equal(pthread_create(&thread, NULL, ring, &bell), 0);
	assert_true(alarm_wait(&bell.alarm, flags, -1));
	pthread_join(thread, NULL);
	assert_true(alarm_wait(&bell.alarm, flags, 1000000));
	alarm_finish(&bell.alarm);
}

static void without_a_flag_the_time_passes(void **state)
{
	struct bell bell = { 0 };
	const atomic_bool *flags[] = { &bell.rung, NULL };

	(void)state;
	alarm_init(&bell.alarm);
	assert_false(alarm_wait(&bell.alarm, flags, 0));
	assert_false(alarm_wait(&bell.alarm, flags, 2));
	alarm_finish(&bell.alarm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_enter_in_the_order_of_their_tickets),
		cmocka_unit_test(a_gate_begins_again_at_another_ticket),
		cmocka_unit_test(a_flag_ends_a_wait_that_has_no_end),
		cmocka_unit_test(without_a_flag_the_time_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
