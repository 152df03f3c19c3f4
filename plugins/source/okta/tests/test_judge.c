/* test_judge.c - what replies mean: cure.c, refusal.c, token.c, logs.c, rate.c, cursor.c,
 * query.c through their headers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "host.h"

#include "logs.h"
#include "cursor.h"
#include "query.h"
#include "rate.h"
#include "token.h"

#define DATE_US (INT64_C(1770740377) * 1000000)
#define DATE    "Date: Tue, 10 Feb 2026 16:19:37 GMT\n"
#define CURSOR  "https://acme.okta.com/api/v1/logs?limit=1000&after=1_1"
#define FRESH   "https://acme.okta.com/api/v1/logs?limit=1000&since=2026-02-10T00%3A00%3A00.000Z"

static struct org org;

static int make_org(void **state)
{
	struct weir_error err;

	(void)state;
	return org_init(&org, "https://acme.okta.com", &err) == WEIR_OK ? 0 : -1;
}

static int free_org(void **state)
{
	(void)state;
	org_finish(&org);
	return 0;
}

/* ---- tokens --------------------------------------------------------------------- */

static enum verdict judge_token(int status, const char *head, const char *body,
                                struct token *token, struct weir_error *err)
{
	const struct token_wish wish = { .asked_ms = 5000, .date_us = DATE_US };
	struct weir_reply reply;
	enum verdict verdict;

	make_reply(&reply, status, head, body);
	verdict = token_judge(&reply, &wish, token, err);
	reply_finish(&reply);
	return verdict;
}

static void a_token_is_kept_with_nine_tenths_of_its_life(void **state)
{
	static const struct { const char *expires; int64_t life_ms; } cases[] = {
		{ "3600", 3240000 }, { "5", 4500 }, { "1", 900 }, { "0", 3240000 }, { "\"x\"", 3240000 },
		{ "1e99", 3240000 }, { "99999999999", 24 * 3240000 },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct weir_error err;
		struct token token;
		char body[200];

		snprintf(body, sizeof body, "{\"token_type\":\"DPoP\",\"expires_in\":%s,\"access_token\":\"abc.d\"}",
		         cases[i].expires);
		assert_int_equal(judge_token(200, "", body, &token, &err), VERDICT_GOOD);
		assert_string_equal(token.text, "abc.d");
		assert_true(token.dpop);
		assert_int_equal(token.fresh_until_ms, 5000 + cases[i].life_ms);
		assert_true(token_is_fresh(&token, 5000 + cases[i].life_ms - 1));
		assert_false(token_is_fresh(&token, 5000 + cases[i].life_ms));
		token_finish(&token);
		assert_false(token_is_fresh(&token, 0));
	}
}

static void a_bearer_token_is_taken_unless_dpop_is_required(void **state)
{
	static const char body[] = "{\"token_type\":\"bearer\",\"access_token\":\"abc\"}";
	const struct token_wish wish = { .dpop_required = true };
	struct weir_reply reply;
	struct weir_error err;
	struct token token;

	(void)state;
	assert_int_equal(judge_token(200, "", body, &token, &err), VERDICT_GOOD);
	assert_false(token.dpop);
	token_finish(&token);
	make_reply(&reply, 200, "", body);
	assert_int_equal(token_judge(&reply, &wish, &token, &err), VERDICT_ERROR);
	assert_int_equal(err.code, WEIR_E_AUTH);
	assert_non_null(strstr(err.text, "Require DPoP"));
	assert_null(token.text);
	reply_finish(&reply);
}

static void a_reply_without_a_usable_token_is_none(void **state)
{
	static const char *const bodies[] = {
		"", "[]", "<html>", "{}", "{\"access_token\":\"a\"}", "{\"token_type\":\"DPoP\"}",
		"{\"token_type\":\"DPoP\",\"access_token\":\"\"}", "{\"token_type\":\"DPoP\",\"access_token\":1}",
		"{\"token_type\":\"MAC\",\"access_token\":\"a\"}",
		"{\"token_type\":\"DPoP\",\"access_token\":\"a\\r\\nX: y\"}",
		"{\"token_type\":\"DPoP\",\"access_token\":\"a b\"}",
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(bodies); i++) {
		struct weir_error err;
		struct token token;

		assert_int_equal(judge_token(200, "", bodies[i], &token, &err), VERDICT_ERROR);
		assert_int_equal(err.code, WEIR_E_UNREACHABLE);
		assert_null(token.text);
	}
}

static void every_refusal_of_a_token_has_its_verdict_and_cure(void **state)
{
	static const struct { int status; const char *error, *text; enum verdict verdict; const char *cure; }
	cases[] = {
		{ 400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof.", VERDICT_NONCE, "" },
		{ 401, "invalid_client", "The client_assertion token has already been used.", VERDICT_USED, "" },
		{ 400, "invalid_dpop_proof", "The DPoP proof JWT has already been used.", VERDICT_USED, "" },
		{ 401, "invalid_client", "The client_assertion token must be issued before the current time.",
		  VERDICT_CLOCK, "clock by NTP" },
		{ 401, "invalid_client", "The client_assertion token is expired.", VERDICT_CLOCK, "NTP" },
		{ 401, "invalid_client", "The client_assertion token has an expiration too far into the future.",
		  VERDICT_CLOCK, "NTP" },
		{ 400, "invalid_dpop_proof", "The DPoP proof JWT is issued in the future.", VERDICT_CLOCK, "NTP" },
		{ 400, "invalid_dpop_proof", "The DPoP proof JWT is issued more than five minutes in the past.",
		  VERDICT_CLOCK, "NTP" },
		{ 401, "invalid_client", "The client_assertion JWT kid is invalid.", VERDICT_KEY, "copy the KID" },
		{ 401, "invalid_client", "The client_assertion signature is invalid.", VERDICT_KEY,
		  "does not belong to key_id" },
		{ 401, "invalid_client", "The client_assertion JWT signature algorithm is invalid.", VERDICT_KEY,
		  "does not belong to key_id" },
		{ 401, "invalid_client", "Invalid value for 'client_id' parameter.", VERDICT_ERROR, "check client_id" },
		{ 401, "invalid_client", "The issuer claim for client_assertion is not a valid client_id.",
		  VERDICT_ERROR, "check client_id" },
		{ 401, "invalid_client", "The subject claim for client_assertion is not a valid client_id.",
		  VERDICT_ERROR, "check client_id" },
		{ 401, "invalid_client", "The audience claim for client_assertion must be the endpoint invoked for "
		  "the request.", VERDICT_ERROR, "org_url" },
		{ 401, "invalid_client", "Client Credentials requests to the Org Authorization Server must use the "
		  "private_key_jwt token_endpoint_auth_method.", VERDICT_ERROR, "Public key / Private key" },
		{ 401, "invalid_client", "Only clients with 'application_type' of 'service' may use the "
		  "client_credentials 'grant_type' with the Org Authorization Server.", VERDICT_ERROR,
		  "API Services" },
		{ 401, "invalid_client", "The client does not have a JWKSet configured, but the client_assertion "
		  "requires one.", VERDICT_ERROR, "add a public key" },
		{ 401, "invalid_client", "Error retrieving the client JWKSet from jwks_uri.", VERDICT_ERROR,
		  "jwks_uri" },
		{ 400, "invalid_scope", "One or more scopes are not configured for the authorization server "
		  "resource.", VERDICT_ERROR, "grant okta.logs.read" },
		{ 400, "invalid_scope", "The requested scope is invalid, unknown, malformed, or exceeds the scope "
		  "granted by the resource owner.", VERDICT_ERROR, "grant okta.logs.read" },
		{ 400, "invalid_scope", "No scopes were requested.", VERDICT_ERROR, "in scopes" },
		{ 400, "invalid_dpop_proof", "The DPoP proof JWT header is missing.", VERDICT_ERROR, "dpop: auto" },
		{ 403, "access_denied", "The request is made from outside the client's permitted network zones.",
		  VERDICT_ERROR, "network zones of the app" },
		{ 400, "unauthorized_client", "", VERDICT_ERROR, "API Services" },
		{ 401, "something_new", "Words nobody knows.", VERDICT_ERROR, "401 something_new: Words nobody knows" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		char body[400];
		struct weir_error err = { 0 };
		struct token token;
		enum verdict verdict;

		snprintf(body, sizeof body, "{\"error\":\"%s\",\"error_description\":\"%s\"}", cases[i].error,
		         cases[i].text);
		verdict = judge_token(cases[i].status, "", body, &token, &err);
		if (verdict != cases[i].verdict || !strstr(err.text, cases[i].cure))
			fail_msg("%s: verdict %d, %s", cases[i].text, (int)verdict, err.text);
		if (verdict == VERDICT_ERROR)
			assert_int_equal(err.code, WEIR_E_AUTH);
		assert_null(strchr(err.text, '\n'));
	}
}

static void oktas_own_trouble_is_worth_another_try(void **state)
{
	static const struct { int status; const char *body; } cases[] = {
		{ 400, "{\"error\":\"temporarily_unavailable\",\"error_description\":\"Busy.\"}" },
		{ 500, "{\"error\":\"server_error\"}" },
		{ 502, "<html><head><title>502 Bad Gateway</title></head></html>" },
		{ 503, "" }, { 408, "" }, { 425, "" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct weir_error err;
		struct token token;

		assert_int_equal(judge_token(cases[i].status, "", cases[i].body, &token, &err), VERDICT_ERROR);
		assert_int_equal(err.code, WEIR_E_UNREACHABLE);
	}
}

static void what_a_peer_says_cannot_break_a_line(void **state)
{
	struct weir_error err;
	struct token token;
	char body[2000];

	(void)state;
	memset(body, 'x', sizeof body);
	memcpy(body, "{\"error\":\"a\\nb\\u001b[31m\",\"error_description\":\"c\\r\\nd ", 50);
	memcpy(body + sizeof body - 3, "\"}", 3);
	judge_token(401, "", body, &token, &err);
	assert_null(strpbrk(err.text, "\r\n\x1b"));
	assert_true(strlen(err.text) < sizeof err.text - 1);
	assert_non_null(strstr(err.text, "..."));
}

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

static void a_query_is_written_into_its_first_url(void **state)
{
	const struct logs_query query = { "eventType eq \"a\"", "x y", 500, DATE_US };
	char *url = logs_first_url(&query, &org, DATE_US - 1000000);

	(void)state;
	assert_string_equal(url, "https://acme.okta.com/api/v1/logs?limit=500&sortOrder=ASCENDING"
	                    "&since=2026-02-10T16%3A19%3A36.000Z&until=2026-02-10T16%3A19%3A37.000Z"
	                    "&filter=eventType%20eq%20%22a%22&q=x%20y");
	assert_int_equal(logs_limit_of(url), 500);
	weir_free(url);
	assert_int_equal(logs_limit_of("https://o/api/v1/logs?after=1"), 100);
	assert_int_equal(logs_limit_of("https://o/api/v1/logs?limit=1x"), 100);
	assert_int_equal(logs_limit_of("https://o/api/v1/logs?limit=99999"), 100);
}

static void a_querys_hash_follows_every_setting_but_start(void **state)
{
	const struct logs_query base = { "f", "q", 1000, 0 };
	const struct logs_query others[] = { { "g", "q", 1000, 0 }, { "f", "r", 1000, 0 }, { "f", "q", 999, 0 },
	                                     { NULL, "q", 1000, 0 }, { "fq", NULL, 1000, 0 } };
	const struct weir_time never = { 0 }, ago = { WEIR_WHEN_AGO, 5 }, at = { WEIR_WHEN_AT, 5 };
	uint64_t hash = logs_query_hash(&base, &org, &never);

	(void)state;
	assert_true(hash == logs_query_hash(&base, &org, &never));
	for (size_t i = 0; i < WEIR_COUNT(others); i++)
		assert_true(hash != logs_query_hash(&others[i], &org, &never));
	assert_true(hash != logs_query_hash(&base, &org, &ago));
	assert_true(logs_query_hash(&base, &org, &at) != logs_query_hash(&base, &org, &ago));
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

/* ---- positions ----------------------------------------------------------------------------- */

static void a_position_survives_being_written_and_read(void **state)
{
	struct cursor position = { .next = "https://o/x?a=\"b\"", .since_us = DATE_US, .query = 0xfedcba9876543210,
	                             .date_us = DATE_US + 1000, .newest_us = DATE_US - 1000, .done = true };
	struct cursor read;
	struct weir_buf text = { 0 };

	(void)state;
	cursor_write(&position, &text);
	assert_true(cursor_read(weir_buf_text(&text), &read));
	assert_string_equal(read.next, position.next);
	assert_true(read.query == position.query && read.done);
	assert_int_equal(read.since_us, position.since_us);
	assert_int_equal(read.date_us, position.date_us);
	assert_int_equal(read.newest_us, position.newest_us);
	cursor_finish(&read);
	text.len = 0;
	position = (struct cursor){ .since_us = DATE_US };
	cursor_write(&position, &text);
	assert_true(cursor_read(weir_buf_text(&text), &read));
	assert_null(read.next);
	assert_false(read.done);
	weir_buf_finish(&text);
}

static void what_is_no_position_is_refused(void **state)
{
	static const char *const wrong[] = { "", "{}", "[]", "https://o/x", "{\"query\":\"12\",\"next\":\"x\"}",
		"{\"query\":\"0123456789abcdef\"}", "{\"query\":\"0123456789abcdef\",\"next\":5}",
		"{\"query\":\"0123456789abcdef\",\"next\":\"x\",\"date\":\"soon\"}" };
	struct cursor position;

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(wrong); i++) {
		assert_false(cursor_read(wrong[i], &position));
		assert_null(position.next);
	}
}

static void going_back_is_to_the_earlier_time_less_the_overlap(void **state)
{
	struct cursor p = { .since_us = 100, .date_us = 5000, .newest_us = 4000 };

	(void)state;
	assert_int_equal(cursor_fallback_us(&p, 1000), 3000);
	p.newest_us = 6000; /* an event from the future */
	assert_int_equal(cursor_fallback_us(&p, 1000), 4000);
	p.newest_us = 0;
	assert_int_equal(cursor_fallback_us(&p, 1000), 4000);
	assert_int_equal(cursor_fallback_us(&p, 4950), 100); /* not before the begin */
	p.date_us = 0;
	assert_int_equal(cursor_fallback_us(&p, 1000), 100);
}

/* ---- filter and q ---------------------------------------------------------------------------- */

static void a_filter_that_okta_refuses_is_named(void **state)
{
	static const char *const good[] = { "", "eventType eq \"user.session.start\" and (a pr or not (b sw \"(\\\"[\"))",
	                                    "target.id eq \"published\"", "x.published eq \"1\"" };
	static const char *const wrong[] = { "published gt \"2026-01-01T00:00:00Z\"", "(published lt \"x\")", "(a pr",
	                                     "a pr)", "a eq \"b", "target[type eq \"x\"]" };
	struct weir_error err;

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(good); i++) {
		if (!query_check_filter(good[i], &err))
			fail_msg("%s: %s", good[i], err.text);
	}
	for (size_t i = 0; i < WEIR_COUNT(wrong); i++) {
		if (query_check_filter(wrong[i], &err))
			fail_msg("%s: taken", wrong[i]);
		assert_string_equal(err.where.path, "filter");
	}
	assert_true(query_check_words("a b c d e f g h i j", &err));
	assert_false(query_check_words("a b c d e f g h i j k", &err));
	assert_false(query_check_words("12345678901234567890123456789012345678901", &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_is_kept_with_nine_tenths_of_its_life),
		cmocka_unit_test(a_bearer_token_is_taken_unless_dpop_is_required),
		cmocka_unit_test(a_reply_without_a_usable_token_is_none),
		cmocka_unit_test(every_refusal_of_a_token_has_its_verdict_and_cure),
		cmocka_unit_test(oktas_own_trouble_is_worth_another_try),
		cmocka_unit_test(what_a_peer_says_cannot_break_a_line),
		cmocka_unit_test(the_next_link_is_taken_from_any_header),
		cmocka_unit_test(a_link_to_elsewhere_is_not_followed),
		cmocka_unit_test(only_a_bounded_query_may_end),
		cmocka_unit_test(every_refusal_of_a_page_has_its_verdict_and_cure),
		cmocka_unit_test(a_cursor_refused_again_and_again_without_a_reason_is_refused),
		cmocka_unit_test(a_refused_api_token_is_explained_as_one),
		cmocka_unit_test(a_reply_that_never_came_says_why),
		cmocka_unit_test(a_query_is_written_into_its_first_url),
		cmocka_unit_test(a_querys_hash_follows_every_setting_but_start),
		cmocka_unit_test(the_strictest_of_repeated_rate_limits_counts),
		cmocka_unit_test(zero_of_zero_is_no_window),
		cmocka_unit_test(the_wait_goes_by_the_replys_date_and_is_clamped),
		cmocka_unit_test(a_position_survives_being_written_and_read),
		cmocka_unit_test(what_is_no_position_is_refused),
		cmocka_unit_test(going_back_is_to_the_earlier_time_less_the_overlap),
		cmocka_unit_test(a_filter_that_okta_refuses_is_named),
	};

	return cmocka_run_group_tests(tests, make_org, free_org);
}
