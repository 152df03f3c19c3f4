/* json_index_template.h - one pass over a page that finds its tokens, 64 bytes at a time.
 *
 * Included by one file per instruction set, which defines before
 *   SCAN_NAME    the name of the function to make
 *   SCAN_TARGET  the attribute that switches the instruction set on, or nothing
 *   scan_masks(), scan_rare_masks(), scan_prefix_xor(), scan_utf8()
 *   scan_lowest(), or SCAN_EMITS and scan_emit()
 * The method is that of simdjson's first stage (Langdale and Lemire, arXiv 1902.08318).
 * SPDX-License-Identifier: Apache-2.0
 */

/* A page was written by another thread and lies in no near cache: bytes are asked for so far
 * ahead, across the borders that the processor's own prefetching stops at. */
enum { SCAN_AHEAD = 2048 };

/* Escapes are rare, so they are walked one by one: each is checked, and what it escapes
 * is returned, so that the quote in \" ends no string. at: the block in the page, where an
 * escape may go on behind it. */
static SCAN_TARGET uint64_t scan_escapes(struct json_scan *scan, const char *at,
                                         uint64_t backslash, uint32_t offset)
{
	uint64_t escaped = scan->after_escape;

	*scan->escaped++ = offset;
	backslash &= ~escaped;
	scan->after_escape = 0;
	if (escaped)
		scan->fault |= !json_escape_ok(at);
	while (backslash) {
		unsigned k = (unsigned)__builtin_ctzll(backslash);

		if (k == 63) {
			scan->after_escape = 1;
			break;
		}
		escaped |= 2ULL << k;
		backslash &= ~(3ULL << k);
		scan->fault |= !json_escape_ok(at + k + 1);
	}
	return escaped;
}

#ifndef SCAN_EMITS
static SCAN_TARGET ALWAYS_INLINE void scan_one(struct hot *hot, int k, uint64_t bits,
                                               const struct place *place)
{
	uint32_t lowest = scan_lowest(bits);

	hot->out[k] = place->offset + lowest;
	hot->first[k] = place->at[lowest];
}

/* Writes four entries; what lies beyond the last bit is overwritten by the next block. */
static SCAN_TARGET ALWAYS_INLINE uint64_t scan_four(struct hot *hot, int k, uint64_t bits,
                                                    const struct place *place)
{
	scan_one(hot, k, bits, place);
	bits &= bits - 1;
	scan_one(hot, k + 1, bits, place);
	bits &= bits - 1;
	scan_one(hot, k + 2, bits, place);
	bits &= bits - 1;
	scan_one(hot, k + 3, bits, place);
	return bits & (bits - 1);
}

static SCAN_TARGET ALWAYS_INLINE void scan_emit(struct hot *hot, uint64_t bits,
                                                const struct place *place)
{
	int count = __builtin_popcountll(bits);

	bits = scan_four(hot, 0, bits, place);
	bits = scan_four(hot, 4, bits, place);
	if (count > 8) {
		bits = scan_four(hot, 8, bits, place);
		bits = scan_four(hot, 12, bits, place);
		for (int k = 16; k < count; k += 4)
			bits = scan_four(hot, k, bits, place);
	}
	hot->out += count;
	hot->first += count;
}
#endif

/* Backslashes, control characters (line ends among them), and what is beyond ASCII. On return
 * rare->backslash is what is escaped. */
static SCAN_TARGET void scan_rare(struct json_scan *scan, struct rare *rare, struct place place)
{
	uint64_t backslash;

	scan_rare_masks(rare, place.at);
	backslash = rare->backslash;
	rare->backslash = 0;
	if (backslash | scan->after_escape)
		rare->backslash = scan_escapes(scan, place.source, backslash, place.offset);
	if (rare->high | scan->pending) {
		scan->fault |= scan_utf8(place.at);
		scan->pending = json_utf8_open(place.at + 64);
	}
}

static SCAN_TARGET ALWAYS_INLINE void scan_block(struct json_scan *scan, struct hot *hot,
                                                 struct place place)
{
	struct block block;
	struct rare rare = { 0 };
	uint64_t quote, structural, inside, scalar, starts, found;

	if (__builtin_expect(scan_masks(&block, place.at) | scan->after_escape | scan->pending, 0))
		scan_rare(scan, &rare, place);
	quote = block.quote & ~rare.backslash;
	structural = block.structural & ~rare.control;
	/* From each opening quote up to before its closing one. */
	inside = scan_prefix_xor(quote) ^ hot->in_string;
	hot->in_string = (uint64_t)((int64_t)inside >> 63);

	scalar = ~(structural | block.white | quote);
	starts = ~(structural | block.white) & ~(scalar << 1 | hot->after_scalar);
	hot->after_scalar = scalar >> 63;
	found = (structural | starts) & ~(inside ^ quote);
	found |= rare.newline & scan->lines & ~inside;
	scan_emit(hot, found, &place);

	hot->fault |= rare.control & inside;
	hot->spaced |= block.white & ~inside & ~(rare.newline & scan->lines) & place.within;
}

/* The first block, which has nothing before it, and a short last one are copied. */
static const char *scan_copied(char copy[3 + 64], const char *text, size_t at, size_t len)
{
	size_t before = at < 3 ? at : 3, here = len - at < 64 ? len - at : 64;

	memset(copy, ' ', 3 + 64);
	memcpy(copy + 3 - before, text + at - before, before + here);
	return copy + 3;
}

static SCAN_TARGET void SCAN_NAME(struct json_scan *scan, size_t at, size_t len)
{
	struct hot hot = { scan->in_string, scan->after_scalar, 0, 0, scan->out, scan->first };
	size_t end = at + len;
	char copy[3 + 64 + 1];

	for (; at < end; at += 64) {
		const char *source = scan->text + at;
		struct place place = { source, source, scan->base + (uint32_t)at, UINT64_MAX };

		__builtin_prefetch(source + SCAN_AHEAD);
		if (at == 0 || end - at < 64)
			place.at = scan_copied(copy, scan->text, at, end);
		if (end - at < 64)
			place.within = (1ULL << (end - at)) - 1;
		scan_block(scan, &hot, place);
	}
	scan->in_string = hot.in_string;
	scan->after_scalar = hot.after_scalar;
	scan->fault |= hot.fault;
	scan->spaced |= hot.spaced;
	scan->out = hot.out;
	scan->first = hot.first;
}
