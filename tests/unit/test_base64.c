/* test_base64.c - core/base64.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <weir/util.h>

/* RFC 4648 section 10, and two bytes that need the last two digits. */
static const struct { const char *plain, *text, *url; } cases[] = {
	{ "", "", "" }, { "f", "Zg==", "Zg" }, { "fo", "Zm8=", "Zm8" }, { "foo", "Zm9v", "Zm9v" },
	{ "foob", "Zm9vYg==", "Zm9vYg" }, { "fooba", "Zm9vYmE=", "Zm9vYmE" },
	{ "foobar", "Zm9vYmFy", "Zm9vYmFy" }, { "\xfb\xff", "+/8=", "-_8" },
};

static void the_vectors_of_the_rfc_come_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct weir_buf text = { 0 }, url = { 0 };

		weir_base64(weir_bytes(cases[i].plain), &text);
		weir_base64url(weir_bytes(cases[i].plain), &url);
		assert_string_equal(weir_buf_text(&text), cases[i].text);
		assert_string_equal(weir_buf_text(&url), cases[i].url);
		weir_buf_finish(&text);
		weir_buf_finish(&url);
	}
}

static void either_form_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct weir_buf bytes = { 0 };

		assert_true(weir_base64_decode(weir_bytes(cases[i].text), &bytes));
		assert_string_equal(weir_buf_text(&bytes), cases[i].plain);
		bytes.len = 0;
		assert_true(weir_base64_decode(weir_bytes(cases[i].url), &bytes));
		assert_string_equal(weir_buf_text(&bytes), cases[i].plain);
		weir_buf_finish(&bytes);
	}
}

static void what_is_not_base64_is_refused_and_adds_nothing(void **state)
{
	static const char *const wrong[] = { "Z", "Zg=", "Z===", "Zg===", "Zm9v=", "Zm9vY", "Zm 9v",
	                                     "Zm9v\n", "=", "==", "====", "Zg=a", "Zm9v*" };
	struct weir_buf bytes = { 0 };

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(wrong); i++) {
		if (weir_base64_decode(weir_bytes(wrong[i]), &bytes))
			fail_msg("'%s' was read", wrong[i]);
		assert_int_equal(bytes.len, 0);
	}
	weir_buf_finish(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_the_rfc_come_out),
		cmocka_unit_test(either_form_is_read),
		cmocka_unit_test(what_is_not_base64_is_refused_and_adds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
