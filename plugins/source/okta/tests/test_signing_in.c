/* test_signing_in.c - the whole source without a wire: its way to a token and the first page, and what
 * becomes of tokens, proofs and keys that are refused.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "host.h"
#include "rig.h"

/* A claim or header member of a JWT, as "name":value was written. */
static bool jwt_says(const char *jwt, int part, const char *words)
{
	struct weir_buf plain = { 0 };
	bool says;

	for (; part > 0; part--)
		jwt = strchr(jwt, '.') + 1;
	assert_true(weir_base64_decode((struct weir_bytes){ jwt, strcspn(jwt, ".&") }, &plain));
	says = strstr(weir_buf_text(&plain), words) != NULL;
	weir_buf_finish(&plain);
	return says;
}

static const char *assertion(void)
{
	return strstr(sent.body, "client_assertion=") + strlen("client_assertion=");
}

/* ---- the way to the first page ------------------------------------------------------- */

static void the_begin_is_handed_over_before_anything_is_asked(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	set_time(rig, "start", WEIR_WHEN_NOW, 0);
	start(rig);
	assert_int_equal(ask(rig), WEIR_OK);
	assert_int_equal(rig->turn.again_ms, 0);
	assert_non_null(strstr(rig->out->position, "\"since\":\"2026-02-10T16:19:37.769Z\""));
	assert_null(rig->out->page);
	assert_int_equal(sent.count, 0);
	free_rig(rig);
}

static void the_first_request_is_for_a_token_with_assertion_and_proof(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	start(rig);
	ask(rig);
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_string_equal(sent.method, "POST");
	assert_string_equal(sent.url, BASE "/oauth2/v1/token");
	assert_non_null(strstr(sent.body, "grant_type=client_credentials&scope=okta.logs.read&"
	                       "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type"
	                       "%3Ajwt-bearer&client_assertion=ey"));
	assert_true(jwt_says(assertion(), 0, "\"kid\":\"kid-1\""));
	assert_true(jwt_says(assertion(), 1, "\"aud\":\"" BASE "/oauth2/v1/token\""));
	assert_true(jwt_says(assertion(), 1, "\"iat\":1770740347,\"exp\":1770740677"));
	assert_int_equal(sent.dpop_headers, 1);
	assert_true(jwt_says(sent.dpop, 1, "\"htm\":\"POST\",\"htu\":\"" BASE "/oauth2/v1/token\""));
	assert_string_equal(sent.authorization, "");
	free_rig(rig);
}

static void a_nonce_is_answered_with_a_new_assertion_and_a_new_proof(void **state)
{
	struct rig *rig = make_rig();
	char first[4096], proof[2048];

	(void)state;
	start(rig);
	ask(rig);
	ask(rig);
	snprintf(first, sizeof first, "%s", assertion());
	snprintf(proof, sizeof proof, "%s", sent.dpop);
	assert_int_equal(answer(rig, 400, DATE "dpop-nonce: n1\n", "{\"error\":\"use_dpop_nonce\"}"),
	                 WEIR_PENDING);
	assert_string_not_equal(assertion(), first);
	assert_string_not_equal(sent.dpop, proof);
	assert_true(jwt_says(sent.dpop, 1, "\"nonce\":\"n1\""));
	assert_int_equal(answer(rig, 200, DATE "dpop-nonce: n2\n", TOKEN), WEIR_PENDING);
	/* The token endpoint's nonce is not for the resource. */
	assert_false(jwt_says(sent.dpop, 1, "nonce"));
	assert_string_equal(sent.authorization, "DPoP tok.1");
	assert_true(jwt_says(sent.dpop, 1, "\"htm\":\"GET\",\"htu\":\"" BASE "/api/v1/logs\""));
	assert_true(jwt_says(sent.dpop, 1, "\"ath\":\""));
	assert_string_equal(sent.url, BASE "/api/v1/logs?limit=3&sortOrder=ASCENDING"
	                    "&since=2026-02-10T15%3A19%3A37.769Z");
	assert_string_equal(sent.accept, "application/json");
	assert_int_equal(sent.body_max, 1 << 20);
	free_rig(rig);
}

static void a_peer_that_keeps_asking_for_the_same_nonce_is_given_up(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	start(rig);
	ask(rig);
	ask(rig);
	answer(rig, 400, "dpop-nonce: n1\n", "{\"error\":\"use_dpop_nonce\"}");
	assert_int_equal(answer(rig, 400, "dpop-nonce: n1\n", "{\"error\":\"use_dpop_nonce\"}"), WEIR_RETRY);
	assert_int_equal(rig->err.code, WEIR_E_AUTH);
	assert_int_equal(ask(rig), WEIR_PENDING);
	for (int i = 2; i < 30 && rig->status == WEIR_PENDING; i++) {
		char head[40];

		snprintf(head, sizeof head, "dpop-nonce: n%d\n", i);
		answer(rig, 400, head, "{\"error\":\"use_dpop_nonce\"}");
	}
	assert_int_equal(rig->status, WEIR_RETRY);
	free_rig(rig);
}

static void a_token_is_used_until_nine_tenths_of_its_life(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") "," EVENT("2") "," EVENT("3") "]");
	rig->ctx->monotonic_ms += 3239999;
	ask(rig);
	assert_string_equal(sent.method, "GET");
	answer(rig, 200, DATE NEXT("1_2"), "[" EVENT("1") "," EVENT("2") "," EVENT("3") "]");
	rig->ctx->monotonic_ms += 1;
	ask(rig);
	assert_string_equal(sent.url, BASE "/oauth2/v1/token");
	free_rig(rig);
}

static void without_dpop_no_proof_is_sent(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	*(int *)option_of(rig->self, "dpop") = TALK_DPOP_OFF;
	start(rig);
	ask(rig);
	ask(rig);
	assert_int_equal(sent.dpop_headers, 0);
	answer(rig, 200, DATE, "{\"token_type\":\"Bearer\",\"access_token\":\"b\"}");
	assert_string_equal(sent.authorization, "Bearer b");
	assert_int_equal(sent.dpop_headers, 0);
	free_rig(rig);
}

static void a_bearer_token_is_used_as_one_and_said_once(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	start(rig);
	ask(rig);
	ask(rig);
	assert_int_equal(sent.dpop_headers, 1);
	assert_int_equal(answer(rig, 200, DATE, "{\"token_type\":\"Bearer\",\"access_token\":\"b\"}"), WEIR_PENDING);
	assert_string_equal(sent.authorization, "Bearer b");
	assert_int_equal(sent.dpop_headers, 0);
	assert_true(fake_said(rig->ctx, "does not bind its tokens"));
	free_rig(rig);
}

static void an_api_token_needs_no_token(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	set_text(rig, "client_id", NULL);
	set_text(rig, "private_key", NULL);
	set_text(rig, "key_id", NULL);
	set_text(rig, "api_token", "00secret");
	start(rig);
	assert_string_equal(rig->ctx->report.where.path, "api_token");
	ask(rig);
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_string_equal(sent.authorization, "SSWS 00secret");
	assert_int_equal(answer(rig, 401, DATE, "{\"errorCode\":\"E0000011\",\"errorSummary\":\"Invalid token provided\"}"),
	                 WEIR_RETRY);
	assert_non_null(strstr(rig->err.text, "api_token is expired or revoked"));
	assert_null(strstr(rig->err.text, "00secret"));
	free_rig(rig);
}

/* ---- tokens and proofs that are refused -------------------------------------------------- */

#define EXPIRED "{\"errorCode\":\"E0000011\",\"errorSummary\":\"Invalid token provided\"}"

static void a_refused_token_is_renewed_once_and_then_explained(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	assert_int_equal(answer(rig, 401, DATE, EXPIRED), WEIR_PENDING);
	assert_string_equal(sent.method, "POST");
	assert_int_equal(answer(rig, 200, DATE, TOKEN), WEIR_PENDING);
	assert_string_equal(sent.method, "GET");
	assert_int_equal(answer(rig, 401, DATE, EXPIRED), WEIR_RETRY);
	assert_int_equal(rig->err.code, WEIR_E_AUTH);
	/* Later both are tried again. */
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_string_equal(sent.method, "POST");
	assert_int_equal(answer(rig, 200, DATE, TOKEN), WEIR_PENDING);
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), "[]"), WEIR_OK);
	free_rig(rig);
}

static void the_resource_may_ask_for_a_nonce_too(void **state)
{
	struct rig *rig = rig_at_page();
	char proof[2048];

	(void)state;
	snprintf(proof, sizeof proof, "%s", sent.dpop);
	assert_int_equal(answer(rig, 401, DATE "DPoP-Nonce: r1\n"
	                        "WWW-Authenticate: DPoP error=\"use_dpop_nonce\"\n", ""), WEIR_PENDING);
	assert_true(jwt_says(sent.dpop, 1, "\"nonce\":\"r1\""));
	assert_string_not_equal(sent.dpop, proof);
	assert_int_equal(answer(rig, 200, DATE "DPoP-Nonce: r2\n" NEXT("1_1"), "[" EVENT("1") "]"), WEIR_OK);
	rig->ctx->monotonic_ms += 30000;
	ask(rig);
	assert_true(jwt_says(sent.dpop, 1, "\"nonce\":\"r2\""));
	free_rig(rig);
}

static void a_proof_that_counts_as_used_is_replaced(void **state)
{
	struct rig *rig = rig_at_page();
	char proof[2048];

	(void)state;
	snprintf(proof, sizeof proof, "%s", sent.dpop);
	assert_int_equal(answer(rig, 400, DATE "WWW-Authenticate: DPoP error=\"invalid_dpop_proof\", "
	                        "error_description=\"The DPoP proof JWT has already been used.\"\n", ""), WEIR_PENDING);
	assert_string_equal(sent.method, "GET");
	assert_string_not_equal(sent.dpop, proof);
	free_rig(rig);
}

static void a_token_bound_to_another_key_means_a_new_key_and_token(void **state)
{
	struct rig *rig = rig_at_page();
	const char *says = DATE "WWW-Authenticate: DPoP error=\"invalid_dpop_proof\", "
		"error_description=\"The access_token is not bound to the provided DPoP proof.\"\n";
	char head[200];

	(void)state;
	snprintf(head, sizeof head, "%.*s", (int)strcspn(sent.dpop, "."), sent.dpop);
	assert_int_equal(answer(rig, 400, says, ""), WEIR_PENDING);
	assert_string_equal(sent.method, "POST");
	assert_true(strncmp(sent.dpop, head, strlen(head)) != 0);
	answer(rig, 200, DATE, TOKEN);
	assert_int_equal(answer(rig, 400, says, ""), WEIR_RETRY);
	free_rig(rig);
}

static void the_peers_clock_is_tried_only_after_a_complaint(void **state)
{
	static const char complaint[] = "{\"error\":\"invalid_client\",\"error_description\":\"The client_assertion token "
		"must be issued before the current time.\"}";
	struct rig *rig = make_rig();

	(void)state;
	rig->ctx->now_us += INT64_C(90000000); /* ours is fast */
	start(rig);
	ask(rig);
	ask(rig);
	assert_true(jwt_says(assertion(), 1, "\"iat\":1770740437"));
	assert_int_equal(answer(rig, 401, DATE, complaint), WEIR_PENDING);
	assert_true(jwt_says(assertion(), 1, "\"iat\":1770740347"));
	assert_true(jwt_says(sent.dpop, 1, "\"iat\":1770740347"));
	assert_int_equal(answer(rig, 200, DATE, TOKEN), WEIR_PENDING);
	assert_true(fake_said(rig->ctx, "90 s ahead of the org's"));
	assert_true(jwt_says(sent.dpop, 1, "\"iat\":1770740347"));
	free_rig(rig);
}

static void a_date_that_does_not_help_is_dropped(void **state)
{
	static const char complaint[] = "{\"error\":\"invalid_client\",\"error_description\":\"The client_assertion token "
		"is expired.\"}";
	static const char wrong[] = "Date: Tue, 10 Feb 2026 18:19:37 GMT\n";
	struct rig *rig = make_rig();

	(void)state;
	start(rig);
	ask(rig);
	ask(rig);
	assert_int_equal(answer(rig, 401, wrong, complaint), WEIR_PENDING);
	assert_true(jwt_says(assertion(), 1, "\"iat\":1770747547"));
	assert_int_equal(answer(rig, 401, wrong, complaint), WEIR_RETRY);
	assert_int_equal(rig->err.code, WEIR_E_AUTH);
	assert_non_null(strstr(rig->err.text, "NTP"));
	ask(rig);
	assert_true(jwt_says(assertion(), 1, "\"iat\":1770740347"));
	free_rig(rig);
}

static void a_wrong_date_without_a_complaint_changes_nothing(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	start(rig);
	ask(rig);
	ask(rig);
	assert_int_equal(answer(rig, 200, "Date: Tue, 10 Feb 2026 18:19:37 GMT\n", TOKEN), WEIR_PENDING);
	assert_true(jwt_says(sent.dpop, 1, "\"iat\":1770740347"));
	free_rig(rig);
}

static void a_start_at_now_does_not_begin_in_the_orgs_future(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	rig->ctx->now_us += INT64_C(90000000);
	set_time(rig, "start", WEIR_WHEN_NOW, 0);
	start(rig);
	ask(rig);
	ask(rig);
	assert_int_equal(answer(rig, 200, DATE, TOKEN), WEIR_PENDING);
	assert_non_null(strstr(sent.url, "since=2026-02-10T16%3A19%3A37.000Z"));
	free_rig(rig);
}

/* ---- keys ----------------------------------------------------------------------------------- */

#define WRONG_KID "{\"error\":\"invalid_client\",\"error_description\":\"The client_assertion JWT kid is invalid.\"}"

static void the_second_key_is_tried_when_the_first_is_refused(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	set_text(rig, "next_key_id", "kid-2");
	set_text(rig, "next_private_key", pem);
	start(rig);
	ask(rig);
	ask(rig);
	assert_int_equal(answer(rig, 401, DATE, WRONG_KID), WEIR_PENDING);
	assert_true(jwt_says(assertion(), 0, "\"kid\":\"kid-2\""));
	assert_int_equal(answer(rig, 401, DATE, WRONG_KID), WEIR_RETRY);
	assert_non_null(strstr(rig->err.text, "copy the KID"));
	free_rig(rig);
}

static void use_new_key_id(void *arg)
{
	set_text(arg, "key_id", "kid-3");
}

static void a_key_file_that_changed_is_read_again(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	start(rig);
	ask(rig);
	ask(rig);
	assert_int_equal(answer(rig, 401, DATE, WRONG_KID), WEIR_RETRY);
	ask(rig);
	host.secrets_changed = true;
	host.on_reload = use_new_key_id;
	host.on_reload_arg = rig;
	assert_int_equal(answer(rig, 401, DATE, WRONG_KID), WEIR_PENDING);
	assert_true(jwt_says(assertion(), 0, "\"kid\":\"kid-3\""));
	free_rig(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_begin_is_handed_over_before_anything_is_asked),
		cmocka_unit_test(the_first_request_is_for_a_token_with_assertion_and_proof),
		cmocka_unit_test(a_nonce_is_answered_with_a_new_assertion_and_a_new_proof),
		cmocka_unit_test(a_peer_that_keeps_asking_for_the_same_nonce_is_given_up),
		cmocka_unit_test(a_token_is_used_until_nine_tenths_of_its_life),
		cmocka_unit_test(without_dpop_no_proof_is_sent),
		cmocka_unit_test(a_bearer_token_is_used_as_one_and_said_once),
		cmocka_unit_test(an_api_token_needs_no_token),
		cmocka_unit_test(a_refused_token_is_renewed_once_and_then_explained),
		cmocka_unit_test(the_resource_may_ask_for_a_nonce_too),
		cmocka_unit_test(a_proof_that_counts_as_used_is_replaced),
		cmocka_unit_test(a_token_bound_to_another_key_means_a_new_key_and_token),
		cmocka_unit_test(the_peers_clock_is_tried_only_after_a_complaint),
		cmocka_unit_test(a_date_that_does_not_help_is_dropped),
		cmocka_unit_test(a_wrong_date_without_a_complaint_changes_nothing),
		cmocka_unit_test(a_start_at_now_does_not_begin_in_the_orgs_future),
		cmocka_unit_test(the_second_key_is_tried_when_the_first_is_refused),
		cmocka_unit_test(a_key_file_that_changed_is_read_again),
	};

	return cmocka_run_group_tests(tests, make_pem, free_pem);
}
