/* schemas.h - the schemas of rules: asked of the plugins that read them, and shown.
 *
 * The core knows no format of schemas: a schema is a value as weir/rules.h describes it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_SCHEMAS_H
#define CORE_SCHEMAS_H

#include "diag.h"

/* Where schemas are sought for rules in these folders (NULL-ended): in and beside each, then
 * rules/schemas, here or installed. In arena; NULL-ended. */
const char *const *schemas_folders(struct weir_arena *arena, const char *const *rules);
/* Which there are, an array of {"name", "file", "doc"}; a wrong one has no doc, and diag says why. */
bool schemas_list(struct weir_arena *arena, const char *const *folders, struct weir_value *list,
                  struct diag *diag);
/* One of them. False: diag says what is wrong, with the nearest name. */
bool schemas_get(struct weir_arena *arena, const char *const *folders, const char *name,
                 struct weir_value *schema, struct diag *diag);

/* For a terminal. */
void schemas_list_text(struct weir_value list, struct weir_buf *text);
void schemas_text(struct weir_value schema, struct weir_buf *text);
/* A JSON Schema (draft 7) of its records. */
struct weir_value schemas_json(struct weir_arena *arena, struct weir_value schema);

/* A member of such a value as text, "" when it has none. */
const char *schemas_member(struct weir_arena *arena, struct weir_value of, const char *key);

#endif
