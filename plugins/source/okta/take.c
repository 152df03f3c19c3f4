/* take.c - replies: what is mended at once, and what is left to wait or to an operator.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "talk.h"

#define SECOND_US 1000000

enum { AGAIN_MAX = 8, SKEW_WARN_S = 5, HALVINGS_MAX = 10 };

static enum talk_step fail(struct talk *talk)
{
	talk->round = (struct talk_round){ 0 };
	return TALK_FAIL;
}

/* At once, but not for ever: err is what the last refusal said. */
static enum talk_step ask_again(struct talk *talk, struct talk_now now, struct weir_error *err)
{
	struct weir_error failed = { 0 };
	enum talk_step step;

	if (++talk->round.again > AGAIN_MAX)
		return fail(talk);
	step = talk_next(talk, now, &failed);
	if (step == TALK_FAIL)
		*err = failed;
	return step;
}

/* ---- clocks ------------------------------------------------------------------------ */

static void note_date(struct talk *talk, const struct weir_reply *reply, struct talk_now now)
{
	const char *header = weir_reply_header(reply, "date", 0);
	int64_t date;

	talk->reply_date_us = now.us;
	if (!header || !date_parse(weir_bytes(header), now.us, &date))
		return;
	talk->reply_date_us = date;
	talk->date_known = true;
	talk->date_offset_us = date - now.us;
	talk->host.gauge(talk->host.arg, TALK_CLOCK_OFFSET, talk->date_offset_us / 1000);
}

static void describe_skew(const struct talk *talk, struct weir_error *err)
{
	int64_t seconds = talk->date_offset_us / SECOND_US;
	size_t len = strlen(err->text);

	if (llabs(seconds) > 1)
		snprintf(err->text + len, sizeof err->text - len, " (it is %lld s %s the org's)",
		         (long long)llabs(seconds), seconds < 0 ? "ahead of" : "behind");
}

/* The local clock is trusted until a reply complains of a time; then that reply's Date is
 * tried, and dropped when it does not help either. */
static enum talk_step mend_clock(struct talk *talk, struct talk_now now, struct weir_error *err)
{
	int64_t change = talk->date_offset_us - talk->login->clock_offset_us;

	if (!talk->round.clock && talk->date_known && llabs(change) >= SECOND_US) {
		talk->round.clock = true;
		talk->login->clock_offset_us = talk->date_offset_us;
		talk->login->clock_said = false;
		return ask_again(talk, now, err);
	}
	talk->login->clock_offset_us = 0;
	describe_skew(talk, err);
	return fail(talk);
}

static void note_good_clock(struct talk *talk)
{
	int64_t seconds = talk->login->clock_offset_us / SECOND_US;

	if (llabs(seconds) < SKEW_WARN_S || talk->login->clock_said)
		return;
	talk->login->clock_said = true;
	talk_say(talk, WEIR_WARN, "this machine's clock is %lld s %s the org's, which is used instead; "
	         "set it by NTP", (long long)llabs(seconds), seconds < 0 ? "ahead of" : "behind");
}

/* ---- mending ------------------------------------------------------------------------- */

static void keep_nonce(const struct weir_reply *reply, char **nonce)
{
	const char *header = weir_reply_header(reply, "dpop-nonce", 0);

	if (!header || !*header || (*nonce && strcmp(*nonce, header) == 0))
		return;
	weir_free(*nonce);
	*nonce = weir_strdup(header);
}

static enum talk_step mend_nonce(struct talk *talk, const char *nonce, struct talk_now now,
                                 struct weir_error *err)
{
	if (!nonce || (talk->sent_nonce && strcmp(nonce, talk->sent_nonce) == 0))
		return fail(talk);
	return ask_again(talk, now, err);
}

/* The other key, if there is one; else what the files hold by now. */
static enum talk_step mend_key(struct talk *talk, struct talk_now now, struct weir_error *err)
{
	if (!talk->round.key && talk->keys[!talk->key_index].key) {
		talk->round.key = true;
		talk->key_index = !talk->key_index;
		return ask_again(talk, now, err);
	}
	if (talk->host.reload_keys(talk->host.arg)) {
		talk->key_index = 0;
		return ask_again(talk, now, err);
	}
	return fail(talk);
}

static enum talk_step mend_token(struct talk *talk, struct talk_now now, struct weir_error *err)
{
	bool renewed = talk->round.renewed;

	token_finish(&talk->login->token);
	talk->round.renewed = true;
	return renewed ? fail(talk) : ask_again(talk, now, err);
}

static enum talk_step mend_binding(struct talk *talk, struct talk_now now, struct weir_error *err)
{
	bool rebound = talk->round.rebound;

	token_finish(&talk->login->token);
	key_destroy(talk->login->dpop_key);
	talk->login->dpop_key = NULL;
	talk->round.rebound = true;
	return rebound ? fail(talk) : ask_again(talk, now, err);
}

static enum talk_step mend_cursor(struct talk *talk, struct talk_now now, struct weir_error *err)
{
	char *why = weir_strdup(err->text);

	talk->host.count(talk->host.arg, TALK_CURSORS_REFUSED, 1);
	talk_go_back(talk, why, now);
	weir_free(why);
	return ask_again(talk, now, err);
}

/* Too many bytes: at once with half the limit. Too slow for Okta: half, but after a wait. */
static enum talk_step mend_size(struct talk *talk, struct talk_now now, struct weir_error *err)
{
	if (logs_limit_of(talk->url) > 1 && talk->halvings < HALVINGS_MAX) {
		talk->halvings++;
		if (err->code != WEIR_E_DATA)
			return fail(talk);
		talk->round.again = 0; /* bounded by the halvings */
		return ask_again(talk, now, err);
	}
	if (err->code == WEIR_E_DATA) {
		err->code = WEIR_E_CONFIG;
		weir_while(err, "page: one event alone is over page_max, which must be raised");
	}
	return fail(talk);
}

/* ---- replies --------------------------------------------------------------------------- */

static enum talk_step take_token(struct talk *talk, const struct weir_reply *reply,
                                 struct talk_now now, struct weir_error *err)
{
	const struct token_wish wish = {
		talk->set->dpop == TALK_DPOP_REQUIRED, talk->asked_at.ms, talk->reply_date_us,
	};
	struct token token;
	enum verdict verdict = token_judge(reply, &wish, &token, err);

	keep_nonce(reply, &talk->login->token_nonce);
	switch (verdict) {
	case VERDICT_GOOD:
		token_finish(&talk->login->token);
		talk->login->token = token;
		note_good_clock(talk);
		if (!token.dpop && talk->set->dpop == TALK_DPOP_AUTO && !talk->login->bearer_said)
			talk_say(talk, WEIR_INFO, "the app does not bind its tokens (Bearer); tick "
			         "Require DPoP at the app to protect them");
		talk->login->bearer_said = !token.dpop;
		return ask_again(talk, now, err);
	case VERDICT_NONCE: return mend_nonce(talk, talk->login->token_nonce, now, err);
	case VERDICT_USED: return ask_again(talk, now, err);
	case VERDICT_CLOCK: return mend_clock(talk, now, err);
	case VERDICT_KEY: return mend_key(talk, now, err);
	case VERDICT_TOKEN:
	case VERDICT_BINDING:
	case VERDICT_SCOPE:
	case VERDICT_CURSOR:
	case VERDICT_BLANK:
	case VERDICT_TOO_LARGE:
	case VERDICT_ERROR: return fail(talk);
	}
	return fail(talk);
}

static void note_rate(struct talk *talk, const struct weir_reply *reply, struct talk_now now)
{
	struct rate rate;

	rate_read(reply, &rate);
	if (!rate.known)
		return;
	talk->host.gauge(talk->host.arg, TALK_LIMIT, rate.limit);
	talk->host.gauge(talk->host.arg, TALK_REMAINING, rate.remaining);
	if (rate.limit > 0)
		talk->host.gauge(talk->host.arg, TALK_QUOTA_USED,
		                 100 * (rate.limit - rate.remaining) / rate.limit);
	quota_note(talk->set->quota, talk->set->use, &rate, talk->reply_date_us, now.ms);
}

static enum talk_step take_logs(struct talk *talk, const struct weir_reply *reply,
                                struct talk_now now, struct weir_error *err)
{
	const struct logs_asked asked = {
		talk->set->org, talk->url, talk->set->query.until_us != 0, talk->set->api_token != NULL,
		talk->blanks, talk->reply_date_us,
	};

	weir_free(talk->reply_next);
	keep_nonce(reply, &talk->login->page_nonce);
	note_rate(talk, reply, now);
	switch (logs_judge(reply, &asked, &talk->reply_next, err)) {
	case VERDICT_GOOD:
		note_good_clock(talk);
		return TALK_PAGE;
	case VERDICT_NONCE: return mend_nonce(talk, talk->login->page_nonce, now, err);
	case VERDICT_USED: return ask_again(talk, now, err);
	case VERDICT_CLOCK: return mend_clock(talk, now, err);
	case VERDICT_TOKEN: return mend_token(talk, now, err);
	case VERDICT_BINDING: return mend_binding(talk, now, err);
	case VERDICT_SCOPE:
		token_finish(&talk->login->token);
		return fail(talk);
	case VERDICT_CURSOR: return mend_cursor(talk, now, err);
	case VERDICT_TOO_LARGE: return mend_size(talk, now, err);
	case VERDICT_BLANK:
		talk->blanks++;
		return fail(talk);
	case VERDICT_KEY:
	case VERDICT_ERROR: return fail(talk);
	}
	return fail(talk);
}

enum talk_step talk_take(struct talk *talk, const struct weir_reply *reply, struct talk_now now,
                         struct weir_error *err)
{
	bool token = talk->asked == TALK_TOKEN;
	enum talk_step step;

	weir_must(talk->asked != TALK_NOTHING);
	talk->asked = TALK_NOTHING;
	note_date(talk, reply, now);
	step = token ? take_token(talk, reply, now, err) : take_logs(talk, reply, now, err);
	if (step != TALK_FAIL)
		return step;
	if (err->code == WEIR_E_THROTTLED) {
		talk->host.count(talk->host.arg, TALK_THROTTLED, 1);
		quota_block(talk->set->quota, now.ms + err->retry_after_ms);
	}
	if (weir_reply_header(reply, "x-okta-request-id", 0))
		talk_say(talk, WEIR_DEBUG, "Okta's id of the failed request: %.60s",
		         weir_reply_header(reply, "x-okta-request-id", 0));
	return step;
}
