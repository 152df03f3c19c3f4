/* test_nearest.c - core/nearest.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <weir/util.h>

static const char *const words[] = { "org_url", "client_id", "key_id", "poll_interval",
	                             "private_key", "start", NULL };

static void a_typing_mistake_finds_its_word(void **state)
{
	(void)state;
	assert_string_equal(weir_nearest("org_ulr", words), "org_url");
	assert_string_equal(weir_nearest("clientid", words), "client_id");
	assert_string_equal(weir_nearest("strat", words), "start");
	assert_string_equal(weir_nearest("poll_intervall", words), "poll_interval");
}

static void a_swap_of_letters_is_nearest(void **state)
{
	static const char *const names[] = { "acme-eu", "acme-us", NULL };

	(void)state;
	assert_string_equal(weir_nearest("acme-su", names), "acme-us");
}

static void case_does_not_matter(void **state)
{
	(void)state;
	assert_string_equal(weir_nearest("ORG_URL", words), "org_url");
}

static void a_part_of_one_word_finds_it(void **state)
{
	(void)state;
	assert_string_equal(weir_nearest("interval", words), "poll_interval");
	assert_null(weir_nearest("id", words));
}

static void what_is_far_from_all_finds_nothing(void **state)
{
	(void)state;
	assert_null(weir_nearest("compression", words));
	assert_null(weir_nearest("", words));
	assert_null(weir_nearest("x", (const char *const[]){ "y", "zz", NULL }));
	assert_null(weir_nearest("compression", (const char *const[]){ "", NULL }));
}

static void a_very_long_word_is_no_mistyping(void **state)
{
	char word[500];

	(void)state;
	for (size_t i = 0; i < sizeof word - 1; i++)
		word[i] = 'o';
	word[sizeof word - 1] = '\0';
	assert_null(weir_nearest(word, words));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_typing_mistake_finds_its_word),
		cmocka_unit_test(a_swap_of_letters_is_nearest),
		cmocka_unit_test(case_does_not_matter),
		cmocka_unit_test(a_part_of_one_word_finds_it),
		cmocka_unit_test(what_is_far_from_all_finds_nothing),
		cmocka_unit_test(a_very_long_word_is_no_mistyping),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
