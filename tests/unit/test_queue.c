/* test_queue.c - core/queue.c: who waits, and in which order pages leave.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <weir/util.h>

#include "budget.h"
#include "queue.h"

bool __real_budget_has_room(struct budget *budget);
bool __wrap_budget_has_room(struct budget *budget);

/* Is credited behind the next refusal, whoever is refused: as a sink's thread may at any time. */
static struct budget *credited;

bool __wrap_budget_has_room(struct budget *budget)
{
	bool has = __real_budget_has_room(budget);

	if (!has && credited && credited != budget) {
		budget_credit(credited, 10);
		credited = NULL;
	}
	return has;
}

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

static void nothing(void *arg)
{
	(void)arg;
}

/* The room of the first comes while the look is at the second: it must not let page 3 overtake page 1. */
static void a_credit_amid_a_look_lets_no_page_overtake_its_own(void **state)
{
	struct queue queue;
	struct budget a = { .limit = 10, .room = nothing }, b = { .limit = 10, .room = nothing };
	struct budget other = { .limit = 10, .room = nothing };

	(void)state;
	queue_init(&queue);
	budget_charge(&a, 10);
	budget_charge(&b, 10);
	put(&queue, 1, &a);
	put(&queue, 2, &b);
	put(&queue, 3, &a);
	put(&queue, 4, &other);
	credited = &a;
	take(&queue, 4);
	assert_null(credited);
	take(&queue, 1);
	take(&queue, 3);
	queue_close(&queue);
	take(&queue, 2);
	queue_finish(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_leave_a_queue_as_they_came_and_then_it_ends),
		cmocka_unit_test(pages_stay_in_a_queue_while_their_component_has_enough_to_deliver),
		cmocka_unit_test(parts_of_a_page_leave_a_queue_some_at_once),
		cmocka_unit_test(a_credit_amid_a_look_lets_no_page_overtake_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
