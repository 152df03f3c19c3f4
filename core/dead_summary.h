/* dead_summary.h - many dead letters by what is wrong with them.
 *
 * Letters count as alike when the same line of a rule refused them for the same sink, or, where
 * there is no line, when they have the same reason.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_DEAD_SUMMARY_H
#define CORE_DEAD_SUMMARY_H

#include "store.h"

/* So many reasons are told apart. */
enum { DEAD_REASONS_MOST = 200 };

struct dead_summary;

struct dead_summary *dead_summary_create(void);
void dead_summary_destroy(struct dead_summary *summary);
void dead_summary_add(struct dead_summary *summary, const struct store_dead *dead);
/* A table, the most frequent first; a line of JSON each. */
void dead_summary_text(struct dead_summary *summary, struct weir_buf *text);
void dead_summary_json(struct dead_summary *summary, struct weir_buf *json);

#endif
