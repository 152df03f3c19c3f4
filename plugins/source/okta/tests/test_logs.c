/* test_logs.c - what replies to a request for a page mean: logs.c, refusal.c and rate.c through
 * their headers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "judge.h"

#define CURSOR  "https://acme.okta.com/api/v1/logs?limit=1000&after=1_1"
#define FRESH   "https://acme.okta.com/api/v1/logs?limit=1000&since=2026-02-10T00%3A00%3A00.000Z"

/* ---- pages -------------------------------------------------------------------------- */

static enum verdict judge_page(int status, const char *head, const char *body, const char *url,
                               char **next, struct weir_error *err)
{
	const struct logs_asked asked = { .org = &org, .url = url, .date_us = DATE_US };
	struct weir_reply reply;
	enum verdict verdict;

	make_reply(&reply, status, head, body);
	verdict = logs_judge(&reply, &asked, next, err);
	reply_finish(&reply);
	return verdict;
}

static void the_next_link_is_taken_from_any_header(void **state)
{
	static const char *const heads[] = {
		"Link: <https://acme.okta.com/api/v1/logs?limit=20>; rel=\"self\"\n"
		"Link: <https://acme.okta.com/api/v1/logs?after=2>; rel=\"next\"\n",
		"Link: <https://acme.okta.com/api/v1/logs?after=2>; rel=\"next\"\n"
		"link: <https://acme.okta.com/api/v1/logs?limit=20>; rel=\"self\"\n",
		"Link: <https://acme.okta.com/api/v1/logs?limit=20>; rel=\"self\", "
		"<https://acme.okta.com/api/v1/logs?after=2>; rel=\"next\"\n",
		"Link: </api/v1/logs?after=2>; rel=\"next\"\n",
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(heads); i++) {
		struct weir_error err;
		char *next;

		assert_int_equal(judge_page(200, heads[i], "[]", CURSOR, &next, &err), VERDICT_GOOD);
		assert_string_equal(next, "https://acme.okta.com/api/v1/logs?after=2");
		weir_free(next);
	}
}

static void a_link_to_elsewhere_is_not_followed(void **state)
{
	static const char *const urls[] = {
		"https://evil.example/api/v1/logs?after=2", "http://acme.okta.com/api/v1/logs?after=2",
		"https://acme.okta.com:8443/api/v1/logs", "https://acme.okta.com/api/v1/users",
		"https://acme.okta.com@evil.example/api/v1/logs", "//evil.example/api/v1/logs", "", "x",
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(urls); i++) {
		struct weir_error err;
		char head[200], *next;

		snprintf(head, sizeof head, "Link: <%s>; rel=\"next\"\n", urls[i]);
		assert_int_equal(judge_page(200, head, "[]", CURSOR, &next, &err), VERDICT_ERROR);
		assert_int_equal(err.code, WEIR_E_UNREACHABLE);
		assert_null(next);
	}
}

static void only_a_bounded_query_may_end(void **state)
{
	const struct logs_asked bounded = { .org = &org, .url = CURSOR, .bounded = true };
	struct weir_reply reply;
	struct weir_error err;
	char *next;

	(void)state;
	assert_int_equal(judge_page(200, "", "[]", CURSOR, &next, &err), VERDICT_ERROR);
	assert_non_null(strstr(err.text, "no link to the next"));
	make_reply(&reply, 200, "", "[]");
	assert_int_equal(logs_judge(&reply, &bounded, &next, &err), VERDICT_GOOD);
	assert_null(next);
	reply_finish(&reply);
}

#define DPOP_SAYS(error, text) \
	"WWW-Authenticate: DPoP algs=\"RS256\", realm=\"http://acme.okta.com\", scope=\"okta.logs.read\", " \
	"error=\"" error "\", error_description=\"" text "\", resource=\"/api/v1/logs\"\n"

#define API_SAYS(code, text) "{\"errorCode\":\"" code "\",\"errorSummary\":\"" text "\",\"errorCauses\":[]}"

static void every_refusal_of_a_page_has_its_verdict_and_cure(void **state)
{
	static const struct { int status; const char *head, *body, *url; enum verdict verdict; enum weir_code code;
	                      const char *words; } cases[] = {
		{ 401, DPOP_SAYS("use_dpop_nonce", "Resource server requires nonce."), "", CURSOR, VERDICT_NONCE, 0, "" },
		{ 400, DPOP_SAYS("invalid_dpop_proof", "The DPoP proof JWT has already been used."), "", CURSOR,
		  VERDICT_USED, 0, "" },
		{ 400, DPOP_SAYS("invalid_dpop_proof", "The DPoP proof JWT is issued in the future."), "", CURSOR,
		  VERDICT_CLOCK, WEIR_E_AUTH, "NTP" },
		{ 400, DPOP_SAYS("invalid_dpop_proof", "'htu' claim in the DPoP proof JWT is invalid."), "", CURSOR,
		  VERDICT_ERROR, WEIR_E_AUTH, "org_url" },
		{ 400, DPOP_SAYS("invalid_dpop_proof", "'ath' claim in the DPoP proof does not match the presented "
		  "access_token."), "", CURSOR, VERDICT_BINDING, 0, "" },
		{ 400, DPOP_SAYS("invalid_dpop_proof", "The access_token is not bound to the provided DPoP proof."), "",
		  CURSOR, VERDICT_BINDING, 0, "" },
		{ 401, DPOP_SAYS("invalid_token", "The token has expired."), API_SAYS("E0000011", "Invalid token provided"),
		  CURSOR, VERDICT_TOKEN, 0, "" },
		{ 401, "", API_SAYS("E0000011", "Invalid token provided"), CURSOR, VERDICT_TOKEN, 0, "" },
		{ 401, "", API_SAYS("E0000004", "Authentication failed"), CURSOR, VERDICT_TOKEN, 0, "" },
		{ 403, "", API_SAYS("E0000005", "Invalid session"), CURSOR, VERDICT_TOKEN, 0, "" },
		{ 403, DPOP_SAYS("insufficient_scope", "The access token provided does not contain the required scopes."),
		  API_SAYS("E0000006", "You do not have permission"), CURSOR, VERDICT_SCOPE, WEIR_E_AUTH,
		  "grant okta.logs.read" },
		{ 403, "", API_SAYS("E0000006", "You do not have permission to perform the requested action"), CURSOR,
		  VERDICT_SCOPE, WEIR_E_AUTH, "Report Administrator" },
		{ 401, "", API_SAYS("E0000015", "You do not have permission to access the feature"), CURSOR, VERDICT_ERROR,
		  WEIR_E_AUTH, "org's own server" },
		{ 404, "", API_SAYS("E0000007", "Not found"), CURSOR, VERDICT_ERROR, WEIR_E_AUTH, "org_url" },
		{ 400, "", API_SAYS("E0000001", "Api validation failed: after"), CURSOR, VERDICT_CURSOR, 0, "E0000001" },
		{ 400, "", API_SAYS("E0000031", "Invalid search criteria."), CURSOR, VERDICT_CURSOR, 0, "" },
		{ 400, "", API_SAYS("E0009999", "Nobody knows"), CURSOR, VERDICT_CURSOR, 0, "" },
		{ 410, "", "", CURSOR, VERDICT_CURSOR, 0, "" },
		{ 400, "", API_SAYS("E0000031", "Invalid search criteria."), FRESH, VERDICT_ERROR, WEIR_E_CONFIG,
		  "check filter" },
		{ 400, "", API_SAYS("E0000053", "Invalid SCIM filter."), FRESH, VERDICT_ERROR, WEIR_E_CONFIG,
		  "check filter" },
		{ 400, "", API_SAYS("E0009999", "Nobody knows"), FRESH, VERDICT_ERROR, WEIR_E_CONFIG, "Nobody knows" },
		{ 400, "", "<html><title>400 Bad Request</title>", CURSOR, VERDICT_BLANK, WEIR_E_UNREACHABLE,
		  "400: 400 Bad Request" },
		{ 400, "", "", CURSOR, VERDICT_BLANK, WEIR_E_UNREACHABLE, "400" },
		{ 500, "", API_SAYS("E0000053", "Sorry, there has been an error"), CURSOR, VERDICT_ERROR,
		  WEIR_E_UNREACHABLE, "500 E0000053" },
		{ 500, "", API_SAYS("E0000009", "Internal Server Error"), CURSOR, VERDICT_ERROR, WEIR_E_UNREACHABLE,
		  "500 E0000009" },
		{ 500, "", API_SAYS("E0000009", "Your last request took too long to complete."), CURSOR,
		  VERDICT_TOO_LARGE, WEIR_E_UNREACHABLE, "too long" },
		{ 503, "", API_SAYS("E0000010", "Service is in read only mode"), CURSOR, VERDICT_ERROR,
		  WEIR_E_UNREACHABLE, "read only" },
		{ 502, "", "<html><head><title>502 Bad Gateway</title>", CURSOR, VERDICT_ERROR, WEIR_E_UNREACHABLE,
		  "502 Bad Gateway" },
		{ 302, "Location: https://other.example/x\n", "", CURSOR, VERDICT_ERROR, WEIR_E_AUTH,
		  "to other.example, which is not followed" },
		{ 429, "", API_SAYS("E0000047", "API call exceeded rate limit due to too many requests."), CURSOR,
		  VERDICT_ERROR, WEIR_E_THROTTLED, "429" },
		{ 405, "", API_SAYS("E0000022", "The endpoint does not support the provided HTTP method"), CURSOR,
		  VERDICT_ERROR, WEIR_E_AUTH, "405 E0000022" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct weir_error err = { 0 };
		char *next;
		enum verdict verdict = judge_page(cases[i].status, cases[i].head, cases[i].body, cases[i].url, &next, &err);

		if (verdict != cases[i].verdict || (cases[i].code && err.code != cases[i].code)
		    || !strstr(err.text, cases[i].words))
			fail_msg("case %zu: verdict %d, code %d, %s", i, (int)verdict, (int)err.code, err.text);
		assert_null(next);
	}
}

static void a_cursor_refused_again_and_again_without_a_reason_is_refused(void **state)
{
	struct logs_asked asked = { .org = &org, .url = CURSOR, .blanks = 2 };
	struct weir_reply reply;
	struct weir_error err;
	char *next;

	(void)state;
	make_reply(&reply, 400, "", "");
	assert_int_equal(logs_judge(&reply, &asked, &next, &err), VERDICT_BLANK);
	asked.blanks = 3;
	assert_int_equal(logs_judge(&reply, &asked, &next, &err), VERDICT_CURSOR);
	asked.url = FRESH;
	assert_int_equal(logs_judge(&reply, &asked, &next, &err), VERDICT_ERROR);
	reply_finish(&reply);
}

static void a_refused_api_token_is_explained_as_one(void **state)
{
	const struct logs_asked asked = { .org = &org, .url = CURSOR, .secret = true };
	struct weir_reply reply;
	struct weir_error err;
	char *next;

	(void)state;
	make_reply(&reply, 401, "", API_SAYS("E0000011", "Invalid token provided"));
	assert_int_equal(logs_judge(&reply, &asked, &next, &err), VERDICT_ERROR);
	assert_int_equal(err.code, WEIR_E_AUTH);
	assert_non_null(strstr(err.text, "api_token"));
	reply_finish(&reply);
}

static void a_reply_that_never_came_says_why(void **state)
{
	const struct logs_asked asked = { .org = &org, .url = CURSOR };
	struct weir_reply reply;
	struct weir_error err;
	char *next;

	(void)state;
	make_failure(&reply, WEIR_E_UNREACHABLE, "acme.okta.com: cannot connect");
	assert_int_equal(logs_judge(&reply, &asked, &next, &err), VERDICT_ERROR);
	assert_string_equal(err.text, "acme.okta.com: cannot connect");
	make_failure(&reply, WEIR_E_DATA, "too large");
	assert_int_equal(logs_judge(&reply, &asked, &next, &err), VERDICT_TOO_LARGE);
}

/* ---- rate limits ------------------------------------------------------------------------ */

#define RATE(limit, remaining, reset) \
	"x-rate-limit-limit: " limit "\nX-Rate-Limit-Remaining: " remaining "\nx-rate-limit-reset: " reset "\n"

static struct rate rate_of(const char *head)
{
	struct weir_reply reply;
	struct rate rate;

	make_reply(&reply, 200, head, "");
	rate_read(&reply, &rate);
	reply_finish(&reply);
	return rate;
}

static int64_t retry_of(const char *head)
{
	struct weir_reply reply;
	int64_t ms;

	make_reply(&reply, 429, head, "");
	ms = rate_retry_ms(&reply, DATE_US);
	reply_finish(&reply);
	return ms;
}

static void the_strictest_of_repeated_rate_limits_counts(void **state)
{
	struct rate rate = rate_of(RATE("60", "59", "1770740400") RATE("600", "3", "1770740390"));

	(void)state;
	assert_true(rate.known && !rate.concurrent);
	assert_int_equal(rate.limit, 600);
	assert_int_equal(rate.remaining, 3);
	assert_int_equal(rate.reset_s, 1770740390);
	rate = rate_of(RATE("60, 600", "5, 5", "1770740390,1770740400"));
	assert_int_equal(rate.reset_s, 1770740400);
	assert_false(rate_of("").known);
	assert_false(rate_of("x-rate-limit-limit: 60\n").known);
	assert_false(rate_of(RATE("x", "y", "z")).known);
}

static void zero_of_zero_is_no_window(void **state)
{
	struct rate rate = rate_of(RATE("0", "0", "1770740400"));

	(void)state;
	assert_false(rate.known);
	assert_true(rate.concurrent);
	rate = rate_of(RATE("0", "0", "1770740400") RATE("60", "7", "1770740390"));
	assert_true(rate.known && rate.concurrent);
	assert_int_equal(rate.limit, 60);
}

static void the_wait_goes_by_the_replys_date_and_is_clamped(void **state)
{
	(void)state;
	assert_int_equal(retry_of(RATE("60", "0", "1770740387")), 11000);
	assert_int_equal(retry_of(RATE("60", "0", "1770740370")), 1000);
	assert_int_equal(retry_of(RATE("60", "0", "1770999999")), 120000);
	assert_int_equal(retry_of(RATE("60", "0", "99999999999999999999")), 120000);
	assert_int_equal(retry_of(""), 0);
	assert_int_equal(retry_of(RATE("0", "0", "1770740387")), 0);
	assert_int_equal(retry_of("Retry-After: 5\n"), 5000);
	assert_int_equal(retry_of("Retry-After: Tue, 10 Feb 2026 16:19:44 GMT\n"), 7000);
	assert_int_equal(retry_of("Retry-After: soon\n"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_link_is_taken_from_any_header),
		cmocka_unit_test(a_link_to_elsewhere_is_not_followed),
		cmocka_unit_test(only_a_bounded_query_may_end),
		cmocka_unit_test(every_refusal_of_a_page_has_its_verdict_and_cure),
		cmocka_unit_test(a_cursor_refused_again_and_again_without_a_reason_is_refused),
		cmocka_unit_test(a_refused_api_token_is_explained_as_one),
		cmocka_unit_test(a_reply_that_never_came_says_why),
		cmocka_unit_test(the_strictest_of_repeated_rate_limits_counts),
		cmocka_unit_test(zero_of_zero_is_no_window),
		cmocka_unit_test(the_wait_goes_by_the_replys_date_and_is_clamped),
	};

	return cmocka_run_group_tests(tests, make_org, free_org);
}
