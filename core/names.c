/* names.c - a list of names.
 *
 * Not here: what is near (nearest.c), saying it (args_unknown in args.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "names.h"

#include <string.h>

#include <weir/util.h>

bool names_have(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++) {
		if (strcmp(names->items[i], name) == 0)
			return true;
	}
	return false;
}

void names_add(struct names *names, const char *name)
{
	if (names_have(names, name))
		return;
	names->items = weir_realloc(names->items, (names->count + 2) * sizeof *names->items);
	names->items[names->count++] = weir_strdup(name);
	names->items[names->count] = NULL;
}

const char *names_nearest(const struct names *names, const char *word)
{
	return names->count ? weir_nearest(word, (const char *const *)names->items) : NULL;
}

void names_finish(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		weir_free(names->items[i]);
	weir_free(names->items);
	*names = (struct names){ 0 };
}
