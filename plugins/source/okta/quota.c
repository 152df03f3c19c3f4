/* quota.c - how fast an org may be asked.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "quota.h"

enum {
	/* The limit is not used to its end, whoever used it: that mails the org's admins. */
	RESERVE_PARTS = 20,
	RESERVE_FROM = 5,
	/* Requests that may go out early, so that a late timer costs nothing. */
	EARLY_MANY = 2,
	MANY = 10,
	WINDOW_MAX_MS = 3600 * 1000,
	/* What Okta documents, until it is learned. */
	WINDOW_USUAL_MS = 60 * 1000,
	/* What lanes beside the live one leave to all others. */
	LEAVE_PARTS = 4,
};

static int64_t budget_of(const struct quota *quota, double share)
{
	int64_t budget = (int64_t)((double)quota->limit * share);

	return budget > 1 ? budget : 1;
}

static int64_t interval_of(const struct quota *quota, double share)
{
	return quota->window_ms / budget_of(quota, share);
}

static int64_t early_of(const struct quota *quota, double share)
{
	int64_t budget = budget_of(quota, share);

	return budget >= MANY ? EARLY_MANY : budget > 1;
}

static int64_t reserve_of(int64_t limit)
{
	int64_t reserve = limit / RESERVE_PARTS;

	return reserve ? reserve : limit >= RESERVE_FROM;
}

/* The ends of two windows lie whole windows apart; the smallest distance is one. */
static void learn_window(struct quota *quota, int64_t reset_s)
{
	int64_t ms = (reset_s - quota->reset_s) * 1000;

	if (quota->reset_s && ms <= WINDOW_MAX_MS && (!quota->window_ms || ms < quota->window_ms))
		quota->window_ms = ms;
}

void quota_block(struct quota *quota, int64_t until_ms)
{
	if (until_ms > quota->blocked_until_ms)
		quota->blocked_until_ms = until_ms;
}

void quota_note(struct quota *quota, struct quota_use use, const struct rate *rate,
                int64_t date_us, int64_t now_ms)
{
	if (!rate->known)
		return;
	if (rate->reset_s > quota->reset_s) {
		learn_window(quota, rate->reset_s);
		for (size_t i = 0; i < WEIR_COUNT(quota->paces); i++)
			quota->paces[i].used = 0;
	}
	quota->paces[use.lane].used++;
	quota->limit = rate->limit;
	quota->remaining = rate->remaining;
	quota->reset_s = rate->reset_s;
	quota->end_ms = now_ms + rate_wait_ms(rate, date_us);
	if (rate->remaining <= reserve_of(rate->limit))
		quota_block(quota, quota->end_ms);
}

/* Once windows are known, pacing does the work, and this only keeps it honest. */
static bool is_spent(const struct quota *quota, struct quota_use use)
{
	int64_t budget = budget_of(quota, use.share);

	if (quota->window_ms)
		budget += budget / 10 + early_of(quota, use.share);
	return quota->paces[use.lane].used >= budget
	       || (use.lane != WEIR_LIVE && quota->remaining <= quota->limit / LEAVE_PARTS);
}

int64_t quota_wait_ms(const struct quota *quota, struct quota_use use, int64_t now_ms)
{
	int64_t until = quota->blocked_until_ms;
	int64_t due_ms = quota->paces[use.lane].paced_ms;

	if (quota->limit && is_spent(quota, use) && quota->end_ms > until)
		until = quota->end_ms;
	if (quota->window_ms)
		due_ms -= early_of(quota, use.share) * interval_of(quota, use.share);
	if (due_ms > until)
		until = due_ms;
	return until > now_ms ? until - now_ms : 0;
}

void quota_sent(struct quota *quota, struct quota_use use, int64_t now_ms)
{
	int64_t *paced_ms = &quota->paces[use.lane].paced_ms;

	if (quota->window_ms)
		*paced_ms = (*paced_ms > now_ms ? *paced_ms : now_ms) + interval_of(quota, use.share);
}

int64_t quota_interval_ms(const struct quota *quota, struct quota_use use)
{
	if (!quota->limit)
		return 0;
	return (quota->window_ms ? quota->window_ms : WINDOW_USUAL_MS) / budget_of(quota, use.share);
}
