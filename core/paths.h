/* paths.h - a compiled set of paths: a tree of steps.
 *
 * For core/paths*.c only.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_PATHS_H
#define CORE_PATHS_H

#include "value_form.h"

#define PATHS_NONE UINT32_MAX

/* A name, with what tells it from most others: its first eight bytes, its last eight (of a
 * shorter name the first again) and its length. Up to sixteen bytes, that is all of it. */
struct paths_key {
	uint64_t head, tail;
	uint32_t len;
	uint32_t step;         /* what the name leads to */
	uint32_t slot;         /* if that is one slot and nothing else, else PATHS_NONE */
	const char *name;
	const struct paths_key *alike; /* another one with the same head and length, or NULL */
};

/* [n], [-n], or [member=word|word]. */
struct paths_pick {
	int64_t index;
	struct weir_bytes member;
	struct weir_bytes *words;
	size_t word_count;     /* 0: by index */
	uint32_t step;
};

/* What is wanted of one value. */
struct paths_step {
	uint32_t slot;         /* the first slot that takes the value itself, or PATHS_NONE */
	bool keys_only;        /* it has no slot, and nothing but members is wanted below */
	struct paths_key *keys;
	uint32_t key_count;
	uint32_t table_shift;
	uint64_t table_factor;
	const struct paths_key *table; /* the keys by paths_hash, each alone in its place */
	struct paths_pick *picks;
	uint32_t pick_count;
};

struct weir_paths {
	struct weir_arena *arena;
	struct paths_step *steps; /* steps[0] is the value that the paths begin at */
	size_t step_count, step_cap;
	uint32_t *next_slot;      /* slots with the same path, chained */
	size_t slot_count;
};

/* One reading. */
struct paths_walk {
	const struct weir_paths *paths;
	struct weir_value *slots;
};

/* Fills the slots of a step and of all below it from the value that it leads to. */
void paths_walk(const struct paths_walk *w, uint32_t step, struct weir_value v);

/* The first so many bytes of eight. */
extern const uint64_t paths_head_masks[9];

/* Of a name that may be read eight bytes past its end; what lies there is cut off. */
static inline uint64_t paths_head(const char *name, size_t len)
{
	uint64_t head;

	memcpy(&head, name, sizeof head);
	return head & paths_head_masks[len < sizeof head ? len : sizeof head];
}

static inline uint64_t paths_tail(const char *name, size_t len, uint64_t head)
{
	uint64_t tail;

	if (len < sizeof tail)
		return head;
	memcpy(&tail, name + len - sizeof tail, sizeof tail);
	return tail;
}

static inline size_t paths_hash(uint64_t head, size_t len, uint64_t factor, uint32_t shift)
{
	return (size_t)((head ^ len) * factor >> shift);
}

#endif
