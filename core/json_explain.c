/* json_explain.c - why a text is not JSON, in the operator's words.
 *
 * Lives here: a second, plain reading of what the fast passes refused, byte by byte up to
 * the first mistake. Not here: limits (json_page.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_doc.h"
#include "json_escape.h"
#include "json_utf8.h"

#include <stdarg.h>
#include <stdio.h>

struct reader {
	const char *text, *p, *end;
	struct weir_buf open;      /* '{' or '[' for each open container */
	struct json_fault *fault;
};

static WEIR_PRINTF(3, 4) bool wrong(struct reader *r, const char *at, const char *fmt, ...)
{
	va_list args;

	r->fault->offset = (size_t)(at - r->text);
	va_start(args, fmt);
	vsnprintf(r->fault->why, sizeof r->fault->why, fmt, args);
	va_end(args);
	return false;
}

/* "expected WHAT, found ...", at p. */
static bool expected(struct reader *r, const char *what)
{
	unsigned char c;

	if (r->p == r->end) {
		char last = r->open.len ? r->open.data[r->open.len - 1] : 0;

		return wrong(r, r->p, "expected %s, but the text ends%s", what,
		             last == '{' ? " inside an object" : last == '[' ? " inside an array" : "");
	}
	c = (unsigned char)*r->p;
	if (c == '\n')
		return wrong(r, r->p, "expected %s, found the line's end", what);
	if (c < 0x20 || c >= 0x7f)
		return wrong(r, r->p, "expected %s, found byte 0x%02x", what, c);
	return wrong(r, r->p, "expected %s, found '%c'", what, c);
}

static void skip_white(struct reader *r)
{
	while (r->p < r->end && json_is_white(*r->p))
		r->p++;
}

static bool read_escape(struct reader *r)
{
	const char *at = r->p++;
	size_t left = (size_t)(r->end - r->p);
	char c = left ? *r->p : 0;

	if (!left)
		return wrong(r, r->end, "the text ends inside a string");
	if (c == 'u') {
		if (left < 5 || json_hex4(r->p + 1) < 0)
			return wrong(r, at, "\\u is not followed by four hexadecimal digits");
		r->p += 5;
		return true;
	}
	if (!strchr("\"\\/bfnrt", c) || !c)
		return wrong(r, at, c > 0x20 && c < 0x7f ? "\\%c is no escape of JSON"
		                                         : "a backslash before no escape of JSON",
		             c);
	r->p++;
	return true;
}

static bool read_string(struct reader *r)
{
	for (r->p++; r->p < r->end;) {
		unsigned char c = (unsigned char)*r->p;
		size_t len;

		if (c == '"') {
			r->p++;
			return true;
		}
		if (c == '\\') {
			if (!read_escape(r))
				return false;
			continue;
		}
		if (c == '\n')
			return wrong(r, r->p, "a line end inside a string; its quote may be missing");
		if (c < 0x20)
			return wrong(r, r->p, "control character 0x%02x inside a string", c);
		len = json_utf8_length(r->p, (size_t)(r->end - r->p));
		if (!len)
			return wrong(r, r->p, "byte 0x%02x is not UTF-8", c);
		r->p += len;
	}
	return wrong(r, r->end, "the text ends inside a string");
}

static bool some_digits(struct reader *r, const char *where)
{
	const char *start = r->p;

	while (r->p < r->end && *r->p >= '0' && *r->p <= '9')
		r->p++;
	return r->p > start || expected(r, where);
}

static bool read_number(struct reader *r)
{
	const char *start;

	if (*r->p == '-')
		r->p++;
	start = r->p;
	if (!some_digits(r, "a digit after '-'"))
		return false;
	if (*start == '0' && r->p > start + 1)
		return wrong(r, start, "a number with a leading zero");
	if (r->p < r->end && *r->p == '.') {
		r->p++;
		if (!some_digits(r, "a digit after the decimal point"))
			return false;
	}
	if (r->p < r->end && (*r->p == 'e' || *r->p == 'E')) {
		r->p++;
		if (r->p < r->end && (*r->p == '+' || *r->p == '-'))
			r->p++;
		if (!some_digits(r, "a digit in the exponent"))
			return false;
	}
	return true;
}

static bool read_word(struct reader *r)
{
	static const char *const words[] = { "true", "false", "null" };
	const char *end = r->p;

	while (end < r->end && ((*end | 32) >= 'a' && (*end | 32) <= 'z'))
		end++;
	if (end == r->p)
		return expected(r, "a value");
	for (size_t i = 0; i < WEIR_COUNT(words); i++) {
		if (weir_bytes_are((struct weir_bytes){ r->p, (size_t)(end - r->p) }, words[i])) {
			r->p = end;
			return true;
		}
	}
	return wrong(r, r->p, "'%.*s' is no value of JSON", end - r->p > 20 ? 20 : (int)(end - r->p),
	             r->p);
}

static bool read_key(struct reader *r)
{
	skip_white(r);
	if (r->p == r->end || *r->p != '"')
		return expected(r, "a name in double quotes");
	if (!read_string(r))
		return false;
	skip_white(r);
	if (r->p == r->end || *r->p != ':')
		return expected(r, "':' after a name");
	r->p++;
	return true;
}

/* A scalar, or the opening of a container; *done unless a value or key must follow. */
static bool read_value(struct reader *r, bool *done)
{
	char c;

	skip_white(r);
	if (r->p == r->end)
		return expected(r, "a value");
	c = *r->p;
	*done = true;
	if (c == '"')
		return read_string(r);
	if (c == '-' || (c >= '0' && c <= '9'))
		return read_number(r);
	if (c != '{' && c != '[')
		return read_word(r);
	weir_buf_putc(&r->open, c);
	r->p++;
	skip_white(r);
	if (r->p < r->end && *r->p == c + 2) {
		r->open.len--;
		r->p++;
		return true;
	}
	*done = false;
	return c == '[' || read_key(r);
}

/* Behind a value: closes what ends here. *more if a further value follows. */
static bool read_behind(struct reader *r, bool *more)
{
	*more = false;
	while (r->open.len) {
		char c = r->open.data[r->open.len - 1];

		skip_white(r);
		if (r->p < r->end && *r->p == ',') {
			r->p++;
			*more = true;
			return c == '[' || read_key(r);
		}
		if (r->p == r->end || *r->p != c + 2)
			return expected(r, c == '{' ? "',' or '}' after a member"
			                            : "',' or ']' after an element");
		r->open.len--;
		r->p++;
	}
	return true;
}

static bool read_document(struct reader *r)
{
	bool done, more = true;

	skip_white(r);
	if (r->p == r->end)
		return wrong(r, r->p, "nothing but blanks");
	if (r->end - r->p >= 3 && memcmp(r->p, "\xef\xbb\xbf", 3) == 0)
		return wrong(r, r->p, "a byte order mark; save the text without it");
	while (more) {
		if (!read_value(r, &done))
			return false;
		if (done && !read_behind(r, &more))
			return false;
	}
	skip_white(r);
	return r->p == r->end || expected(r, "nothing more after the value");
}

bool json_explain(struct weir_bytes text, struct json_fault *fault)
{
	struct reader r = { text.data, text.data, text.data + text.len, { 0 }, fault };
	bool sound = read_document(&r);

	weir_buf_finish(&r.open);
	return !sound;
}
