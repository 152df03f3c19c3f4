/* dead.h - events that are set aside: a list of dead letters on its way to the store.
 *
 * A letter copies all it needs, so that it outlives its page. One thread at a time.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_DEAD_H
#define CORE_DEAD_H

#include "store.h"

struct dead {
	struct dead *next;
	uint32_t event;            /* its place in the page */
	struct store_dead letter;  /* its strings are part of the same memory */
};

/* Zeroed memory is an empty list. */
struct dead_list {
	struct dead *first, *last;
	size_t count;
};

/* It stays where it is until the list that has it is finished. */
const struct dead *dead_add(struct dead_list *list, uint32_t event,
                            const struct store_dead *letter);
/* Moves all letters of from behind those of list. */
void dead_move(struct dead_list *list, struct dead_list *from);
void dead_finish(struct dead_list *list); /* frees all; the list is empty again */

#endif
