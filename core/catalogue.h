/* catalogue.h - the event types that a source may send, as a file lists them.
 *
 * Lines of type, release and description with tabs between; '#' begins a comment.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_CATALOGUE_H
#define CORE_CATALOGUE_H

#include <weir/plugin.h>

struct catalogue_type {
	const char *name, *release, *description;
};

/* Everything is in the arena. */
struct catalogue {
	struct catalogue_type *types; /* in the order of their names */
	size_t count;
};

/* False: err says what is wrong, with the line. */
bool catalogue_read(const char *path, struct weir_arena *arena, struct catalogue *catalogue,
                    struct weir_error *err);
bool catalogue_has(const struct catalogue *catalogue, const char *name);

#endif
