/* json_utf8.h - checking UTF-8 byte by byte.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_JSON_UTF8_H
#define CORE_JSON_UTF8_H

#include "json_doc.h"

/* What may follow a first byte: how many bytes, and the range of the next one (RFC 3629).
 * False if no sequence begins so. */
static inline bool json_utf8_lead(unsigned char c, unsigned *pending, unsigned *low,
                                  unsigned *high)
{
	*low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	*high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	*pending = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	return c < 0x80 || (c >= 0xc2 && c <= 0xf4);
}

/* The length of the sequence at p, 1 to 4, or 0 if it is none. */
static inline size_t json_utf8_length(const char *p, size_t left)
{
	unsigned pending, low, high;

	if (!json_utf8_lead((unsigned char)*p, &pending, &low, &high) || pending >= left)
		return 0;
	for (unsigned i = 1; i <= pending; i++, low = 0x80, high = 0xbf) {
		if ((unsigned char)p[i] < low || (unsigned char)p[i] > high)
			return 0;
	}
	return pending + 1;
}

/* 64 bytes of a page, going on from the block before. */
static inline void json_utf8_block(struct json_scan *scan, const char *at)
{
	for (int i = 0; i < 64; i++) {
		unsigned char c = (unsigned char)at[i];

		if (!scan->pending) {
			scan->fault |= !json_utf8_lead(c, &scan->pending, &scan->low, &scan->high);
			continue;
		}
		if (c < scan->low || c > scan->high) {
			scan->fault |= 1;
			scan->pending = 0;
			continue;
		}
		scan->pending--;
		scan->low = 0x80;
		scan->high = 0xbf;
	}
}

#endif
