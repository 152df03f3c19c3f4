/* blocks.h - memory for the small objects of one Lua state.
 *
 * Zeroed memory is ready for use. Sizes are 1 to BLOCKS_LARGEST.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LUA_BLOCKS_H
#define LUA_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

enum { BLOCKS_LARGEST = 256, BLOCKS_LISTS = 16 };

struct blocks_free;
struct blocks_chunk;

struct blocks {
	struct blocks_free *lists[BLOCKS_LISTS]; /* by size */
	struct blocks_chunk *chunks;             /* the newest first */
	size_t left;                             /* bytes of the newest */
};

/* Aligned to 16; NULL without memory. */
void *blocks_take(struct blocks *blocks, size_t size);
/* size is what was asked for. */
void blocks_give(struct blocks *blocks, void *memory, size_t size);
static inline bool blocks_fit(size_t size)
{
	return size <= BLOCKS_LARGEST;
}
/* Frees all of them at once. */
void blocks_finish(struct blocks *blocks);

#endif
