/* nearest.c - the word that a mistyped one was meant to be.
 *
 * Lives here: weir_nearest. Not here: how it is said (diag.c and the callers).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <weir/util.h>

#include <string.h>
#include <strings.h>

/* Longer words are no typing mistakes, and this keeps the table on the stack. */
enum { WORD_MAX = 64 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* What leads from a to b: 2 for each insertion, deletion and replacement, 1 for a swap of
 * neighbours, the likeliest slip of fingers. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t rows[3][WORD_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b_len; j++)
		last[j] = 2 * j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *spare = before;

		row[0] = 2 * i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t cost = a[i - 1] == b[j - 1] ? 0 : 2;

			row[j] = least(least(last[j], row[j - 1]) + 2, last[j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[b_len];
}

static const char *nearest_by_letters(const char *word, const char *const *words)
{
	size_t len = strlen(word), best = 2 * ((len < 3 ? 3 : len) / 3) + 1;
	const char *found = NULL;

	if (len > WORD_MAX)
		return NULL;
	for (; *words; words++) {
		size_t other = strlen(*words), d;

		if (strcasecmp(word, *words) == 0)
			return *words;
		if (other > WORD_MAX || other > len + best || len > other + best)
			continue;
		d = distance(word, len, *words, other);
		if (d < best && d < 2 * least(len, other)) {
			best = d;
			found = *words;
		}
	}
	return found;
}

static bool is_separator(char c)
{
	return c == '\0' || c == '_' || c == '-' || c == '.';
}

/* "url" in "org_url". */
static bool is_part(const char *word, const char *of)
{
	size_t len = strlen(word);

	if (len == 0)
		return false;
	for (const char *at = strstr(of, word); at; at = strstr(at + 1, word))
		if ((at == of || is_separator(at[-1])) && is_separator(at[len]))
			return true;
	return false;
}

static const char *only_one_with_part(const char *word, const char *const *words)
{
	const char *found = NULL;

	for (; *words; words++) {
		if (!is_part(word, *words) && !is_part(*words, word))
			continue;
		if (found)
			return NULL;
		found = *words;
	}
	return found;
}

const char *weir_nearest(const char *word, const char *const *words)
{
	const char *found;

	if (!*word)
		return NULL;
	found = nearest_by_letters(word, words);
	return found ? found : only_one_with_part(word, words);
}
