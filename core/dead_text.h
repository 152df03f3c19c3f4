/* dead_text.h - dead letters as `weir dead` shows them.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_DEAD_TEXT_H
#define CORE_DEAD_TEXT_H

#include "store.h"
#include "table.h"

/* The columns of dead_text_row. */
struct table *dead_text_table(void);
void dead_text_row(struct table *table, const struct store_dead *dead);
/* "rules/auth.lua:12:3: sinks.out: will not have it". */
void dead_text_reason(const struct store_dead *dead, struct weir_buf *text);
/* Everything but the event, a line each. */
void dead_text_whole(const struct store_dead *dead, struct weir_buf *text);
/* A line of JSON with the event, and "event_text" where that is no JSON. */
void dead_text_json(const struct store_dead *dead, struct weir_buf *text);

#endif
