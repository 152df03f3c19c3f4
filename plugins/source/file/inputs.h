/* inputs.h - the files that a pattern names, and how far each was read.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SOURCE_FILE_INPUTS_H
#define SOURCE_FILE_INPUTS_H

#include "input.h"

/* Zeroed memory is an empty list. */
struct inputs {
	struct input **items;
	size_t count, cap;
};

void inputs_finish(struct inputs *inputs);
/* Looks at the disk: files that are new come last, in the order of their names; a renamed file
 * is known by its inode. Files that are gone stay only while they are open. False when the pattern
 * names nothing. */
bool inputs_look(struct inputs *inputs, const char *pattern);
/* The offsets, as text for a position; and back, before the first look. */
void inputs_position(const struct inputs *inputs, struct weir_buf *position);
enum weir_status inputs_restore(struct inputs *inputs, const char *position,
                                struct weir_error *err);

#endif
