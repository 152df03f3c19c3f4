/* test_names.c - core/names.c: each name once, and the nearest.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "names.h"

static void each_name_is_kept_once(void **state)
{
	char word[] = "acme";
	struct names names = { 0 };

	(void)state;
	names_add(&names, word);
	word[0] = 'x';
	names_add(&names, "acme");
	names_add(&names, "globex");
	assert_int_equal(names.count, 2);
	assert_true(names_have(&names, "acme"));
	assert_false(names_have(&names, word));
	assert_null(names.items[2]);
	names_finish(&names);
	assert_false(names_have(&names, "acme"));
}

static void the_nearest_is_found_if_any_is_near(void **state)
{
	struct names names = { 0 };

	(void)state;
	assert_null(names_nearest(&names, "acme"));
	names_add(&names, "globex");
	names_add(&names, "acme");
	assert_string_equal(names_nearest(&names, "acm"), "acme");
	assert_null(names_nearest(&names, "quite-another"));
	names_finish(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_name_is_kept_once),
		cmocka_unit_test(the_nearest_is_found_if_any_is_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
