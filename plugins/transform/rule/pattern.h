/* pattern.h - Lua's patterns, with a budget.
 *
 * The language is that of the Lua 5.4 manual, section 6.4.1. Lua's own matcher runs in C where
 * no instruction hook reaches it, and may take time that is exponential in the text's length;
 * this one counts its steps.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_PATTERN_H
#define RULE_PATTERN_H

#include <weir/util.h>

enum { RULE_CAPTURES_MAX = 32 };

enum rule_matched {
	RULE_MATCH,
	RULE_NO_MATCH,
	RULE_MATCH_MALFORMED, /* why says what is wrong with the pattern */
	RULE_MATCH_TOO_LONG,  /* the steps are used up, or it nests too deep */
};

struct rule_capture {
	const char *start;
	size_t len;
	bool position; /* "()": only start counts */
};

struct rule_match {
	const char *start, *end;
	struct rule_capture captures[RULE_CAPTURES_MAX];
	int count;
	const char *why;
};

/* The first match at or behind from. Takes the steps it needs from *steps. */
enum rule_matched rule_pattern_find(struct weir_bytes pattern, struct weir_bytes text,
                                    size_t from, int64_t *steps, struct rule_match *match);
/* NULL, or what is wrong with the pattern. */
const char *rule_pattern_check(struct weir_bytes pattern);
/* A byte without which a text cannot match, or -1 when none is easily found. */
int rule_pattern_needs(struct weir_bytes pattern);
/* Behind the single-character class that begins at p; NULL, and why, when it has no end. */
const char *rule_pattern_class_end(const char *p, const char *end, const char **why);

#endif
