/* example.h - one example beside a rule: run, compared with what is expected, or accepted.
 *
 * Each example runs twice, the second time with its events in another order: a rule has no
 * memory, so every event must give the same records again.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_EXAMPLE_H
#define CORE_EXAMPLE_H

#include "dryrun.h"
#include "golden.h"

struct example {
	const struct golden *golden;
	bool write;                /* what comes out becomes what is expected */
	enum diag_color color;
	struct weir_arena *arena;  /* whatever is in it may go afterwards */
	void (*seen)(void *arg, const struct dryrun_outcome *outcome); /* each once; or NULL */
	void *arg;
};

/* The dry run of an example: all rules of its folder, with its settings and, over them, more (an
 * object or absent); in front of them as stages of their own the folders that _after.yaml lists.
 * NULL when diag got errors. */
struct dryrun *example_open(const struct golden_folder *folder, const struct golden *golden,
                            struct weir_value more, struct weir_arena *arena, struct diag *diag);
/* True when it passes; else text has why, in lines. */
bool example_run(const struct example *example, struct dryrun *dryrun, struct weir_buf *text);

#endif
