/* runtime.h - a running pipeline, from the outside.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_RUNTIME_H
#define CORE_RUNTIME_H

#include "config.h"
#include "http.h"
#include "loop.h"
#include "store.h"

struct runtime;

/* Makes all instances (create is called on each): the path that check and run share. NULL
 * when diag has errors. check destroys it again. The config must outlive it. */
struct runtime *runtime_create(struct config *config, struct diag *diag);
void runtime_destroy(struct runtime *runtime);

/* Runs until every source is done, or runtime_stop; drains, commits. Returns the exit code. */
int runtime_run(struct runtime *runtime, struct loop *loop, struct http *http,
                struct store *store);
void runtime_stop(struct runtime *runtime);          /* loop thread */
/* After runtime_run: a plugin did not come back from a call, so threads still use the loop, the
 * store and all the rest. Nothing may be freed; the process has to end. */
bool runtime_is_stuck(const struct runtime *runtime);
/* Builds the new graph beside the old one and takes over at a ticket. False: nothing changed,
 * diag says why. Loop thread. The new config then belongs to the runtime. */
bool runtime_reload(struct runtime *runtime, struct config *config, struct diag *diag);

/* An operator lets a sink that waits for a file go on with what is there: its position is
 * dropped, which it sees at its next try. False, and err says why, when it waits for nothing.
 * Loop thread. */
bool runtime_accept(struct runtime *runtime, const char *sink, struct weir_error *err);
/* A reload may take a while where sinks change; another one is refused until then. fn(arg) is
 * called when it is over. */
bool runtime_is_reloading(const struct runtime *runtime);
void runtime_on_reloaded(struct runtime *runtime, void (*fn)(void *arg), void *arg);

bool runtime_watches(const struct runtime *runtime); /* the option `watch` is on */
/* The files and folders that the pipeline was made from: the configuration, and what options of
 * transforms name. */
void runtime_each_file(const struct runtime *runtime, void (*each)(void *arg, const char *path),
                       void *arg);

/* ---- status --------------------------------------------------------------------------- */

/* A snapshot as a JSON value in arena: sources (state, position, lag, last event, retry),
 * transforms, sinks (state, waiting for), ledger per source x sink, metrics, commit.
 * Loop thread. docs/reference/status.md describes it. */
struct weir_value runtime_status(struct runtime *runtime, struct weir_arena *arena);
/* Prometheus text of the same. */
void runtime_prometheus(struct runtime *runtime, struct weir_buf *text);

#endif
