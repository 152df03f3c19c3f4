/* test_align.c - core/align.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <weir/util.h>

#include "align.h"

static bool same(void *arg, size_t before, size_t after)
{
	const char *const *lists = arg;

	return lists[0][before] == lists[1][after];
}

/* "aa bx .y": letters of pairs, a dot for none. */
static void check(const char *before, const char *after, const char *expected)
{
	const char *lists[] = { before, after };
	struct align_pair pairs[64];
	size_t count = align_lists(strlen(before), strlen(after), same, lists, pairs);
	struct weir_buf text = { 0 };

	for (size_t i = 0; i < count; i++)
		weir_buf_printf(&text, "%s%c%c", i ? " " : "",
		                pairs[i].before == ALIGN_NONE ? '.' : before[pairs[i].before],
		                pairs[i].after == ALIGN_NONE ? '.' : after[pairs[i].after]);
	assert_string_equal(weir_buf_text(&text), expected);
	weir_buf_finish(&text);
}

static void one_more_or_less_moves_no_other(void **state)
{
	(void)state;
	check("", "", "");
	check("abc", "abc", "aa bb cc");
	check("abc", "ac", "aa b. cc");
	check("ac", "abc", "aa .b cc");
	check("bc", "abc", ".a bb cc");
	check("ab", "abc", "aa bb .c");
	check("", "ab", ".a .b");
	check("ab", "", "a. b.");
}

static void what_changed_is_paired_by_its_place(void **state)
{
	(void)state;
	check("abc", "axc", "aa bx cc");
	check("abc", "axyc", "aa bx .y cc");
	check("ab1cd2e", "abXcdYZe", "aa bb 1X cc dd 2Y .Z ee");
	check("abcd", "wxyz", "aw bx cy dz");
	check("1a2b3", "ab", "1. aa 2. bb 3.");
}

static bool never(void *arg, size_t before, size_t after)
{
	(void)arg;
	(void)before;
	(void)after;
	return false;
}

static void lists_too_long_to_compare_are_paired_by_place(void **state)
{
	enum { LONG = 3000 };
	struct align_pair *pairs = weir_alloc((LONG + LONG) * sizeof *pairs);

	(void)state;
	assert_int_equal(align_lists(LONG, LONG, never, NULL, pairs), LONG);
	assert_int_equal(pairs[LONG - 1].before, LONG - 1);
	assert_int_equal(pairs[LONG - 1].after, LONG - 1);
	weir_free(pairs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_more_or_less_moves_no_other),
		cmocka_unit_test(what_changed_is_paired_by_its_place),
		cmocka_unit_test(lists_too_long_to_compare_are_paired_by_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
