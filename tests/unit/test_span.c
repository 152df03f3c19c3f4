/* test_span.c - core/span.c: a length of time as a person says it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "span.h"

static void spans_have_the_unit_in_which_people_think(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} cases[] = {
		{ -5, "0 ms" }, { 0, "0 ms" }, { 999, "999 ms" }, { 1000, "1 s" }, { 119999, "119 s" },
		{ 120000, "2 min" }, { 7199999, "119 min" }, { 7200000, "2 h" },
		{ 172799999, "47 h" }, { 172800000, "2 days" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct weir_buf text = { 0 };

		span_put(cases[i].ms, &text);
		assert_string_equal(weir_buf_text(&text), cases[i].text);
		weir_buf_finish(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spans_have_the_unit_in_which_people_think),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
