/* backfill_text.h - what `weir backfill` prints of a backfill, as lane_value.c describes it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_BACKFILL_TEXT_H
#define CORE_BACKFILL_TEXT_H

#include <weir/plugin.h>

/* Nothing more is to be expected, and all of it is stored. */
bool backfill_is_over(struct weir_value backfill);
/* It came to its end (or to its estimate). */
bool backfill_is_done(struct weir_value backfill);

/* Each appends one line without its end. False: there is nothing to say (yet). */
bool backfill_put_estimate(struct weir_value backfill, struct weir_buf *text);
/* width: of the bar; 0 is none. */
bool backfill_put_progress(struct weir_value backfill, int width, struct weir_buf *text);
bool backfill_put_end(struct weir_value backfill, struct weir_buf *text);
/* What the source has warned of, or what is wrong. */
bool backfill_put_note(struct weir_value backfill, struct weir_buf *text);
/* A table of several. */
void backfill_put_list(struct weir_value list, struct weir_buf *text);

#endif
