/* json_index_avx2.c - the indexing pass with AVX2 and carry-less multiplication.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#if defined(__x86_64__)

#include "json_doc.h"
#include "json_escape.h"
#include "json_utf8.h"

#include <immintrin.h>

#define SCAN_NAME   json_scan_avx2
#define SCAN_TARGET __attribute__((target("avx2,bmi,pclmul,popcnt")))

struct block {
	uint64_t backslash, quote, structural, white, newline, control, high;
};

static SCAN_TARGET inline uint64_t bits(__m256i low, __m256i high)
{
	return (uint32_t)_mm256_movemask_epi8(low) |
	       (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

static SCAN_TARGET inline uint64_t equal(__m256i low, __m256i high, char c)
{
	__m256i wanted = _mm256_set1_epi8(c);

	return bits(_mm256_cmpeq_epi8(low, wanted), _mm256_cmpeq_epi8(high, wanted));
}

/* A table by the low four bits: a byte is of the class if it equals what it finds there. */
static SCAN_TARGET inline __m256i found_in(__m256i table, __m256i by, __m256i bytes)
{
	return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, by), bytes);
}

static SCAN_TARGET inline void scan_masks(struct block *block, const char *at)
{
	const __m256i white = _mm256_setr_epi8(
		' ', 1, 1, 1, 1, 1, 1, 1, 1, '\t', '\n', 1, 1, '\r', 1, 1,
		' ', 1, 1, 1, 1, 1, 1, 1, 1, '\t', '\n', 1, 1, '\r', 1, 1);
	/* With bit 5 set, [ and ] look like { and }. */
	const __m256i structural = _mm256_setr_epi8(
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0);
	const __m256i bit5 = _mm256_set1_epi8(0x20), last_control = _mm256_set1_epi8(0x1f);
	__m256i low = _mm256_loadu_si256((const __m256i *)at);
	__m256i high = _mm256_loadu_si256((const __m256i *)(at + 32));

	block->backslash = equal(low, high, '\\');
	block->quote = equal(low, high, '"');
	block->newline = equal(low, high, '\n');
	block->white = bits(found_in(white, low, low), found_in(white, high, high));
	block->structural = bits(found_in(structural, low, _mm256_or_si256(low, bit5)),
	                         found_in(structural, high, _mm256_or_si256(high, bit5)));
	block->control =
		bits(_mm256_cmpeq_epi8(_mm256_min_epu8(low, last_control), low),
	             _mm256_cmpeq_epi8(_mm256_min_epu8(high, last_control), high));
	block->high = bits(low, high);
}

static SCAN_TARGET inline uint64_t scan_prefix_xor(uint64_t mask)
{
	__m128i ones = _mm_set1_epi8((char)0xff);

	return (uint64_t)_mm_cvtsi128_si64(
		_mm_clmulepi64_si128(_mm_set_epi64x(0, (int64_t)mask), ones, 0));
}

static SCAN_TARGET inline void scan_utf8(struct json_scan *scan, const struct block *block,
                                         const char *at)
{
	if (block->high || scan->pending)
		json_utf8_block(scan, at);
}

#include "json_index_template.h"

#endif
