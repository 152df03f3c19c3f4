/* test_url.c - url.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "host.h"

#include "url.h"

static void expect_parts(const char *text, const char *const parts[7])
{
	struct url url;

	if (!url_split(weir_bytes(text), &url))
		fail_msg("%s: refused", text);
	const struct weir_bytes found[7] = { url.scheme, url.user, url.host, url.port, url.path,
	                                     url.query, url.fragment };
	for (size_t i = 0; i < 7; i++) {
		if (!weir_bytes_are(found[i], parts[i]))
			fail_msg("%s: part %zu is '%.*s'", text, i, (int)found[i].len, found[i].data);
	}
}

static void a_url_falls_into_its_parts(void **state)
{
	(void)state;
	expect_parts("https://acme.okta.com/api/v1/logs?a=b#c",
	             (const char *const[]){ "https", "", "acme.okta.com", "", "/api/v1/logs", "a=b", "c" });
	expect_parts("https://u:p@h:8443", (const char *const[]){ "https", "u:p", "h", "8443", "", "", "" });
	expect_parts("http://[::1]:80/x", (const char *const[]){ "http", "", "[::1]", "80", "/x", "", "" });
	expect_parts("https://h?x@y/z", (const char *const[]){ "https", "", "h", "", "", "x@y/z", "" });
	expect_parts("https://a@b@c/", (const char *const[]){ "https", "a@b", "c", "", "/", "", "" });
}

static void what_is_no_url_is_refused(void **state)
{
	static const char *const wrong[] = { "", "acme.okta.com", "https:/h", "https://", "://h", "https:///x",
	                                     "https://h\\@i/", "https://h /", "https://h\n", "https://[::1",
	                                     "https://[::1]x", "https://\xc3\xa4.com", "/api/v1/logs" };
	struct url url;

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(wrong); i++) {
		if (url_split(weir_bytes(wrong[i]), &url))
			fail_msg("%s: taken", wrong[i]);
	}
}

static void reserved_characters_are_escaped(void **state)
{
	struct weir_buf url = { 0 };

	(void)state;
	url_escape(weir_bytes("eventType eq \"a.b\" & c+d/\xc3\xa4~_-"), &url);
	assert_string_equal(weir_buf_text(&url),
	                    "eventType%20eq%20%22a.b%22%20%26%20c%2Bd%2F%C3%A4~_-");
	weir_buf_finish(&url);
}

static void a_parameter_is_found_and_replaced_in_its_place(void **state)
{
	const char *url = "https://h/p?limit=1000&after=x&limits=3";
	struct weir_bytes value;
	char *changed;

	(void)state;
	assert_true(url_parameter(url, "limit", &value));
	assert_true(weir_bytes_are(value, "1000"));
	assert_true(url_parameter(url, "after", &value));
	assert_true(weir_bytes_are(value, "x"));
	assert_false(url_parameter(url, "imit", &value));
	assert_false(url_parameter("https://h/p", "limit", &value));
	changed = url_with(url, "limit", "500");
	assert_string_equal(changed, "https://h/p?limit=500&after=x&limits=3");
	weir_free(changed);
	changed = url_with("https://h/p", "limit", "5");
	assert_string_equal(changed, "https://h/p?limit=5");
	weir_free(changed);
	changed = url_with("https://h/p?a=1", "limit", "5");
	assert_string_equal(changed, "https://h/p?a=1&limit=5");
	weir_free(changed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_url_falls_into_its_parts),
		cmocka_unit_test(what_is_no_url_is_refused),
		cmocka_unit_test(reserved_characters_are_escaped),
		cmocka_unit_test(a_parameter_is_found_and_replaced_in_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
