/* habits.c - what other languages taught an author of a program that jq does not take.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "habits.h"

#include <string.h>

static bool is_keyword(const struct scan *scan, size_t at)
{
	static const char *const words[] = { "and", "or", "if", "then", "elif", "else", "as", "def",
		                             "reduce", "foreach", "try", "catch", "label", NULL };

	for (size_t i = 0; words[i]; i++) {
		if (scan_is_name(scan, at, words[i]))
			return true;
	}
	return false;
}

/* Whether a token ends a value: what follows it must be an operator, a ',' or a bracket. */
static bool ends_value(const struct scan *scan, size_t at)
{
	const struct scan_token *token = &scan->tokens[at];

	if (token->kind == SCAN_OTHER)
		return strchr(")]}", *token->text.data) != NULL;
	return !is_keyword(scan, at);
}

/* `.a b` */
static bool stands_behind_value(const struct scan *scan, size_t at)
{
	return scan->tokens[at].kind == SCAN_NAME && !is_keyword(scan, at) &&
	       !scan_is_name(scan, at, "end") && ends_value(scan, at - 1) &&
	       scan->tokens[at - 1].depth >= scan->tokens[at].depth;
}

static bool is_comment(const struct scan *scan, size_t at)
{
	return scan_is(scan, at, '/') && (scan_is(scan, at + 1, '/') || scan_is(scan, at + 1, '*')) &&
	       (at == 0 || !ends_value(scan, at - 1) ||
	        scan->tokens[at - 1].line < scan->tokens[at].line);
}

/* `key = value`, `key: value key: value`, `key: if …`: at is behind the key. */
static const char *in_object(const struct scan *scan, size_t at, size_t *found)
{
	size_t before = at > 1 ? at - 2 : 0;

	*found = at;
	if (scan->tokens[at - 1].key && scan_is(scan, at, '=') && !scan_is(scan, at + 1, '='))
		return "between a name and its value stands ':'";
	if (!scan_is(scan, at, ':'))
		return NULL;
	if (scan->tokens[at - 1].key && scan_is_name(scan, at + 1, "if")) {
		*found = at + 1;
		return "as a value of an object, if … end stands in parentheses";
	}
	if (!scan->tokens[at - 1].key && scan->tokens[at - 1].kind != SCAN_OTHER && at > 1 &&
	    scan->tokens[before].depth == scan->tokens[at].depth && ends_value(scan, before)) {
		*found = at - 1;
		return "a ',' is missing before this";
	}
	return NULL;
}

static const char *at_token(const struct scan *scan, size_t at, size_t *found)
{
	const struct scan_token *token = &scan->tokens[at];

	*found = at;
	if (token->kind != SCAN_OTHER)
		return NULL;
	if (is_comment(scan, at))
		return "a comment begins with #";
	if (*token->text.data == '\'')
		return "a text stands in double quotes";
	if ((unsigned char)*token->text.data == 0xE2)
		return "a typographic quote; write \"";
	if (scan_is(scan, at, '&') && scan_is(scan, at + 1, '&'))
		return "write and";
	if (scan_is(scan, at, '|') && scan_is(scan, at + 1, '|'))
		return "write or";
	return NULL;
}

const char *habits_find(const struct scan *scan, size_t from, struct weir_where *where)
{
	size_t found = 0;

	for (size_t at = from; at < scan->count; at++) {
		const char *cure = at_token(scan, at, &found);

		if (!cure && at > from)
			cure = in_object(scan, at, &found);
		if (!cure && at > from && stands_behind_value(scan, at) && !scan_is(scan, at + 1, ':'))
			cure = "a '|', ',' or another operator is missing before this";
		if (!cure)
			continue;
		*where = scan_where(scan, &scan->tokens[found]);
		return cure;
	}
	return NULL;
}
