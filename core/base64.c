/* base64.c - base64, with padding or in the URL alphabet (RFC 4648).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <weir/util.h>

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The digits of one to three bytes: one more than there are bytes. */
static size_t encode_group(const char *data, size_t len, const char *digits, char out[4])
{
	uint32_t word = 0;

	for (size_t i = 0; i < 3; i++)
		word = word << 8 | (i < len ? (unsigned char)data[i] : 0);
	for (size_t i = 0; i < 4; i++)
		out[i] = digits[word >> (18 - 6 * i) & 63];
	return len + 1;
}

void weir_base64(struct weir_bytes bytes, struct weir_buf *text)
{
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t left = bytes.len - i < 3 ? bytes.len - i : 3;
		char group[4];

		for (size_t n = encode_group(bytes.data + i, left, standard, group); n < 4; n++)
			group[n] = '=';
		weir_buf_add(text, group, 4);
	}
}

void weir_base64url(struct weir_bytes bytes, struct weir_buf *text)
{
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t left = bytes.len - i < 3 ? bytes.len - i : 3;
		char group[4];

		weir_buf_add(text, group, encode_group(bytes.data + i, left, url, group));
	}
}

static int digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	if (c == '/' || c == '_')
		return 63;
	return -1;
}

/* Without the padding, which is right when it fills up the last group of four. */
static bool drop_padding(struct weir_bytes *text)
{
	size_t pads = 0;

	while (pads < 2 && text->len > pads && text->data[text->len - 1 - pads] == '=')
		pads++;
	if (pads && text->len % 4 != 0)
		return false;
	text->len -= pads;
	return text->len % 4 != 1;
}

bool weir_base64_decode(struct weir_bytes text, struct weir_buf *bytes)
{
	size_t before = bytes->len;
	uint32_t word = 0;
	int bits = 0;

	if (!drop_padding(&text))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int digit = digit_of(text.data[i]);

		if (digit < 0) {
			bytes->len = before;
			return false;
		}
		word = word << 6 | (uint32_t)digit;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			weir_buf_putc(bytes, (char)(word >> bits & 0xff));
		}
	}
	return true;
}
