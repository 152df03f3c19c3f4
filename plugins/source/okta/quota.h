/* quota.h - how fast an org may be asked: one budget for all integrations on it.
 *
 * Pure: rates and times in, waits out. A share of the limit that Okta tells is spread
 * evenly over its window; each kind of lane has a share of its own, so that none waits for another. How long a window is, is learned from how its end moves; until
 * then the whole share may be spent at once, and the next window is waited for.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_QUOTA_H
#define OKTA_QUOTA_H

#include "rate.h"

/* Requests of one kind of lane. */
struct quota_pace {
	int64_t used;               /* in this window */
	int64_t paced_ms;           /* when the next one is due by even spreading */
};

/* Zeroed memory knows nothing, and lets everything pass. Times are monotonic. */
struct quota {
	int64_t limit, reset_s;     /* of the newest reply; limit 0: none was told yet */
	int64_t remaining;
	int64_t window_ms;          /* 0: not learned yet */
	int64_t end_ms;             /* when this window is over at the latest */
	int64_t blocked_until_ms;   /* nothing is left, or Okta said so */
	struct quota_pace paces[3]; /* by enum weir_lane */
};

/* Who asks: its kind, and its share of the limit, 0 to 1. */
struct quota_use {
	enum weir_lane lane;
	double share;
};

/* What a reply told; counts the request. */
void quota_note(struct quota *quota, struct quota_use use, const struct rate *rate,
                int64_t date_us, int64_t now_ms);
/* Nothing before then; for a 429. */
void quota_block(struct quota *quota, int64_t until_ms);
/* How long to wait before the next request; 0: none. Others than the live lane also wait while less
 * than a quarter of the limit is left to whoever uses the org. */
int64_t quota_wait_ms(const struct quota *quota, struct quota_use use, int64_t now_ms);
/* A request goes out now. */
void quota_sent(struct quota *quota, struct quota_use use, int64_t now_ms);
/* How long requests are apart when there are many; 0: not known yet. */
int64_t quota_interval_ms(const struct quota *quota, struct quota_use use);

#endif
