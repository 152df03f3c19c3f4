/* seen.h - which ids were seen: keys, a filter in memory, and the marks not yet settled.
 *
 * Pure: no disk, no clock, no lock. store_seen.c keeps the keys themselves on disk.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_SEEN_H
#define CORE_SEEN_H

#include <weir/util.h>

/* Sixteen bytes that stand for an id. A lower-case UUID in its usual form is packed, so that
 * equal keys mean equal ids; any other id is hashed with a secret key (SipHash-2-4, 128 bits). */
struct seen_key {
	uint64_t lo, hi;
};
struct seen_key seen_key_of(struct weir_bytes id, const uint64_t secret[2]);
bool seen_key_equal(struct seen_key a, struct seen_key b);

/* A Bloom filter: may_have never denies a key that was added, and is wrong about another one
 * in less than one of a thousand cases until it is full. Zeroed memory is an empty filter
 * that is full. */
struct seen_filter {
	uint64_t *words;
	size_t bits;        /* a power of two */
	size_t used, room;  /* keys */
};
void seen_filter_init(struct seen_filter *filter, size_t expected);
void seen_filter_finish(struct seen_filter *filter);
void seen_filter_add(struct seen_filter *filter, struct seen_key key);
bool seen_filter_may_have(const struct seen_filter *filter, struct seen_key key);
bool seen_filter_is_full(const struct seen_filter *filter);

/* A set of keys, in memory that is given back when it is empty. Zeroed memory is an empty one. */
struct seen_set {
	struct seen_key *keys;
	size_t cap, len;
};
void seen_set_finish(struct seen_set *set);
bool seen_set_has(const struct seen_set *set, struct seen_key key);
void seen_set_add(struct seen_set *set, struct seen_key key); /* one that it has not */
void seen_set_remove(struct seen_set *set, struct seen_key key);

#endif
