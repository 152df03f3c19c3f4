/* json_quote.c - text as a JSON string.
 *
 * Lives here: which bytes are escaped how, text that is not UTF-8. Not here: the pass over
 * what is (json_quote_template.h).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <weir/value.h>

#include <string.h>

#include "json_escape.h"
#include "json_isa.h"
#include "json_utf8.h"

#define SHORT(c)   { { '\\', c }, 2 }
#define CODE(a, b) { { '\\', 'u', '0', '0', a, b }, 6 }

const struct json_escape json_escapes[128] = {
	CODE('0', '0'), CODE('0', '1'), CODE('0', '2'), CODE('0', '3'),
	CODE('0', '4'), CODE('0', '5'), CODE('0', '6'), CODE('0', '7'),
	SHORT('b'),     SHORT('t'),     SHORT('n'),     CODE('0', 'b'),
	SHORT('f'),     SHORT('r'),     CODE('0', 'e'), CODE('0', 'f'),
	CODE('1', '0'), CODE('1', '1'), CODE('1', '2'), CODE('1', '3'),
	CODE('1', '4'), CODE('1', '5'), CODE('1', '6'), CODE('1', '7'),
	CODE('1', '8'), CODE('1', '9'), CODE('1', 'a'), CODE('1', 'b'),
	CODE('1', 'c'), CODE('1', 'd'), CODE('1', 'e'), CODE('1', 'f'),
	['"'] = SHORT('"'), ['\\'] = SHORT('\\'),
};

/* One character of a text that is not UTF-8 somewhere; a byte that belongs to none becomes
 * U+FFFD. */
static const char *put_character(const char *p, const char *end, char **out)
{
	const struct json_escape *escape = &json_escapes[*p & 0x7f];
	bool ascii = (unsigned char)*p < 0x80;
	size_t len;

	if (ascii && escape->len) {
		memcpy(*out, escape->text, escape->len);
		*out += escape->len;
		return p + 1;
	}
	len = ascii ? 1 : json_utf8_length(p, (size_t)(end - p));
	memcpy(*out, len ? p : "\xef\xbf\xbd", len ? len : 3);
	*out += len ? len : 3;
	return p + (len ? len : 1);
}

static size_t quote_mended(struct weir_bytes text, char *out)
{
	const char *p = text.data, *end = p + text.len;
	char *begin = out;

	while (p < end)
		p = put_character(p, end, &out);
	return (size_t)(out - begin);
}

/* A byte becomes six at most, so room is made piece by piece. */
enum { PIECE = 8192 };

/* How much of a text to take at once: a character is not split. */
static size_t piece_of(struct weir_bytes text)
{
	size_t len = PIECE;

	if (text.len <= PIECE)
		return text.len;
	while (len > PIECE - 3 && ((unsigned char)text.data[len] & 0xc0) == 0x80)
		len--;
	return len;
}

/* Not zero if one of eight bytes is a control character, a quote, a backslash or no ASCII:
 * each of these makes a byte's highest bit be set, by a borrow or by itself. */
static uint64_t needs_care(uint64_t eight)
{
	const uint64_t ones = UINT64_MAX / 255;

	return ((eight - ones * 0x20) | ((eight ^ ones * '"') - ones) |
	        ((eight ^ ones * '\\') - ones) | eight) & (ones * 0x80);
}

static bool is_plain(struct weir_bytes text)
{
	uint64_t care = 0, eight = UINT64_MAX / 255 * ' ';
	size_t at = 0;

	for (; text.len - at >= 8; at += 8) {
		memcpy(&eight, text.data + at, 8);
		care |= needs_care(eight);
		eight = UINT64_MAX / 255 * ' ';
	}
	for (char *rest = (char *)&eight; at < text.len; at++)
		*rest++ = text.data[at];
	return !(care | needs_care(eight));
}

/* Most texts are short, and nothing in them needs an escape. */
enum { SHORT = 64 };

void weir_json_quote(struct weir_bytes text, struct weir_buf *json)
{
	const struct json_isa *isa = json_isa_chosen();

	if (text.len <= SHORT && is_plain(text)) {
		char *out = weir_buf_room(json, text.len + 2);

		*out = '"';
		if (text.len)
			memcpy(out + 1, text.data, text.len);
		out[text.len + 1] = '"';
		json->len += text.len + 2;
		return;
	}
	weir_buf_putc(json, '"');
	while (text.len) {
		struct weir_bytes piece = { text.data, piece_of(text) };
		char *out = weir_buf_room(json, piece.len * 6 + JSON_QUOTE_ROOM);
		size_t len = isa->quote(piece.data, piece.len, out);

		if (len == JSON_NOT_UTF8)
			len = quote_mended(piece, out);
		json->len += len;
		text.data += piece.len;
		text.len -= piece.len;
	}
	weir_buf_putc(json, '"');
}
