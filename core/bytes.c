/* bytes.c - comparing, trimming and hashing byte slices.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <weir/util.h>

#include <string.h>
#include <strings.h>

struct weir_bytes weir_bytes(const char *text)
{
	return (struct weir_bytes){ text, text ? strlen(text) : 0 };
}

bool weir_bytes_equal(struct weir_bytes a, struct weir_bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool weir_bytes_are(struct weir_bytes a, const char *text)
{
	return weir_bytes_equal(a, weir_bytes(text));
}

bool weir_bytes_equal_nocase(struct weir_bytes a, struct weir_bytes b)
{
	return a.len == b.len && (a.len == 0 || strncasecmp(a.data, b.data, a.len) == 0);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct weir_bytes weir_bytes_trim(struct weir_bytes text)
{
	while (text.len && is_blank(text.data[0])) {
		text.data++;
		text.len--;
	}
	while (text.len && is_blank(text.data[text.len - 1]))
		text.len--;
	return text;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t read_tail(const char *data, size_t len)
{
	uint64_t word = 0;

	if (len > 0)
		memcpy(&word, data, len);
	return word;
}

/* Eight bytes a step, folded by a 64x64 multiplication. */
uint64_t weir_hash(struct weir_bytes bytes)
{
	const uint64_t k0 = 0xa0761d6478bd642fULL, k1 = 0xe7037ed1a0b428dbULL;
	uint64_t hash = k0 ^ bytes.len;
	const char *p = bytes.data;
	size_t left = bytes.len;

	for (; left >= 8; p += 8, left -= 8)
		hash = mix(hash ^ read_tail(p, 8), k1);
	return mix(hash ^ read_tail(p, left), k0 ^ k1);
}
