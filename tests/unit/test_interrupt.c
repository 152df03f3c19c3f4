/* test_interrupt.c - core/interrupt.c: a signal waits until it is asked for.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "interrupt.h"

static void each_signal_counts_once(void **state)
{
	const int signals[] = { SIGINT, SIGTERM };

	(void)state;
	interrupt_hold();
	assert_false(interrupt_came(0));
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		kill(getpid(), signals[i]);
		assert_true(interrupt_came(10000));
		assert_false(interrupt_came(0));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_signal_counts_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
