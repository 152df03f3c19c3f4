/* option.h - option rows x a tree of values -> a struct; all mistakes, with places.
 *
 * Pure but for secrets, which secret.c reads, and `installed` paths, which are looked for.
 * Strings belong to the arena that is handed in; secrets to the instance (option_wipe).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_OPTION_H
#define CORE_OPTION_H

#include "tree.h"

/* config_options (config.h) makes one for a node. */
struct option_source {
	const struct tree *options; /* an object; NULL counts as empty */
	const char *path;           /* "sources.acme", for messages; "" for the top level */
	struct weir_where where;    /* of what lacks a required option: the instance's name */
	const char *hint;           /* "weir describe source okta", or NULL */
	const char *data_dir;       /* where `installed` paths are sought; NULL: nowhere */
	bool partial;               /* a file is missing: a required option may stand there */
	const char *const *others;  /* keys that are no options but may stand here; NULL: none */
};

/* Writes presets and values into self; unknown keys and wrong values are mistakes. self is
 * zeroed by the caller, and wiped by option_wipe whatever the result. */
bool option_fill(const struct weir_option *rows, const struct option_source *from, void *self,
                 struct weir_arena *arena, struct diag *diag);
/* Wipes and frees the secrets in self. */
void option_wipe(const struct weir_option *rows, void *self);
/* Reads secrets again; see weir_secrets_reload. */
enum weir_status option_reload_secrets(const struct weir_option *rows,
                                       const struct option_source *from, void *self,
                                       bool *changed, struct weir_error *err);
/* The files that secrets are read from; path is valid during the call. */
void option_each_secret_file(const struct weir_option *rows, const struct option_source *from,
                             void (*each)(void *arg, const char *path), void *arg);
/* True when both objects give the same options (secrets compared by reference text). */
bool option_same(const struct tree *a, const struct tree *b);

/* The row of that name, or NULL; rows may be NULL. */
const struct weir_option *option_row(const struct weir_option *rows, const char *name);
/* How a type is called: "duration", "list of paths". */
const char *option_type_name(enum weir_type type);
/* The size of the member that a row writes. */
size_t option_member_size(enum weir_type type);
/* Checks a preset by reading it; false with err. */
bool option_check_preset(const struct weir_option *row, struct weir_error *err);
/* "at least 100ms", "1 to 64": the range in the row's unit; nothing when it has none. */
void option_put_range(const struct weir_option *row, struct weir_buf *text);

#endif
