/* gate.c - the way into an ordered transform: one page at a time, in the order of tickets.
 *
 * Lives here: waiting for one's turn. Not here: who enters (chain.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "gate.h"

#include <weir/util.h>

struct gate *gate_create(void)
{
	struct gate *gate = weir_alloc(sizeof *gate);

	weir_must(pthread_mutex_init(&gate->lock, NULL) == 0);
	weir_must(pthread_cond_init(&gate->turn, NULL) == 0);
	return gate;
}

void gate_destroy(struct gate *gate)
{
	if (!gate)
		return;
	order_finish(&gate->passed);
	pthread_cond_destroy(&gate->turn);
	pthread_mutex_destroy(&gate->lock);
	weir_free(gate);
}

void gate_begin(struct gate *gate, uint64_t first)
{
	pthread_mutex_lock(&gate->lock);
	weir_must(!gate->passed.waiting);
	order_finish(&gate->passed);
	order_init(&gate->passed, first);
	pthread_mutex_unlock(&gate->lock);
}

void gate_enter(struct gate *gate, uint64_t ticket)
{
	pthread_mutex_lock(&gate->lock);
	while (gate->passed.next != ticket)
		pthread_cond_wait(&gate->turn, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
}

void gate_pass(struct gate *gate, uint64_t ticket)
{
	pthread_mutex_lock(&gate->lock);
	order_put(&gate->passed, ticket, gate);
	while (order_take(&gate->passed))
		;
	pthread_cond_broadcast(&gate->turn);
	pthread_mutex_unlock(&gate->lock);
}
