/* json_quote.c - text as a JSON string.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <weir/value.h>

#include <string.h>

#include "json_utf8.h"

/* Bytes that cannot stand in a string as they are, or that must be looked at: 0 passes. */
static const uint8_t care[256] = {
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	['"'] = 1, ['\\'] = 1,
	[0x80] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
};

static char *put_ascii(unsigned char c, char *out)
{
	static const char hex[] = "0123456789abcdef";
	static const char names[] = "btn\0fr"; /* from \b on */

	*out++ = '\\';
	if (c == '"' || c == '\\') {
		*out++ = (char)c;
	} else if (c >= '\b' && c <= '\r' && names[c - '\b']) {
		*out++ = names[c - '\b'];
	} else {
		memcpy(out, "u00", 3);
		out[3] = hex[c >> 4];
		out[4] = hex[c & 15];
		out += 5;
	}
	return out;
}

/* One character that needs care; what is not UTF-8 becomes U+FFFD, byte by byte. */
static const char *put_character(const char *p, const char *end, char **out)
{
	size_t len;

	if ((unsigned char)*p < 0x80) {
		*out = put_ascii((unsigned char)*p, *out);
		return p + 1;
	}
	len = json_utf8_length(p, (size_t)(end - p));
	memcpy(*out, len ? p : "\xef\xbf\xbd", len ? len : 3);
	*out += len ? len : 3;
	return p + (len ? len : 1);
}

/* A byte becomes six at most, so room is made piece by piece. */
enum { PIECE = 4096 };

void weir_json_quote(struct weir_bytes text, struct weir_buf *json)
{
	const char *p = text.data, *end = p + text.len;

	weir_buf_putc(json, '"');
	while (p < end) {
		const char *stop = end - p > PIECE ? p + PIECE : end;
		char *out = weir_buf_room(json, (size_t)(stop - p) * 6 + 8);

		while (p < stop) {
			if (care[(unsigned char)*p])
				p = put_character(p, end, &out);
			else
				*out++ = *p++;
		}
		json->len = (size_t)(out - json->data);
	}
	weir_buf_putc(json, '"');
}
