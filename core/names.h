/* names.h - the names there are, for telling which one a mistyped word may have meant.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_NAMES_H
#define CORE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Copies, each once. Zeroed memory is an empty list. */
struct names {
	char **items; /* NULL-ended; NULL while it is empty */
	size_t count;
};

void names_add(struct names *names, const char *name);
bool names_have(const struct names *names, const char *name);
/* The nearest to a word, or NULL; the list's. */
const char *names_nearest(const struct names *names, const char *word);
void names_finish(struct names *names);

#endif
