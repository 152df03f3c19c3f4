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

/* True when it passes; else text has why, in lines. */
bool example_run(const struct example *example, struct dryrun *dryrun, struct weir_buf *text);

#endif
