/* test_order.c - core/order.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "order.h"

static int things[1000];

static void what_comes_in_any_order_leaves_in_order(void **state)
{
	static const uint64_t tickets[] = { 9, 7, 8, 12, 10, 11 };
	struct order order;

	(void)state;
	order_init(&order, 7);
	for (size_t i = 0; i < 6; i++)
		order_put(&order, tickets[i], &things[tickets[i]]);
	assert_int_equal(order.waiting, 6);
	for (uint64_t t = 7; t <= 12; t++)
		assert_ptr_equal(order_take(&order), &things[t]);
	assert_null(order_take(&order));
	order_finish(&order);
}

static void nothing_leaves_before_its_turn(void **state)
{
	struct order order;

	(void)state;
	order_init(&order, 1);
	assert_null(order_take(&order));
	order_put(&order, 2, &things[2]);
	assert_null(order_take(&order));
	order_put(&order, 1, &things[1]);
	assert_ptr_equal(order_take(&order), &things[1]);
	assert_ptr_equal(order_take(&order), &things[2]);
	order_finish(&order);
}

static void far_tickets_make_the_ring_grow_and_keep_their_place(void **state)
{
	struct order order;

	(void)state;
	order_init(&order, 0);
	for (uint64_t t = 1; t < 1000; t++)
		order_put(&order, t, &things[t]);
	order_put(&order, 0, &things[0]);
	for (uint64_t t = 0; t < 1000; t++)
		assert_ptr_equal(order_take(&order), &things[t]);
	order_finish(&order);
}

static void the_ring_is_used_again_and_again(void **state)
{
	struct order order;

	(void)state;
	order_init(&order, 0);
	for (uint64_t t = 0; t < 100000; t += 2) {
		order_put(&order, t + 1, &things[(t + 1) % 1000]);
		order_put(&order, t, &things[t % 1000]);
		assert_ptr_equal(order_take(&order), &things[t % 1000]);
		assert_ptr_equal(order_take(&order), &things[(t + 1) % 1000]);
	}
	assert_in_range(order.cap, 1, 16);
	order_finish(&order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_in_any_order_leaves_in_order),
		cmocka_unit_test(nothing_leaves_before_its_turn),
		cmocka_unit_test(far_tickets_make_the_ring_grow_and_keep_their_place),
		cmocka_unit_test(the_ring_is_used_again_and_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
