/* query.c - what is known beforehand about filter and q.
 *
 * https://developer.okta.com/docs/reference/system-log-query/ ; the grammar itself is Okta's to
 * judge, for it grows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "query.h"

#include <string.h>

enum { WORDS_MAX = 10, WORD_MAX = 40 };

static bool refuse(struct weir_error *err, const char *option, const char *text)
{
	weir_fail(err, WEIR_E_CONFIG, "%s", text);
	err->where.path = option;
	return false;
}

/* Behind a string literal that begins at p; NULL when it has no end. */
static const char *skip_literal(const char *p)
{
	for (p++; *p && *p != '"'; p++) {
		if (*p == '\\' && p[1])
			p++;
	}
	return *p ? p + 1 : NULL;
}

bool query_check_filter(const char *filter, struct weir_error *err)
{
	int depth = 0;

	for (const char *p = filter; *p;) {
		size_t word = strcspn(p, " \t\r\n()[]\"");

		if (word == 9 && strncmp(p, "published", 9) == 0)
			return refuse(err, "filter", "must not use published; write start and until");
		if (word) {
			p += word;
			continue;
		}
		if (*p == '[' || *p == ']')
			return refuse(err, "filter", "must not use [ ]; Okta does not take them");
		depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
		if (depth < 0)
			break;
		if (*p != '"') {
			p++;
			continue;
		}
		p = skip_literal(p);
		if (!p)
			return refuse(err, "filter", "has a text without a closing quote");
	}
	if (depth != 0)
		return refuse(err, "filter", "has parentheses that do not match");
	return true;
}

bool query_check_words(const char *q, struct weir_error *err)
{
	size_t words = 0;

	while (*q) {
		size_t len;

		q += strspn(q, " \t\r\n");
		len = strcspn(q, " \t\r\n");
		if (len > WORD_MAX)
			return refuse(err, "q", "has a word over 40 characters, which Okta refuses");
		words += len > 0;
		q += len;
	}
	if (words > WORDS_MAX)
		return refuse(err, "q", "has over 10 words, which Okta refuses");
	return true;
}
