/* arena.c - memory that is freed as a whole.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <weir/util.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_CHUNK = 1024, LARGEST_CHUNK = 128 << 10, ALIGN = 16 };

struct chunk {
	struct chunk *older;
	size_t size; /* of the data behind the header */
	_Alignas(ALIGN) char data[];
};

struct weir_arena {
	struct chunk *newest;
	size_t used;  /* of the newest */
	size_t held;  /* data bytes of all chunks */
};

struct weir_arena *weir_arena_create(void)
{
	return weir_alloc(sizeof(struct weir_arena));
}

static void free_chunks(struct chunk *chunk)
{
	while (chunk) {
		struct chunk *older = chunk->older;

		weir_free(chunk);
		chunk = older;
	}
}

void weir_arena_destroy(struct weir_arena *arena)
{
	if (!arena)
		return;
	free_chunks(arena->newest);
	weir_free(arena);
}

void weir_arena_reset(struct weir_arena *arena, size_t keep_bytes)
{
	struct chunk *keep = arena->newest;

	if (keep && keep->size > keep_bytes)
		keep = NULL;
	free_chunks(keep ? keep->older : arena->newest);
	if (keep)
		keep->older = NULL;
	arena->newest = keep;
	arena->used = 0;
	arena->held = keep ? keep->size : 0;
}

/* Chunks double up to a limit; a larger wish gets a chunk of its own. */
static void add_chunk(struct weir_arena *arena, size_t size)
{
	size_t want = arena->newest ? arena->newest->size * 2 : FIRST_CHUNK;
	struct chunk *chunk;

	if (want > LARGEST_CHUNK)
		want = LARGEST_CHUNK;
	if (want < size)
		want = size;
	chunk = weir_realloc(NULL, sizeof *chunk + want);
	chunk->older = arena->newest;
	chunk->size = want;
	arena->newest = chunk;
	arena->used = 0;
	arena->held += want;
}

void *weir_arena_alloc(struct weir_arena *arena, size_t size)
{
	void *memory;

	weir_must(size < SIZE_MAX - ALIGN);
	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (!arena->newest || arena->newest->size - arena->used < size)
		add_chunk(arena, size);
	memory = arena->newest->data + arena->used;
	arena->used += size;
	return memory;
}

struct weir_bytes weir_arena_copy(struct weir_arena *arena, struct weir_bytes bytes)
{
	char *copy = weir_arena_alloc(arena, bytes.len + 1);

	if (bytes.len)
		memcpy(copy, bytes.data, bytes.len);
	copy[bytes.len] = '\0';
	return (struct weir_bytes){ copy, bytes.len };
}

char *weir_arena_strdup(struct weir_arena *arena, const char *text)
{
	size_t len = strlen(text);
	char *copy = weir_arena_alloc(arena, len + 1);

	memcpy(copy, text, len + 1);
	return copy;
}

char *weir_arena_format(struct weir_arena *arena, const char *fmt, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	weir_must(len >= 0);
	text = weir_arena_alloc(arena, (size_t)len + 1);
	va_start(args, fmt);
	vsnprintf(text, (size_t)len + 1, fmt, args);
	va_end(args);
	return text;
}

size_t weir_arena_size(const struct weir_arena *arena)
{
	return arena->held;
}
