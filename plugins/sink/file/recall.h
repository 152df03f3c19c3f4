/* recall.h - the events that a file had before the state that knew of them was lost.
 *
 * Records that are in the file already are told by their event's id, so that what a source reads
 * again is not written again. An id is found in a record as the text of a member at its top; which
 * member is learnt from the first row that has an id. Each record answers for one row.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SINK_FILE_RECALL_H
#define SINK_FILE_RECALL_H

#include <weir/plugin.h>

/* So much of a file's end is looked through; a record costs 16 to 32 bytes of memory. */
#define RECALL_BYTES (INT64_C(512) << 20)

struct recall;

/* Of the bytes before length. Nothing is read before a row asks. */
struct recall *recall_create(const char *path, int64_t length);
void recall_destroy(struct recall *recall); /* NULL is fine */
/* The length it was made with: what is before it is looked through. */
int64_t recall_length(const struct recall *recall);
/* *there: the row's record is in the file. The first row with an id waits until the file is read.
 * RETRY: it cannot be read now, or weir stops. */
enum weir_status recall_take(struct recall *recall, struct weir_ctx *ctx,
                             const struct weir_batch *b, size_t row, bool *there,
                             struct weir_error *err);
/* What was taken since the last keep will be asked for again. */
void recall_take_back(struct recall *recall);
void recall_keep(struct recall *recall);
/* Nothing more is to be expected of it. */
bool recall_is_done(const struct recall *recall);

#endif
