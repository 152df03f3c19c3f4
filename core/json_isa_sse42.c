/* json_isa_sse42.c - the passes over bytes with SSE4.2 and carry-less multiplication.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#if defined(__x86_64__)

#include "json_escape.h"
#include "json_isa.h"
#include "json_utf8.h"

#include <immintrin.h>
#include <string.h>

#define SCAN_NAME   scan
#define SCAN_QUOTE  quote
#define SCAN_TARGET __attribute__((target("sse4.2,pclmul,popcnt")))

static SCAN_TARGET ALWAYS_INLINE uint64_t bits(__m128i lane, int shift)
{
	return (uint64_t)(uint32_t)_mm_movemask_epi8(lane) << shift;
}

static SCAN_TARGET ALWAYS_INLINE __m128i is_control(__m128i x)
{
	return _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x1f)), x);
}

static SCAN_TARGET ALWAYS_INLINE __m128i is_backslash(__m128i x)
{
	return _mm_cmpeq_epi8(x, _mm_set1_epi8('\\'));
}

/* What one lane of 16 bytes adds; returns it with the highest bit set where it is rare. */
static SCAN_TARGET ALWAYS_INLINE __m128i scan_lane(struct block *block, const char *at, int shift)
{
	const __m128i white = _mm_setr_epi8(' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', '\t',
	                                    '\n', ' ', ' ', '\r', ' ', ' ');
	/* With bit 5 set, [ and ] look like { and }; but so do some control characters. */
	const __m128i structural = _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}',
	                                         0, 0);
	__m128i x = _mm_loadu_si128((const __m128i *)at);
	__m128i folded = _mm_or_si128(x, _mm_set1_epi8(0x20));

	block->quote |= bits(_mm_cmpeq_epi8(x, _mm_set1_epi8('"')), shift);
	block->white |= bits(_mm_cmpeq_epi8(_mm_shuffle_epi8(white, x), x), shift);
	block->structural |= bits(_mm_cmpeq_epi8(_mm_shuffle_epi8(structural, x), folded), shift);
	return _mm_or_si128(x, _mm_or_si128(is_control(x), is_backslash(x)));
}

/* Returns not zero if the block has something rare. */
static SCAN_TARGET ALWAYS_INLINE uint64_t scan_masks(struct block *block, const char *at)
{
	__m128i rare = _mm_setzero_si128();

	*block = (struct block){ 0 };
	for (int shift = 0; shift < 64; shift += 16)
		rare = _mm_or_si128(rare, scan_lane(block, at + shift, shift));
	return (uint32_t)_mm_movemask_epi8(rare);
}

static SCAN_TARGET ALWAYS_INLINE void scan_rare_masks(struct rare *rare, const char *at)
{
	*rare = (struct rare){ 0 };
	for (int shift = 0; shift < 64; shift += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(at + shift));

		rare->backslash |= bits(is_backslash(x), shift);
		rare->control |= bits(is_control(x), shift);
		rare->newline |= bits(_mm_cmpeq_epi8(x, _mm_set1_epi8('\n')), shift);
		rare->high |= bits(x, shift);
	}
}

static SCAN_TARGET ALWAYS_INLINE uint64_t scan_prefix_xor(uint64_t mask)
{
	__m128i ones = _mm_set1_epi8((char)0xff);

	return (uint64_t)_mm_cvtsi128_si64(
		_mm_clmulepi64_si128(_mm_set_epi64x(0, (int64_t)mask), ones, 0));
}

static SCAN_TARGET ALWAYS_INLINE uint32_t scan_lowest(uint64_t bits)
{
	return (uint32_t)__builtin_ctzll(bits | 1ULL << 63);
}

static SCAN_TARGET ALWAYS_INLINE __m128i upper_half(__m128i bytes)
{
	return _mm_and_si128(_mm_srli_epi16(bytes, 4), _mm_set1_epi8(15));
}

/* 16 bytes; not zero in a lane where something is wrong. */
static SCAN_TARGET ALWAYS_INLINE __m128i utf8_wrong(const char *at)
{
	const __m128i first_upper = _mm_setr_epi8(UTF8_FIRST_UPPER);
	const __m128i first_lower = _mm_setr_epi8(UTF8_FIRST_LOWER);
	const __m128i second_upper = _mm_setr_epi8(UTF8_SECOND_UPPER);
	__m128i here = _mm_loadu_si128((const __m128i *)at);
	__m128i one = _mm_loadu_si128((const __m128i *)(at - 1));
	__m128i two = _mm_loadu_si128((const __m128i *)(at - 2));
	__m128i three = _mm_loadu_si128((const __m128i *)(at - 3));
	__m128i pair = _mm_and_si128(
		_mm_shuffle_epi8(first_upper, upper_half(one)),
		_mm_shuffle_epi8(first_lower, _mm_and_si128(one, _mm_set1_epi8(15))));
	__m128i third = _mm_subs_epu8(two, _mm_set1_epi8(0xe0 - 0x80));
	__m128i fourth = _mm_subs_epu8(three, _mm_set1_epi8(0xf0 - 0x80));
	__m128i longer = _mm_and_si128(_mm_or_si128(third, fourth), _mm_set1_epi8((char)0x80));

	pair = _mm_and_si128(pair, _mm_shuffle_epi8(second_upper, upper_half(here)));
	return _mm_xor_si128(pair, longer);
}

static SCAN_TARGET uint64_t scan_utf8(const char *at)
{
	__m128i wrong = _mm_or_si128(_mm_or_si128(utf8_wrong(at), utf8_wrong(at + 16)),
	                             _mm_or_si128(utf8_wrong(at + 32), utf8_wrong(at + 48)));

	return !_mm_testz_si128(wrong, wrong);
}

static SCAN_TARGET ALWAYS_INLINE void quote_masks(const char *at, uint64_t *care, uint64_t *high)
{
	*care = *high = 0;
	for (int shift = 0; shift < 64; shift += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(at + shift));
		__m128i quote = _mm_cmpeq_epi8(x, _mm_set1_epi8('"'));

		*care |= bits(_mm_or_si128(is_control(x), _mm_or_si128(quote, is_backslash(x))), shift);
		*high |= bits(x, shift);
	}
}

#include "json_index_template.h"
#include "json_quote_template.h"

const struct json_isa json_isa_sse42 = { "sse4.2", scan, quote };

#endif
