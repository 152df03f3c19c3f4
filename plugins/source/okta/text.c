/* text.c - a cursor over header text, shared by the header parsers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "text.h"

#include <string.h>

struct text text_of(struct weir_bytes bytes)
{
	const char *p = bytes.data ? bytes.data : "";

	return (struct text){ p, p + bytes.len };
}

bool text_in(char c, const char *set)
{
	return c && strchr(set, c);
}

bool text_is(const struct text *text, char c)
{
	return text->p < text->end && *text->p == c;
}

bool text_take(struct text *text, char c)
{
	if (!text_is(text, c))
		return false;
	text->p++;
	return true;
}

void text_skip(struct text *text, const char *set)
{
	while (text->p < text->end && text_in(*text->p, set))
		text->p++;
}

static bool is_token_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
	       || text_in(c, "!#$%&'*+-.^_`|~");
}

struct weir_bytes text_token(struct text *text)
{
	const char *start = text->p;

	while (text->p < text->end && is_token_char(*text->p))
		text->p++;
	return (struct weir_bytes){ start, (size_t)(text->p - start) };
}

bool text_value(struct text *text, struct weir_bytes *value)
{
	const char *start = text->p;

	if (!text_take(text, '"')) {
		*value = text_token(text);
		return value->len > 0;
	}
	while (text->p < text->end && *text->p != '"') {
		if (*text->p == '\\' && text->p + 1 < text->end)
			text->p++;
		text->p++;
	}
	if (!text_take(text, '"'))
		return false;
	*value = (struct weir_bytes){ start, (size_t)(text->p - start) };
	return true;
}

void text_unquote(struct weir_bytes value, struct weir_buf *plain)
{
	if (!value.len || value.data[0] != '"') {
		weir_buf_add(plain, value.data, value.len);
		return;
	}
	for (size_t i = 1; i + 1 < value.len; i++) {
		if (value.data[i] == '\\' && i + 2 < value.len)
			i++;
		weir_buf_putc(plain, value.data[i]);
	}
}

void text_printable(struct weir_bytes bytes, size_t max, struct weir_buf *line)
{
	size_t len = bytes.len < max ? bytes.len : max;

	for (size_t i = 0; i < len; i++) {
		char c = bytes.data[i];

		weir_buf_putc(line, c >= ' ' && c <= '~' ? c : ' ');
	}
	if (len < bytes.len)
		weir_buf_puts(line, "...");
}
