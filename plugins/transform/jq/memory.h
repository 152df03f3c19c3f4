/* memory.h - a piece of memory that weir shares with a jq process (wire.h).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JQ_MEMORY_H
#define JQ_MEMORY_H

#include <stdbool.h>

#include "wire.h"

struct memory {
	int fd;                      /* -1 while there is none */
	char *map;                   /* WIRE_SIZE bytes, or NULL */
};

/* Makes it, if there is none; false with errno when it cannot be had. */
bool memory_open(struct memory *memory);
void memory_close(struct memory *memory);
/* Gives back what only a large event used. */
void memory_rest(const struct memory *memory);

/* A descriptor that is not one of those that a process gets; closes the one given. -1 with errno. */
int memory_move_up(int fd);

#endif
