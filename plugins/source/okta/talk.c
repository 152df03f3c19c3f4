/* talk.c - what an okta source does next.
 *
 * Lives here: the order of things, positions, pages that are done with. Not here: requests
 * (ask.c), replies (take.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "talk.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "url.h"

#define DAY_US (INT64_C(24) * 3600 * 1000000)

enum {
	RETENTION_DAYS = 90,
	/* How often the position of an idle org is worth a commit. */
	REFRESH_MS = 5 * 60 * 1000,
	POISON_TIMES = 8,
	/* `published` has milliseconds. */
	PUBLISHED_US = 1000,
};

void talk_say(struct talk *talk, enum weir_level level, const char *fmt, ...)
{
	char text[600];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	talk->host.say(talk->host.arg, level, text);
}

void talk_init(struct talk *talk, const struct talk_settings *set, const struct talk_host *host)
{
	*talk = (struct talk){ .set = set, .host = *host };
}

void talk_sent(struct talk *talk)
{
	wipe_buf(&talk->authorization);
	wipe_buf(&talk->proof);
	wipe_buf(&talk->body);
	talk->request = (struct weir_request){ 0 };
}

void talk_stop(struct talk *talk)
{
	talk_sent(talk);
	weir_free(talk->url);
	weir_free(talk->reply_next);
	talk->url = talk->reply_next = NULL;
	talk->asked = TALK_NOTHING;
	talk->round = (struct talk_round){ 0 };
}

void talk_login_finish(void *memory)
{
	struct talk_login *login = memory;

	key_destroy(login->dpop_key);
	token_finish(&login->token);
	weir_free(login->token_nonce);
	weir_free(login->page_nonce);
}

void talk_finish(struct talk *talk)
{
	talk_stop(talk);
	weir_free(talk->sent_nonce);
	cursor_finish(&talk->position);
	*talk = (struct talk){ 0 };
}

/* ---- where to begin ----------------------------------------------------------- */

static int64_t start_us(const struct weir_time *start, int64_t now_us)
{
	switch (start->when) {
	case WEIR_WHEN_AT: return start->micros;
	case WEIR_WHEN_AGO: return now_us - start->micros;
	case WEIR_WHEN_EARLIEST: return now_us - RETENTION_DAYS * DAY_US;
	case WEIR_WHEN_NOW:
	case WEIR_WHEN_UNSET: return now_us;
	}
	return now_us;
}

/* Okta keeps 90 days, and refuses a query that begins more than 180 ago. */
static int64_t within_retention(struct talk *talk, int64_t since_us, int64_t now_us)
{
	int64_t oldest = now_us - RETENTION_DAYS * DAY_US;
	char from[25], to[25];

	if (since_us >= oldest)
		return since_us;
	weir_time_format(since_us, from);
	weir_time_format(oldest, to);
	talk_say(talk, WEIR_WARN, "gap: Okta keeps %d days, so the events from %s to %s cannot be had",
	         RETENTION_DAYS, from, to);
	return oldest;
}

void talk_go_back(struct talk *talk, const char *why, struct talk_now now)
{
	struct cursor *position = &talk->position;
	char from[25];

	position->since_us = within_retention(
		talk, cursor_fallback_us(position, talk->set->overlap_ms * 1000), now.us);
	position->query = talk->set->query_hash;
	position->done = false;
	weir_free(position->next);
	position->next = NULL;
	talk->halvings = 0;
	talk->blanks = 0;
	weir_time_format(position->since_us, from);
	talk_say(talk, WEIR_WARN, "reading again from %s, because %s; events that were already read "
	         "are dropped", from, why);
}

void talk_start(struct talk *talk, const char *text, struct talk_now now)
{
	struct cursor *position = &talk->position;

	cursor_finish(position);
	talk->login = talk->set->login;
	talk->next_at_ms = now.ms;
	talk->halvings = 0;
	talk->reached_us = 0;
	talk->handed_over = text && cursor_read(text, position);
	if (text && !talk->handed_over)
		talk_say(talk, WEIR_WARN, "the stored position is none of this plugin's; beginning at "
		         "`start`");
	if (!talk->handed_over) {
		position->query = talk->set->query_hash;
		position->since_us = within_retention(talk, start_us(&talk->set->start, now.us), now.us);
	} else if (position->done && position->query == talk->set->query_hash) {
		talk_say(talk, WEIR_INFO, "read to `until` before; for another query change it, or forget "
		         "this source's position");
	} else if (position->query != talk->set->query_hash) {
		talk_go_back(talk, "org_url, filter, q, limit or until changed", now);
	} else if (position->next && !org_owns(talk->set->org, position->next, LOGS_PATH)) {
		talk_go_back(talk, "the stored position is of another host", now);
	} else if (position->date_us) {
		/* A cursor may outlive the events that it stands before. */
		within_retention(talk, position->date_us, now.us);
	}
	if (talk->set->use.lane == WEIR_BACKFILL && !position->done)
		sample_start(&talk->sample,
		             position->newest_us ? position->newest_us : position->since_us,
		             talk->set->query.until_us);
	/* Of a window the core has written down where it begins. */
	talk->handed_over = talk->handed_over || talk->set->use.lane != WEIR_LIVE;
}

/* ---- what next -------------------------------------------------------------------- */

/* Our clock may be ahead of the org's; a query from "now" must not begin in its future. */
static void begin_by_their_clock(struct talk *talk, struct talk_now now)
{
	int64_t theirs = now.us + talk->date_offset_us;

	if (!talk->position.next && talk->date_known && talk->position.since_us > theirs)
		talk->position.since_us = theirs;
}

/* Until the next tick, or until the org's budget has room. Tokens have a budget of their own,
 * of which an hourly request uses next to nothing. */
static int64_t wait_of(const struct talk *talk, bool needs_token, struct talk_now now)
{
	int64_t tick = talk->next_at_ms > now.ms ? talk->next_at_ms - now.ms : 0;
	int64_t quota = needs_token ? 0
		: quota_wait_ms(talk->set->quota, talk->set->use, now.ms);

	return tick > quota ? tick : quota;
}

enum talk_step talk_next(struct talk *talk, struct talk_now now, struct weir_error *err)
{
	bool needs_token = !talk->set->api_token && !token_is_fresh(&talk->login->token, now.ms);

	if (talk->position.done)
		return TALK_DONE;
	if (!talk->handed_over) {
		/* Before anything is asked, so that a first start that takes days to succeed
		 * does not lose what happened meanwhile. */
		talk->handed_over = true;
		talk->handed_ms = now.ms;
		talk->reached_us = talk->position.since_us;
		return TALK_HAND_OVER;
	}
	talk->wait_ms = wait_of(talk, needs_token, now);
	if (talk->wait_ms)
		return TALK_WAIT;
	weir_free(talk->url);
	talk->url = NULL;
	if (!needs_token)
		begin_by_their_clock(talk, now);
	if (needs_token ? !ask_token(talk, now, err) : !ask_page(talk, now, err)) {
		talk_stop(talk);
		return TALK_FAIL;
	}
	if (!needs_token)
		quota_sent(talk->set->quota, talk->set->use, now.ms);
	talk->host.count(talk->host.arg, needs_token ? TALK_TOKENS : TALK_REQUESTS, 1);
	return TALK_SEND;
}

/* ---- pages ---------------------------------------------------------------------------- */

static void move_on(struct talk *talk, int64_t newest_us)
{
	struct cursor *position = &talk->position;
	bool halved = talk->halvings > 0;
	char *limit, *next;

	position->date_us = talk->reply_date_us;
	if (newest_us > position->newest_us)
		position->newest_us = newest_us;
	position->done = !talk->reply_next;
	weir_free(position->next);
	position->next = talk->reply_next;
	talk->reply_next = NULL;
	if (!halved || !position->next)
		return;
	/* Okta's link has kept the halved limit; the next page may well be smaller. */
	limit = weir_format("%" PRId64, talk->set->query.limit);
	next = url_with(position->next, "limit", limit);
	weir_free(limit);
	weir_free(position->next);
	position->next = next;
	talk->halvings = 0;
}

/* A short page is not always the last one: with `filter`, Okta may look at more events than it gives. */
static void note_reached(struct talk *talk, size_t count, int64_t newest_us)
{
	if (count == 0 && talk->set->use.lane == WEIR_LIVE)
		talk->reached_us = talk->reply_date_us;
	else if (newest_us)
		talk->reached_us = newest_us + PUBLISHED_US;
	/* Events have been seen that will happen next year. */
	if (talk->reached_us > talk->reply_date_us)
		talk->reached_us = talk->reply_date_us;
}

static enum talk_after take_sample(struct talk *talk, size_t count, int64_t newest_us,
                                   struct talk_now now)
{
	sample_take(&talk->sample, count, talk->reply_next != NULL, newest_us);
	weir_free(talk->reply_next);
	talk->reply_next = NULL;
	talk->round = (struct talk_round){ 0 };
	talk->poison.count = 0;
	talk->next_at_ms = now.ms;
	talk->wait_ms = 0;
	return TALK_IDLE;
}

bool talk_left(const struct talk *talk, int64_t *events, int64_t *requests, int64_t *ms)
{
	if (!sample_is_done(&talk->sample))
		return false;
	*events = sample_left(&talk->sample, talk->reached_us);
	*requests = *events / talk->set->query.limit + 1;
	*ms = *requests * quota_interval_ms(talk->set->quota, talk->set->use);
	return true;
}

/* Until the next tick. The first is each integration's own, so that those that began together
 * do not ask together for ever. */
static int64_t pause_ms(struct talk *talk)
{
	int64_t pause = talk->in_phase ? talk->set->poll_ms : talk->set->phase_ms;

	talk->in_phase = true;
	return pause;
}

enum talk_after talk_page_good(struct talk *talk, size_t count, int64_t newest_us,
                               struct talk_now now)
{
	bool full = talk->set->query.until_us || (int64_t)count >= logs_limit_of(talk->url);
	bool moved = !talk->reply_next || !talk->position.next
	             || strcmp(talk->reply_next, talk->position.next) != 0;
	bool first = !talk->position.next;

	talk->host.count(talk->host.arg, TALK_PAGES, 1);
	talk->host.count(talk->host.arg, TALK_EMPTY, count == 0);
	if (sample_is_wanted(&talk->sample))
		return take_sample(talk, count, newest_us, now);
	if (newest_us && talk->set->use.lane == WEIR_LIVE)
		talk->host.gauge(talk->host.arg, TALK_LAG, (talk->reply_date_us - newest_us) / 1000);
	move_on(talk, newest_us);
	note_reached(talk, count, newest_us);
	talk->round = (struct talk_round){ 0 };
	talk->poison.count = 0;
	talk->blanks = 0;
	talk->next_at_ms = full && moved ? now.ms : talk->asked_at.ms + pause_ms(talk);
	talk->wait_ms = talk->next_at_ms > now.ms ? talk->next_at_ms - now.ms : 0;
	if (count == 0 && !first && !talk->position.done
	    && (!moved || now.ms - talk->handed_ms < REFRESH_MS))
		return TALK_IDLE;
	talk->handed_ms = now.ms;
	return TALK_DELIVER;
}

bool talk_page_is_poison(const struct talk *talk, uint64_t hash, struct talk_now now)
{
	return talk->poison.hash == hash && talk->poison.count >= POISON_TIMES
	       && now.ms - talk->poison.first_ms >= talk->set->poison_ms;
}

void talk_page_bad(struct talk *talk, uint64_t hash, const char *what, struct talk_now now,
                   struct weir_error *err)
{
	if (talk->poison.hash != hash || !talk->poison.count) {
		talk->poison.hash = hash;
		talk->poison.count = 0;
		talk->poison.first_ms = now.ms;
	}
	talk->poison.count++;
	talk->host.count(talk->host.arg, TALK_BAD_PAGES, 1);
	weir_free(talk->reply_next);
	talk->reply_next = NULL;
	talk->round = (struct talk_round){ 0 };
	talk_say(talk, WEIR_DEBUG, "broken page: %s", err->text);
	/* It may be whole next time; and one fault has one text, wherever a page is cut. */
	weir_fail(err, WEIR_E_UNREACHABLE, "page: %s; it is not taken, and the cursor not moved", what);
}
