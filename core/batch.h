/* batch.h - struct weir_batch: what a plugin holds of a page during one call.
 *
 * For a source the page it fills; for a transform the rows of a view, to be changed; for a
 * sink a run of rows, to be read. One thread at a time; the batch lives on the caller's stack.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_BATCH_H
#define CORE_BATCH_H

#include "view.h"

struct weir_batch {
	struct page *page;
	const struct json_limits *limits; /* sources, for weir_batch_parse */

	struct view *view;         /* transforms and sinks */
	size_t from, len;          /* the rows that the plugin sees */
	const char *stage;         /* "sinks.out", for dead letters */
	struct dead_list dead;     /* what this call rejected; the caller's to keep or to free */
	bool *rejected;            /* sinks: by row of the view; filled by the caller with false */
};

/* Makes the dead letter of a row. */
const struct dead *batch_bury(struct dead_list *list, const struct view *view,
                              const struct row *row, const char *stage,
                              const struct weir_error *why);

#endif
