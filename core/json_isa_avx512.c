/* json_isa_avx512.c - the passes over bytes with AVX-512, whose comparisons are masks already.
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
#define SCAN_EMITS
#define SCAN_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,bmi,bmi2,pclmul,popcnt")))

static SCAN_TARGET ALWAYS_INLINE __m512i load(const char *at)
{
	return _mm512_loadu_si512(at);
}

/* The same 16 bytes in each quarter. */
static SCAN_TARGET ALWAYS_INLINE __m512i table(__m128i lane)
{
	return _mm512_broadcast_i32x4(lane);
}

static SCAN_TARGET ALWAYS_INLINE uint64_t equal(__m512i x, char c)
{
	return _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(c));
}

static SCAN_TARGET ALWAYS_INLINE uint64_t is_control(__m512i x)
{
	return _mm512_cmple_epu8_mask(x, _mm512_set1_epi8(0x1f));
}

/* Returns not zero if the block has something rare. */
static SCAN_TARGET ALWAYS_INLINE uint64_t scan_masks(struct block *block, const char *at)
{
	/* By the low four bits: a byte is of the class if it equals what it finds there. */
	const __m512i white = table(_mm_setr_epi8(' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ',
	                                          '\t', '\n', ' ', ' ', '\r', ' ', ' '));
	/* With bit 5 set, [ and ] look like { and }; but so do some control characters. */
	const __m512i structural = table(_mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',',
	                                               '}', 0, 0));
	__m512i x = load(at);

	block->quote = equal(x, '"');
	block->white = _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(white, x), x);
	block->structural = _mm512_cmpeq_epi8_mask(
		_mm512_shuffle_epi8(structural, x), _mm512_or_si512(x, _mm512_set1_epi8(0x20)));
	return is_control(x) | equal(x, '\\') | _mm512_movepi8_mask(x);
}

static SCAN_TARGET ALWAYS_INLINE void scan_rare_masks(struct rare *rare, const char *at)
{
	__m512i x = load(at);

	rare->backslash = equal(x, '\\');
	rare->control = is_control(x);
	rare->newline = equal(x, '\n');
	rare->high = _mm512_movepi8_mask(x);
}

static SCAN_TARGET ALWAYS_INLINE uint64_t scan_prefix_xor(uint64_t mask)
{
	__m128i ones = _mm_set1_epi8((char)0xff);

	return (uint64_t)_mm_cvtsi128_si64(
		_mm_clmulepi64_si128(_mm_set_epi64x(0, (int64_t)mask), ones, 0));
}

static SCAN_TARGET ALWAYS_INLINE void scan_sixteen(uint32_t *out, __m128i places, uint32_t offset)
{
	__m512i base = _mm512_set1_epi32((int)offset);

	_mm512_storeu_si512(out, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(places)));
}

/* The places of the bits, moved together, become sixteen offsets at a time; what lies beyond
 * the last bit is overwritten by the next block. */
static SCAN_TARGET ALWAYS_INLINE void scan_emit(struct hot *hot, uint64_t bits,
                                                const struct place *place)
{
	static const _Alignas(64) uint8_t places[64] = {
		0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
		16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
		32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
		48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
	};
	__m512i found = _mm512_maskz_compress_epi8(bits, _mm512_load_si512(places));
	int count = __builtin_popcountll(bits);

	_mm512_storeu_si512(hot->first, _mm512_maskz_compress_epi8(bits, load(place->at)));
	scan_sixteen(hot->out, _mm512_castsi512_si128(found), place->offset);
	if (count > 16)
		scan_sixteen(hot->out + 16, _mm512_extracti32x4_epi32(found, 1), place->offset);
	if (count > 32)
		scan_sixteen(hot->out + 32, _mm512_extracti32x4_epi32(found, 2), place->offset);
	if (count > 48)
		scan_sixteen(hot->out + 48, _mm512_extracti32x4_epi32(found, 3), place->offset);
	hot->out += count;
	hot->first += count;
}

static SCAN_TARGET ALWAYS_INLINE __m512i upper_half(__m512i bytes)
{
	return _mm512_and_si512(_mm512_srli_epi16(bytes, 4), _mm512_set1_epi8(15));
}

/* 64 bytes; not zero if something is wrong. */
static SCAN_TARGET uint64_t scan_utf8(const char *at)
{
	const __m512i first_upper = table(_mm_setr_epi8(UTF8_FIRST_UPPER));
	const __m512i first_lower = table(_mm_setr_epi8(UTF8_FIRST_LOWER));
	const __m512i second_upper = table(_mm_setr_epi8(UTF8_SECOND_UPPER));
	__m512i one = load(at - 1);
	__m512i pair = _mm512_and_si512(
		_mm512_shuffle_epi8(first_upper, upper_half(one)),
		_mm512_shuffle_epi8(first_lower, _mm512_and_si512(one, _mm512_set1_epi8(15))));
	__m512i third = _mm512_subs_epu8(load(at - 2), _mm512_set1_epi8(0xe0 - 0x80));
	__m512i fourth = _mm512_subs_epu8(load(at - 3), _mm512_set1_epi8(0xf0 - 0x80));
	__m512i longer = _mm512_and_si512(_mm512_or_si512(third, fourth),
	                                  _mm512_set1_epi8((char)0x80));

	pair = _mm512_and_si512(pair, _mm512_shuffle_epi8(second_upper, upper_half(load(at))));
	return _mm512_cmpneq_epi8_mask(pair, longer);
}

static SCAN_TARGET ALWAYS_INLINE void quote_masks(const char *at, uint64_t *care, uint64_t *high)
{
	__m512i x = load(at);

	*care = is_control(x) | equal(x, '"') | equal(x, '\\');
	*high = _mm512_movepi8_mask(x);
}

/* Of each byte a pair with a backslash before it, which is kept where it is needed. */
static SCAN_TARGET ALWAYS_INLINE char *quote_half(char *out, const char *half, size_t len,
                                                  uint32_t care)
{
	__m512i wide = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)half));
	__m512i pairs = _mm512_or_si512(_mm512_slli_epi16(wide, 8), _mm512_set1_epi16('\\'));
	uint64_t kept = _pdep_u64(care, UINT64_MAX / 3) | UINT64_MAX / 3 << 1;

	_mm512_storeu_si512(out, _mm512_maskz_compress_epi8(kept, pairs));
	return out + len + (size_t)__builtin_popcount(care);
}

/* A block whose escapes are a backslash before the byte. Null when it has others. */
static SCAN_TARGET ALWAYS_INLINE char *quote_pairs(char *out, const char *block, size_t len,
                                                   uint64_t care)
{
	if (is_control(load(block)))
		return NULL;
	out = quote_half(out, block, len < 32 ? len : 32, (uint32_t)care);
	return len > 32 ? quote_half(out, block + 32, len - 32, (uint32_t)(care >> 32)) : out;
}
#define SCAN_QUOTE_PAIRS

#include "json_index_template.h"
#include "json_quote_template.h"

const struct json_isa json_isa_avx512 = { "avx512", scan, quote };

#endif
