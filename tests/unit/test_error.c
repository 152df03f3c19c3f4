/* test_error.c - core/error.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <weir/plugin.h>

static void the_code_decides_whether_to_try_again(void **state)
{
	struct weir_error err;

	(void)state;
	assert_int_equal(weir_fail(&err, WEIR_E_CONFIG, "x"), WEIR_FAIL);
	assert_int_equal(weir_fail(&err, WEIR_E_DATA, "x"), WEIR_FAIL);
	assert_int_equal(weir_fail(&err, WEIR_E_AUTH, "x"), WEIR_RETRY);
	assert_int_equal(weir_fail(&err, WEIR_E_UNREACHABLE, "x"), WEIR_RETRY);
	assert_int_equal(weir_fail(&err, WEIR_E_THROTTLED, "x"), WEIR_RETRY);
	assert_int_equal(weir_fail(&err, WEIR_E_RESOURCE, "x"), WEIR_RETRY);
	assert_int_equal(weir_fail(&err, (enum weir_code)99, "x"), WEIR_FAIL);
}

static void a_story_grows_from_the_inside_out(void **state)
{
	struct weir_error err = { .retry_after_ms = 7, .where = { .line = 3 } };

	(void)state;
	weir_fail(&err, WEIR_E_RESOURCE, "open %s: no such file", "/k");
	assert_int_equal(err.retry_after_ms, 0);
	assert_int_equal(err.where.line, 0);
	assert_int_equal(weir_while(&err, "load %s", "key"), WEIR_RETRY);
	assert_string_equal(err.text, "load key: open /k: no such file");
	assert_int_equal(err.code, WEIR_E_RESOURCE);
}

static void a_long_story_is_cut(void **state)
{
	struct weir_error err;
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	weir_fail(&err, WEIR_E_DATA, "%s", text);
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
	weir_while(&err, "%s", text);
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_code_decides_whether_to_try_again),
		cmocka_unit_test(a_story_grows_from_the_inside_out),
		cmocka_unit_test(a_long_story_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
