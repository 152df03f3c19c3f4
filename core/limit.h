/* limit.h - how many of so many events may become dead letters. Pure.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_LIMIT_H
#define CORE_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct limit {
	double share;          /* 0..1; 1 is no limit */
	int64_t window;        /* events */
	uint64_t generation;   /* of what it counts; the owner's */
	int64_t events, dead;  /* in this window */
	uint64_t windows;      /* that passed; 0: it is the first */
	bool reached;
};

void limit_init(struct limit *limit, double share, int64_t window);
/* True once, when the share of a whole window is exceeded; it need not be full for that. */
bool limit_note(struct limit *limit, size_t events, size_t dead);

#endif
