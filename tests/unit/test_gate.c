/* test_gate.c - core/gate.c, core/alarm.c, core/queue.c and core/thread.c: threads that wait for each other.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <weir/util.h>

#include "alarm.h"
#include "budget.h"
#include "gate.h"
#include "queue.h"
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

/* ---- queue -------------------------------------------------------------------------- */

static void *put_all(void *arg)
{
	struct queue *queue = arg;

	for (uint64_t t = 1; t <= 100; t++) {
		struct page *page = page_create();

		page->ticket = t;
		queue_put(queue, page);
	}
	queue_close(queue);
	return NULL;
}

static void pages_leave_a_queue_as_they_came_and_then_it_ends(void **state)
{
	struct queue queue;
	struct page *page;
	uint64_t last = 0;
	pthread_t thread;

	(void)state;
	queue_init(&queue);
	assert_int_equal(pthread_create(&thread, NULL, put_all, &queue), 0);
	while ((page = queue_take(&queue)) != NULL) {
		assert_int_equal(page->ticket, ++last);
		page_unref(page);
	}
	pthread_join(thread, NULL);
	assert_int_equal(last, 100);
	assert_int_equal(queue_len(&queue), 0);
	queue_finish(&queue);
}

static struct page *put(struct queue *queue, uint64_t ticket, struct budget *ready)
{
	struct page *page = page_create();

	page->ticket = ticket;
	page->ready = ready;
	queue_put(queue, page);
	return page;
}

static void take(struct queue *queue, uint64_t ticket)
{
	struct page *page = queue_take(queue);

	assert_non_null(page);
	assert_int_equal(page->ticket, ticket);
	page_unref(page);
}

static void wake(void *arg)
{
	queue_wake(arg);
}

static void *credit(void *arg)
{
	budget_credit(arg, 10);
	return NULL;
}

static void pages_stay_in_a_queue_while_their_component_has_enough_to_deliver(void **state)
{
	struct queue queue;
	struct budget full = { .limit = 10, .room = wake, .arg = &queue };
	struct budget other = { .limit = 10, .room = wake, .arg = &queue };
	pthread_t thread;

	(void)state;
	queue_init(&queue);
	budget_charge(&full, 10);
	put(&queue, 1, &full);
	put(&queue, 2, &full);
	put(&queue, 3, &other);
	take(&queue, 3);
	put(&queue, 4, &other);
	take(&queue, 4);
	assert_int_equal(pthread_create(&thread, NULL, credit, &full), 0);
	take(&queue, 1);
	pthread_join(thread, NULL);
	/* A stop does not wait for the sink. */
	budget_charge(&full, 10);
	queue_close(&queue);
	take(&queue, 2);
	assert_null(queue_take(&queue));
	queue_finish(&queue);
}

static struct page *put_part(struct queue *queue, uint64_t ticket, struct page *whole)
{
	struct weir_bytes text = { whole->data, 250 * 1024 };
	struct page *part = page_part(whole, text);

	part->ticket = ticket;
	queue_put(queue, part);
	return part;
}

static void take_pages(struct queue *queue, uint64_t first, size_t count)
{
	struct page *next;

	for (struct page *page = queue_take(queue); page; page = next) {
		next = page->next;
		assert_int_equal(page->ticket, first++);
		assert_int_equal(next != NULL, --count > 0);
		page_unref(page);
	}
}

static void parts_of_a_page_leave_a_queue_some_at_once(void **state)
{
	struct queue queue;
	struct page *whole = page_create(), *other = page_create();

	(void)state;
	queue_init(&queue);
	for (uint64_t t = 1; t <= 3; t++)
		put_part(&queue, t, whole);
	put_part(&queue, 4, other);
	put(&queue, 5, NULL);
	put(&queue, 6, NULL);
	take_pages(&queue, 1, 2);
	assert_int_equal(queue_len(&queue), 4);
	take_pages(&queue, 3, 1);
	take_pages(&queue, 4, 1);
	take_pages(&queue, 5, 1);
	take_pages(&queue, 6, 1);
	queue_close(&queue);
	assert_null(queue_take(&queue));
	queue_finish(&queue);
	page_unref(whole);
	page_unref(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_enter_in_the_order_of_their_tickets),
		cmocka_unit_test(a_gate_begins_again_at_another_ticket),
		cmocka_unit_test(a_flag_ends_a_wait_that_has_no_end),
		cmocka_unit_test(without_a_flag_the_time_passes),
		cmocka_unit_test(pages_leave_a_queue_as_they_came_and_then_it_ends),
		cmocka_unit_test(pages_stay_in_a_queue_while_their_component_has_enough_to_deliver),
		cmocka_unit_test(parts_of_a_page_leave_a_queue_some_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
