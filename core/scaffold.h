/* scaffold.h - files that a command makes to begin with, from templates or from text.
 *
 * All of them or none, and never over what is there.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_SCAFFOLD_H
#define CORE_SCAFFOLD_H

#include <weir/plugin.h>

struct scaffold;

struct scaffold *scaffold_create(void);
/* Unless scaffold_keep was called, what was written is removed again. */
void scaffold_destroy(struct scaffold *scaffold);
/* A file to be written; everything is copied. */
void scaffold_add(struct scaffold *scaffold, const char *path, struct weir_bytes text);
/* Writes what was added and is not written yet, with the folders it needs. False: a file is
 * there, or cannot be written. */
bool scaffold_write(struct scaffold *scaffold, struct weir_error *err);
void scaffold_keep(struct scaffold *scaffold);
/* The files, NULL-ended, as they were added. */
const char *const *scaffold_files(const struct scaffold *scaffold);

/* The path of a template, "plugin/sink.c", among weir's installed files; in arena. */
const char *scaffold_template(struct weir_arena *arena, const char *name, struct weir_error *err);
/* Appends text with a word replaced wherever it stands alone or before a '_'. */
void scaffold_rename(struct weir_bytes text, const char *word, const char *by, struct weir_buf *out);

#endif
