/* view.h - what one step of the chain sees of a page: its rows, and those that ended.
 *
 * A view belongs to its page. Rows are live until a stage drops or rejects them; a row that
 * ended is kept aside, because the fate of its event is counted at every sink behind.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_VIEW_H
#define CORE_VIEW_H

#include "page.h"

enum row_state { ROW_LIVE, ROW_DROPPED, ROW_DEAD };

struct row {
	struct weir_value record;  /* absent: no stage made one yet */
	const char *schema;        /* or NULL */
	union {
		const char *cause;         /* of ROW_DROPPED */
		const struct dead *letter; /* of ROW_DEAD: why */
	};
	size_t text_at, text_len;  /* in the view's text, or in the page's data */
	uint32_t event;            /* index into the page's events */
	uint8_t state;             /* enum row_state */
	bool text_in_page;
};

struct rows {
	struct row *items;
	size_t len, cap;
};

struct view {
	struct page *page;
	struct rows live, ended;
	struct weir_buf text;      /* what view_render wrote */
};

/* All events of a parsed page that are sound and were not seen before. */
struct view *view_create(struct page *page);
struct view *view_copy(const struct view *view);
void view_destroy(struct view *view);  /* NULL is fine */
int64_t view_bytes(const struct view *view); /* NULL is fine */

void rows_add(struct rows *rows, const struct row *row);
void rows_copy(struct rows *to, const struct rows *from); /* to was empty or zeroed */
void rows_finish(struct rows *rows);
/* Moves rows that a stage dropped or rejected from live to ended. */
void view_settle(struct view *view);

/* Writes each row as a line of JSON; once, before sinks see it. */
void view_render(struct view *view);
struct weir_bytes view_text(const struct view *view, size_t row);

#endif
