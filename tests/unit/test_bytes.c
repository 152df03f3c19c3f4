/* test_bytes.c - core/bytes.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <weir/util.h>

static void slices_are_equal_by_content(void **state)
{
	struct weir_bytes none = { NULL, 0 };

	(void)state;
	assert_true(weir_bytes_equal(weir_bytes("abc"), (struct weir_bytes){ "abcd", 3 }));
	assert_false(weir_bytes_equal(weir_bytes("abc"), weir_bytes("abd")));
	assert_false(weir_bytes_equal(weir_bytes("abc"), weir_bytes("ab")));
	assert_true(weir_bytes_equal(none, weir_bytes("")));
	assert_int_equal(weir_bytes(NULL).len, 0);
	assert_true(weir_bytes_are((struct weir_bytes){ "a\0b", 1 }, "a"));
	assert_false(weir_bytes_are((struct weir_bytes){ "a\0b", 3 }, "a"));
}

static void blanks_around_go(void **state)
{
	(void)state;
	assert_true(weir_bytes_are(weir_bytes_trim(weir_bytes(" \t\r\na b\n ")), "a b"));
	assert_int_equal(weir_bytes_trim((struct weir_bytes){ " \0 ", 3 }).len, 1);
	assert_int_equal(weir_bytes_trim(weir_bytes(" \n")).len, 0);
	assert_int_equal(weir_bytes_trim(weir_bytes(NULL)).len, 0);
}

static void case_is_ignored_on_demand(void **state)
{
	(void)state;
	assert_true(weir_bytes_equal_nocase(weir_bytes("DPoP"), weir_bytes("dpop")));
	assert_false(weir_bytes_equal_nocase(weir_bytes("DPoP"), weir_bytes("dpo")));
}

static void hashes_tell_bytes_apart(void **state)
{
	char text[64] = { 0 };
	uint64_t before = weir_hash((struct weir_bytes){ text, 0 });

	(void)state;
	for (size_t len = 1; len <= sizeof text; len++) {
		uint64_t hash = weir_hash((struct weir_bytes){ text, len });

		assert_true(hash != before);
		before = hash;
		text[len - 1] = 1;
		assert_true(weir_hash((struct weir_bytes){ text, len }) != hash);
		text[len - 1] = 0;
	}
	assert_true(weir_hash(weir_bytes("abc")) == weir_hash((struct weir_bytes){ "abcd", 3 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slices_are_equal_by_content),
		cmocka_unit_test(blanks_around_go),
		cmocka_unit_test(case_is_ignored_on_demand),
		cmocka_unit_test(hashes_tell_bytes_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
