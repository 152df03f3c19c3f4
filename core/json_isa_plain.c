/* json_isa_plain.c - the passes over bytes without vector instructions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_escape.h"
#include "json_isa.h"
#include "json_utf8.h"

#include <string.h>

#define SCAN_NAME   scan
#define SCAN_QUOTE  quote
#define SCAN_TARGET

enum { QUOTE = 1, STRUCTURAL = 2, WHITE = 4, BACKSLASH = 8, CONTROL = 16, NEWLINE = 32, HIGH = 64 };

#define C  CONTROL
#define H8 HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH
static const uint8_t class_of[256] = {
	C, C, C, C, C, C, C, C, C, C | WHITE, C | WHITE | NEWLINE, C, C, C | WHITE, C, C,
	C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C,
	[' '] = WHITE, ['"'] = QUOTE, ['\\'] = BACKSLASH,
	['{'] = STRUCTURAL, ['}'] = STRUCTURAL, ['['] = STRUCTURAL, [']'] = STRUCTURAL,
	[':'] = STRUCTURAL, [','] = STRUCTURAL,
	[0x80] = H8, H8, H8, H8, H8, H8, H8, H8, H8, H8, H8, H8, H8, H8, H8, H8,
};
#undef C
#undef H8

/* Returns not zero if the block has something rare. */
static ALWAYS_INLINE uint64_t scan_masks(struct block *block, const char *at)
{
	uint64_t rare = 0;

	*block = (struct block){ 0 };
	for (int i = 0; i < 64; i++) {
		uint64_t k = class_of[(unsigned char)at[i]];

		block->quote |= (k & 1) << i;
		block->structural |= (k >> 1 & 1) << i;
		block->white |= (k >> 2 & 1) << i;
		rare |= k >> 3;
	}
	return rare;
}

static ALWAYS_INLINE void scan_rare_masks(struct rare *rare, const char *at)
{
	*rare = (struct rare){ 0 };
	for (int i = 0; i < 64; i++) {
		uint64_t k = class_of[(unsigned char)at[i]];

		rare->backslash |= (k >> 3 & 1) << i;
		rare->control |= (k >> 4 & 1) << i;
		rare->newline |= (k >> 5 & 1) << i;
		rare->high |= (k >> 6 & 1) << i;
	}
}

static ALWAYS_INLINE uint64_t scan_prefix_xor(uint64_t bits)
{
	for (int shift = 1; shift < 64; shift <<= 1)
		bits ^= bits << shift;
	return bits;
}

static ALWAYS_INLINE uint32_t scan_lowest(uint64_t bits)
{
	return (uint32_t)__builtin_ctzll(bits | 1ULL << 63);
}

/* Sequences may go on from before or behind the block; what is behind is checked with it. */
static uint64_t scan_utf8(const char *at)
{
	const char *p = at, *end = at + 64;
	unsigned pending, low, high;

	for (int back = 1; back <= 3; back++) {
		if (json_utf8_lead((unsigned char)at[-back], &pending, &low, &high) &&
		    pending >= (unsigned)back)
			p = at - back;
	}
	while (p < end) {
		size_t len = json_utf8_length(p, (size_t)(end - p));

		if (!len)
			return !json_utf8_lead((unsigned char)*p, &pending, &low, &high) ||
			       pending < (size_t)(end - p);
		p += len;
	}
	return 0;
}

static ALWAYS_INLINE void quote_masks(const char *at, uint64_t *care, uint64_t *high)
{
	struct block block;
	struct rare rare;

	scan_masks(&block, at);
	scan_rare_masks(&rare, at);
	*care = rare.backslash | block.quote | rare.control;
	*high = rare.high;
}

#include "json_index_template.h"
#include "json_quote_template.h"

const struct json_isa json_isa_plain = { "plain", scan, quote };
