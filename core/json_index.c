/* json_index.c - the first pass: where the tokens of a page are.
 *
 * Lives here: room for the entries. Not here: the pass itself (json_index_template.h),
 * choosing its instruction set (json_isa.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_doc.h"

/* The room for entries grows by what so many bytes of text may need at most. */
enum { STEP = 16 * 1024 };

/* Bytes of text for an entry in pages with many short tokens. */
enum { USUAL = 6 };

static bool grow(uint32_t **array, size_t *cap, size_t want)
{
	uint32_t *grown;

	if (want <= *cap)
		return true;
	if (want < *cap + *cap / 2)
		want = *cap + *cap / 2;
	grown = weir_try_realloc(*array, want * sizeof **array);
	if (!grown)
		return false;
	*array = grown;
	*cap = want;
	return true;
}

/* There are as many bytes as entries. */
static bool grow_first(struct json_doc *doc, size_t want)
{
	char *grown;

	if (want <= doc->first_cap)
		return true;
	grown = weir_try_realloc(doc->first, doc->index_cap);
	if (!grown)
		return false;
	doc->first = grown;
	doc->first_cap = doc->index_cap;
	return true;
}

/* Room for whatever the next step may write. */
static bool make_room(struct json_doc *doc, size_t step)
{
	size_t entries = doc->view.count + step + JSON_SCAN_ROOM + JSON_SENTINELS;

	return grow(&doc->index, &doc->index_cap, entries) && grow_first(doc, entries) &&
	       grow(&doc->escaped, &doc->escaped_cap, doc->escaped_count + step / 64 + 1);
}

/* Nothing is left open at the end. */
static bool ended_well(const struct json_scan *scan)
{
	return !scan->fault && !scan->in_string && !scan->pending;
}

enum json_indexed json_index(struct json_doc *doc, size_t from, size_t to,
                             enum weir_page_format format)
{
	struct json_scan scan = {
		.text = doc->view.text + from,
		.base = (uint32_t)from,
		.lines = format == WEIR_PAGE_LINES ? ~0ULL : 0,
	};
	const struct json_isa *isa = json_isa_chosen();

	/* Enough for most pages, their last step too, so that what was written need not move. */
	if (!make_room(doc, (to - from) / USUAL + (to - from < STEP ? to - from : STEP)))
		return JSON_NO_MEMORY;
	for (size_t at = 0; at < to - from; at += STEP) {
		size_t step = to - from - at < STEP ? to - from - at : STEP;

		if (!make_room(doc, step))
			return JSON_NO_MEMORY;
		scan.out = doc->index + doc->view.count;
		scan.first = doc->first + doc->view.count;
		scan.escaped = doc->escaped + doc->escaped_count;
		isa->scan(&scan, at, step);
		doc->view.count = (uint32_t)(scan.out - doc->index);
		doc->escaped_count = (size_t)(scan.escaped - doc->escaped);
		if (scan.fault)
			return JSON_FAULTY;
	}
	doc->view.spaced |= scan.spaced != 0;
	doc->view.escapes |= doc->escaped_count > 0;
	return ended_well(&scan) ? JSON_INDEXED : JSON_FAULTY;
}
