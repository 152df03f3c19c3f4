/* rate.c - Okta's rate-limit headers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rate.h"

#include <string.h>

#include "date.h"
#include "text.h"

enum { WAIT_MIN_MS = 1000, WAIT_MAX_MS = 120 * 1000, TRIPLES_MAX = 8 };

static bool read_number(struct text *text, int64_t *number)
{
	const char *start;

	text_skip(text, " \t,");
	start = text->p;
	*number = 0;
	for (; text->p < text->end && *text->p >= '0' && *text->p <= '9'; text->p++) {
		if (*number < INT64_C(1000000000000)) /* and more is no time or count */
			*number = 10 * *number + (*text->p - '0');
	}
	return text->p > start;
}

/* All numbers of all headers of that name. */
static size_t read_all(const struct weir_reply *reply, const char *name,
                       int64_t numbers[TRIPLES_MAX])
{
	const char *header;
	size_t count = 0;

	for (size_t i = 0; (header = weir_reply_header(reply, name, i)) != NULL; i++) {
		struct text text = text_of(weir_bytes(header));

		while (count < TRIPLES_MAX && read_number(&text, &numbers[count]))
			count++;
	}
	return count;
}

static bool is_stricter(const struct rate *a, const struct rate *b)
{
	if (!b->known || a->remaining != b->remaining)
		return !b->known || a->remaining < b->remaining;
	return a->reset_s > b->reset_s;
}

void rate_read(const struct weir_reply *reply, struct rate *rate)
{
	int64_t limits[TRIPLES_MAX], remainings[TRIPLES_MAX], resets[TRIPLES_MAX];
	size_t count = read_all(reply, "x-rate-limit-limit", limits);

	*rate = (struct rate){ 0 };
	if (count == 0 || read_all(reply, "x-rate-limit-remaining", remainings) != count
	    || read_all(reply, "x-rate-limit-reset", resets) != count)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct rate one = { true, rate->concurrent, limits[i], remainings[i], resets[i] };

		if (one.limit == 0 && one.remaining == 0)
			rate->concurrent = true;
		else if (is_stricter(&one, rate))
			*rate = (struct rate){ true, rate->concurrent, one.limit, one.remaining, one.reset_s };
	}
}

static int64_t clamp(int64_t ms)
{
	return ms < WAIT_MIN_MS ? WAIT_MIN_MS : ms > WAIT_MAX_MS ? WAIT_MAX_MS : ms;
}

int64_t rate_wait_ms(const struct rate *rate, int64_t date_us)
{
	return clamp((rate->reset_s + 1) * 1000 - date_us / 1000);
}

/* Okta never documented it; a proxy in front may send it. */
static bool read_retry_after(const struct weir_reply *reply, int64_t date_us, int64_t *ms)
{
	const char *header = weir_reply_header(reply, "retry-after", 0);
	struct text text = text_of(weir_bytes(header));
	int64_t number;

	if (!header)
		return false;
	if (read_number(&text, &number) && text.p == text.end) {
		*ms = clamp(number * 1000);
		return true;
	}
	if (!date_parse(weir_bytes(header), date_us, &number))
		return false;
	*ms = clamp((number - date_us) / 1000);
	return true;
}

int64_t rate_retry_ms(const struct weir_reply *reply, int64_t date_us)
{
	struct rate rate;
	int64_t ms;

	rate_read(reply, &rate);
	if (rate.concurrent)
		return 0; /* its reset is only a guess */
	if (rate.known)
		return rate_wait_ms(&rate, date_us);
	return read_retry_after(reply, date_us, &ms) ? ms : 0;
}
