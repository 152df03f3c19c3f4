/* json_link.c - the second pass: the grammar, and where each value ends.
 *
 * Lives here: everything RFC 8259 says about the order of tokens, numbers and words.
 * Not here: escapes and UTF-8 (the first pass), the reason of a refusal (json_explain.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_doc.h"

static const char *digits(const char *p, const char *end)
{
	while (p < end && (unsigned char)(*p - '0') < 10)
		p++;
	return p;
}

/* Behind the number at p, or NULL if it is none. */
static const char *number_end(const char *p, const char *end)
{
	const char *start;

	if (*p == '-')
		p++;
	start = p;
	p = digits(p, end);
	if (p == start || (*start == '0' && p > start + 1))
		return NULL;
	if (p < end && *p == '.') {
		start = ++p;
		p = digits(p, end);
		if (p == start)
			return NULL;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		start = p;
		p = digits(p, end);
		if (p == start)
			return NULL;
	}
	return p;
}

static const char *word_end(const char *p, const char *end, const char *word, size_t len)
{
	return (size_t)(end - p) >= len && memcmp(p, word, len) == 0 ? p + len : NULL;
}

/* A number or word, up to the next entry. Between a blank and that there are only blanks. */
static bool scalar_ok(const char *p, const char *end)
{
	switch (*p) {
	case 't': p = word_end(p, end, "true", 4); break;
	case 'f': p = word_end(p, end, "false", 5); break;
	case 'n': p = word_end(p, end, "null", 4); break;
	case '-': case '0': case '1': case '2': case '3': case '4':
	case '5': case '6': case '7': case '8': case '9':
		p = number_end(p, end);
		break;
	default:
		return false;
	}
	return p && (p == end || json_is_white(*p));
}

/* A key has an escape only if one of the noted blocks touches it. */
static void note_escaped_key(struct json_linker *linker, uint32_t start, uint32_t end)
{
	while (linker->escaped < linker->escaped_end && *linker->escaped + 64 <= start)
		linker->escaped++;
	if (linker->escaped == linker->escaped_end || *linker->escaped >= end)
		return;
	if (memchr(linker->view->text + start, '\\', end - start))
		linker->view->escaped_keys = true;
}

/* The stack of open containers lies in link: an open one holds its parent, and in the lowest
 * bit of `open` whether it is an object. Entries past the last are checked for where one is
 * taken as a value or behind a value; the sentinels make looking two ahead safe. */
bool json_link_value(struct json_linker *linker)
{
	const struct json_view *view = linker->view;
	const uint32_t *index = view->index;
	const char *text = view->text;
	uint32_t *link = linker->link;
	uint32_t at = linker->at, count = view->count, depth = 0;
	uint64_t open = 0;
	char c;

	linker->deep = false;
value:
	if (at >= count)
		return false;
	c = text[index[at]];
	if (c == '{' || c == '[') {
		linker->deep |= ++depth > linker->depth_max;
		link[at] = (uint32_t)(open >> 1);
		open = (uint64_t)at << 1 | (c == '{');
		at++;
		if (text[index[at]] == c + 2)
			goto close;
		if (c == '{')
			goto key;
		goto value;
	}
	if (c != '"' && !scalar_ok(text + index[at], text + index[at + 1]))
		return false;
	link[at] = at;
	at++;
behind:
	if (depth == 0) {
		linker->at = at;
		return at <= count;
	}
	if (at >= count)
		return false;
	c = text[index[at]];
	if (c == ',') {
		at++;
		if (!(open & 1))
			goto value;
key:
		if (text[index[at]] != '"' || text[index[at + 1]] != ':')
			return false;
		if (linker->escaped < linker->escaped_end)
			note_escaped_key(linker, index[at], index[at + 1]);
		at += 2;
		goto value;
	}
	if (c != (open & 1 ? '}' : ']'))
		return false;
close:
	{
		uint32_t closed = (uint32_t)(open >> 1), parent = link[closed];

		link[closed] = at;
		if (--depth > 0)
			open = (uint64_t)parent << 1 | (text[index[parent]] == '{');
		at++;
	}
	goto behind;
}
