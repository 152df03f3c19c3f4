/* test_probe.c - what the steps of a probe say of replies, without a wire.
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

#include "okta.h"

#define DATE    "Date: Tue, 10 Feb 2026 16:19:37 GMT\n" /* fake_ctx's now */
#define LATER   "Date: Tue, 10 Feb 2026 16:19:40 GMT\n"
#define NEXT    "Link: <https://acme.okta.com/api/v1/logs?limit=1&after=1>; rel=\"next\"\n"
#define RATE    "X-Rate-Limit-Limit: 60\nX-Rate-Limit-Remaining: 58\nX-Rate-Limit-Reset: 1770740400\n"
#define TOKEN   "{\"token_type\":\"DPoP\",\"expires_in\":3600,\"access_token\":\"tok.1\"}"
#define REFUSAL(text) "{\"error\":\"invalid_client\",\"error_description\":\"" text "\"}"
#define TOO_FAR "The client_assertion token has an expiration too far into the future."

/* ---- what the runtime would be told ------------------------------------------------------ */

static struct weir_buf told;
static char looked[256];

void weir_step_good(struct weir_ctx *ctx, const char *step, const char *fmt, ...)
{
	(void)ctx;
	(void)fmt;
	weir_buf_printf(&told, "+%s ", step);
}

void weir_step_bad(struct weir_ctx *ctx, const char *step, const struct weir_error *err)
{
	(void)ctx;
	weir_buf_printf(&told, "-%s(%s) ", step, err->text);
}

enum weir_status weir_http_look(struct weir_ctx *ctx, const struct weir_request *request,
                                struct weir_error *err)
{
	(void)ctx;
	(void)err;
	snprintf(looked, sizeof looked, "%s", request->url);
	return WEIR_OK;
}

/* ---- one probe ------------------------------------------------------------------------------ */

struct rig {
	struct weir_ctx *ctx;
	struct okta *okta;
	struct weir_error err;
};

static enum weir_status probe(struct rig *rig, const struct weir_reply *reply)
{
	memset(&rig->err, 0, sizeof rig->err);
	return weir_plugin()->probe(rig->okta, rig->ctx, reply, &rig->err);
}

static enum weir_status answer(struct rig *rig, int status, const char *head, const char *body)
{
	struct weir_reply reply;
	enum weir_status result;

	make_reply(&reply, status, head, body);
	result = probe(rig, &reply);
	reply_finish(&reply);
	return result;
}

static const char *steps(void)
{
	return weir_buf_text(&told);
}

/* Past the look, to the request for a token. */
static int setup(void **state)
{
	static const char *const scopes[] = { "okta.logs.read", NULL };
	struct rig *rig = weir_alloc(sizeof *rig);
	struct weir_error err;

	rig->ctx = fake_ctx("acme");
	rig->ctx->monotonic_ms = 1000000;
	rig->okta = fake_self();
	rig->okta->org_url = "https://acme.okta.com";
	rig->okta->scopes = scopes;
	rig->okta->limit = 1000;
	rig->okta->api_token = "unused while it is checked";
	rig->okta->start = (struct weir_time){ WEIR_WHEN_NOW, 0 };
	rig->okta->poll_interval = 30000;
	rig->okta->timeout = 60000;
	rig->okta->rate_limit_share = 0.4;
	if (weir_plugin()->create(rig->okta, rig->ctx, &err) != WEIR_OK)
		return -1;
	rig->okta->api_token = rig->okta->set.api_token = NULL;
	rig->okta->set.client_id = "0oa1";
	rig->okta->talk.keys[0] = (struct talk_key){ key_make(&err), "kid-1" };
	*state = rig;
	if (!rig->okta->talk.keys[0].key)
		return -1;
	if (probe(rig, NULL) != WEIR_PENDING || strcmp(looked, "https://acme.okta.com") != 0
	    || probe(rig, NULL) != WEIR_PENDING)
		return -1;
	return 0;
}

static int teardown(void **state)
{
	struct rig *rig = *state;

	weir_plugin()->destroy(rig->okta);
	weir_free(rig->okta);
	fake_ctx_free(rig->ctx);
	weir_free(rig);
	weir_buf_finish(&told);
	host_clean();
	return 0;
}

/* ---- tests ------------------------------------------------------------------------------------ */

static void all_is_well(void **state)
{
	assert_string_equal(steps(), "+key ");
	assert_int_equal(answer(*state, 400, DATE "DPoP-Nonce: n1\n", "{\"error\":\"use_dpop_nonce\"}"),
	                 WEIR_PENDING);
	assert_int_equal(answer(*state, 200, DATE, TOKEN), WEIR_PENDING);
	assert_non_null(strstr(sent.url, "/api/v1/logs?limit=1&"));
	assert_int_equal(answer(*state, 200, DATE NEXT RATE, "[{}]"), WEIR_OK);
	assert_string_equal(steps(), "+key +clock +kid +token +scope +DPoP +role +page +quota ");
}

static void a_clock_that_is_mended_in_vain_is_told_once(void **state)
{
	assert_int_equal(answer(*state, 401, LATER, REFUSAL(TOO_FAR)), WEIR_PENDING);
	assert_int_equal(answer(*state, 401, LATER, REFUSAL(TOO_FAR)), WEIR_OK);
	assert_string_equal(steps(),
	                    "+key -clock(the clock is 2 s behind the org's; set this machine's clock by NTP) ");
}

static void a_clock_that_is_mended_is_told_and_the_rest_too(void **state)
{
	assert_int_equal(answer(*state, 401, LATER, REFUSAL(TOO_FAR)), WEIR_PENDING);
	assert_int_equal(answer(*state, 200, LATER, TOKEN), WEIR_PENDING);
	assert_int_equal(answer(*state, 200, LATER NEXT, "[]"), WEIR_OK);
	assert_string_equal(steps(), "+key -clock(the clock is 2 s behind the org's; set this machine's "
	                    "clock by NTP) +kid +token +scope +DPoP +role +page +quota ");
}

static void what_ends_it_is_the_last_step(void **state)
{
	assert_int_equal(answer(*state, 400, DATE, "{\"error\":\"invalid_scope\"}"), WEIR_OK);
	assert_string_equal(steps(), "+key +clock -scope(token refused: 400 invalid_scope; grant "
	                    "okta.logs.read to the app (Okta API Scopes; a Super Admin can)) ");
}

static void a_portal_s_page_is_shown(void **state)
{
	assert_int_equal(answer(*state, 200, "", "\n<html><title>Sign in</title>"), WEIR_OK);
	assert_string_equal(steps(), "+key -token(token: the reply is HTML, not JSON, perhaps of a proxy or "
	                    "portal in the org's place: <html><title>Sign in</title>; check org_url and "
	                    "proxy) ");
}

static void no_answer_is_told_as_it_is(void **state)
{
	struct weir_reply reply = { .body_max = 1 };

	weir_fail(&reply.error, WEIR_E_UNREACHABLE, "acme: the connection broke off");
	assert_int_equal(probe(*state, &reply), WEIR_OK);
	assert_string_equal(steps(), "+key -token(acme: the connection broke off) ");
}

static void a_window_that_is_used_up_is_no_failure_of_the_role(void **state)
{
	assert_int_equal(answer(*state, 200, DATE, TOKEN), WEIR_PENDING);
	assert_int_equal(answer(*state, 429, DATE RATE, "{\"errorCode\":\"E0000047\"}"), WEIR_OK);
	assert_non_null(strstr(steps(), "+DPoP -quota(page: over the rate limit (429)"));
}

#define PROBE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROBE_TEST(all_is_well),
		PROBE_TEST(a_clock_that_is_mended_in_vain_is_told_once),
		PROBE_TEST(a_clock_that_is_mended_is_told_and_the_rest_too),
		PROBE_TEST(what_ends_it_is_the_last_step),
		PROBE_TEST(a_portal_s_page_is_shown),
		PROBE_TEST(no_answer_is_told_as_it_is),
		PROBE_TEST(a_window_that_is_used_up_is_no_failure_of_the_role),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
