/* option_convert.h - one value of a tree to one member of a struct.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_OPTION_CONVERT_H
#define CORE_OPTION_CONVERT_H

#include "option.h"

/* Where the strings of a value go, and where relative paths start. */
struct convert {
	struct weir_arena *arena;
	const char *data_dir;        /* or NULL */
	const struct weir_option *row;
	/* The value, or the part of it (an item of a list) that was looked at last. */
	const struct tree *at;
	bool is_preset;              /* nobody wrote it, so nobody mistyped it */
};

/* Writes the value to member (of the row's type, secrets excepted). False: err says what is
 * wrong, in words that go behind the option's path. */
bool convert_value(struct convert *convert, const struct tree *value, void *member,
                   struct weir_error *err);

#endif
