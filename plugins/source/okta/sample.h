/* sample.h - how many events a window holds, from a page at a few places in it.
 *
 * Okta tells no number, so each quarter is asked for its first page: how long it took until so many
 * events had happened. Pure.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_SAMPLE_H
#define OKTA_SAMPLE_H

#include <weir/util.h>

enum { SAMPLE_PARTS = 4 };

/* Zeroed memory wants nothing, and knows nothing. */
struct sample {
	int64_t since_us, until_us;
	unsigned wanted, taken;      /* pages */
	int64_t events[SAMPLE_PARTS];
};

void sample_start(struct sample *sample, int64_t since_us, int64_t until_us);
bool sample_is_wanted(const struct sample *sample);
bool sample_is_done(const struct sample *sample); /* it was started, and all pages are there */
/* The query of the next page. */
void sample_window(const struct sample *sample, int64_t *since_us, int64_t *until_us);
/* That page: so many events, of which the last happened at newest_us, and whether there are more. */
void sample_take(struct sample *sample, size_t count, bool more, int64_t newest_us);
/* Events that happened from reached_us on. */
int64_t sample_left(const struct sample *sample, int64_t reached_us);

#endif
