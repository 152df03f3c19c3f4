/* order.c - things that come in any order and leave in the order of their tickets.
 *
 * Lives here: the ring. Not here: who waits for whom (gate.c, outlet.c), where tickets come
 * from (component.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "order.h"

#include <weir/util.h>

enum { FIRST_CAP = 16 };

void order_init(struct order *order, uint64_t first)
{
	*order = (struct order){ .next = first };
}

void order_finish(struct order *order)
{
	weir_free(order->slots);
	*order = (struct order){ 0 };
}

static void grow(struct order *order, size_t needed)
{
	size_t cap = order->cap ? order->cap : FIRST_CAP;
	void **slots;

	while (cap < needed)
		cap *= 2;
	slots = weir_alloc(cap * sizeof *slots);
	for (size_t i = 0; i < order->cap; i++) {
		uint64_t ticket = order->next + i;

		slots[ticket & (cap - 1)] = order->slots[ticket & (order->cap - 1)];
	}
	weir_free(order->slots);
	order->slots = slots;
	order->cap = cap;
}

void order_put(struct order *order, uint64_t ticket, void *thing)
{
	weir_must(thing && ticket >= order->next);
	if (ticket - order->next >= order->cap)
		grow(order, (size_t)(ticket - order->next) + 1);
	weir_must(!order->slots[ticket & (order->cap - 1)]);
	order->slots[ticket & (order->cap - 1)] = thing;
	order->waiting++;
}

void *order_take(struct order *order)
{
	void *thing;

	if (!order->cap)
		return NULL;
	thing = order->slots[order->next & (order->cap - 1)];
	if (!thing)
		return NULL;
	order->slots[order->next & (order->cap - 1)] = NULL;
	order->next++;
	order->waiting--;
	return thing;
}
