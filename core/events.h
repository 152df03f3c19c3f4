/* events.h - events from a file or standard input, a page at a time, for commands.
 *
 * NDJSON, a JSON array or documents of several lines each, plain or gzip. Not for pipelines: the source `file` keeps positions.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_EVENTS_H
#define CORE_EVENTS_H

#include <weir/plugin.h>

struct events;

/* path "-" is standard input. NULL: err. */
struct events *events_open(const char *path, struct weir_error *err);
void events_close(struct events *events); /* NULL is fine */
/* The next page: whole lines of about 1 MiB, or the whole array. Valid until the next call.
 * When the first line is '{' alone, a document goes on until a line begins with '{'; it comes
 * as one line, with '\r' for the line ends within it.
 * False at the end (err->text is empty) or when reading failed. */
bool events_next(struct events *events, enum weir_page_format *format, struct weir_bytes *page,
                 struct weir_error *err);

#endif
