/* test_cut.c - borders between events.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cut.h"
#include "fake_host.h"

static void lines_are_cut_behind_the_last_end(void **state)
{
	(void)state;
	assert_int_equal(cut_lines(weir_bytes("")), 0);
	assert_int_equal(cut_lines((struct weir_bytes){ 0 }), 0);
	assert_int_equal(cut_lines(weir_bytes("ab")), 0);
	assert_int_equal(cut_lines(weir_bytes("a\nb")), 2);
	assert_int_equal(cut_lines(weir_bytes("a\nb\n")), 4);
}

/* Whatever the pieces are, the same borders are found. */
static void assert_borders(const char *text, size_t comma, size_t end)
{
	size_t len = strlen(text);

	for (size_t piece = 1; piece <= len; piece++) {
		struct cut_array array = { 0 };
		size_t found_comma = SIZE_MAX, found_end = SIZE_MAX;

		for (size_t at = 0; at < len; at += piece) {
			struct weir_bytes part = { text + at, len - at < piece ? len - at : piece };
			size_t c, e;

			cut_array_read(&array, part, &c, &e);
			if (c != SIZE_MAX)
				found_comma = at + c;
			if (e != SIZE_MAX)
				found_end = at + e;
		}
		assert_true(found_comma == comma);
		assert_true(found_end == end);
	}
}

static void arrays_are_cut_between_their_elements(void **state)
{
	(void)state;
	assert_borders("{\"a\":1},{\"b\":2}", 7, SIZE_MAX);
	assert_borders("{\"a\":[1,2],\"b\":{\"c\":3}},7]  ,", 23, 25);
	assert_borders("\"],\\\"],\",[],1", 11, SIZE_MAX);
	assert_borders("\"\\\\\",2]", 4, 6);
	assert_borders("]", SIZE_MAX, 0);
	assert_borders("{\"a\":\"}\"", SIZE_MAX, SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_cut_behind_the_last_end),
		cmocka_unit_test(arrays_are_cut_between_their_elements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
