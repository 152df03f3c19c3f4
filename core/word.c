/* word.c - the word that was meant by a mistyped one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <weir/util.h>

#include <string.h>

enum { LONGEST = 64 };

static int least(int a, int b, int c)
{
	int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
}

/* Insertions, deletions, changes and swaps of neighbours (optimal string alignment). */
static int distance(const char *a, const char *b)
{
	int rows[3][LONGEST + 1], *before = rows[0], *last = rows[1], *row = rows[2], *spare;
	int len_a = (int)strlen(a), len_b = (int)strlen(b);

	for (int j = 0; j <= len_b; j++)
		last[j] = j;
	for (int i = 1; i <= len_a; i++) {
		row[0] = i;
		for (int j = 1; j <= len_b; j++) {
			int change = last[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]));

			row[j] = least(last[j] + 1, row[j - 1] + 1, change);
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]) && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[len_b];
}

const char *weir_nearest(const char *word, const char *const *words)
{
	size_t len = strlen(word);
	const char *nearest = NULL;
	int best;

	if (!len || len > LONGEST)
		return NULL;
	/* One slip in a short word, a third of a long one. */
	best = (len < 6 ? 1 : (int)len / 3) + 1;
	for (; *words; words++) {
		int d;

		if (strlen(*words) > LONGEST)
			continue;
		d = distance(word, *words);
		if (d < best && d < (int)strlen(*words)) {
			best = d;
			nearest = *words;
		}
	}
	return nearest;
}
