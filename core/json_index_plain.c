/* json_index_plain.c - the indexing pass without vector instructions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_doc.h"
#include "json_escape.h"
#include "json_utf8.h"

#define SCAN_NAME   json_scan_plain
#define SCAN_TARGET

struct block {
	uint64_t backslash, quote, structural, white, newline, control, high;
};

enum { BACKSLASH = 1, QUOTE = 2, STRUCTURAL = 4, WHITE = 8, NEWLINE = 16, CONTROL = 32 };

#define C CONTROL
static const uint8_t class_of[256] = {
	C, C, C, C, C, C, C, C, C, C | WHITE, C | WHITE | NEWLINE, C, C, C | WHITE, C, C,
	C, C, C, C, C, C, C, C, C, C, C, C, C, C, C, C,
	[' '] = WHITE, ['"'] = QUOTE, ['\\'] = BACKSLASH,
	['{'] = STRUCTURAL, ['}'] = STRUCTURAL, ['['] = STRUCTURAL, [']'] = STRUCTURAL,
	[':'] = STRUCTURAL, [','] = STRUCTURAL,
};
#undef C

static inline void scan_masks(struct block *block, const char *at)
{
	*block = (struct block){ 0 };
	for (int i = 0; i < 64; i++) {
		unsigned char c = (unsigned char)at[i];
		uint64_t k = class_of[c];

		block->backslash |= (k & 1) << i;
		block->quote |= (k >> 1 & 1) << i;
		block->structural |= (k >> 2 & 1) << i;
		block->white |= (k >> 3 & 1) << i;
		block->newline |= (k >> 4 & 1) << i;
		block->control |= (k >> 5 & 1) << i;
		block->high |= (uint64_t)(c >> 7) << i;
	}
}

static inline uint64_t scan_prefix_xor(uint64_t bits)
{
	for (int shift = 1; shift < 64; shift <<= 1)
		bits ^= bits << shift;
	return bits;
}

static inline void scan_utf8(struct json_scan *scan, const struct block *block, const char *at)
{
	if (block->high || scan->pending)
		json_utf8_block(scan, at);
}

#include "json_index_template.h"
