/* run.h - a pipeline from its configuration to its end, for the commands that run one.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_RUN_H
#define CORE_RUN_H

#include "load.h"
#include "runtime.h"

/* As weir run, but sources rest: sends those dead letters and ends. The exit code; told is not
 * called when it could not start. */
int run_replay(const struct load_args *load, const struct store_dead_query *query,
               replay_told *told, void *arg);

#endif
