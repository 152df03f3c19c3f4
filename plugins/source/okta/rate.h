/* rate.h - Okta's rate-limit headers.
 *
 * https://developer.okta.com/docs/reference/rate-limits/ ; pure: no clock but what is handed in.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_RATE_H
#define OKTA_RATE_H

#include <weir/http.h>

struct rate {
	bool known;              /* there was a triple of sound headers */
	bool concurrent;         /* limit 0 and remaining 0: too many at once, no window */
	int64_t limit, remaining;
	int64_t reset_s;         /* seconds since 1970 */
};

/* Of repeated headers, also joined by commas, the strictest counts. */
void rate_read(const struct weir_reply *reply, struct rate *rate);
/* How long until the window is over, by the reply's own Date: reset - Date + 1 s, within 1 s
 * to 120 s. */
int64_t rate_wait_ms(const struct rate *rate, int64_t date_us);
/* After a 429: that, or Retry-After; 0 when neither says anything. */
int64_t rate_retry_ms(const struct weir_reply *reply, int64_t date_us);

#endif
