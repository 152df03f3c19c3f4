/* budget.h - bytes in flight against a limit, so that a source that is over it is not asked.
 *
 * A budget may have a parent that is charged with it. Charging never fails: what is there is
 * there; the limit only says whether to ask for more.
 * THREADS  budget_charge and budget_credit on any; the rest on the loop's, or under one lock.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_BUDGET_H
#define CORE_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct budget {
	struct budget *parent;      /* or NULL */
	_Atomic int64_t limit;      /* changes on the loop's thread only */
	_Atomic int64_t used;
	_Atomic int64_t next;       /* bytes that the next will bring, as far as is known */
	bool shared;                /* others take the room, too */
	atomic_bool awaited;        /* somebody wants to know when there is room again */
	uint64_t refused;           /* the queue's: its last look that found no room */
	void (*room)(void *arg);    /* any thread: enough was credited while awaited */
	void *arg;
};

void budget_charge(struct budget *budget, int64_t bytes);
void budget_credit(struct budget *budget, int64_t bytes);
/* True when this budget and its parents are below their limits, with what comes next; a first one may
 * be of any size. Otherwise room is called, once,
 * for the one that is not: after the next credit if that is shared, else after the one that
 * leaves no more than three quarters, and room for the next. */
bool budget_has_room(struct budget *budget);
int64_t budget_used(const struct budget *budget);

#endif
