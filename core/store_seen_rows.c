/* store_seen_rows.c - the rows in which ids were found last, as sets.
 *
 * A look-up on disk reads rows until it finds the id, which takes milliseconds with a million of them, on the
 * loop's thread. A backfill or an audit looks up thousands that lie side by side.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_own.h"

#include <string.h>

static bool is_later(const struct seen_row *a, const struct seen_row *b)
{
	return !b || a->used > b->used;
}

bool seen_rows_have(struct seen_rows *rows, const struct seen_source *source, struct seen_key key)
{
	for (size_t i = 0; i < SEEN_ROWS; i++) {
		struct seen_row *row = &rows->items[i];

		if (row->source != source || !seen_set_has(&row->keys, key))
			continue;
		row->used = ++rows->clock;
		return true;
	}
	return false;
}

bool seen_rows_last(const struct seen_rows *rows, const struct seen_source *source,
                    int64_t *number)
{
	const struct seen_row *last = NULL;

	for (size_t i = 0; i < SEEN_ROWS; i++) {
		if (rows->items[i].source == source && is_later(&rows->items[i], last))
			last = &rows->items[i];
	}
	if (last)
		*number = last->number;
	return last != NULL;
}

/* Its own, which may have changed on disk, else the one that was used the longest ago. */
static struct seen_row *place_for(struct seen_rows *rows, const struct seen_source *source,
                                  int64_t number)
{
	struct seen_row *oldest = &rows->items[0];

	for (size_t i = 0; i < SEEN_ROWS; i++) {
		struct seen_row *row = &rows->items[i];

		if (row->source == source && row->number == number)
			return row;
		if (row->used < oldest->used)
			oldest = row;
	}
	return oldest;
}

void seen_rows_keep(struct seen_rows *rows, const struct seen_source *source, int64_t number,
                    struct weir_bytes ids)
{
	struct seen_row *row = place_for(rows, source, number);
	struct seen_key key;

	seen_set_finish(&row->keys);
	row->source = source;
	row->number = number;
	row->used = ++rows->clock;
	for (size_t i = 0; i + sizeof key <= ids.len; i += sizeof key) {
		memcpy(&key, ids.data + i, sizeof key);
		if (!seen_set_has(&row->keys, key))
			seen_set_add(&row->keys, key);
	}
}

size_t seen_rows_memory(const struct seen_rows *rows)
{
	size_t bytes = 0;

	for (size_t i = 0; i < SEEN_ROWS; i++)
		bytes += rows->items[i].keys.cap * sizeof(struct seen_key);
	return bytes;
}

void seen_rows_finish(struct seen_rows *rows)
{
	for (size_t i = 0; i < SEEN_ROWS; i++)
		seen_set_finish(&rows->items[i].keys);
	*rows = (struct seen_rows){ 0 };
}
