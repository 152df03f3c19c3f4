/* json_utf8.h - checking UTF-8 (RFC 3629).
 *
 * Lives here: byte by byte, and the tables for 16 or more bytes at once by the method of
 * Keiser and Lemire (arXiv 2010.03090). Not here: the vector code (json_index_*.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_JSON_UTF8_H
#define CORE_JSON_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What may follow a first byte: how many bytes, and the range of the next one. False if no
 * sequence begins so. */
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

/* The last bytes of a block begin a sequence that the next block goes on with. */
static inline bool json_utf8_open(const char *end)
{
	return (unsigned char)end[-1] >= 0xc0 || (unsigned char)end[-2] >= 0xe0 ||
	       (unsigned char)end[-3] >= 0xf0;
}

/* ---- many at once ------------------------------------------------------------------------ */

/* What two neighbouring bytes can do wrong, a bit each. A pair is wrong if a bit is set in
 * what the first byte's two halves and the second's upper half find in the tables. */
enum {
	UTF8_TOO_SHORT = 1,       /* a first byte, then no continuation */
	UTF8_TOO_LONG = 2,        /* ASCII, then a continuation */
	UTF8_OVERLONG_3 = 4,
	UTF8_TOO_LARGE = 8,
	UTF8_SURROGATE = 16,
	UTF8_OVERLONG_2 = 32,
	UTF8_TOO_LARGE_1000 = 64, /* and overlong of four */
	UTF8_CONTINUED = 128,     /* two continuations: wrong unless a longer sequence goes on */
	UTF8_ANY = UTF8_TOO_SHORT | UTF8_TOO_LONG | UTF8_CONTINUED,
	UTF8_LARGE = UTF8_ANY | UTF8_TOO_LARGE | UTF8_TOO_LARGE_1000,
	UTF8_SECOND = UTF8_TOO_LONG | UTF8_OVERLONG_2 | UTF8_CONTINUED,
};

#define UTF8_FIRST_UPPER \
	UTF8_TOO_LONG, UTF8_TOO_LONG, UTF8_TOO_LONG, UTF8_TOO_LONG, \
	UTF8_TOO_LONG, UTF8_TOO_LONG, UTF8_TOO_LONG, UTF8_TOO_LONG, \
	(char)UTF8_CONTINUED, (char)UTF8_CONTINUED, (char)UTF8_CONTINUED, (char)UTF8_CONTINUED, \
	UTF8_TOO_SHORT | UTF8_OVERLONG_2, UTF8_TOO_SHORT, \
	UTF8_TOO_SHORT | UTF8_OVERLONG_3 | UTF8_SURROGATE, \
	UTF8_TOO_SHORT | UTF8_TOO_LARGE | UTF8_TOO_LARGE_1000

#define UTF8_FIRST_LOWER \
	(char)(UTF8_ANY | UTF8_OVERLONG_3 | UTF8_OVERLONG_2 | UTF8_TOO_LARGE_1000), \
	(char)(UTF8_ANY | UTF8_OVERLONG_2), (char)UTF8_ANY, (char)UTF8_ANY, \
	(char)(UTF8_ANY | UTF8_TOO_LARGE), (char)UTF8_LARGE, (char)UTF8_LARGE, (char)UTF8_LARGE, \
	(char)UTF8_LARGE, (char)UTF8_LARGE, (char)UTF8_LARGE, (char)UTF8_LARGE, \
	(char)UTF8_LARGE, (char)(UTF8_LARGE | UTF8_SURROGATE), (char)UTF8_LARGE, (char)UTF8_LARGE

#define UTF8_SECOND_UPPER \
	UTF8_TOO_SHORT, UTF8_TOO_SHORT, UTF8_TOO_SHORT, UTF8_TOO_SHORT, \
	UTF8_TOO_SHORT, UTF8_TOO_SHORT, UTF8_TOO_SHORT, UTF8_TOO_SHORT, \
	(char)(UTF8_SECOND | UTF8_OVERLONG_3 | UTF8_TOO_LARGE_1000), \
	(char)(UTF8_SECOND | UTF8_OVERLONG_3 | UTF8_TOO_LARGE), \
	(char)(UTF8_SECOND | UTF8_SURROGATE | UTF8_TOO_LARGE), \
	(char)(UTF8_SECOND | UTF8_SURROGATE | UTF8_TOO_LARGE), \
	UTF8_TOO_SHORT, UTF8_TOO_SHORT, UTF8_TOO_SHORT, UTF8_TOO_SHORT

#endif
