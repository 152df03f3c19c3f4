/* option.h - option rows x a tree of values -> a struct; all mistakes, with places.
 *
 * Pure but for secrets, which secret.c reads. Strings belong to the arena that is handed in;
 * secrets to the instance (option_wipe).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_OPTION_H
#define CORE_OPTION_H

#include "diag.h"

struct option_source {
	struct weir_value options;  /* object with places; absent counts as empty */
	const char *path;           /* "sources.acme", for messages */
	const char *file;           /* when values have no file of their own */
};

/* Writes presets and values into self; unknown keys and wrong values are mistakes. */
bool option_fill(const struct weir_option *rows, const struct option_source *from, void *self,
                 struct weir_arena *arena, struct diag *diag);
/* Wipes and frees the secrets in self. */
void option_wipe(const struct weir_option *rows, void *self);
/* Reads secrets again; see weir_secrets_reload. */
enum weir_status option_reload_secrets(const struct weir_option *rows,
                                       const struct option_source *from, void *self,
                                       bool *changed, struct weir_error *err);
/* True when both objects give the same options (secrets compared by reference text). */
bool option_same(struct weir_value a, struct weir_value b);

#endif
