/* coverage_own.h - between the files of coverage.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_COVERAGE_OWN_H
#define CORE_COVERAGE_OWN_H

#include "coverage.h"

/* A row, a type that a case of a rule names, or a field of a schema. */
struct cover_item {
	const char *key;
	const char *name;       /* target or type; NULL: seen, but not known of */
	const char *schema, *source;
	struct weir_where where;
	size_t functions;
	bool required;
	size_t hits;
};

struct cover_set {
	struct cover_item *items;
	size_t count;
	size_t *places;         /* open addressing: index + 1, 0 is free */
	size_t mask;
};

struct coverage {
	const struct golden_folder *folder;
	struct weir_arena *arena;
	struct cover_set rows, types, fields;
	const char *schemas[64];
	size_t schema_count;
	size_t examples;
	bool told;              /* the plugin tells what its rules do */
};

struct cover_share {
	size_t hit, all;
};
/* The items in the order of their places; NULL-ended, in the coverage's arena. */
const struct cover_item *const *coverage_sorted(const struct coverage *coverage,
                                                const struct cover_set *set);
struct cover_share coverage_share(const struct cover_set *set, bool required);

#endif
