/* test_okta.c - the whole source without a wire: what it sends, and what it does with replies.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "host.h"

#include <openssl/pem.h>

#include "okta.h"

#define BASE  "https://acme.okta.com"
#define DATE  "Date: Tue, 10 Feb 2026 16:19:37 GMT\n" /* fake_ctx's now */
#define NEXT(n) "Link: <" BASE "/api/v1/logs?limit=3&after=" n ">; rel=\"next\"\n"
#define TOKEN "{\"token_type\":\"DPoP\",\"expires_in\":3600,\"access_token\":\"tok.1\"}"
#define EVENT(id) "{\"uuid\":\"" id "\",\"published\":\"2026-02-10T16:00:0" id ".000Z\"}"

/* One source being polled. */
struct rig {
	struct weir_ctx *ctx;
	void *self;
	struct weir_batch *out;
	struct weir_turn turn;
	struct weir_error err;
	enum weir_status status;
};

static char *pem;

static void *option_of(void *self, const char *name)
{
	for (const struct weir_option *row = weir_plugin()->options; row->name; row++) {
		if (strcmp(row->name, name) == 0)
			return (char *)self + row->offset;
	}
	fail_msg("no option %s", name);
	return NULL;
}

static void set_text(struct rig *rig, const char *name, const char *value)
{
	*(const char **)option_of(rig->self, name) = value;
}

static void set_number(struct rig *rig, const char *name, int64_t value)
{
	*(int64_t *)option_of(rig->self, name) = value;
}

static void set_time(struct rig *rig, const char *name, enum weir_when when, int64_t micros)
{
	*(struct weir_time *)option_of(rig->self, name) = (struct weir_time){ when, micros };
}

/* All of them have one host. */
static int rigs;

static struct rig *make_rig(void)
{
	static const char *const scopes[] = { "okta.logs.read", NULL };
	struct rig *rig = weir_alloc(sizeof *rig);

	rigs++;
	rig->ctx = fake_ctx("acme");
	rig->ctx->monotonic_ms = 1000000;
	rig->self = fake_self();
	set_text(rig, "org_url", BASE);
	set_text(rig, "client_id", "0oa1");
	set_text(rig, "key_id", "kid-1");
	set_text(rig, "private_key", pem);
	*(const char *const **)option_of(rig->self, "scopes") = scopes;
	set_time(rig, "start", WEIR_WHEN_AGO, INT64_C(3600000000));
	set_number(rig, "limit", 3);
	set_number(rig, "poll_interval", 30000);
	set_number(rig, "timeout", 60000);
	*(double *)option_of(rig->self, "rate_limit_share") = 0.4;
	return rig;
}

static void start(struct rig *rig)
{
	const struct weir_plugin *plugin = weir_plugin();

	assert_int_equal(plugin->create(rig->self, rig->ctx, &rig->err), WEIR_OK);
	assert_int_equal(plugin->start(rig->self, rig->ctx, &rig->err), WEIR_OK);
}

static void free_rig(struct rig *rig)
{
	weir_plugin()->stop(rig->self);
	weir_plugin()->destroy(rig->self);
	if (rig->out)
		fake_batch_free(rig->out);
	weir_free(rig->self);
	fake_ctx_free(rig->ctx);
	weir_free(rig);
	if (--rigs == 0)
		host_clean();
}

static enum weir_status poll_with(struct rig *rig, const struct weir_reply *reply)
{
	if (rig->out)
		fake_batch_free(rig->out);
	rig->out = weir_alloc(sizeof *rig->out);
	rig->turn = (struct weir_turn){ rig->out, reply, -1 };
	memset(&rig->err, 0, sizeof rig->err);
	rig->status = weir_plugin()->poll(rig->self, &rig->turn, &rig->err);
	return rig->status;
}

static enum weir_status ask(struct rig *rig)
{
	return poll_with(rig, NULL);
}

/* The answer to what was sent last. */
static enum weir_status answer(struct rig *rig, int status, const char *head, const char *body)
{
	struct weir_reply reply;

	assert_int_equal(rig->status, WEIR_PENDING);
	make_reply(&reply, status, head, body);
	poll_with(rig, &reply);
	reply_finish(&reply);
	return rig->status;
}

static enum weir_status no_answer(struct rig *rig, enum weir_code code, const char *text)
{
	struct weir_reply reply;

	make_failure(&reply, code, text);
	poll_with(rig, &reply);
	reply_finish(&reply);
	return rig->status;
}

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

/* Past the first hand-over and the token, to the first request for a page. */
static void reach_page(struct rig *rig)
{
	start(rig);
	assert_int_equal(ask(rig), WEIR_OK);
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_string_equal(sent.url, BASE "/oauth2/v1/token");
	assert_int_equal(answer(rig, 200, DATE, TOKEN), WEIR_PENDING);
	assert_string_equal(sent.method, "GET");
}

static struct rig *rig_at_page(void)
{
	struct rig *rig = make_rig();

	reach_page(rig);
	return rig;
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

/* ---- pages ------------------------------------------------------------------------------ */

static void a_full_page_is_followed_at_once_and_a_short_one_at_the_next_tick(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	rig->ctx->monotonic_ms += 400;
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") "," EVENT("2") "," EVENT("3") "]"), WEIR_OK);
	assert_int_equal(rig->turn.again_ms, 0);
	assert_int_equal(rig->out->len, 3);
	assert_string_equal(rig->out->origin, "acme.okta.com");
	assert_non_null(strstr(rig->out->position, "\"next\":\"" BASE "/api/v1/logs?limit=3&after=1_1\""));
	assert_non_null(strstr(rig->out->position, "\"date\":\"2026-02-10T16:19:37.000Z\""));
	assert_non_null(strstr(rig->out->position, "\"newest\":\"2026-02-10T16:00:03.000Z\""));
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_string_equal(sent.url, BASE "/api/v1/logs?limit=3&after=1_1");
	rig->ctx->monotonic_ms += 700;
	assert_int_equal(answer(rig, 200, DATE NEXT("1_2"), "[" EVENT("4") "]"), WEIR_OK);
	assert_int_equal(rig->turn.again_ms, 29300);
	assert_int_equal(ask(rig), WEIR_IDLE);
	assert_int_equal(rig->turn.again_ms, 29300);
	rig->ctx->monotonic_ms += 29300;
	assert_int_equal(ask(rig), WEIR_PENDING);
	free_rig(rig);
}

static void an_empty_page_is_worth_a_commit_only_now_and_then(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	/* The first one has the first cursor. */
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), "[]"), WEIR_OK);
	for (int i = 0; i < 9; i++) {
		rig->ctx->monotonic_ms += 30000;
		assert_int_equal(ask(rig), WEIR_PENDING);
		assert_int_equal(answer(rig, 200, DATE NEXT("1_2"), "[]"), WEIR_IDLE);
		assert_int_equal(rig->turn.again_ms, 30000);
	}
	rig->ctx->monotonic_ms += 30000;
	ask(rig);
	assert_string_equal(sent.url, BASE "/api/v1/logs?limit=3&after=1_2");
	assert_int_equal(answer(rig, 200, DATE NEXT("1_3"), "[]"), WEIR_OK);
	assert_non_null(strstr(rig->out->position, "after=1_3"));
	free_rig(rig);
}

static void others_of_a_fleet_begin_with_a_pause_of_their_own(void **state)
{
	struct rig *rig = make_rig();
	static const struct okta other;
	struct fleet *fleet = weir_shared(rig->ctx, "fleet", sizeof *fleet, NULL);

	(void)state;
	fleet->first = &other;
	reach_page(rig);
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), "[]"), WEIR_OK);
	assert_in_range(rig->turn.again_ms, 1, 29999);
	rig->ctx->monotonic_ms += rig->turn.again_ms;
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_int_equal(answer(rig, 200, DATE NEXT("1_2"), "[]"), WEIR_IDLE);
	assert_int_equal(rig->turn.again_ms, 30000);
	free_rig(rig);
}

static void a_full_page_that_leads_to_itself_does_not_spin(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") "," EVENT("2") "," EVENT("3") "]");
	ask(rig);
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") "," EVENT("2") "," EVENT("3") "]"), WEIR_OK);
	assert_int_equal(rig->turn.again_ms, 30000);
	free_rig(rig);
}

static void a_bounded_query_follows_at_once_and_ends(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	set_time(rig, "until", WEIR_WHEN_AT, INT64_C(1770740000000000));
	reach_page(rig);
	assert_non_null(strstr(sent.url, "&until=2026-02-10T16%3A13%3A20.000Z"));
	assert_int_equal(answer(rig, 200, DATE NEXT("x"), "[]"), WEIR_OK);
	assert_int_equal(rig->turn.again_ms, 0);
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_int_equal(answer(rig, 200, DATE, "[" EVENT("1") "]"), WEIR_OK);
	assert_non_null(strstr(rig->out->position, "\"done\":true"));
	fake_commit(rig->ctx, rig->out->position);
	assert_int_equal(ask(rig), WEIR_DONE);
	weir_plugin()->stop(rig->self);
	weir_plugin()->start(rig->self, rig->ctx, &rig->err);
	assert_int_equal(ask(rig), WEIR_DONE);
	free_rig(rig);
}

static void a_page_that_does_not_parse_never_moves_the_cursor(void **state)
{
	static const char *const bodies[] = { "", "[{]", "<html></html>", "{}", "[" EVENT("1"), "[]]" };
	struct rig *rig = rig_at_page();

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(bodies); i++) {
		assert_int_equal(answer(rig, 200, DATE NEXT("9_9"), bodies[i]), WEIR_RETRY);
		assert_int_equal(rig->err.code, WEIR_E_UNREACHABLE);
		assert_int_equal(ask(rig), WEIR_PENDING);
		assert_null(strstr(sent.url, "after"));
	}
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") "]"), WEIR_OK);
	assert_int_equal(host.salvaged, 0);
	free_rig(rig);
}

static void a_page_that_stays_broken_is_salvaged(void **state)
{
	static const char broken[] = "[" EVENT("1") ",{\"uuid\":\"2\",\"x\":\"\\q\"}]";
	struct rig *rig = rig_at_page();

	(void)state;
	for (int i = 0; i < 20; i++) {
		assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), broken), WEIR_RETRY);
		assert_int_equal(host.salvaged, 0);
		ask(rig);
	}
	rig->ctx->monotonic_ms += 600000;
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), broken), WEIR_OK);
	assert_int_equal(host.salvaged, 1);
	assert_int_equal(rig->out->len, 2);
	assert_true(fake_said(rig->ctx, "stayed broken"));
	free_rig(rig);
}

static void a_page_broken_in_another_way_each_time_is_not_salvaged(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	for (int i = 0; i < 30; i++) {
		char body[80];

		snprintf(body, sizeof body, "[{\"uuid\":\"%d\",\"x\":\"\\q\"}]", i);
		assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), body), WEIR_RETRY);
		rig->ctx->monotonic_ms += 600000;
		/* The token ages meanwhile. */
		if (ask(rig) == WEIR_PENDING && strcmp(sent.method, "POST") == 0)
			answer(rig, 200, DATE, TOKEN);
	}
	assert_int_equal(host.salvaged, 0);
	free_rig(rig);
}

static void a_page_that_is_too_large_is_asked_for_with_half_the_limit(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	set_number(rig, "limit", 1000);
	reach_page(rig);
	assert_int_equal(no_answer(rig, WEIR_E_DATA, "too large"), WEIR_PENDING);
	assert_non_null(strstr(sent.url, "?limit=500&"));
	assert_int_equal(no_answer(rig, WEIR_E_DATA, "too large"), WEIR_PENDING);
	assert_non_null(strstr(sent.url, "?limit=250&"));
	assert_int_equal(answer(rig, 200, DATE "Link: <" BASE "/api/v1/logs?limit=250&after=1>; rel=\"next\"\n",
	                        "[" EVENT("1") "]"), WEIR_OK);
	assert_non_null(strstr(rig->out->position, "?limit=1000&after=1\""));
	free_rig(rig);
}

static void one_event_over_page_max_asks_for_a_larger_one(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	assert_int_equal(no_answer(rig, WEIR_E_DATA, "larger than 10 bytes"), WEIR_PENDING);
	assert_non_null(strstr(sent.url, "?limit=1&"));
	assert_int_equal(no_answer(rig, WEIR_E_DATA, "larger than 10 bytes"), WEIR_RETRY);
	assert_int_equal(rig->err.code, WEIR_E_CONFIG);
	assert_non_null(strstr(rig->err.text, "page_max"));
	free_rig(rig);
}

static void a_page_that_takes_okta_too_long_is_halved_after_a_wait(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	set_number(rig, "limit", 1000);
	reach_page(rig);
	assert_int_equal(answer(rig, 500, DATE, "{\"errorCode\":\"E0000009\",\"errorSummary\":\"Your last request "
	                        "took too long to complete.\"}"), WEIR_RETRY);
	assert_int_equal(rig->err.code, WEIR_E_UNREACHABLE);
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_non_null(strstr(sent.url, "?limit=500&"));
	free_rig(rig);
}

static void a_page_with_a_foreign_link_is_not_taken(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	assert_int_equal(answer(rig, 200, DATE "Link: <https://evil.example/api/v1/logs?after=1>; rel=\"next\"\n",
	                        "[" EVENT("1") "]"), WEIR_RETRY);
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_null(strstr(sent.url, "evil"));
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

/* ---- cursors ---------------------------------------------------------------------------------- */

#define REFUSED "{\"errorCode\":\"E0000001\",\"errorSummary\":\"Api validation failed: after\"}"

static void a_refused_cursor_goes_back_by_the_overlap_and_says_so(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") "," EVENT("2") "," EVENT("3") "]");
	ask(rig);
	host.overlap_ms = 0;
	assert_int_equal(answer(rig, 400, DATE, REFUSED), WEIR_PENDING);
	/* An hour before 16:00:03, but not before the start an hour before 16:19:37. */
	assert_non_null(strstr(sent.url, "since=2026-02-10T15%3A19%3A37.769Z"));
	assert_null(strstr(sent.url, "after"));
	assert_true(fake_said(rig->ctx, "reading again from 2026-02-10T15:19:37.769Z, because cursor refused: 400 E0000001"));
	assert_int_equal(answer(rig, 200, DATE NEXT("2_1"), "[" EVENT("1") "]"), WEIR_OK);
	assert_non_null(strstr(rig->out->position, "after=2_1"));
	free_rig(rig);
}

static void a_query_that_is_refused_without_a_cursor_is_explained(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	assert_int_equal(answer(rig, 400, DATE, REFUSED), WEIR_RETRY);
	assert_int_equal(rig->err.code, WEIR_E_CONFIG);
	assert_false(fake_said(rig->ctx, "reading again"));
	free_rig(rig);
}

static void a_stored_position_is_gone_on_from(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") "]");
	fake_commit(rig->ctx, rig->out->position);
	weir_plugin()->stop(rig->self);
	weir_plugin()->start(rig->self, rig->ctx, &rig->err);
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_string_equal(sent.url, BASE "/api/v1/logs?limit=3&after=1_1");
	free_rig(rig);
}

static void changed_settings_begin_a_new_query_and_say_so(void **state)
{
	struct rig *rig = rig_at_page(), *other = make_rig();

	(void)state;
	answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") "]");
	fake_commit(other->ctx, rig->out->position);
	set_text(other, "filter", "eventType sw \"user\"");
	start(other);
	assert_true(fake_said(other->ctx, "changed"));
	assert_int_equal(ask(other), WEIR_PENDING);
	answer(other, 200, DATE, TOKEN);
	assert_non_null(strstr(sent.url, "since=2026-02-10T15%3A19%3A37.769Z&filter=eventType%20sw%20%22user%22"));
	weir_plugin()->stop(rig->self);
	free_rig(other);
	free_rig(rig);
}

static void a_position_that_is_none_is_said_loudly(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	fake_commit(rig->ctx, "{\"next\":");
	start(rig);
	assert_true(fake_said(rig->ctx, "stored position"));
	assert_int_equal(ask(rig), WEIR_OK);
	free_rig(rig);
}

static void a_gap_beyond_retention_is_said_with_its_bounds(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	set_time(rig, "start", WEIR_WHEN_AT, INT64_C(1750000000000000));
	start(rig);
	assert_true(fake_said(rig->ctx, "gap: Okta keeps 90 days, so the events from 2025-06-15T15:06:40.000Z to "
	                      "2025-11-12T16:19:37.769Z cannot be had"));
	free_rig(rig);
}

static void an_outage_beyond_retention_is_a_gap_too(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") "]");
	fake_commit(rig->ctx, rig->out->position);
	weir_plugin()->stop(rig->self);
	rig->ctx->now_us += INT64_C(100) * 86400 * 1000000;
	weir_plugin()->start(rig->self, rig->ctx, &rig->err);
	assert_true(fake_said(rig->ctx, "events from 2026-02-10T16:19:37.000Z to 2026-02-20T16:19:37.769Z cannot be had"));
	free_rig(rig);
}

/* ---- limits ------------------------------------------------------------------------------------- */

static void a_429_says_how_long_to_wait(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	assert_int_equal(answer(rig, 429, DATE "x-rate-limit-limit: 60\nx-rate-limit-remaining: 0\n"
	                        "x-rate-limit-reset: 1770740387\n", "{\"errorCode\":\"E0000047\"}"), WEIR_RETRY);
	assert_int_equal(rig->err.code, WEIR_E_THROTTLED);
	assert_int_equal(rig->err.retry_after_ms, 11000);
	assert_int_equal(rig->ctx->counts[TALK_THROTTLED], 1);
	free_rig(rig);
}

static void a_budget_that_is_used_up_is_waited_for(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1") "x-rate-limit-limit: 60\nx-rate-limit-remaining: 0\n"
	                        "x-rate-limit-reset: 1770740387\n", "[" EVENT("1") "," EVENT("2") "," EVENT("3") "]"),
	                 WEIR_OK);
	assert_int_equal(ask(rig), WEIR_IDLE);
	assert_int_equal(rig->turn.again_ms, 11000);
	rig->ctx->monotonic_ms += 11000;
	assert_int_equal(ask(rig), WEIR_PENDING);
	free_rig(rig);
}

static void a_request_that_cannot_start_is_tried_again(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	start(rig);
	ask(rig);
	host.http_refuses = true;
	assert_int_equal(ask(rig), WEIR_RETRY);
	assert_int_equal(rig->err.code, WEIR_E_RESOURCE);
	host.http_refuses = false;
	assert_int_equal(ask(rig), WEIR_PENDING);
	free_rig(rig);
}

/* ---- options -------------------------------------------------------------------------------------- */

static void expect_mistake(const char *option, void (*spoil)(struct rig *rig), const char *words)
{
	struct rig *rig = make_rig();

	spoil(rig);
	assert_int_equal(weir_plugin()->create(rig->self, rig->ctx, &rig->err), WEIR_FAIL);
	assert_string_equal(rig->err.text, "");
	if (!rig->ctx->report.where.path || strcmp(rig->ctx->report.where.path, option) != 0
	    || !strstr(rig->ctx->report.text, words))
		fail_msg("%s: %s", rig->ctx->report.where.path, rig->ctx->report.text);
	free_rig(rig);
}

static void no_client(struct rig *rig) { set_text(rig, "client_id", NULL); }
static void no_key(struct rig *rig) { set_text(rig, "private_key", NULL); }
static void no_kid(struct rig *rig) { set_text(rig, "key_id", NULL); }
static void bad_key(struct rig *rig) { set_text(rig, "private_key", "x"); }
static void bad_next_key(struct rig *rig) { set_text(rig, "next_private_key", "x"); }
static void bad_url(struct rig *rig) { set_text(rig, "org_url", "http://acme.okta.com"); }
static void bad_filter(struct rig *rig) { set_text(rig, "filter", "published gt 1"); }
static void two_ways(struct rig *rig) { set_text(rig, "api_token", "00x"); }
static void future_start(struct rig *rig) { set_time(rig, "start", WEIR_WHEN_AT, INT64_MAX / 2); }

static void mistakes_are_reported_at_their_option(void **state)
{
	(void)state;
	expect_mistake("client_id", no_client, "is missing");
	expect_mistake("private_key", no_key, "is missing");
	expect_mistake("key_id", no_kid, "copy the KID");
	expect_mistake("private_key", bad_key, "holds no private key");
	expect_mistake("next_private_key", bad_next_key, "holds no private key");
	expect_mistake("org_url", bad_url, "must be https");
	expect_mistake("filter", bad_filter, "published");
	expect_mistake("api_token", two_ways, "cannot stand beside");
	expect_mistake("start", future_start, "future");
}

static void stop_and_destroy_take_zeroed_memory(void **state)
{
	void *self = fake_self();

	(void)state;
	weir_plugin()->stop(self);
	weir_plugin()->destroy(self);
	weir_free(self);
}

static int make_pem(void **state)
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	(void)state;
	if (!pkey || !bio || PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) != 1)
		return -1;
	len = BIO_get_mem_data(bio, &text);
	pem = weir_strndup(text, (size_t)len);
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	return 0;
}

static int free_pem(void **state)
{
	(void)state;
	weir_free(pem);
	return 0;
}

/* ---- windows -------------------------------------------------------------------------- */

#define HOUR_US INT64_C(3600000000)
#define AT(hour, ms) (INT64_C(1770681600000000) + (hour) * HOUR_US + (ms) * INT64_C(1000)) /* 2026-02-10 */

static struct rig *rig_with(const struct weir_window *window)
{
	struct rig *rig = make_rig();

	host.window = window;
	start(rig);
	assert_int_equal(ask(rig), WEIR_PENDING); /* the core has written down where it begins */
	assert_string_equal(sent.url, BASE "/oauth2/v1/token");
	assert_int_equal(answer(rig, 200, DATE, TOKEN), WEIR_PENDING);
	return rig;
}

static void an_audit_reads_its_hour_and_ends(void **state)
{
	const struct weir_window window = { WEIR_AUDIT, AT(8, 0), AT(9, 0), 0.05 };
	struct rig *rig = rig_with(&window);

	(void)state;
	assert_string_equal(sent.url, BASE "/api/v1/logs?limit=3&sortOrder=ASCENDING"
	                    "&since=2026-02-10T08%3A00%3A00.000Z&until=2026-02-10T09%3A00%3A00.000Z");
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"),
	                        "[{\"uuid\":\"1\",\"published\":\"2026-02-10T08:10:00.000Z\"}]"), WEIR_OK);
	assert_int_equal(rig->turn.reached_us, AT(8, 600001));
	assert_int_equal(rig->turn.left.requests, 0);
	assert_int_equal(rig->turn.again_ms, 0);
	/* What is late in it says nothing of the live lane's delay. */
	assert_int_equal(rig->ctx->counts[TALK_LAG], 0);
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_int_equal(answer(rig, 200, DATE, "[]"), WEIR_OK);
	assert_int_equal(ask(rig), WEIR_DONE);
	free_rig(rig);
}

static void what_will_happen_next_year_was_not_reached(void **state)
{
	struct rig *rig = rig_at_page();

	(void)state;
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), "[" EVENT("1") ",{\"published\":\"2027-01-01T00:00:00.000Z\"}]"),
	                 WEIR_OK);
	assert_int_equal(rig->turn.reached_us, AT(16, 19 * 60000 + 37000)); /* Date */
	free_rig(rig);
}

static void a_backfill_first_asks_how_much_there_is(void **state)
{
	const struct weir_window window = { WEIR_BACKFILL, AT(0, 0), AT(8, 0), 0.5 };
	static const char *const begins[] = { "00%3A00%3A00.000Z&until=2026-02-10T02", "02%3A00%3A00.000Z&until=2026-02-10T04",
	                                      "04%3A00%3A00.000Z&until=2026-02-10T06", "06%3A00%3A00.000Z&until=2026-02-10T08" };
	struct rig *rig = rig_with(&window);

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(begins); i++) {
		assert_non_null(strstr(sent.url, begins[i]));
		/* The first quarter has more: two events in six minutes. */
		answer(rig, 200, i == 0 ? DATE NEXT("s") : DATE,
		       i == 0 ? "[{\"published\":\"2026-02-10T00:01:00.000Z\"},{\"published\":\"2026-02-10T00:06:00.000Z\"}]"
		              : "[{\"published\":\"2026-02-10T07:00:00.000Z\"}]");
		assert_int_equal(rig->status, WEIR_IDLE);
		assert_int_equal(rig->turn.reached_us, 0);
		assert_int_equal(ask(rig), WEIR_PENDING);
	}
	assert_int_equal(rig->turn.left.events, 43);
	assert_int_equal(rig->turn.left.requests, 15);
	/* Then it begins. */
	assert_non_null(strstr(sent.url, "since=2026-02-10T00%3A00%3A00.000Z&until=2026-02-10T08%3A00%3A00.000Z"));
	assert_int_equal(answer(rig, 200, DATE NEXT("1_1"), "[{\"published\":\"2026-02-10T02:00:00.000Z\"}]"), WEIR_OK);
	assert_int_equal(rig->turn.left.events, 3);
	free_rig(rig);
}

static void an_audit_is_asked_for_by_its_option(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	host.poison_ms = 7 * 24 * HOUR_US / 1000; /* stands for seen_for */
	set_number(rig, "audit_after", 6 * HOUR_US / 1000);
	*(double *)option_of(rig->self, "audit_share") = 0.05;
	start(rig);
	assert_int_equal(host.audit_after_ms, 6 * HOUR_US / 1000);
	free_rig(rig);
}

static void an_audit_after_ids_are_forgotten_is_a_mistake(void **state)
{
	struct rig *rig = make_rig();

	(void)state;
	host.poison_ms = 6 * HOUR_US / 1000;
	set_number(rig, "audit_after", 6 * HOUR_US / 1000);
	*(double *)option_of(rig->self, "audit_share") = 0.05;
	assert_int_equal(weir_plugin()->create(rig->self, rig->ctx, &rig->err), WEIR_FAIL);
	assert_string_equal(rig->ctx->report.where.path, "audit_after");
	assert_int_equal(host.audit_after_ms, 0);
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
		cmocka_unit_test(a_full_page_is_followed_at_once_and_a_short_one_at_the_next_tick),
		cmocka_unit_test(an_empty_page_is_worth_a_commit_only_now_and_then),
		cmocka_unit_test(others_of_a_fleet_begin_with_a_pause_of_their_own),
		cmocka_unit_test(a_full_page_that_leads_to_itself_does_not_spin),
		cmocka_unit_test(a_bounded_query_follows_at_once_and_ends),
		cmocka_unit_test(a_page_that_does_not_parse_never_moves_the_cursor),
		cmocka_unit_test(a_page_that_stays_broken_is_salvaged),
		cmocka_unit_test(a_page_broken_in_another_way_each_time_is_not_salvaged),
		cmocka_unit_test(a_page_that_is_too_large_is_asked_for_with_half_the_limit),
		cmocka_unit_test(one_event_over_page_max_asks_for_a_larger_one),
		cmocka_unit_test(a_page_that_takes_okta_too_long_is_halved_after_a_wait),
		cmocka_unit_test(a_page_with_a_foreign_link_is_not_taken),
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
		cmocka_unit_test(a_refused_cursor_goes_back_by_the_overlap_and_says_so),
		cmocka_unit_test(a_query_that_is_refused_without_a_cursor_is_explained),
		cmocka_unit_test(a_stored_position_is_gone_on_from),
		cmocka_unit_test(changed_settings_begin_a_new_query_and_say_so),
		cmocka_unit_test(a_position_that_is_none_is_said_loudly),
		cmocka_unit_test(a_gap_beyond_retention_is_said_with_its_bounds),
		cmocka_unit_test(an_outage_beyond_retention_is_a_gap_too),
		cmocka_unit_test(a_429_says_how_long_to_wait),
		cmocka_unit_test(a_budget_that_is_used_up_is_waited_for),
		cmocka_unit_test(a_request_that_cannot_start_is_tried_again),
		cmocka_unit_test(mistakes_are_reported_at_their_option),
		cmocka_unit_test(stop_and_destroy_take_zeroed_memory),
		cmocka_unit_test(an_audit_reads_its_hour_and_ends),
		cmocka_unit_test(what_will_happen_next_year_was_not_reached),
		cmocka_unit_test(a_backfill_first_asks_how_much_there_is),
		cmocka_unit_test(an_audit_is_asked_for_by_its_option),
		cmocka_unit_test(an_audit_after_ids_are_forgotten_is_a_mistake),
	};

	return cmocka_run_group_tests(tests, make_pem, free_pem);
}
