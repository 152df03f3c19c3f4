/* seen.c - keys of ids, a Bloom filter, a set.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "seen.h"

#include <string.h>

#define UUID_LEN 36

/* ---- keys ----------------------------------------------------------------------- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool pack_uuid(struct weir_bytes id, struct seen_key *key)
{
	uint64_t half[2] = { 0, 0 };
	int digits = 0;

	if (id.len != UUID_LEN)
		return false;
	for (size_t i = 0; i < UUID_LEN; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		int digit = hex_digit(id.data[i]);

		if (dash ? id.data[i] != '-' : digit < 0)
			return false;
		if (dash)
			continue;
		half[digits / 16] = half[digits / 16] << 4 | (uint64_t)digit;
		digits++;
	}
	*key = (struct seen_key){ half[0], half[1] };
	return true;
}

struct sip {
	uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static void sip_rounds(struct sip *s, int rounds)
{
	for (; rounds > 0; rounds--) {
		s->v0 += s->v1;
		s->v1 = rotate(s->v1, 13) ^ s->v0;
		s->v0 = rotate(s->v0, 32);
		s->v2 += s->v3;
		s->v3 = rotate(s->v3, 16) ^ s->v2;
		s->v0 += s->v3;
		s->v3 = rotate(s->v3, 21) ^ s->v0;
		s->v2 += s->v1;
		s->v1 = rotate(s->v1, 17) ^ s->v2;
		s->v2 = rotate(s->v2, 32);
	}
}

static void sip_word(struct sip *s, uint64_t word)
{
	s->v3 ^= word;
	sip_rounds(s, 2);
	s->v0 ^= word;
}

/* SipHash-2-4 with 128 bits of result: Aumasson and Bernstein, https://www.aumasson.jp/siphash */
static struct seen_key sip_hash(struct weir_bytes bytes, const uint64_t secret[2])
{
	struct sip s = { secret[0] ^ 0x736f6d6570736575ULL,
		         secret[1] ^ 0x646f72616e646f6dULL ^ 0xee,
		         secret[0] ^ 0x6c7967656e657261ULL,
		         secret[1] ^ 0x7465646279746573ULL };
	uint64_t word, last = (uint64_t)bytes.len << 56;
	struct seen_key key;
	size_t at = 0;

	for (; bytes.len - at >= 8; at += 8) {
		memcpy(&word, bytes.data + at, 8);
		sip_word(&s, word);
	}
	for (size_t i = 0; at + i < bytes.len; i++)
		last |= (uint64_t)(unsigned char)bytes.data[at + i] << (8 * i);
	sip_word(&s, last);
	s.v2 ^= 0xee;
	sip_rounds(&s, 4);
	key.lo = s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
	s.v1 ^= 0xdd;
	sip_rounds(&s, 4);
	key.hi = s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
	return key;
}

struct seen_key seen_key_of(struct weir_bytes id, const uint64_t secret[2])
{
	struct seen_key key;

	if (!pack_uuid(id, &key))
		key = sip_hash(id, secret);
	/* The set marks its free places with zeros. */
	if (key.lo == 0 && key.hi == 0)
		key.hi = 1;
	return key;
}

bool seen_key_equal(struct seen_key a, struct seen_key b)
{
	return a.lo == b.lo && a.hi == b.hi;
}

/* Packed UUIDs of some versions differ in a few bits only, so the bits are spread first. */
static uint64_t spread(uint64_t x)
{
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93ULL;
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93ULL;
	return x ^ x >> 32;
}

static uint64_t place_of(struct seen_key key)
{
	return spread(key.lo ^ spread(key.hi));
}

/* ---- filter ----------------------------------------------------------------------- */

#define BITS_PER_KEY 16
#define PROBES       8
#define BITS_LEAST   8192

void seen_filter_init(struct seen_filter *filter, size_t expected)
{
	size_t bits = BITS_LEAST;

	while (bits / BITS_PER_KEY < expected)
		bits *= 2;
	*filter = (struct seen_filter){ .bits = bits, .room = bits / BITS_PER_KEY };
	filter->words = weir_alloc(bits / 8);
}

void seen_filter_finish(struct seen_filter *filter)
{
	weir_free(filter->words);
	*filter = (struct seen_filter){ 0 };
}

void seen_filter_add(struct seen_filter *filter, struct seen_key key)
{
	uint64_t at = place_of(key), step = spread(at) | 1;

	weir_must(filter->words);
	for (int i = 0; i < PROBES; i++, at += step) {
		size_t bit = at & (filter->bits - 1);

		filter->words[bit / 64] |= 1ULL << bit % 64;
	}
	filter->used++;
}

bool seen_filter_may_have(const struct seen_filter *filter, struct seen_key key)
{
	uint64_t at = place_of(key), step = spread(at) | 1;

	if (!filter->words)
		return true;
	for (int i = 0; i < PROBES; i++, at += step) {
		size_t bit = at & (filter->bits - 1);

		if (!(filter->words[bit / 64] >> bit % 64 & 1))
			return false;
	}
	return true;
}

bool seen_filter_is_full(const struct seen_filter *filter)
{
	return filter->used >= filter->room;
}

/* ---- set ------------------------------------------------------------------------------ */

/* Open addressing, linear probing; removal moves later ones up, so no grave marks. */

static bool is_free(struct seen_key key)
{
	return key.lo == 0 && key.hi == 0;
}

/* The place of key, or the free place where it belongs. */
static size_t find(const struct seen_set *set, struct seen_key key)
{
	size_t at = place_of(key) & (set->cap - 1);

	while (!is_free(set->keys[at]) && !seen_key_equal(set->keys[at], key))
		at = (at + 1) & (set->cap - 1);
	return at;
}

void seen_set_finish(struct seen_set *set)
{
	weir_free(set->keys);
	*set = (struct seen_set){ 0 };
}

bool seen_set_has(const struct seen_set *set, struct seen_key key)
{
	return set->len > 0 && !is_free(set->keys[find(set, key)]);
}

static void grow(struct seen_set *set)
{
	struct seen_set larger = { .cap = set->cap ? set->cap * 2 : 64, .len = set->len };

	larger.keys = weir_alloc(larger.cap * sizeof *larger.keys);
	for (size_t i = 0; i < set->cap; i++) {
		if (!is_free(set->keys[i]))
			larger.keys[find(&larger, set->keys[i])] = set->keys[i];
	}
	weir_free(set->keys);
	*set = larger;
}

void seen_set_add(struct seen_set *set, struct seen_key key)
{
	weir_must(!is_free(key));
	if (set->len * 2 >= set->cap)
		grow(set);
	set->keys[find(set, key)] = key;
	set->len++;
}

void seen_set_remove(struct seen_set *set, struct seen_key key)
{
	size_t mask = set->cap - 1, hole, at;

	if (!seen_set_has(set, key))
		return;
	hole = find(set, key);
	set->keys[hole] = (struct seen_key){ 0, 0 };
	for (at = (hole + 1) & mask; !is_free(set->keys[at]); at = (at + 1) & mask) {
		size_t home = place_of(set->keys[at]) & mask;

		/* It may fill the hole unless its home lies between hole and itself. */
		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		set->keys[hole] = set->keys[at];
		set->keys[at] = (struct seen_key){ 0, 0 };
		hole = at;
	}
	if (--set->len == 0)
		seen_set_finish(set);
}
