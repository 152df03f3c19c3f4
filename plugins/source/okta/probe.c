/* probe.c - how far an org lets weir get, step by step: the way, the key, the token, a page.
 *
 * Lives here: what each reply proves. Not here: the requests and what is mended at once, which
 * are the source's own (talk.c, ask.c, take.c); what a refusal means (cure.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "okta.h"
#include "text.h"

#define SECOND_US INT64_C(1000000)

enum { SKEW_BAD_S = 5, PAGE_SINCE_H = 24, BODY_SHOWN = 120 };

/* The steps say it instead. */
static void ignore(void *arg, enum weir_level level, const char *text)
{
	(void)arg;
	(void)level;
	(void)text;
}

static struct talk_now now_of(const struct okta *okta)
{
	return (struct talk_now){ weir_now(okta->ctx), weir_monotonic_ms(okta->ctx) };
}

static const struct talk_key *key_of(const struct okta *okta)
{
	return &okta->talk.keys[okta->talk.key_index];
}

/* One event of the last day will do, by a query without an end. */
static enum weir_status begin(struct okta *okta, struct weir_error *err)
{
	const struct weir_request request = {
		.url = okta->org.base, .timeout_ms = okta->timeout, .ca_file = okta->ca_file,
		.proxy = okta->proxy, .user_agent = okta->user_agent,
	};
	enum weir_status status;

	okta->probe.begun = true;
	okta->set.start = (struct weir_time){ WEIR_WHEN_AGO, PAGE_SINCE_H * 3600 * SECOND_US };
	okta->set.query.limit = 1;
	okta->set.query.until_us = 0;
	okta->set.page_max = (size_t)weir_setting(okta->ctx, "page_max");
	okta->talk.host.say = ignore;
	talk_start(&okta->talk, NULL, now_of(okta));
	okta->talk.handed_over = true; /* there is nobody to hand a position to */
	status = weir_http_look(okta->ctx, &request, err);
	return status == WEIR_OK ? WEIR_PENDING : status;
}

/* ---- what replies prove ------------------------------------------------------------- */

static void tell_clock(struct okta *okta, bool refused)
{
	long long seconds = llabs(okta->talk.date_offset_us / SECOND_US);
	struct weir_error err;

	if (okta->probe.clock_told || !okta->talk.date_known)
		return;
	okta->probe.clock_told = true;
	if (!refused && seconds < SKEW_BAD_S) {
		weir_step_good(okta->ctx, "clock", "within %d s of the org's", SKEW_BAD_S);
		return;
	}
	weir_fail(&err, WEIR_E_AUTH, "the clock is %lld s %s the org's; set this "
	          "machine's clock by NTP",
	          seconds, okta->talk.date_offset_us < 0 ? "ahead of" : "behind");
	weir_step_bad(okta->ctx, "clock", &err);
	okta->probe.clock_bad = true;
}

static void tell_token(struct okta *okta)
{
	const struct talk *talk = &okta->talk;

	weir_step_good(okta->ctx, "kid", "the app takes the key as %s", key_of(okta)->id);
	weir_step_good(okta->ctx, "token", "granted");
	weir_step_good(okta->ctx, "scope", "%s", okta->scope);
	if (talk->login->token.dpop)
		weir_step_good(okta->ctx, "DPoP", "the token is bound to weir's own key%s",
		               okta->probe.nonce_taken ? ", and the org's nonce was taken" : "");
	else
		weir_step_good(okta->ctx, "DPoP", "off: tokens are not bound to a key (Bearer)");
}

static void tell_quota(struct okta *okta, const struct weir_reply *reply)
{
	struct rate rate;

	rate_read(reply, &rate);
	if (!rate.known || rate.concurrent)
		weir_step_good(okta->ctx, "quota", "the org tells no limit");
	else
		weir_step_good(okta->ctx, "quota", "%lld of %lld requests are left in this window; weir "
		               "uses at most %d%%", (long long)rate.remaining, (long long)rate.limit,
		               (int)(okta->rate_limit_share * 100 + 0.5));
}

/* A proxy or portal that answers in the org's place: what it says tells which. */
static bool tell_strange(struct okta *okta, const char *step, struct weir_bytes body)
{
	struct weir_buf begin = { 0 };
	struct weir_error err;

	while (body.len && strchr(" \t\r\n", *body.data)) {
		body.data++;
		body.len--;
	}
	if (!body.len || *body.data != '<')
		return false;
	text_printable(body, BODY_SHOWN, &begin);
	weir_fail(&err, WEIR_E_UNREACHABLE, "%s: %s: %s; check org_url and proxy", step,
	          okta_describe_body(body.data, body.len), weir_buf_text(&begin));
	weir_step_bad(okta->ctx, step, &err);
	weir_buf_finish(&begin);
	return true;
}

/* A page of an org that sends its log: a list, with one event or none. */
static enum weir_status tell_page(struct okta *okta, const struct weir_reply *reply)
{
	struct weir_bytes body = weir_reply_body(reply);
	struct weir_arena *arena = weir_arena_create();
	struct weir_value page;
	struct weir_error err;

	weir_step_good(okta->ctx, "role", "may read the System Log");
	if (weir_json_parse(arena, body, &page, &err) && page.kind == WEIR_ARRAY) {
		weir_step_good(okta->ctx, "page", "%s", weir_is_nothing(weir_value_at(page, 0))
		               ? "empty: no event in the last day" : "one event of the last day came");
		tell_quota(okta, reply);
	} else if (!tell_strange(okta, "page", body)) {
		weir_fail(&err, WEIR_E_UNREACHABLE, "page: %s; check org_url and proxy",
		          okta_describe_body(body.data, body.len));
		weir_step_bad(okta->ctx, "page", &err);
	}
	weir_arena_destroy(arena);
	return WEIR_OK;
}

/* ---- refusals -------------------------------------------------------------------------- */

/* What was mended at once, and is worth a step all the same. */
static void tell_mended(struct okta *okta, const struct cure *cure, const struct weir_error *err)
{
	struct weir_error named = *err;

	okta->probe.nonce_taken = okta->probe.nonce_taken || cure->kind == CURE_NONCE;
	if (cure->kind == CURE_CLOCK)
		tell_clock(okta, true);
	if (cure->kind != CURE_KEY)
		return;
	/* The talk goes on with the other one, or with what the file holds by now. */
	if (okta->talk.keys[!okta->talk.key_index].key)
		weir_while(&named, "key %s", okta->talk.keys[!okta->talk.key_index].id);
	weir_step_bad(okta->ctx, cure->step, &named);
}

/* Which step it is that the error ends. */
static const char *step_of(const struct cure *cure, bool of_token, int status,
                           const struct weir_error *err)
{
	if (err->code == WEIR_E_THROTTLED)
		return "quota";
	if (of_token && status == 200 && err->code == WEIR_E_AUTH)
		return "DPoP"; /* not bound, though it is required */
	if (cure && cure->step)
		return cure->step;
	return of_token ? "token" : "page";
}

static enum weir_status go_on(struct okta *okta, enum talk_step step, struct weir_error *err)
{
	enum weir_status status;

	if (step != TALK_SEND) {
		if (step == TALK_FAIL)
			return WEIR_RETRY;
		return weir_fail(err, WEIR_E_THROTTLED, "quota: too little is left in this window; ask "
		                 "again in a minute");
	}
	status = weir_http_start(okta->ctx, &okta->talk.request, err);
	talk_sent(&okta->talk);
	return status == WEIR_OK ? WEIR_PENDING : status;
}

static enum weir_status take(struct okta *okta, const struct weir_reply *reply,
                             struct weir_error *err)
{
	struct talk *talk = &okta->talk;
	bool of_token = talk->asked == TALK_TOKEN;
	int status = weir_reply_status(reply);
	const struct cure *cure = NULL;
	struct refusal refusal;
	enum talk_step step;

	if (status >= 400) {
		refusal_read(reply, &refusal);
		cure = cure_find(&refusal);
	}
	step = talk_take(talk, reply, now_of(okta), err);
	if (step == TALK_FAIL) {
		const char *name = step_of(cure, of_token, status, err);

		if (strcmp(name, "clock") != 0)
			tell_clock(okta, false);
		else if (okta->probe.clock_bad)
			return WEIR_OK; /* it was mended, and that did not help */
		if (status != 200 || !tell_strange(okta, name, weir_reply_body(reply)))
			weir_step_bad(okta->ctx, name, err);
		return WEIR_OK;
	}
	if (cure)
		tell_mended(okta, cure, err);
	if (status == 200)
		tell_clock(okta, false);
	if (step == TALK_PAGE)
		return tell_page(okta, reply);
	if (of_token && status == 200)
		tell_token(okta);
	return go_on(okta, step, err);
}

enum weir_status okta_probe(void *self, struct weir_ctx *ctx, const struct weir_reply *reply,
                            struct weir_error *err)
{
	struct okta *okta = self;

	if (!okta->probe.begun)
		return begin(okta, err);
	if (reply)
		return take(okta, reply, err);
	if (!okta->api_token)
		weir_step_good(ctx, "key", "sound, %s", key_algorithm(key_of(okta)->key));
	return go_on(okta, talk_next(&okta->talk, now_of(okta), err), err);
}
