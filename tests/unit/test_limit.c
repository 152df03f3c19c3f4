/* test_limit.c - core/limit.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "limit.h"

static void a_share_that_is_just_kept_is_not_reached(void **state)
{
	struct limit limit;

	(void)state;
	limit_init(&limit, 0.05, 1000);
	assert_false(limit_note(&limit, 999, 50));
	assert_false(limit.reached);
}

static void one_more_reaches_it_and_is_said_once(void **state)
{
	struct limit limit;

	(void)state;
	limit_init(&limit, 0.05, 1000);
	assert_false(limit_note(&limit, 100, 50));
	assert_true(limit_note(&limit, 1, 1));
	assert_false(limit_note(&limit, 1, 1));
	assert_true(limit.reached);
}

static void a_full_window_forgets_its_dead(void **state)
{
	struct limit limit;

	(void)state;
	limit_init(&limit, 0.05, 1000);
	for (int i = 0; i < 10; i++)
		assert_false(limit_note(&limit, 1000, 50));
	assert_int_equal(limit.windows, 10);
}

static void when_it_is_reached_the_window_stays_known(void **state)
{
	struct limit limit;

	(void)state;
	limit_init(&limit, 0, 10);
	assert_true(limit_note(&limit, 5, 1));
	assert_false(limit_note(&limit, 500, 0));
	assert_int_equal(limit.windows, 0);
}

static void a_share_of_one_is_no_limit(void **state)
{
	struct limit limit;

	(void)state;
	limit_init(&limit, 1, 10);
	assert_false(limit_note(&limit, 10, 100));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_share_that_is_just_kept_is_not_reached),
		cmocka_unit_test(one_more_reaches_it_and_is_said_once),
		cmocka_unit_test(a_full_window_forgets_its_dead),
		cmocka_unit_test(when_it_is_reached_the_window_stays_known),
		cmocka_unit_test(a_share_of_one_is_no_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
