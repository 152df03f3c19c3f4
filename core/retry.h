/* retry.h - how long to wait before the next try: pure arithmetic, no clock, no sleep.
 *
 * Rules of design.md, "Waiting". Random bits and times are handed in.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_RETRY_H
#define CORE_RETRY_H

#include <stdint.h>

#include <weir/plugin.h>

struct retry_limits {
	int64_t retry_min_ms, retry_max_ms;     /* other faults: full jitter */
	int64_t refused_min_ms, refused_max_ms; /* WEIR_E_AUTH, WEIR_E_CONFIG: doubling, +-25 % */
};

struct retry {
	unsigned tries;           /* since the last success */
	int64_t first_ms;         /* monotonic time of the first failure of this run */
	enum weir_code code;      /* of the last failure */
};

/* Notes a failure and returns how long to wait, in ms; never below 100 unless the limits
 * themselves are. retry_after_ms of a throttled error is obeyed. */
int64_t retry_next(struct retry *retry, const struct retry_limits *limits,
                   const struct weir_error *why, int64_t now_ms, uint64_t random);
void retry_clear(struct retry *retry);

#endif
