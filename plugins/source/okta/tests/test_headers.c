/* test_headers.c - link.c, date.c, challenge.c through their headers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "host.h"

#include <string.h>

#include "challenge.h"
#include "date.h"
#include "link.h"

static void expect_next(const char *header, const char *expected)
{
	struct weir_bytes target;
	bool found = link_find(weir_bytes(header), "next", &target);

	if (found != (expected != NULL))
		fail_msg("%s: %s", header, found ? "found one" : "found none");
	if (found && !weir_bytes_are(target, expected))
		fail_msg("%s: %.*s", header, (int)target.len, target.data);
}

static void the_next_link_is_found_among_others(void **state)
{
	(void)state;
	expect_next("<https://o/api?limit=20&after=1_1>; rel=\"next\"", "https://o/api?limit=20&after=1_1");
	expect_next("<https://o/a>; rel=\"self\"", NULL);
	expect_next("<https://o/a>; rel=\"self\", <https://o/b>; rel=\"next\"", "https://o/b");
	expect_next("<https://o/a?filter=x,y>; rel=\"self\",<https://o/b?q=a,b>;rel=next",
	            "https://o/b?q=a,b");
	expect_next(" , ,<https://o/b>;rel=\"next\" , ", "https://o/b");
	expect_next("<https://o/b>; rel=\"prev NEXT\"", "https://o/b");
	expect_next("<https://o/b>; title=\"a, <c>; rel=next\"; rel=\"next\"", "https://o/b");
	expect_next("<https://o/b>; title=\"\\\"\"; rel=next; flag", "https://o/b");
	expect_next("<https://o/b> ; REL = next", "https://o/b");
	expect_next("<>; rel=next", "");
}

static void the_first_rel_of_a_link_counts(void **state)
{
	(void)state;
	expect_next("<https://o/a>; rel=self; rel=next", NULL);
	expect_next("<https://o/a>; rel=next; rel=self", "https://o/a");
}

static void a_link_about_another_page_is_passed_over(void **state)
{
	(void)state;
	expect_next("<https://o/a>; rel=next; anchor=\"#x\", <https://o/b>; rel=next", "https://o/b");
}

static void a_malformed_link_does_not_hide_the_next_one(void **state)
{
	(void)state;
	expect_next("", NULL);
	expect_next("<https://o/a", NULL);
	expect_next("https://o/a; rel=next", NULL);
	expect_next("<https://o/a>; rel=\"next", NULL);
	expect_next("<https://o/a> rel=next, <https://o/b>; rel=next", "https://o/b");
	expect_next("https://o/a; rel=next, <https://o/b>; rel=next", "https://o/b");
	expect_next("<https://o/a>; rel=; x, <https://o/b>; rel=next", "https://o/b");
	expect_next("<https://o/a>; rel=nextish", NULL);
}

static void expect_date(const char *text, const char *expected)
{
	const int64_t now = INT64_C(1770740377) * 1000000; /* 2026-02-10 */
	char as_text[25];
	int64_t micros;

	if (!date_parse(weir_bytes(text), now, &micros)) {
		if (expected)
			fail_msg("%s: no date", text);
		return;
	}
	weir_time_format(micros, as_text);
	if (!expected || strcmp(as_text, expected) != 0)
		fail_msg("%s: %s", text, as_text);
}

static void all_three_forms_of_a_date_are_read(void **state)
{
	(void)state;
	expect_date("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37.000Z");
	expect_date("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37.000Z");
	expect_date("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37.000Z");
	expect_date("Sun Nov 16 08:49:37 1994", "1994-11-16T08:49:37.000Z");
	expect_date("Tue, 10 Feb 2026 16:19:37 GMT", "2026-02-10T16:19:37.000Z");
	expect_date("Wednesday, 01-Jan-70 00:00:00 GMT", "2070-01-01T00:00:00.000Z");
	expect_date("Friday, 01-Jan-77 00:00:00 GMT", "1977-01-01T00:00:00.000Z");
}

static void what_is_no_date_is_refused(void **state)
{
	(void)state;
	expect_date("", NULL);
	expect_date("now", NULL);
	expect_date("Sun, 06 Nov 1994 08:49:37", NULL);
	expect_date("Sun, 06 Nov 1994 08:49:37 UTC", NULL);
	expect_date("Sun, 06 Nov 1994 08:49:37 GMT ", NULL);
	expect_date("Sun, 6 Nov 1994 08:49:37 GMT", NULL);
	expect_date("Sun, 31 Nov 1994 08:49:37 GMT", NULL);
	expect_date("Sun, 06 Foo 1994 08:49:37 GMT", NULL);
	expect_date("Sun, 06 Nov 1994 24:49:37 GMT", NULL);
	expect_date("Sun Nov 6 08:49:37 1994", NULL);
	expect_date("1994-11-06T08:49:37Z", NULL);
}

static void expect_parameter(const char *header, const char *name, const char *expected)
{
	struct weir_buf value = { 0 };
	bool found = challenge_find(weir_bytes(header), name, &value);

	if (found != (expected != NULL))
		fail_msg("%s: %s", header, found ? "found one" : "found none");
	if (found)
		assert_string_equal(weir_buf_text(&value), expected);
	weir_buf_finish(&value);
}

static void a_challenge_says_what_is_wrong(void **state)
{
	static const char okta[] =
		"DPoP algs=\"RS256 ES512\", authorization_uri=\"http://o/oauth2/v1/authorize\", "
		"realm=\"http://o\", scope=\"okta.logs.read\", error=\"invalid_dpop_proof\", "
		"error_description=\"'htu' claim in the DPoP proof JWT is invalid.\", "
		"resource=\"/api/v1/logs\"";

	(void)state;
	expect_parameter(okta, "error", "invalid_dpop_proof");
	expect_parameter(okta, "Error_Description", "'htu' claim in the DPoP proof JWT is invalid.");
	expect_parameter(okta, "algs", "RS256 ES512");
	expect_parameter(okta, "nonce", NULL);
	expect_parameter("DPoP error=use_dpop_nonce", "error", "use_dpop_nonce");
	expect_parameter("Bearer error = \"a \\\"b\\\" c\"", "error", "a \"b\" c");
}

static void one_header_may_hold_several_challenges(void **state)
{
	static const char several[] = "Basic, Negotiate abc/de+f==, Newauth realm=\"a, b=c\", type=1, "
	                              "DPoP error=\"invalid_token\"";

	(void)state;
	expect_parameter(several, "error", "invalid_token");
	expect_parameter(several, "type", "1");
	expect_parameter(several, "b", NULL);
	expect_parameter("Bearer", "error", NULL);
	expect_parameter("", "error", NULL);
	expect_parameter("DPoP error=\"open", "error", NULL);
	expect_parameter("=, = x=\"\", error=y", "error", "y");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_link_is_found_among_others),
		cmocka_unit_test(the_first_rel_of_a_link_counts),
		cmocka_unit_test(a_link_about_another_page_is_passed_over),
		cmocka_unit_test(a_malformed_link_does_not_hide_the_next_one),
		cmocka_unit_test(all_three_forms_of_a_date_are_read),
		cmocka_unit_test(what_is_no_date_is_refused),
		cmocka_unit_test(a_challenge_says_what_is_wrong),
		cmocka_unit_test(one_header_may_hold_several_challenges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
