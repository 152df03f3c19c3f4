/* golden.h - the examples beside rules: which there are.
 *
 *   auth.lua                            a rule
 *   auth.in.ndjson  auth.out.ndjson     events, and the records that they become
 *   auth.both.in.ndjson  ...  .set.yaml a variant with settings of its own
 *   _settings.yaml                      settings of every example in the folder
 *   _after.yaml                         the stages in front of it, see stages.h
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_GOLDEN_H
#define CORE_GOLDEN_H

#include "diag.h"

struct golden {
	const char *folder;   /* "rules/taegis" */
	const char *rule;     /* "auth" */
	const char *variant;  /* "both", or NULL */
	const char *in, *out; /* paths; out may not exist yet */
	const char *set;      /* path, or NULL when there is none */
};

struct golden_folder {
	const char *path;
	const char *settings;     /* path of _settings.yaml, or NULL */
	const char **rules;       /* paths of the rule files, sorted */
	size_t rule_count;
	struct golden *goldens;   /* sorted by rule and variant */
	size_t golden_count;
};

/* The rule folders at or below path (a rule file: its folder, with that rule's examples only).
 * Rule files are those that some transform's rule_suffix ends; names that begin with `_` are
 * none. Everything is in arena. A rule without an example is a mistake. Returns the count. */
size_t golden_find(const char *path, struct weir_arena *arena, struct golden_folder **folders,
                   struct diag *diag);
/* Settings of an example: _settings.yaml, then its own file, then more (an object or absent),
 * each over the one before. False: err. */
bool golden_settings(const struct golden_folder *folder, const struct golden *golden,
                     struct weir_value more, struct weir_arena *arena,
                     struct weir_value *settings, struct weir_error *err);

#endif
