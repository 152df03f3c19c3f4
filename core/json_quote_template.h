/* json_quote_template.h - one pass over a text that makes it a JSON string, 64 bytes at a time.
 *
 * Included by one file per instruction set, after json_index_template.h; it needs further
 *   quote_masks()  where bytes are that need an escape, and where bytes beyond ASCII
 *   quote_pairs()  if SCAN_QUOTE_PAIRS is defined: writes most blocks
 * SPDX-License-Identifier: Apache-2.0
 */

/* Copies are made in steps of this many bytes, past the end of what is meant. */
enum { STEP = 32 };

/* Up to 64 bytes. */
static SCAN_TARGET ALWAYS_INLINE char *quote_copy(char *out, const char *from, size_t len)
{
	memcpy(out, from, STEP);
	if (len > STEP)
		memcpy(out + STEP, from + STEP, STEP);
	return out + len;
}

static SCAN_TARGET ALWAYS_INLINE char *quote_block(char *out, const char *block, size_t len,
                                                   uint64_t care)
{
	size_t start = 0;

	for (; care; care &= care - 1) {
		size_t at = (size_t)__builtin_ctzll(care);
		const struct json_escape *escape = &json_escapes[(unsigned char)block[at]];

		out = quote_copy(out, block + start, at - start);
		memcpy(out, escape, sizeof *escape);
		out += escape->len;
		start = at + 1;
	}
	return quote_copy(out, block + start, len - start);
}

static SCAN_TARGET size_t SCAN_QUOTE(const char *text, size_t len, char *out)
{
	char copy[3 + 64 + STEP] = { 0 };
	const char *begin = out;
	bool open = false;

	for (size_t at = 0; at < len; at += 64) {
		const char *block = text + at;
		size_t here = len - at < 64 ? len - at : 64;
		char *behind = NULL;
		uint64_t care, high;

		if (at == 0 || len - at < 64 + STEP)
			block = scan_copied(copy, text, at, len);
		quote_masks(block, &care, &high);
		if (high || open) {
			if (scan_utf8(block))
				return JSON_NOT_UTF8;
			open = json_utf8_open(block + 64);
		}
#ifdef SCAN_QUOTE_PAIRS
		behind = quote_pairs(out, block, here, care);
#endif
		out = behind ? behind : quote_block(out, block, here, care);
	}
	return open ? JSON_NOT_UTF8 : (size_t)(out - begin);
}
