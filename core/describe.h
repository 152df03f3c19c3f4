/* describe.h - plugins and options, printed from their rows.
 *
 * The core's own options are a plugin too here: describe_core() gives a descriptor of kind 0,
 * name "core".
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_DESCRIBE_H
#define CORE_DESCRIBE_H

#include <weir/plugin.h>

/* Name, version, summary and options only; everything else is zero. */
const struct weir_plugin *describe_core(void);

/* All plugins in one list, with summaries. */
void describe_list(struct weir_buf *text);
/* One of them, for a terminal. */
void describe_text(const struct weir_plugin *plugin, struct weir_buf *text);
/* One of them, as a page of docs/reference. */
void describe_markdown(const struct weir_plugin *plugin, struct weir_buf *text);
/* One of them, or (NULL) an object of all. */
struct weir_value describe_json(struct weir_arena *arena, const struct weir_plugin *plugin);
/* A JSON Schema (draft 7) of weir.yaml, for editors. */
struct weir_value describe_schema(struct weir_arena *arena);

/* "duration, at least 100ms", "one of auto, required, off": the type with its limits. */
void describe_type(const struct weir_option *row, struct weir_buf *text);
/* "source", "transform", "sink", or "core". */
const char *describe_kind(const struct weir_plugin *plugin);

#endif
