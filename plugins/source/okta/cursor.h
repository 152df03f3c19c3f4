/* cursor.h - where reading goes on, and the text in which the core keeps it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_CURSOR_H
#define OKTA_CURSOR_H

#include <weir/util.h>

#define CURSOR_VERSION 1

struct cursor {
	char *next;          /* the whole URL of the next page; NULL: query from since_us */
	int64_t since_us;    /* where this query began */
	uint64_t query;      /* hash of the settings that shape it */
	int64_t date_us;     /* the last good page: its Date, 0 if there was none */
	int64_t newest_us;   /* and the newest `published` of all pages, 0 if there was none */
	bool done;           /* a bounded query came to its end */
};

void cursor_finish(struct cursor *position);
void cursor_write(const struct cursor *position, struct weir_buf *text);
/* False when it is none of ours; position is then empty. */
bool cursor_read(const char *text, struct cursor *position);
/* Where to begin anew when the cursor cannot be used: the earlier of date and newest, less
 * overlap, but not before the query's own begin. */
int64_t cursor_fallback_us(const struct cursor *position, int64_t overlap_us);

#endif
