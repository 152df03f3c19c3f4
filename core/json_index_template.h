/* json_index_template.h - one pass over a page that finds its tokens, 64 bytes at a time.
 *
 * Included by one file per instruction set, which defines before
 *   SCAN_NAME    the name of the function to make
 *   SCAN_TARGET  the attribute that switches the instruction set on, or nothing
 *   struct block, scan_masks(), scan_prefix_xor(), scan_utf8()
 * The method is that of simdjson's first stage (Langdale and Lemire, arXiv 1902.08318).
 * SPDX-License-Identifier: Apache-2.0
 */

/* Escapes are rare, so they are walked one by one: each is checked, and what it escapes
 * is returned, so that the quote in \" ends no string. */
static SCAN_TARGET uint64_t scan_escapes(struct json_scan *scan, const char *at, uint64_t backslash)
{
	uint64_t escaped = scan->after_escape;

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

/* Writes the offsets of the bits; up to seven places behind them are overwritten. */
static SCAN_TARGET inline void scan_emit(struct json_scan *scan, uint64_t bits, uint32_t offset)
{
	uint32_t *out = scan->out;
	int count = __builtin_popcountll(bits);

	scan->out = out + count;
	for (int k = 0; k < count; k += 8) {
		for (int j = 0; j < 8; j++) {
			out[k + j] = offset + (uint32_t)__builtin_ctzll(bits | 1ULL << 63);
			bits &= bits - 1;
		}
	}
}

/* at: 64 readable bytes; source: the same bytes in the page, where an escape may go on. */
static SCAN_TARGET inline void scan_block(struct json_scan *scan, const char *at,
                                          const char *source, size_t position)
{
	struct block block;
	uint64_t escaped = 0, quote, inside, scalar, starts, found;

	scan_masks(&block, at);
	if (__builtin_expect((block.backslash | scan->after_escape) != 0, 0)) {
		escaped = scan_escapes(scan, source, block.backslash);
		*scan->escaped++ = scan->base + (uint32_t)position;
	}
	quote = block.quote & ~escaped;
	/* From each opening quote up to before its closing one. */
	inside = scan_prefix_xor(quote) ^ scan->in_string;
	scan->in_string = (uint64_t)((int64_t)inside >> 63);

	scalar = ~(block.structural | block.white | quote);
	starts = ~(block.structural | block.white) & ~(scalar << 1 | scan->after_scalar);
	scan->after_scalar = scalar >> 63;
	found = (block.structural | starts) & ~(inside ^ quote);
	found |= block.newline & scan->lines & ~inside;
	scan_emit(scan, found, scan->base + (uint32_t)position);

	scan->fault |= block.control & inside;
	scan->spaced |= block.white & ~inside & ~(block.newline & scan->lines);
	scan_utf8(scan, &block, at);
}

SCAN_TARGET void SCAN_NAME(struct json_scan *scan, size_t at, size_t len)
{
	const char *text = scan->text + at;
	char last[64];
	size_t done = 0;

	for (; len - done >= 64; done += 64)
		scan_block(scan, text + done, text + done, at + done);
	if (done < len) {
		memset(last, ' ', sizeof last);
		memcpy(last, text + done, len - done);
		scan_block(scan, last, text + done, at + done);
	}
}
