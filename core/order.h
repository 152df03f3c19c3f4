/* order.h - things that come in any order and leave in the order of their tickets.
 *
 * Pure: no threads, no clock. Tickets have no gaps; whoever shares one guards it by a lock.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_ORDER_H
#define CORE_ORDER_H

#include <stddef.h>
#include <stdint.h>

struct order {
	uint64_t next;   /* the ticket that leaves next */
	void **slots;    /* a ring: the thing of ticket t is at t & (cap - 1) */
	size_t cap;      /* a power of two */
	size_t waiting;  /* things that are here */
};

void order_init(struct order *order, uint64_t first);
void order_finish(struct order *order); /* zeroed memory is fine; things are not freed */
/* thing is not NULL; the ticket has not left yet and comes once. */
void order_put(struct order *order, uint64_t ticket, void *thing);
/* The thing of the next ticket, which is counted on; NULL when it is not here yet. */
void *order_take(struct order *order);

#endif
