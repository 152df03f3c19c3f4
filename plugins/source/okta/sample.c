/* sample.c - how many events a window holds, from a page at a few places in it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sample.h"

static int64_t border(const struct sample *sample, unsigned part)
{
	return sample->since_us + (sample->until_us - sample->since_us) / SAMPLE_PARTS * part;
}

static int64_t end_of(const struct sample *sample, unsigned part)
{
	return part + 1 == SAMPLE_PARTS ? sample->until_us : border(sample, part + 1);
}

void sample_start(struct sample *sample, int64_t since_us, int64_t until_us)
{
	*sample = (struct sample){ .since_us = since_us, .until_us = until_us,
	                           .wanted = since_us < until_us ? SAMPLE_PARTS : 0 };
}

bool sample_is_wanted(const struct sample *sample)
{
	return sample->taken < sample->wanted;
}

bool sample_is_done(const struct sample *sample)
{
	return sample->wanted && sample->taken == sample->wanted;
}

void sample_window(const struct sample *sample, int64_t *since_us, int64_t *until_us)
{
	*since_us = border(sample, sample->taken);
	*until_us = end_of(sample, sample->taken);
}

void sample_take(struct sample *sample, size_t count, bool more, int64_t newest_us)
{
	int64_t since = border(sample, sample->taken);
	double whole = (double)(end_of(sample, sample->taken) - since);
	double events = (double)count;

	if (more && newest_us > since)
		events *= whole / (double)(newest_us - since);
	sample->events[sample->taken++] = (int64_t)(events + 0.5);
}

int64_t sample_left(const struct sample *sample, int64_t reached_us)
{
	double left = 0;

	for (unsigned i = 0; i < sample->taken; i++) {
		int64_t since = border(sample, i), until = end_of(sample, i);
		int64_t from = reached_us < since ? since : reached_us > until ? until : reached_us;

		if (until > since)
			left += (double)sample->events[i] * (double)(until - from)
			        / (double)(until - since);
	}
	return (int64_t)(left + 0.5);
}
