/* test_token.c - what replies to a request for a token mean: cure.c, refusal.c and token.c
 * through their headers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "judge.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_is_kept_with_nine_tenths_of_its_life),
		cmocka_unit_test(a_bearer_token_is_taken_unless_dpop_is_required),
		cmocka_unit_test(a_reply_without_a_usable_token_is_none),
		cmocka_unit_test(every_refusal_of_a_token_has_its_verdict_and_cure),
		cmocka_unit_test(oktas_own_trouble_is_worth_another_try),
		cmocka_unit_test(what_a_peer_says_cannot_break_a_line),
	};

	return cmocka_run_group_tests(tests, make_org, free_org);
}
