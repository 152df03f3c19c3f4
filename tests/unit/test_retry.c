/* test_retry.c - core/retry.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "retry.h"

#define LAST UINT64_MAX /* the largest random number: the longest wait */

static const struct retry_limits limits = {
	.retry_min_ms = 1000, .retry_max_ms = 60000, .refused_min_ms = 4000, .refused_max_ms = 60000,
};

static const struct weir_error network = { .code = WEIR_E_UNREACHABLE };
static const struct weir_error refusal = { .code = WEIR_E_AUTH };

static void other_faults_double_up_to_the_limit(void **state)
{
	const int64_t longest[] = { 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 };
	struct retry retry = { 0 };

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(longest); i++)
		assert_int_equal(retry_next(&retry, &limits, &network, 0, LAST), longest[i]);
}

static void full_jitter_goes_down_to_100_ms(void **state)
{
	struct retry retry = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(retry_next(&retry, &limits, &network, 0, 0), 100);
	retry_clear(&retry);
	retry_next(&retry, &limits, &network, 0, 0);
	assert_in_range(retry_next(&retry, &limits, &network, 0, UINT64_C(1) << 63), 999, 1001);
}

static void limits_below_100_ms_are_obeyed(void **state)
{
	const struct retry_limits small = { 5, 20, 5, 20 };
	struct retry retry = { 0 };

	(void)state;
	assert_int_equal(retry_next(&retry, &small, &network, 0, 0), 5);
	for (int i = 0; i < 100; i++)
		assert_in_range(retry_next(&retry, &small, &network, 0, LAST), 5, 20);
}

static void a_refusal_waits_longer_give_or_take_a_quarter(void **state)
{
	const int64_t middle[] = { 4000, 8000, 16000, 32000, 60000, 60000 };
	struct retry low = { 0 }, high = { 0 };

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(middle); i++) {
		assert_int_equal(retry_next(&low, &limits, &refusal, 0, 0), middle[i] * 3 / 4);
		assert_int_equal(retry_next(&high, &limits, &refusal, 0, LAST), middle[i] * 5 / 4);
	}
}

static void a_refusal_of_an_hour_waits_five_minutes(void **state)
{
	struct retry retry = { 0 };

	(void)state;
	retry_next(&retry, &limits, &refusal, 1000, 0);
	assert_int_equal(retry_next(&retry, &limits, &refusal, 1000 + 3599999, 0), 6000);
	assert_int_equal(retry_next(&retry, &limits, &refusal, 1000 + 3600000, 0), 225000);
	assert_int_equal(retry_next(&retry, &limits, &refusal, 1000 + 3600000, LAST), 375000);
}

static void another_class_of_fault_starts_anew(void **state)
{
	struct retry retry = { 0 };

	(void)state;
	for (int i = 0; i < 10; i++)
		retry_next(&retry, &limits, &network, 0, LAST);
	assert_int_equal(retry_next(&retry, &limits, &refusal, 0, 0), 3000);
	assert_int_equal(retry_next(&retry, &limits, &network, 0, LAST), 1000);
}

static void success_starts_anew(void **state)
{
	struct retry retry = { 0 };

	(void)state;
	retry_next(&retry, &limits, &refusal, 0, 0);
	retry_next(&retry, &limits, &refusal, 0, 0);
	retry_clear(&retry);
	assert_int_equal(retry_next(&retry, &limits, &refusal, 5000000, 0), 3000);
}

static void a_throttled_peer_is_obeyed_but_not_below_100_ms(void **state)
{
	struct weir_error throttled = { .code = WEIR_E_THROTTLED, .retry_after_ms = 7000 };
	struct retry retry = { 0 };

	(void)state;
	assert_int_equal(retry_next(&retry, &limits, &throttled, 0, LAST), 7000);
	throttled.retry_after_ms = 1;
	assert_int_equal(retry_next(&retry, &limits, &throttled, 0, LAST), 100);
	throttled.retry_after_ms = 0;
	assert_int_equal(retry_next(&retry, &limits, &throttled, 0, LAST), 4000);
}

static void the_count_of_tries_may_overflow(void **state)
{
	struct retry retry = { .tries = UINT32_MAX - 2, .code = WEIR_E_UNREACHABLE };

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_in_range(retry_next(&retry, &limits, &network, 0, LAST), 100, 60000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_faults_double_up_to_the_limit),
		cmocka_unit_test(full_jitter_goes_down_to_100_ms),
		cmocka_unit_test(limits_below_100_ms_are_obeyed),
		cmocka_unit_test(a_refusal_waits_longer_give_or_take_a_quarter),
		cmocka_unit_test(a_refusal_of_an_hour_waits_five_minutes),
		cmocka_unit_test(another_class_of_fault_starts_anew),
		cmocka_unit_test(success_starts_anew),
		cmocka_unit_test(a_throttled_peer_is_obeyed_but_not_below_100_ms),
		cmocka_unit_test(the_count_of_tries_may_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
