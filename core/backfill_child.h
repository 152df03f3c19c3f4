/* backfill_child.h - `weir run --backfill-only` as a child, when no weir runs that could be asked.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_BACKFILL_CHILD_H
#define CORE_BACKFILL_CHILD_H

#include <sys/types.h>

#include "load.h"

/* Starts it with the same configuration; it ends when this process does. -1: it could not be, and
 * why was printed. */
pid_t backfill_child_start(const struct load_args *load);
/* True when it has ended; *code is its exit code. */
bool backfill_child_ended(pid_t pid, int *code);
/* Ends it and waits for it. */
void backfill_child_stop(pid_t pid);

#endif
