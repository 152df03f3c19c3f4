/* align.c - which items of two lists belong together: the longest common subsequence.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "align.h"

#include <weir/util.h>

/* Larger tables are not worth their memory: then only the ends are looked at. */
enum { CELLS_MAX = 4 << 20 };

struct alignment {
	bool (*same)(void *arg, size_t before, size_t after);
	void *arg;
	struct align_pair *pairs;
	size_t count;
	size_t before, after; /* everything in front of these is paired */
};

static void pair(struct alignment *a, size_t before, size_t after)
{
	a->pairs[a->count++] = (struct align_pair){ before, after };
}

/* Pairs all up to these two by their place. */
static void pair_up_to(struct alignment *a, size_t before, size_t after)
{
	while (a->before < before || a->after < after) {
		pair(a, a->before < before ? a->before : ALIGN_NONE,
		     a->after < after ? a->after : ALIGN_NONE);
		a->before += a->before < before;
		a->after += a->after < after;
	}
}

static void pair_same(struct alignment *a, size_t before, size_t after)
{
	pair_up_to(a, before, after);
	pair(a, before, after);
	a->before++;
	a->after++;
}

/* longest[i * (m + 1) + j]: of the common subsequence of what is behind i and j. */
static void pair_middle(struct alignment *a, size_t before_end, size_t after_end)
{
	size_t i0 = a->before, j0 = a->after, n = before_end - i0, m = after_end - j0, width = m + 1;
	uint32_t *longest;
	size_t i = 0, j = 0;

	if (n == 0 || m == 0 || n > CELLS_MAX / width)
		return;
	longest = weir_alloc((n + 1) * width * sizeof *longest);
	for (size_t p = n; p-- > 0;) {
		for (size_t q = m; q-- > 0;) {
			uint32_t down = longest[(p + 1) * width + q], right = longest[p * width + q + 1];

			longest[p * width + q] = a->same(a->arg, i0 + p, j0 + q)
			                         ? longest[(p + 1) * width + q + 1] + 1
			                         : down > right ? down : right;
		}
	}
	while (i < n && j < m) {
		if (a->same(a->arg, i0 + i, j0 + j))
			pair_same(a, i0 + i++, j0 + j++);
		else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1])
			i++;
		else
			j++;
	}
	weir_free(longest);
}

size_t align_lists(size_t before_count, size_t after_count,
                   bool (*same)(void *arg, size_t before, size_t after), void *arg,
                   struct align_pair *pairs)
{
	struct alignment a = { .same = same, .arg = arg, .pairs = pairs };
	size_t tail = 0;

	while (a.before < before_count && a.after < after_count && same(arg, a.before, a.after))
		pair_same(&a, a.before, a.after);
	while (a.before + tail < before_count && a.after + tail < after_count &&
	       same(arg, before_count - tail - 1, after_count - tail - 1))
		tail++;
	pair_middle(&a, before_count - tail, after_count - tail);
	pair_up_to(&a, before_count - tail, after_count - tail);
	for (size_t i = tail; i-- > 0;)
		pair_same(&a, before_count - i - 1, after_count - i - 1);
	return a.count;
}
