/* test_budget.c - core/budget.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "budget.h"

static void count_call(void *arg)
{
	++*(int *)arg;
}

static void there_is_room_below_the_limit_and_none_at_it(void **state)
{
	int calls = 0;
	struct budget budget = { .limit = 100, .room = count_call, .arg = &calls };

	(void)state;
	assert_true(budget_has_room(&budget));
	budget_charge(&budget, 99);
	assert_true(budget_has_room(&budget));
	budget_charge(&budget, 1);
	assert_false(budget_has_room(&budget));
	assert_int_equal(budget_used(&budget), 100);
}

static void who_found_no_room_is_told_once_of_the_next_credit(void **state)
{
	int calls = 0;
	struct budget budget = { .limit = 10, .room = count_call, .arg = &calls };

	(void)state;
	budget_charge(&budget, 30);
	budget_credit(&budget, 5);
	assert_int_equal(calls, 0);
	assert_false(budget_has_room(&budget));
	budget_credit(&budget, 20);
	budget_credit(&budget, 5);
	assert_int_equal(calls, 1);
	assert_true(budget_has_room(&budget));
}

static void a_parent_is_charged_too_and_may_be_the_one_that_is_full(void **state)
{
	int mine = 0, of_all = 0;
	struct budget all = { .limit = 100, .shared = true, .room = count_call, .arg = &of_all };
	struct budget a = { .parent = &all, .limit = 90, .room = count_call, .arg = &mine };
	struct budget b = { .parent = &all, .limit = 90, .room = count_call, .arg = &mine };

	(void)state;
	budget_charge(&a, 60);
	budget_charge(&b, 60);
	assert_int_equal(budget_used(&all), 120);
	assert_false(budget_has_room(&a));
	budget_credit(&b, 60);
	assert_int_equal(mine, 0);
	assert_int_equal(of_all, 1);
	assert_true(budget_has_room(&a));
}

static void a_child_is_told_when_a_quarter_is_free(void **state)
{
	int mine = 0, of_all = 0;
	struct budget all = { .limit = 100, .shared = true, .room = count_call, .arg = &of_all };
	struct budget a = { .parent = &all, .limit = 8, .room = count_call, .arg = &mine };

	(void)state;
	budget_charge(&a, 12);
	assert_false(budget_has_room(&a));
	budget_credit(&a, 5);
	assert_int_equal(mine, 0);
	budget_credit(&a, 1);
	assert_int_equal(mine, 1);
	budget_credit(&a, 6);
	assert_int_equal(mine, 1);
}

static void what_comes_next_must_fit_too_unless_it_is_the_only_one(void **state)
{
	int calls = 0;
	struct budget budget = { .limit = 100, .next = 60, .room = count_call, .arg = &calls };

	(void)state;
	assert_true(budget_has_room(&budget));
	budget_charge(&budget, 60);
	assert_false(budget_has_room(&budget));
	budget_credit(&budget, 20);
	assert_int_equal(calls, 0);
	budget_credit(&budget, 1);
	assert_int_equal(calls, 1);
	assert_true(budget_has_room(&budget));
	budget.next = 200;
	assert_false(budget_has_room(&budget));
	budget_credit(&budget, 38);
	assert_int_equal(calls, 1);
	budget_credit(&budget, 1);
	assert_int_equal(calls, 2);
	assert_true(budget_has_room(&budget));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_is_room_below_the_limit_and_none_at_it),
		cmocka_unit_test(who_found_no_room_is_told_once_of_the_next_credit),
		cmocka_unit_test(a_parent_is_charged_too_and_may_be_the_one_that_is_full),
		cmocka_unit_test(a_child_is_told_when_a_quarter_is_free),
		cmocka_unit_test(what_comes_next_must_fit_too_unless_it_is_the_only_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
