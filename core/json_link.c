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

/* Between a token and the next entry there are only blanks once there is one. */
static inline bool ends_at(const char *p, const char *end)
{
	return p == end || json_is_white(*p);
}

static bool any_number_ok(const char *p, const char *end)
{
	p = number_end(p, end);
	return p && ends_at(p, end);
}

/* The highest bit of each byte that is no digit. */
static inline uint64_t no_digits(uint64_t eight)
{
	const uint64_t ones = UINT64_MAX / 255;

	eight ^= ones * '0';
	return (((eight & ones * 0x7f) + ones * (0x80 - 10)) | eight) & ones * 0x80;
}

/* What most numbers are: up to eight digits, one of which may be a dot, with or without a minus
 * before. Without a loop, whose end would be guessed wrong. */
static inline bool is_usual_number(const char *p, const char *end)
{
	size_t len, dot;
	uint64_t eight, others;

	p += *p == '-';
	len = (size_t)(end - p);
	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ || len - 1 >= sizeof eight)
		return false;
	memcpy(&eight, p, sizeof eight);
	others = no_digits(eight) << (64 - 8 * len);
	if (!others)
		return len == 1 || *p != '0';
	dot = (size_t)__builtin_ctzll(others) / 8 - (8 - len);
	return !(others & (others - 1)) && p[dot] == '.' && dot > 0 && dot + 1 < len &&
	       (dot == 1 || *p != '0');
}

__attribute__((noinline)) static bool number_ok(const char *p, const char *end)
{
	return is_usual_number(p, end) || any_number_ok(p, end);
}

/* A number or word, up to the next entry. */
static ALWAYS_INLINE bool scalar_ok(char c, const char *p, const char *end)
{
	size_t room = (size_t)(end - p);

	switch (c) {
	case 'n': return room >= 4 && memcmp(p, "null", 4) == 0 && ends_at(p + 4, end);
	case 't': return room >= 4 && memcmp(p, "true", 4) == 0 && ends_at(p + 4, end);
	case 'f': return room >= 5 && memcmp(p, "false", 5) == 0 && ends_at(p + 5, end);
	}
	return (c == '-' || (unsigned char)(c - '0') < 10) && number_ok(p, end);
}

/* A key from one offset to another has an escape only if a noted block touches it. Returns
 * the offset up to which no key need be looked at. */
static uint32_t note_escapes(struct json_linker *linker, uint32_t start, uint32_t end)
{
	while (linker->escaped < linker->escaped_end && *linker->escaped + 64 <= start)
		linker->escaped++;
	if (linker->escaped == linker->escaped_end)
		return UINT32_MAX;
	if (*linker->escaped < end && memchr(linker->view->text + start, '\\', end - start))
		linker->view->escaped_keys = true;
	return *linker->escaped;
}

/* The stack of open containers lies in link: an open one holds its parent, and `open` is the
 * innermost, each shifted over a bit that says whether it is an object. */
struct stack {
	uint32_t *link;
	uint32_t open, depth;
};

static inline void push(struct stack *s, size_t at, bool object)
{
	s->link[at] = s->open;
	s->open = (uint32_t)at << 1 | object;
	s->depth++;
}

static inline void pop(struct stack *s, size_t at)
{
	size_t closed = s->open >> 1;

	s->open = s->link[closed];
	s->link[closed] = (uint32_t)at;
	s->depth--;
}

/* { and } differ from [ and ] by bit 5. */
static inline char closing(const struct stack *s)
{
	return (char)(']' | (s->open & 1) << 5);
}

static inline bool is_key(const char *first)
{
	return memcmp(first, "\":", 2) == 0;
}

/* With a text, and another member or an end behind it. */
static inline bool is_text_member(const char *first)
{
	return memcmp(first, "\":\",", 4) == 0;
}

/* The grammar is that of the bytes at the entries; the text is looked at for numbers and words
 * only. Behind the last entry is a byte that nothing can begin with. Most of a page is members
 * with scalars: they have a way of their own, from member to member. */
bool json_link_value(struct json_linker *linker)
{
	const uint32_t *index = linker->view->index;
	const char *first = linker->view->first, *text = linker->view->text;
	struct stack stack = { .link = linker->link };
	size_t at = linker->at;
	uint32_t unescaped = note_escapes(linker, index[at], index[at]);
	char c;

	linker->deep = false;
value:
	c = first[at];
	if (json_opens(c)) {
bracket:
		push(&stack, at++, c == '{');
		if (stack.depth > linker->depth_max)
			linker->deep = true;
		if (first[at] == c + 2)
			goto close;
		if (c == '{')
			goto key;
		goto value;
	}
	if (c != '"' && !scalar_ok(c, text + index[at], text + index[at + 1]))
		return false;
	at++;
behind:
	if (stack.depth == 0) {
		linker->at = (uint32_t)at;
		return true;
	}
	if (first[at] == ',') {
		at++;
		if (!(stack.open & 1))
			goto value;
key:
		for (; is_text_member(first + at); at += 4) {
			if (index[at + 1] > unescaped)
				unescaped = note_escapes(linker, index[at], index[at + 1]);
		}
		if (!is_key(first + at))
			return false;
		if (index[at + 1] > unescaped)
			unescaped = note_escapes(linker, index[at], index[at + 1]);
		at += 2;
		c = first[at];
		if (json_opens(c))
			goto bracket;
		if (c != '"' && !scalar_ok(c, text + index[at], text + index[at + 1]))
			return false;
		at++;
		if (first[at] == ',') {
			at++;
			goto key;
		}
	}
	if (first[at] != closing(&stack))
		return false;
close:
	pop(&stack, at++);
	goto behind;
}
