/* pattern.c - Lua's patterns.
 *
 * Not here: what can be said of one without a text (pattern_check.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pattern.h"

#include <ctype.h>
#include <string.h>

enum { DEPTH_MAX = 200, OPEN = -1, POSITION = -2 };

struct matcher {
	const char *text, *text_end, *pattern_end;
	int64_t *steps;
	struct {
		const char *start;
		ptrdiff_t len; /* or OPEN, POSITION */
	} captures[RULE_CAPTURES_MAX];
	int count, depth;
	const char *why;   /* malformed */
	bool stopped;      /* out of steps or too deep */
};

/* All functions that give a place give NULL when there is no match there, when the pattern
 * is wrong (why) and when it took too long (stopped). */

static const char *malformed(struct matcher *m, const char *why)
{
	m->why = why;
	return NULL;
}

static bool spend(struct matcher *m)
{
	if (--*m->steps < 0)
		m->stopped = true;
	return !m->stopped;
}

/* %a, %A and so on; any other character after % stands for itself. ASCII, whatever the locale. */
static bool in_class(unsigned char c, unsigned char class)
{
	bool ascii = c < 0x80, in;

	switch (tolower(class)) {
	case 'a': in = ascii && isalpha(c); break;
	case 'c': in = ascii && iscntrl(c); break;
	case 'd': in = ascii && isdigit(c); break;
	case 'g': in = ascii && isgraph(c); break;
	case 'l': in = ascii && islower(c); break;
	case 'p': in = ascii && ispunct(c); break;
	case 's': in = ascii && isspace(c); break;
	case 'u': in = ascii && isupper(c); break;
	case 'w': in = ascii && isalnum(c); break;
	case 'x': in = ascii && isxdigit(c); break;
	case 'z': in = c == 0; break; /* old, but Lua still has it */
	default: return class == c;
	}
	return isupper(class) ? !in : in;
}

const char *rule_pattern_class_end(const char *p, const char *end, const char **why)
{
	*why = "it ends where a character is expected";
	if (p == end)
		return NULL;
	if (*p == '%') {
		*why = "it ends with '%'";
		return end - p > 1 ? p + 2 : NULL;
	}
	if (*p++ != '[')
		return p;
	*why = "']' is missing";
	if (p < end && *p == '^')
		p++;
	do {
		if (p == end)
			return NULL;
		if (*p++ == '%' && p++ == end)
			return NULL;
	} while (p == end || *p != ']');
	return p + 1;
}

/* p is at '[', end behind ']'. */
static bool in_set(unsigned char c, const char *p, const char *end)
{
	bool inside = true;

	end--;
	if (*++p == '^') {
		inside = false;
		p++;
	}
	for (; p < end; p++) {
		if (*p == '%') {
			if (in_class(c, (unsigned char)*++p))
				return inside;
		} else if (p[1] == '-' && p + 2 < end) {
			if ((unsigned char)p[0] <= c && c <= (unsigned char)p[2])
				return inside;
			p += 2;
		} else if ((unsigned char)*p == c) {
			return inside;
		}
	}
	return !inside;
}

static bool matches_one(const struct matcher *m, const char *at, const char *p, const char *end)
{
	unsigned char c;

	if (at >= m->text_end)
		return false;
	c = (unsigned char)*at;
	switch (*p) {
	case '.': return true;
	case '%': return in_class(c, (unsigned char)p[1]);
	case '[': return in_set(c, p, end);
	default: return (unsigned char)*p == c;
	}
}

/* ---- items -------------------------------------------------------------------------------- */
/* Items match the rest of the pattern behind them, which is items again. */
const char *rule_match_here(struct matcher *m, const char *at, const char *p);

static const char *match_rest(struct matcher *m, const char *at, const char *p)
{
	const char *found;

	if (++m->depth > DEPTH_MAX) {
		m->stopped = true;
		return NULL;
	}
	found = rule_match_here(m, at, p);
	m->depth--;
	return found;
}

static const char *match_most(struct matcher *m, const char *at, const char *p, const char *end)
{
	ptrdiff_t count = 0;

	while (matches_one(m, at + count, p, end)) {
		if (!spend(m))
			return NULL;
		count++;
	}
	for (; count >= 0 && !m->why && spend(m); count--) {
		const char *found = match_rest(m, at + count, end + 1);

		if (found)
			return found;
	}
	return NULL;
}

static const char *match_least(struct matcher *m, const char *at, const char *p, const char *end)
{
	while (!m->why && spend(m)) {
		const char *found = match_rest(m, at, end + 1);

		if (found)
			return found;
		if (!matches_one(m, at, p, end))
			return NULL;
		at++;
	}
	return NULL;
}

/* %bxy: from x to the y that balances it. */
static const char *match_balance(struct matcher *m, const char *at, const char *p)
{
	int depth = 1;

	if (m->pattern_end - p < 2)
		return malformed(m, "%b needs two characters");
	if (at >= m->text_end || *at != p[0])
		return NULL;
	while (++at < m->text_end && spend(m)) {
		if (*at == p[1]) {
			if (--depth == 0)
				return at + 1;
		} else if (*at == p[0]) {
			depth++;
		}
	}
	return NULL;
}

/* %1: the same text as a capture. */
static const char *match_back(struct matcher *m, const char *at, char digit)
{
	int i = digit - '1';
	size_t len;

	if (i < 0 || i >= m->count || m->captures[i].len == OPEN)
		return malformed(m, "it refers to a capture that is not there");
	if (m->captures[i].len == POSITION)
		return NULL;
	len = (size_t)m->captures[i].len;
	*m->steps -= (int64_t)len;
	if ((size_t)(m->text_end - at) < len || memcmp(m->captures[i].start, at, len) != 0)
		return NULL;
	return at + len;
}

static const char *open_capture(struct matcher *m, const char *at, const char *p, ptrdiff_t len)
{
	const char *found;

	if (m->count == RULE_CAPTURES_MAX)
		return malformed(m, "it has more than 32 captures");
	m->captures[m->count].start = at;
	m->captures[m->count++].len = len;
	found = match_rest(m, at, p);
	if (!found)
		m->count--;
	return found;
}

static const char *close_capture(struct matcher *m, const char *at, const char *p)
{
	const char *found;
	int i = m->count - 1;

	while (i >= 0 && m->captures[i].len != OPEN)
		i--;
	if (i < 0)
		return malformed(m, "a ')' has no '('");
	m->captures[i].len = at - m->captures[i].start;
	found = match_rest(m, at, p);
	if (!found)
		m->captures[i].len = OPEN;
	return found;
}

/* %f[set]: between a character that is not in the set and one that is; ends count as \0. */
static bool at_frontier(const struct matcher *m, const char *at, const char *set, const char *end)
{
	unsigned char before = at == m->text ? 0 : (unsigned char)at[-1];
	unsigned char here = at == m->text_end ? 0 : (unsigned char)*at;

	return !in_set(before, set, end) && in_set(here, set, end);
}

/* A class with its quantifier, if any; *done says that *at and *p moved past it. */
static const char *match_class(struct matcher *m, const char **at, const char **p, bool *done)
{
	const char *why, *end = rule_pattern_class_end(*p, m->pattern_end, &why), *found;
	char quantifier;

	*done = false;
	if (!end)
		return malformed(m, why);
	quantifier = end < m->pattern_end ? *end : '\0';
	switch (quantifier) {
	case '?':
		if (matches_one(m, *at, *p, end)) {
			found = match_rest(m, *at + 1, end + 1);
			if (found || m->stopped || m->why)
				return found;
		}
		*p = end + 1;
		*done = true;
		return NULL;
	case '+':
		return matches_one(m, *at, *p, end) ? match_most(m, *at + 1, *p, end) : NULL;
	case '*': return match_most(m, *at, *p, end);
	case '-': return match_least(m, *at, *p, end);
	default:
		if (!matches_one(m, *at, *p, end))
			return NULL;
		++*at;
		*p = end;
		*done = true;
		return NULL;
	}
}

/* What begins with '%' and is no class; *done as above. False: it is a class. */
static bool match_percent(struct matcher *m, const char **at, const char **p, bool *done)
{
	const char *set, *end, *why;

	*done = false;
	if (m->pattern_end - *p < 2)
		return false;
	switch ((*p)[1]) {
	case 'b':
		*at = match_balance(m, *at, *p + 2);
		*p += 4;
		*done = *at != NULL;
		return true;
	case 'f':
		set = *p + 2;
		if (set == m->pattern_end || *set != '[') {
			malformed(m, "%f needs a set in brackets");
			return true;
		}
		end = rule_pattern_class_end(set, m->pattern_end, &why);
		if (!end)
			malformed(m, why);
		*done = end && at_frontier(m, *at, set, end);
		*p = end;
		return true;
	case '0': case '1': case '2': case '3': case '4':
	case '5': case '6': case '7': case '8': case '9':
		*at = match_back(m, *at, (*p)[1]);
		*p += 2;
		*done = *at != NULL;
		return true;
	default: return false;
	}
}

/* The end of a match of pattern p at this place. */
const char *rule_match_here(struct matcher *m, const char *at, const char *p)
{
	while (p < m->pattern_end) {
		const char *found;
		bool done;

		if (!spend(m))
			return NULL;
		if (*p == '(' && p + 1 < m->pattern_end && p[1] == ')')
			return open_capture(m, at, p + 2, POSITION);
		if (*p == '(')
			return open_capture(m, at, p + 1, OPEN);
		if (*p == ')')
			return close_capture(m, at, p + 1);
		if (*p == '$' && p + 1 == m->pattern_end)
			return at == m->text_end ? at : NULL;
		if (*p == '%' && match_percent(m, &at, &p, &done)) {
			if (!done)
				return NULL;
			continue;
		}
		found = match_class(m, &at, &p, &done);
		if (!done)
			return found;
	}
	return at;
}

/* ---- the entrances ------------------------------------------------------------------------- */
static enum rule_matched finish(const struct matcher *m, const char *start, const char *end,
                                struct rule_match *match)
{
	match->start = start;
	match->end = end;
	match->count = m->count;
	for (int i = 0; i < m->count; i++) {
		ptrdiff_t len = m->captures[i].len;

		if (len == OPEN) {
			match->why = "a '(' has no ')'";
			return RULE_MATCH_MALFORMED;
		}
		match->captures[i] = (struct rule_capture){ m->captures[i].start,
			                                    len > 0 ? (size_t)len : 0,
			                                    len == POSITION };
	}
	return RULE_MATCH;
}

/* How many bytes of the pattern stand for themselves before anything else comes. */
static size_t plain_bytes(const char *p, const char *end)
{
	size_t len = 0;

	while (p + len < end && p[len] && !strchr("^$*+?.([%-)", p[len]))
		len++;
	/* What a quantifier is for is not one of them. */
	return len && p + len < end && p[len] && strchr("*+?-", p[len]) ? len - 1 : len;
}

enum rule_matched rule_pattern_find(struct weir_bytes pattern, struct weir_bytes text,
                                    size_t from, int64_t *steps, struct rule_match *match)
{
	const char *base = text.data ? text.data : "", *p = pattern.data, *at = base + from;
	struct matcher m; /* not cleared: captures are many */
	bool anchored = pattern.len > 0 && *p == '^';
	size_t plain;

	m.text = base;
	m.text_end = base + text.len;
	m.pattern_end = p + pattern.len;
	m.steps = steps;
	m.why = NULL;
	m.stopped = false;
	match->count = 0;
	match->why = NULL;
	p += anchored;
	plain = anchored ? 0 : plain_bytes(p, m.pattern_end);
	for (; at <= m.text_end; at++) {
		const char *end;

		if (plain) {
			at = memmem(at, (size_t)(m.text_end - at), p, plain);
			if (!at)
				break;
		}
		m.count = 0;
		m.depth = 0;
		end = spend(&m) ? rule_match_here(&m, at + plain, p + plain) : NULL;
		if (end)
			return finish(&m, at, end, match);
		if (m.why) {
			match->why = m.why;
			return RULE_MATCH_MALFORMED;
		}
		if (m.stopped)
			return RULE_MATCH_TOO_LONG;
		if (anchored)
			break;
	}
	return RULE_NO_MATCH;
}
