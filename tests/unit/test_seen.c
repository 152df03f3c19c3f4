/* test_seen.c - core/seen.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "seen.h"

static const uint64_t secret[2] = { 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL };

static struct seen_key numbered(int i)
{
	char id[40];

	snprintf(id, sizeof id, "%08x-0000-4000-8000-%012x", (unsigned)i, (unsigned)i);
	return seen_key_of(weir_bytes(id), secret);
}

static void a_uuid_is_packed(void **state)
{
	struct seen_key key =
		seen_key_of(weir_bytes("01234567-89ab-cdef-0123-456789abcdef"), secret);

	(void)state;
	assert_true(key.lo == 0x0123456789abcdefULL);
	assert_true(key.hi == 0x0123456789abcdefULL);
}

static void other_ids_are_hashed_as_siphash_says(void **state)
{
	static const unsigned char expected[] = { 0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6,
		                                  0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55, 0x02, 0x93 };
	static const unsigned char fifteen[] = { 0x54, 0x93, 0xe9, 0x99, 0x33, 0xb0, 0xa8, 0x11,
		                                 0x7e, 0x08, 0xec, 0x0f, 0x97, 0xcf, 0xc3, 0xd9 };
	const char text[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 };
	struct seen_key key = seen_key_of(weir_bytes(""), secret);

	(void)state;
	assert_memory_equal(&key, expected, sizeof key);
	key = seen_key_of((struct weir_bytes){ text, sizeof text }, secret);
	assert_memory_equal(&key, fifteen, sizeof key);
}

static void ids_that_differ_have_keys_that_differ(void **state)
{
	static const char *const ids[] = {
		"01234567-89ab-cdef-0123-456789abcdef", "01234567-89AB-cdef-0123-456789abcdef",
		"01234567-89ab-cdef-0123-456789abcde", "0123456789abcdef0123456789abcdef", "a", "b",
		"01234567-89ab-cdef-0123-456789abcdeg",
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(ids); i++) {
		for (size_t k = 0; k < WEIR_COUNT(ids); k++)
			assert_int_equal(seen_key_equal(seen_key_of(weir_bytes(ids[i]), secret),
			                                seen_key_of(weir_bytes(ids[k]), secret)),
			                 i == k);
	}
}

static void a_filter_never_denies_and_rarely_errs(void **state)
{
	struct seen_filter filter = { 0 };
	int wrong = 0, n = 0;

	(void)state;
	assert_true(seen_filter_is_full(&filter));
	assert_true(seen_filter_may_have(&filter, numbered(1)));
	seen_filter_init(&filter, 10000);
	for (; !seen_filter_is_full(&filter); n++)
		seen_filter_add(&filter, numbered(n));
	assert_true(n >= 10000);
	for (int i = 0; i < n; i++)
		assert_true(seen_filter_may_have(&filter, numbered(i)));
	for (int i = n; i < n + 100000; i++)
		wrong += seen_filter_may_have(&filter, numbered(i));
	assert_in_range(wrong, 0, 150);
	seen_filter_finish(&filter);
	assert_null(filter.words);
}

static void an_idle_filter_is_small(void **state)
{
	struct seen_filter filter;

	(void)state;
	seen_filter_init(&filter, 500);
	assert_in_range(filter.bits / 8, 1, 1024);
	seen_filter_finish(&filter);
}

static void a_set_has_what_was_added_and_not_removed(void **state)
{
	struct seen_set set = { 0 };

	(void)state;
	assert_false(seen_set_has(&set, numbered(0)));
	seen_set_remove(&set, numbered(0));
	for (int i = 0; i < 5000; i++)
		seen_set_add(&set, numbered(i));
	for (int i = 0; i < 5000; i += 3)
		seen_set_remove(&set, numbered(i));
	for (int i = 0; i < 5000; i++)
		assert_int_equal(seen_set_has(&set, numbered(i)), i % 3 != 0);
	assert_false(seen_set_has(&set, numbered(5000)));
	for (int i = 0; i < 5000; i++)
		seen_set_remove(&set, numbered(i));
	assert_int_equal(set.len, 0);
	assert_null(set.keys);
	seen_set_finish(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_uuid_is_packed),
		cmocka_unit_test(other_ids_are_hashed_as_siphash_says),
		cmocka_unit_test(ids_that_differ_have_keys_that_differ),
		cmocka_unit_test(a_filter_never_denies_and_rarely_errs),
		cmocka_unit_test(an_idle_filter_is_small),
		cmocka_unit_test(a_set_has_what_was_added_and_not_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
