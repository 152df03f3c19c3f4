/* view.c - what one step of the chain sees of a page: its rows, and those that ended.
 *
 * Lives here: rows, and their text. Not here: what a plugin may do with them (batch.c), which
 * step has which view (chain.c), fates (tally.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "view.h"

#include <string.h>

static void reserve(struct rows *rows, size_t cap)
{
	if (cap <= rows->cap)
		return;
	if (cap < 2 * rows->cap)
		cap = 2 * rows->cap;
	rows->items = weir_realloc(rows->items, cap * sizeof *rows->items);
	rows->cap = cap;
}

void rows_add(struct rows *rows, const struct row *row)
{
	struct row copy = *row; /* it may be one of these rows */

	if (rows->len == rows->cap)
		reserve(rows, rows->len + 8);
	rows->items[rows->len++] = copy;
}

void rows_copy(struct rows *to, const struct rows *from)
{
	reserve(to, from->len);
	if (from->len)
		memcpy(to->items, from->items, from->len * sizeof *from->items);
	to->len = from->len;
}

void rows_finish(struct rows *rows)
{
	weir_free(rows->items);
	*rows = (struct rows){ 0 };
}

struct view *view_create(struct page *page)
{
	struct view *view = weir_alloc(sizeof *view);

	view->page = page;
	reserve(&view->live, page->event_count);
	for (size_t i = 0; i < page->event_count; i++) {
		struct row row = { .event = (uint32_t)i };

		if (!page->events[i].error && !page_is_repeated(page, i))
			rows_add(&view->live, &row);
	}
	return view;
}

struct view *view_copy(const struct view *view)
{
	struct view *copy = weir_alloc(sizeof *copy);

	copy->page = view->page;
	rows_copy(&copy->live, &view->live);
	rows_copy(&copy->ended, &view->ended);
	return copy;
}

void view_destroy(struct view *view)
{
	if (!view)
		return;
	rows_finish(&view->live);
	rows_finish(&view->ended);
	weir_buf_finish(&view->text);
	weir_free(view);
}

int64_t view_bytes(const struct view *view)
{
	if (!view)
		return 0;
	return (int64_t)(sizeof *view + (view->live.cap + view->ended.cap) * sizeof(struct row)
	                 + view->text.cap);
}

void view_settle(struct view *view)
{
	struct rows *live = &view->live;
	size_t kept = 0;

	for (size_t i = 0; i < live->len; i++) {
		if (live->items[i].state != ROW_LIVE)
			rows_add(&view->ended, &live->items[i]);
		else if (kept++ != i)
			live->items[kept - 1] = live->items[i];
	}
	live->len = kept;
}

/* ---- text -------------------------------------------------------------------- */

/* The exact source bytes, with their line end if it stands behind them. */
static void render_event(struct view *view, struct row *row)
{
	const struct page *page = view->page;
	struct weir_bytes source = page->events[row->event].source;

	if (page->format != WEIR_PAGE_LINES && memchr(source.data, '\n', source.len)) {
		row->text_at = view->text.len;
		weir_value_render(page->events[row->event].value, &view->text);
		row->text_len = view->text.len - row->text_at;
		weir_buf_putc(&view->text, '\n');
		return;
	}
	row->text_len = source.len;
	row->text_in_page = source.data + source.len < page->data + page->len
	                    && source.data[source.len] == '\n';
	if (row->text_in_page) {
		row->text_at = (size_t)(source.data - page->data);
		return;
	}
	row->text_at = view->text.len;
	weir_buf_add(&view->text, source.data, source.len);
	weir_buf_putc(&view->text, '\n');
}

/* So many rows say how long all will be, more or less. */
enum { FIRST = 16 };

void view_render(struct view *view)
{
	for (size_t i = 0; i < view->live.len; i++) {
		struct row *row = &view->live.items[i];

		if (i == FIRST)
			weir_buf_room(&view->text, view->text.len / FIRST * (view->live.len - FIRST)
			                                   / 8 * 9);
		if (weir_is_absent(row->record)) {
			render_event(view, row);
			continue;
		}
		row->text_in_page = false;
		row->text_at = view->text.len;
		weir_value_render(row->record, &view->text);
		row->text_len = view->text.len - row->text_at;
		weir_buf_putc(&view->text, '\n');
	}
}

struct weir_bytes view_text(const struct view *view, size_t row)
{
	const struct row *r = &view->live.items[row];
	const char *base = r->text_in_page ? view->page->data : view->text.data;

	return (struct weir_bytes){ base + r->text_at, r->text_len };
}
