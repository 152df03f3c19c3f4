/* place.h - where a record goes: a path with {schema} and {source} in it.
 *
 * What stands before the first placeholder is the operator's; a value is percent-encoded, so
 * that event data never chooses a folder.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SINK_FILE_PLACE_H
#define SINK_FILE_PLACE_H

#include <weir/plugin.h>

struct place;

/* NULL when the path is not one: err says what to write instead, with where.path "path". */
struct place *place_create(const char *path, struct weir_error *err);
void place_destroy(struct place *place); /* NULL is fine */
/* Without placeholders there is one file. */
bool place_is_fixed(const struct place *place);
/* Appends the path for these values; NULL for none. */
void place_path(const struct place *place, const char *schema, const char *source,
                struct weir_buf *path);
/* Could place_path have given that path? */
bool place_matches(const struct place *place, const char *path);
/* The folder that all outputs lie in or below, to weir_free. */
char *place_folder(const struct place *place);
/* A folder for a file of the sink's own, whose path then begins like none of the outputs'; to
 * weir_free. */
char *place_side_folder(const struct place *place);

#endif
