/* config_build.h - what the files of config share while a configuration is being read.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_CONFIG_BUILD_H
#define CORE_CONFIG_BUILD_H

#include "config.h"

struct config_build {
	struct config *config;
	struct diag *diag;
	const struct config_addition *addition; /* or NULL */
	const struct tree *root;     /* all files in one; NULL when none could be read */
	struct weir_where where;     /* of what is missing from it: the first file */
	const struct tree **inputs;  /* for each node what stands at `inputs`, or NULL */
	bool partial;                /* a file could not be read: what is missing may be there */
	size_t cap;                  /* of config->nodes and inputs */
};

/* config_files.c: fills root. */
void config_read_files(struct config_build *build, const char *const *files, size_t count);
/* config_nodes.c: fills nodes and inputs from root, in the order of the files. */
void config_read_nodes(struct config_build *build);
/* config_inputs.c: fills inputs of the nodes and puts the transforms in order. */
void config_join(struct config_build *build);
/* config_loops.c: after config_join. */
void config_check_loops(struct config_build *build);

#endif
