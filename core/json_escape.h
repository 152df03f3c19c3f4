/* json_escape.h - which escapes JSON has.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_JSON_ESCAPE_H
#define CORE_JSON_ESCAPE_H

#include <stdbool.h>
#include <stdint.h>

/* How a byte is written in a string; len 0: as it is. */
struct json_escape {
	char text[7];
	uint8_t len;
};

extern const struct json_escape json_escapes[128];

/* The value of a hexadecimal digit, or -1. */
static inline int json_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 32) >= 'a' && (c | 32) <= 'f')
		return (c | 32) - 'a' + 10;
	return -1;
}

/* The value of four of them, or -1. */
static inline int32_t json_hex4(const char *at)
{
	int32_t value = 0;

	for (int i = 0; i < 4; i++) {
		int digit = json_hex_digit(at[i]);

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

/* at: what follows the backslash; five bytes are readable. */
static inline bool json_escape_ok(const char *at)
{
	switch (*at) {
	case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
		return true;
	case 'u':
		return json_hex4(at + 1) >= 0;
	}
	return false;
}

#endif
