/* blocks.c - memory for the small objects of one Lua state.
 *
 * A function makes a handful of texts and tables for an event and drops them: lists of freed
 * blocks by size give them again without a look at the heap. Lua says the size when it frees,
 * so blocks have no headers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "blocks.h"

#include <weir/util.h>

enum { STEP = 16, CHUNK = 16 << 10 };

struct blocks_free {
	struct blocks_free *next;
};

struct blocks_chunk {
	struct blocks_chunk *next;
	_Alignas(STEP) char data[CHUNK];
};

static size_t list_of(size_t size)
{
	return (size - 1) / STEP;
}

void *blocks_take(struct blocks *blocks, size_t size)
{
	size_t list = list_of(size), whole = (list + 1) * STEP;
	struct blocks_free *block = blocks->lists[list];

	if (block) {
		blocks->lists[list] = block->next;
		return block;
	}
	if (blocks->left < whole) {
		struct blocks_chunk *chunk = weir_try_alloc(sizeof *chunk);

		if (!chunk)
			return NULL;
		chunk->next = blocks->chunks;
		blocks->chunks = chunk;
		blocks->left = CHUNK;
	}
	blocks->left -= whole;
	return blocks->chunks->data + blocks->left;
}

void blocks_give(struct blocks *blocks, void *memory, size_t size)
{
	struct blocks_free *block = memory;
	size_t list = list_of(size);

	block->next = blocks->lists[list];
	blocks->lists[list] = block;
}

void blocks_finish(struct blocks *blocks)
{
	while (blocks->chunks) {
		struct blocks_chunk *next = blocks->chunks->next;

		weir_free(blocks->chunks);
		blocks->chunks = next;
	}
	*blocks = (struct blocks){ 0 };
}
