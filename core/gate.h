/* gate.h - the way into an ordered transform: one page at a time, in the order of tickets.
 *
 * Every page of the component passes, also one that does not go through the transform; a
 * worker waits only for pages that other workers have in hand, so the wait ends by itself.
 * Any thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_GATE_H
#define CORE_GATE_H

#include <pthread.h>

#include "order.h"

struct gate {
	pthread_mutex_t lock;
	pthread_cond_t turn;
	struct order passed;    /* next: the ticket that may enter */
};

struct gate *gate_create(void);
void gate_destroy(struct gate *gate); /* NULL is fine */
/* Tickets start there; while no page is under way. */
void gate_begin(struct gate *gate, uint64_t first);
/* Waits until all pages before this one have passed. */
void gate_enter(struct gate *gate, uint64_t ticket);
void gate_pass(struct gate *gate, uint64_t ticket);

#endif
