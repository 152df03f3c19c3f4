/* pattern_check.c - what can be said of a pattern without a text.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pattern.h"

#include <ctype.h>
#include <string.h>

/* Captures while a pattern is checked. */
struct checked {
	bool closed[RULE_CAPTURES_MAX];
	int count;
};

static const char *check_open(struct checked *c)
{
	if (c->count == RULE_CAPTURES_MAX)
		return "it has more than 32 captures";
	c->closed[c->count++] = false;
	return NULL;
}

static const char *check_close(struct checked *c)
{
	for (int i = c->count; i-- > 0;) {
		if (!c->closed[i]) {
			c->closed[i] = true;
			return NULL;
		}
	}
	return "a ')' has no '('";
}

/* What begins with '%' and is no class: moves *p behind it. */
static const char *check_percent(const struct checked *c, const char **p, const char *end)
{
	int digit = (*p)[1] - '1';

	switch ((*p)[1]) {
	case 'b':
		if (end - *p < 4)
			return "%b needs two characters";
		*p += 4;
		return NULL;
	case 'f':
		if (end - *p < 3 || (*p)[2] != '[')
			return "%f needs a set in brackets";
		*p += 2;
		return NULL;
	default:
		if (digit < 0 || digit >= c->count || !c->closed[digit])
			return "it refers to a capture that is not there";
		*p += 2;
		return NULL;
	}
}

static bool is_special(const char *p, const char *end)
{
	return *p == '%' && end - p > 1 && strchr("bf0123456789", p[1]) && p[1];
}

/* Steps over the pattern without a text. */
const char *rule_pattern_check(struct weir_bytes pattern)
{
	const char *p = pattern.data, *end = p + pattern.len, *why = NULL, *class_why;
	struct checked c = { .count = 0 };

	if (pattern.len && *p == '^')
		p++;
	while (p < end && !why) {
		if (*p == '(') {
			why = check_open(&c);
			p++;
		} else if (*p == ')') {
			why = check_close(&c);
			p++;
		} else if (is_special(p, end)) {
			why = check_percent(&c, &p, end);
		} else {
			p = rule_pattern_class_end(p, end, &class_why);
			if (!p)
				return class_why;
			if (p < end && *p && strchr("*+?-", *p))
				p++;
		}
	}
	for (int i = 0; i < c.count && !why; i++)
		why = c.closed[i] ? NULL : "a '(' has no ')'";
	return why;
}

/* A class that is one character and no other, or -1. */
static int only_character(const char *class)
{
	if (*class == '%')
		return isalnum((unsigned char)class[1]) ? -1 : (unsigned char)class[1];
	return *class && strchr(".[$", *class) ? -1 : (unsigned char)*class;
}

int rule_pattern_needs(struct weir_bytes pattern)
{
	const char *p = pattern.data, *end = p + pattern.len, *next, *why;
	int needs = -1;

	for (p += pattern.len && *p == '^'; p < end && needs < 0; p = next) {
		next = p + 1;
		if (*p == '(' || *p == ')')
			continue;
		next = is_special(p, end) ? NULL : rule_pattern_class_end(p, end, &why);
		if (!next)
			return -1;
		if (next == end || !*next || !strchr("*?-", *next))
			needs = only_character(p);
		next += next < end && *next && strchr("*+?-", *next);
	}
	return needs;
}
