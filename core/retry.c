/* retry.c - how long to wait before the next try: pure arithmetic, no clock, no sleep.
 *
 * Lives here: design.md, "Waiting". Not here: who waits (the runtime), what is a failure.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "retry.h"

enum { FLOOR_MS = 100, HOUR_MS = 3600 * 1000, AFTER_AN_HOUR = 5 };

static bool is_refusal(enum weir_code code)
{
	switch (code) {
	case WEIR_E_CONFIG:
	case WEIR_E_AUTH:
		return true;
	case WEIR_E_UNREACHABLE:
	case WEIR_E_THROTTLED:
	case WEIR_E_DATA:
	case WEIR_E_RESOURCE:
		return false;
	}
	return false;
}

static int64_t doubled(int64_t first, int64_t last, unsigned times)
{
	int64_t ms = first;

	while (times-- > 0 && ms < last)
		ms = ms > last / 2 ? last : 2 * ms;
	return ms < last ? ms : last;
}

/* A random share of span: 0 <= result < span. */
static int64_t share_of(int64_t span, uint64_t random)
{
	double fraction = (double)(random >> 11) / (double)(UINT64_C(1) << 53);

	return (int64_t)((double)span * fraction);
}

/* Doubling, and far longer once it has lasted an hour: nobody is looking, and every try is
 * a failed sign-in in the peer's log. Give or take a quarter. */
static int64_t refused(const struct retry *retry, const struct retry_limits *limits,
                       int64_t now_ms, uint64_t random)
{
	int64_t ms = doubled(limits->refused_min_ms, limits->refused_max_ms, retry->tries);

	if (now_ms - retry->first_ms >= HOUR_MS)
		ms = AFTER_AN_HOUR * limits->refused_max_ms;
	return ms - ms / 4 + share_of(ms / 2 + 1, random);
}

/* Full jitter, so that many instances that failed together do not come back together. */
static int64_t jittered(const struct retry *retry, const struct retry_limits *limits,
                        uint64_t random)
{
	return share_of(doubled(limits->retry_min_ms, limits->retry_max_ms, retry->tries) + 1,
	                random);
}

int64_t retry_next(struct retry *retry, const struct retry_limits *limits,
                   const struct weir_error *why, int64_t now_ms, uint64_t random)
{
	int64_t floor = limits->retry_min_ms < FLOOR_MS ? limits->retry_min_ms : FLOOR_MS;
	int64_t ms;

	if (!retry->tries || is_refusal(retry->code) != is_refusal(why->code)) {
		retry->tries = 0;
		retry->first_ms = now_ms;
	}
	retry->code = why->code;
	if (is_refusal(why->code))
		ms = refused(retry, limits, now_ms, random);
	else
		ms = jittered(retry, limits, random);
	if (why->code == WEIR_E_THROTTLED && why->retry_after_ms > 0)
		ms = why->retry_after_ms;
	retry->tries++;
	return ms < floor ? floor : ms;
}

void retry_clear(struct retry *retry)
{
	*retry = (struct retry){ 0 };
}
