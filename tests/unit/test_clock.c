/* test_clock.c - core/clock.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>

#include "clock.h"

static void the_wall_clock_is_that_of_the_system(void **state)
{
	int64_t before = (int64_t)time(NULL), now = clock_now_us(), after = (int64_t)time(NULL);

	(void)state;
	assert_true(now / 1000000 >= before);
	assert_true(now / 1000000 <= after + 1);
}

static void the_other_one_never_goes_back(void **state)
{
	int64_t last = clock_monotonic_ms();

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int64_t now = clock_monotonic_ms();

		assert_true(now >= last);
		last = now;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wall_clock_is_that_of_the_system),
		cmocka_unit_test(the_other_one_never_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
