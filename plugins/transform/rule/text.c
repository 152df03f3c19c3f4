/* text.c - pure functions on text.
 *
 * Not here: times (timestamp.c), patterns (pattern.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* ---- addresses ---------------------------------------------------------------------------- */

static bool is_ipv4(struct weir_bytes text)
{
	const char *p = text.data, *end = p + text.len;
	int parts = 0;

	if (text.len < 7 || text.len > 15)
		return false;
	for (;;) {
		const char *start = p;
		int value = 0;

		while (p < end && *p >= '0' && *p <= '9' && p - start < 4)
			value = value * 10 + (*p++ - '0');
		if (p == start || p - start > 3 || value > 255 || (*start == '0' && p - start > 1))
			return false;
		if (++parts == 4)
			return p == end;
		if (p == end || *p++ != '.')
			return false;
	}
}

/* The first longest run of at least two zero groups; *len is 0 when there is none. */
static int longest_zeros(const unsigned groups[8], int *len)
{
	int best = 0;

	*len = 0;
	for (int i = 0; i < 8; i++) {
		int n = 0;

		while (i + n < 8 && groups[i + n] == 0)
			n++;
		if (n > 1 && n > *len) {
			best = i;
			*len = n;
		}
	}
	return best;
}

/* Lower case, without leading zeros. */
static char *put_group(char *p, unsigned group)
{
	int shift = group > 0xFFF ? 12 : group > 0xFF ? 8 : group > 0xF ? 4 : 0;

	for (; shift >= 0; shift -= 4)
		*p++ = "0123456789abcdef"[group >> shift & 0xF];
	return p;
}

/* RFC 5952, which inet_ntop does not quite follow. IPv4-mapped addresses end in dots. */
static void write_ipv6(const unsigned char *bytes, char written[RULE_IP_MAX])
{
	unsigned groups[8];
	int zeros_len, zeros, count = 8;
	char *p = written;

	for (int i = 0; i < 8; i++)
		groups[i] = (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
	zeros = longest_zeros(groups, &zeros_len);
	if (zeros == 0 && zeros_len == 5 && groups[5] == 0xFFFF)
		count = 6;
	for (int i = 0; i < count; i++) {
		if (zeros_len && i == zeros) {
			if (i == 0)
				*p++ = ':';
			*p++ = ':';
			i += zeros_len - 1;
			continue;
		}
		p = put_group(p, groups[i]);
		if (i < 7)
			*p++ = ':';
	}
	*p = '\0';
	if (count == 6)
		snprintf(p, 16, "%u.%u.%u.%u", bytes[12], bytes[13], bytes[14], bytes[15]);
}

enum rule_ip rule_ip(struct weir_bytes text, char written[RULE_IP_MAX])
{
	char copy[RULE_IP_MAX];
	struct in6_addr address;

	if (is_ipv4(text))
		return RULE_IP_AS_IT_IS;
	if (text.len < 2 || text.len >= sizeof copy || !memchr(text.data, ':', text.len) ||
	    memchr(text.data, '\0', text.len))
		return RULE_IP_WRONG;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	if (inet_pton(AF_INET6, copy, &address) != 1)
		return RULE_IP_WRONG;
	write_ipv6(address.s6_addr, written);
	return strcmp(copy, written) == 0 ? RULE_IP_AS_IT_IS : RULE_IP_WRITTEN;
}

/* ---- numbers --------------------------------------------------------------------------------- */

bool rule_is_int(struct weir_bytes text)
{
	const char *p = text.data, *end = p + text.len;
	bool negative = text.len > 0 && *p == '-';
	uint64_t value = 0, limit = negative ? (uint64_t)INT64_MAX + 1 : UINT64_MAX;

	p += negative;
	if (p == end)
		return false;
	for (; p < end; p++) {
		unsigned digit = (unsigned)(*p - '0');

		if (digit > 9 || value > (limit - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	return true;
}

static const char *skip_digits(const char *p, const char *end)
{
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

bool rule_is_number(struct weir_bytes text)
{
	const char *p = text.data, *end = p + text.len, *start;

	if (p < end && *p == '-')
		p++;
	start = p;
	p = skip_digits(p, end);
	if (p == start || (*start == '0' && p - start > 1))
		return false;
	if (p < end && *p == '.') {
		start = ++p;
		p = skip_digits(p, end);
		if (p == start)
			return false;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		start = p;
		p = skip_digits(p, end);
		if (p == start)
			return false;
	}
	return p == end;
}

/* ---- words -------------------------------------------------------------------------------------- */

bool rule_is_placeholder(struct weir_bytes text)
{
	switch (text.len) {
	case 0: return true;
	case 3: return weir_bytes_equal_nocase(text, weir_bytes("n/a"));
	case 4: return weir_bytes_equal_nocase(text, weir_bytes("null"));
	case 7: return weir_bytes_equal_nocase(text, weir_bytes("unknown"));
	default: return false;
	}
}

bool rule_may_be_placeholder(struct weir_bytes token)
{
	enum { LONGEST = 7 * 6 + 2 }; /* "unknown" with each letter escaped, and its quotes */

	if (!token.data)
		return true;
	if (token.len > LONGEST)
		return false;
	switch (token.data[1]) {
	case '"':
	case '\\': return true;
	case 'n':
	case 'N': return token.len <= 6 || memchr(token.data, '\\', token.len);
	case 'u':
	case 'U': return token.len == 9 || memchr(token.data, '\\', token.len);
	default: return false;
	}
}

struct weir_bytes rule_after(struct weir_bytes text, struct weir_bytes separator)
{
	const char *found = !text.len            ? NULL
	                    : separator.len == 1 ? memchr(text.data, *separator.data, text.len)
	                                         : memmem(text.data, text.len, separator.data,
	                                                  separator.len);
	const char *start = found ? found + separator.len : NULL;

	return (struct weir_bytes){ start, start ? (size_t)(text.data + text.len - start) : 0 };
}

struct weir_bytes rule_cut(struct weir_bytes text, size_t max)
{
	if (text.len <= max)
		return text;
	while (max > 0 && (text.data[max] & 0xC0) == 0x80)
		max--;
	return (struct weir_bytes){ text.data, max };
}

/* ---- UTF-8 ---------------------------------------------------------------------------------------- */

/* Bytes of the character at p (p < end), or 0 when it is none. RFC 3629 section 4. */
static size_t utf8_character(const unsigned char *p, const unsigned char *end)
{
	unsigned char low = 0x80, high = 0xBF;
	size_t len;

	if (*p < 0x80)
		return 1;
	if (*p < 0xC2 || *p > 0xF4)
		return 0;
	len = *p < 0xE0 ? 2 : *p < 0xF0 ? 3 : 4;
	if ((size_t)(end - p) < len)
		return 0;
	if (*p == 0xE0)
		low = 0xA0;
	if (*p == 0xED)
		high = 0x9F;
	if (*p == 0xF0)
		low = 0x90;
	if (*p == 0xF4)
		high = 0x8F;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	}
	return len;
}

bool rule_is_utf8(struct weir_bytes text)
{
	const unsigned char *p = (const unsigned char *)text.data, *end = p + text.len;
	uint64_t eight;

	while (p < end) {
		if (end - p >= 8) {
			memcpy(&eight, p, 8);
			if (!(eight & 0x8080808080808080)) {
				p += 8;
				continue;
			}
		}
		size_t len = utf8_character(p, end);

		if (len == 0)
			return false;
		p += len;
	}
	return true;
}

/* ---- text maps -------------------------------------------------------------------------------------- */

/* The last ", " between start and end, or NULL. */
static const char *last_comma(const char *start, const char *end)
{
	for (const char *p = end - 2; p >= start; p--) {
		if (p[0] == ',' && p[1] == ' ')
			return p;
	}
	return NULL;
}

bool rule_textmap_begin(struct rule_textmap *map, struct weir_bytes text)
{
	const char *start = text.data + 1, *equals;

	*map = (struct rule_textmap){ 0 };
	if (text.len < 3 || text.data[0] != '{' || text.data[text.len - 1] != '}')
		return false;
	equals = memchr(start, '=', text.len - 2);
	if (!equals || last_comma(start, equals))
		return false;
	map->rest = (struct weir_bytes){ start, text.len - 2 };
	map->equals = equals;
	return true;
}

/* A pair ends at the last comma before the next '='; other commas belong to its value. */
bool rule_textmap_next(struct rule_textmap *map)
{
	const char *p = map->rest.data, *end = p + map->rest.len;
	const char *equals = map->equals, *stop = NULL;

	if (!equals)
		return false;
	map->name = (struct weir_bytes){ p, (size_t)(equals - p) };
	map->value.data = equals + 1;
	do {
		p = equals + 1;
		equals = memchr(p, '=', (size_t)(end - p));
		stop = equals ? last_comma(p, equals) : end;
	} while (!stop);
	map->value.len = (size_t)(stop - map->value.data);
	map->rest.data = equals ? stop + 2 : end;
	map->rest.len = (size_t)(end - map->rest.data);
	map->equals = equals;
	return true;
}
