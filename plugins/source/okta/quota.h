/* quota.h - how fast an org may be asked: one budget for all integrations on it.
 *
 * Pure: rates and times in, waits out. rate_limit_share of the limit that Okta tells is spread
 * evenly over its window. How long a window is, is learned from how its end moves; until
 * then the whole share may be spent at once, and the next window is waited for.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_QUOTA_H
#define OKTA_QUOTA_H

#include "rate.h"

/* Zeroed memory knows nothing, and lets everything pass. Times are monotonic. */
struct quota {
	int64_t limit, reset_s;     /* of the newest reply; limit 0: none was told yet */
	int64_t window_ms;          /* 0: not learned yet */
	int64_t used;               /* our own requests in this window */
	int64_t end_ms;             /* when this window is over at the latest */
	int64_t blocked_until_ms;   /* nothing is left, or Okta said so */
	int64_t paced_ms;           /* when the next request is due by even spreading */
};

/* What a reply told; counts the request. */
void quota_note(struct quota *quota, const struct rate *rate, int64_t date_us, int64_t now_ms);
/* Nothing before then; for a 429. */
void quota_block(struct quota *quota, int64_t until_ms);
/* How long to wait before the next request; 0: none. share is 0 to 1. */
int64_t quota_wait_ms(const struct quota *quota, double share, int64_t now_ms);
/* A request goes out now. */
void quota_sent(struct quota *quota, double share, int64_t now_ms);

#endif
