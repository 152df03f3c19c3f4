/* json_isa_avx2.c - the passes over bytes with AVX2 and carry-less multiplication.
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
#define SCAN_TARGET __attribute__((target("avx2,bmi,pclmul,popcnt")))

static SCAN_TARGET ALWAYS_INLINE uint64_t bits(__m256i low, __m256i high)
{
	return (uint32_t)_mm256_movemask_epi8(low) |
	       (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

static SCAN_TARGET ALWAYS_INLINE uint64_t equal(__m256i low, __m256i high, char c)
{
	__m256i wanted = _mm256_set1_epi8(c);

	return bits(_mm256_cmpeq_epi8(low, wanted), _mm256_cmpeq_epi8(high, wanted));
}

/* A table by the low four bits: a byte is of the class if it equals what it finds there. */
static SCAN_TARGET ALWAYS_INLINE __m256i found_in(__m256i table, __m256i by, __m256i bytes)
{
	return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, by), bytes);
}

static SCAN_TARGET ALWAYS_INLINE __m256i is_control(__m256i x)
{
	return _mm256_cmpeq_epi8(_mm256_min_epu8(x, _mm256_set1_epi8(0x1f)), x);
}

static SCAN_TARGET ALWAYS_INLINE __m256i is_backslash(__m256i x)
{
	return _mm256_cmpeq_epi8(x, _mm256_set1_epi8('\\'));
}

/* Returns not zero if the block has something rare, which shows in the highest bits. */
static SCAN_TARGET ALWAYS_INLINE uint64_t scan_masks(struct block *block, const char *at)
{
	const __m256i white = _mm256_setr_epi8(
		' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', '\t', '\n', ' ', ' ', '\r', ' ', ' ',
		' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', '\t', '\n', ' ', ' ', '\r', ' ', ' ');
	/* With bit 5 set, [ and ] look like { and }; but so do some control characters. */
	const __m256i structural = _mm256_setr_epi8(
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0);
	const __m256i bit5 = _mm256_set1_epi8(0x20);
	__m256i low = _mm256_loadu_si256((const __m256i *)at);
	__m256i high = _mm256_loadu_si256((const __m256i *)(at + 32));
	__m256i rare = _mm256_or_si256(_mm256_or_si256(low, high),
	                               _mm256_or_si256(is_control(low), is_control(high)));

	block->quote = equal(low, high, '"');
	block->white = bits(found_in(white, low, low), found_in(white, high, high));
	block->structural = bits(found_in(structural, low, _mm256_or_si256(low, bit5)),
	                         found_in(structural, high, _mm256_or_si256(high, bit5)));
	rare = _mm256_or_si256(rare, _mm256_or_si256(is_backslash(low), is_backslash(high)));
	return (uint32_t)_mm256_movemask_epi8(rare);
}

static SCAN_TARGET ALWAYS_INLINE void scan_rare_masks(struct rare *rare, const char *at)
{
	__m256i low = _mm256_loadu_si256((const __m256i *)at);
	__m256i high = _mm256_loadu_si256((const __m256i *)(at + 32));

	rare->backslash = bits(is_backslash(low), is_backslash(high));
	rare->control = bits(is_control(low), is_control(high));
	rare->newline = equal(low, high, '\n');
	rare->high = bits(low, high);
}

static SCAN_TARGET ALWAYS_INLINE uint64_t scan_prefix_xor(uint64_t mask)
{
	__m128i ones = _mm_set1_epi8((char)0xff);

	return (uint64_t)_mm_cvtsi128_si64(
		_mm_clmulepi64_si128(_mm_set_epi64x(0, (int64_t)mask), ones, 0));
}

static SCAN_TARGET ALWAYS_INLINE uint32_t scan_lowest(uint64_t bits)
{
	return (uint32_t)_tzcnt_u64(bits);
}

static SCAN_TARGET ALWAYS_INLINE __m256i upper_half(__m256i bytes)
{
	return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15));
}

static SCAN_TARGET ALWAYS_INLINE __m256i table(__m128i lane)
{
	return _mm256_broadcastsi128_si256(lane);
}

/* 32 bytes; not zero in a lane where something is wrong. */
static SCAN_TARGET ALWAYS_INLINE __m256i utf8_wrong(const char *at)
{
	const __m256i first_upper = table(_mm_setr_epi8(UTF8_FIRST_UPPER));
	const __m256i first_lower = table(_mm_setr_epi8(UTF8_FIRST_LOWER));
	const __m256i second_upper = table(_mm_setr_epi8(UTF8_SECOND_UPPER));
	__m256i here = _mm256_loadu_si256((const __m256i *)at);
	__m256i one = _mm256_loadu_si256((const __m256i *)(at - 1));
	__m256i two = _mm256_loadu_si256((const __m256i *)(at - 2));
	__m256i three = _mm256_loadu_si256((const __m256i *)(at - 3));
	__m256i pair = _mm256_and_si256(
		_mm256_shuffle_epi8(first_upper, upper_half(one)),
		_mm256_shuffle_epi8(first_lower, _mm256_and_si256(one, _mm256_set1_epi8(15))));
	__m256i third = _mm256_subs_epu8(two, _mm256_set1_epi8(0xe0 - 0x80));
	__m256i fourth = _mm256_subs_epu8(three, _mm256_set1_epi8(0xf0 - 0x80));
	__m256i longer = _mm256_and_si256(_mm256_or_si256(third, fourth),
	                                  _mm256_set1_epi8((char)0x80));

	pair = _mm256_and_si256(pair, _mm256_shuffle_epi8(second_upper, upper_half(here)));
	return _mm256_xor_si256(pair, longer);
}

static SCAN_TARGET uint64_t scan_utf8(const char *at)
{
	__m256i wrong = _mm256_or_si256(utf8_wrong(at), utf8_wrong(at + 32));

	return !_mm256_testz_si256(wrong, wrong);
}

static SCAN_TARGET ALWAYS_INLINE __m256i needs_care(__m256i x)
{
	__m256i quote = _mm256_cmpeq_epi8(x, _mm256_set1_epi8('"'));

	return _mm256_or_si256(is_control(x), _mm256_or_si256(quote, is_backslash(x)));
}

static SCAN_TARGET ALWAYS_INLINE void quote_masks(const char *at, uint64_t *care, uint64_t *high)
{
	__m256i x = _mm256_loadu_si256((const __m256i *)at);
	__m256i y = _mm256_loadu_si256((const __m256i *)(at + 32));

	*care = bits(needs_care(x), needs_care(y));
	*high = bits(x, y);
}

#include "json_index_template.h"
#include "json_quote_template.h"

const struct json_isa json_isa_avx2 = { "avx2", scan, quote };

#endif
