/* dead_args.h - what weir dead was asked for, for the files that do it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_DEAD_ARGS_H
#define CORE_DEAD_ARGS_H

#include "state_dir.h"

extern const struct command cmd_dead;

struct dead_args {
	struct state_args state;
	struct store_dead_query query;
	struct args_list ids;
	int64_t *numbers;          /* the query's */
	const char *since;
	int64_t limit, before;
	bool dry_run, summary, all, json;
	struct weir_buf out, notes; /* what is to be printed, and to standard error */
};

/* Each gives the exit code. */
int dead_replay(struct dead_args *args, const char *dir);
int dead_replay_dry(struct dead_args *args);
int dead_drop(struct dead_args *args, const char *dir);

#endif
