/* paths.h - a compiled set of paths: a tree of steps.
 *
 * For core/paths*.c only.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_PATHS_H
#define CORE_PATHS_H

#include "value_form.h"

#define PATHS_NONE UINT32_MAX

/* The first and last eight bytes of a name and its length: equal for two names of at most
 * sixteen bytes only if they are the same name. */
struct paths_key {
	uint64_t head, tail;
	uint32_t len;
	uint32_t step;         /* what the name leads to */
	const char *name;
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
	struct paths_key *keys;
	uint32_t *table;       /* of keys by paths_hash; index + 1, 0 is free */
	uint32_t table_mask;
	uint32_t key_count;
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

static inline uint64_t paths_load(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof word);
	return word;
}

/* Of a name of a page or a copy of one, which may be read 8 bytes past its end. The length
 * is part of what is compared, so what lies behind a short name is cut off. */
static inline struct paths_key paths_key_of(const char *name, size_t len)
{
	struct paths_key key = { .len = (uint32_t)len, .name = name };

	key.head = paths_load(name);
	if (len >= 8) {
		key.tail = paths_load(name + len - 8);
	} else {
		key.head &= (1ULL << (8 * len)) - 1;
		key.tail = key.head;
	}
	return key;
}

static inline uint32_t paths_hash(const struct paths_key *key)
{
	uint64_t mixed = (key->head ^ (key->tail << 7 | key->tail >> 57)) + key->len;

	return (uint32_t)(mixed * 0x9e3779b97f4a7c15ULL >> 40);
}

#endif
