/* limit.c - how many of so many events may become dead letters.
 *
 * Lives here: counting in windows. Not here: what happens then (runtime.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "limit.h"

void limit_init(struct limit *limit, double share, int64_t window)
{
	*limit = (struct limit){ .share = share, .window = window };
}

bool limit_note(struct limit *limit, size_t events, size_t dead)
{
	/* Once it is reached nothing is counted, so that it stays known in which window. */
	if (limit->reached)
		return false;
	limit->events += (int64_t)events;
	limit->dead += (int64_t)dead;
	if (limit->share < 1 && (double)limit->dead > limit->share * (double)limit->window)
		return limit->reached = true;
	if (limit->events >= limit->window) {
		limit->events = 0;
		limit->dead = 0;
		limit->windows++;
	}
	return false;
}
