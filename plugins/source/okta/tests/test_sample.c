/* test_sample.c - sample.c through its header: how many events a window holds.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "host.h"

#include "sample.h"

static void four_places_are_asked_and_together_they_are_the_window(void **state)
{
	struct sample sample;
	int64_t since, until, last = 1000;

	(void)state;
	sample_start(&sample, 1000, 9003);
	assert_false(sample_is_done(&sample));
	while (sample_is_wanted(&sample)) {
		sample_window(&sample, &since, &until);
		assert_int_equal(since, last);
		assert_true(until > since);
		last = until;
		sample_take(&sample, 5, false, until - 1);
	}
	assert_int_equal(last, 9003);
	assert_true(sample_is_done(&sample));
	assert_int_equal(sample_left(&sample, 0), 20);
}

static void a_full_page_stands_for_all_of_its_quarter(void **state)
{
	struct sample sample;

	(void)state;
	sample_start(&sample, 0, 4000);
	sample_take(&sample, 100, true, 100);   /* 1,000 in its quarter */
	sample_take(&sample, 100, true, 1500);  /* 200 */
	sample_take(&sample, 7, false, 2001);   /* all of them */
	sample_take(&sample, 0, false, 0);
	assert_int_equal(sample_left(&sample, 0), 1207);
	assert_int_equal(sample_left(&sample, 500), 707);
	assert_int_equal(sample_left(&sample, 1000), 207);
	assert_int_equal(sample_left(&sample, 4000), 0);
	assert_int_equal(sample_left(&sample, 9000), 0);
}

static void a_window_of_nothing_wants_nothing(void **state)
{
	struct sample sample = { 0 };

	(void)state;
	assert_false(sample_is_wanted(&sample));
	assert_false(sample_is_done(&sample));
	sample_start(&sample, 10, 10);
	assert_false(sample_is_wanted(&sample));
	/* Shorter than its parts can tell apart. */
	sample_start(&sample, 10, 12);
	while (sample_is_wanted(&sample))
		sample_take(&sample, 1, true, 10);
	assert_true(sample_left(&sample, 10) >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(four_places_are_asked_and_together_they_are_the_window),
		cmocka_unit_test(a_full_page_stands_for_all_of_its_quarter),
		cmocka_unit_test(a_window_of_nothing_wants_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
