/* layout.h - where the files that belong to the program lie.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_LAYOUT_H
#define CORE_LAYOUT_H

#include <weir/util.h>

/* NULL where there is none. For weir_free. */
struct layout {
	char *plugins; /* has the folders source, transform, sink */
	char *data;    /* has the folder rules */
};

/* For the program at this path: the build tree that it stands in (the folder or its parent has
 * a file weir-tree, written by CMake, that names the source tree), else the installation around
 * a bin folder, else the prefix that was configured. */
struct layout layout_find(const char *program);
void layout_finish(struct layout *layout);
/* The path of the running program, for weir_free; NULL when the system does not say. */
char *layout_program(void);

#endif
