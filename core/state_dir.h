/* state_dir.h - which folder of state a command is about.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_STATE_DIR_H
#define CORE_STATE_DIR_H

#include "load.h"
#include "store.h"

struct state_args {
	struct load_args load;
	const char *dir;
	struct config *config; /* that was read for it; NULL when it has mistakes, or none was */
	char *found;           /* the configuration's */
};

/* The rows of a command; args is a struct state_args. */
#define STATE_ROWS(args)                                                                       \
	LOAD_ROWS((args).load),                                                                \
	{ "state-dir", 0, "DIR", "the folder of state itself, instead of a configuration",    \
	  .text = &(args).dir }

/* The folder, or NULL: *code is what the command returns, and why was printed. A configuration
 * with mistakes will do as long as it says where its state is. */
const char *state_dir_find(struct state_args *args, int *code);
void state_args_finish(struct state_args *args);

/* Whether the configuration or the state knows an instance of that name (NULL: none was given,
 * which is true); else it is said, with the nearest, and the command returns EXIT_CONFIG. After
 * state_dir_find. In state_names.c. */
bool state_names_check(const struct command *command, const struct state_args *args,
                       enum weir_kind kind, const char *name);

/* A store to read, or NULL: why was printed. */
struct store *state_dir_read(const char *dir);
/* Text for a terminal: whatever is in it, it stays on its line and steers nothing. */
void state_dir_plain(struct weir_bytes text, struct weir_buf *line);

#endif
