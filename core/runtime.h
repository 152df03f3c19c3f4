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

/* ---- reload ----------------------------------------------------------------------------- */

struct reload_hooks {
	/* Reads the configuration again, as config_load does; on a thread of its own, beside all
	 * else. It belongs to the runtime then. */
	struct config *(*read)(void *arg, struct diag *diag);
	/* Once for each that was read: it is sound and takes over, or nothing changed. Or NULL. */
	void (*judged)(void *arg, bool ok, struct diag *diag);
	/* The new one is in use, or the old one again, or still. Or NULL. */
	void (*over)(void *arg);
	void *arg;
};
/* Before the first reload. */
void runtime_on_reload(struct runtime *runtime, const struct reload_hooks *hooks);

typedef void reload_told(void *arg, bool ok, struct diag *diag);
/* Builds a new graph beside the old one, which takes over at a ticket. told (NULL: nobody) is
 * called once when that begins; or, not ok, when nothing changed, with the reasons in diag. Several
 * that ask while another reload is under way share the next one. Loop thread. */
void runtime_reload(struct runtime *runtime, reload_told *told, void *arg);
/* An operator lets a sink that waits for a file go on with what is there: its position is
 * dropped, which it sees at its next try. False, and err says why, when it waits for nothing.
 * Loop thread. */
bool runtime_accept(struct runtime *runtime, const char *sink, struct weir_error *err);
/* Backfills, by the name of their source. Begin and cancel: false, and err says why. The list is a
 * JSON array. Loop thread. */
struct lane_ask;
bool runtime_backfill(struct runtime *runtime, const char *source, const struct lane_ask *ask,
                      struct weir_error *err);
bool runtime_backfill_cancel(struct runtime *runtime, const char *source, struct weir_error *err);
struct weir_value runtime_backfills(struct runtime *runtime, struct weir_arena *arena);
/* Before runtime_run: sources are not asked for what is new, and the end is reached when a first
 * backfill was asked for (or stored) and none is left. */
void runtime_backfill_only(struct runtime *runtime);
/* Forgets where a source was that is not read any more. *later: not yet, since what it read last
 * is not committed; ask again. False, and err says why, when it cannot be. Loop thread. */
bool runtime_forget(struct runtime *runtime, const char *source, bool *later,
                    struct weir_error *err);

bool runtime_watches(const struct runtime *runtime); /* the option `watch` is on */
/* The files and folders that the pipeline was made from: the configuration, and what transforms read.
 * With those of the last reload, if that was refused. */
void runtime_each_file(const struct runtime *runtime, void (*each)(void *arg, const char *path),
                       void *arg);
/* When reading them began; wall clock. */
int64_t runtime_read_us(const struct runtime *runtime);

/* ---- dead letters ------------------------------------------------------------------------ */

/* What has become of the letters of a replay so far. */
struct replay_sum {
	int64_t sent, delivered, dropped, failed;
	int64_t skipped;            /* their source or sink is not there; see notes */
	struct weir_buf notes;      /* a line for each of the first that were skipped or failed */
	struct weir_error why;      /* over before its end, or never begun: why; else empty */
};

typedef void replay_told(void *arg, const struct replay_sum *sum);
/* Sends the letters that query asks for through the transforms and to their sinks again. Each is
 * removed by the commit that stores its delivery, or stays with the new reason. told is called
 * once, when it is over, which may be before this returns. Loop thread. */
void runtime_replay(struct runtime *runtime, const struct store_dead_query *query,
                    replay_told *told, void *arg);
/* Ends it once the letters that were sent are committed; told is called then. False: none is under
 * way. Loop thread. */
bool runtime_replay_cancel(struct runtime *runtime, struct weir_error *err);
/* Before runtime_run, which then only does this: sources are not started. query stays until it
 * ends. */
void runtime_replay_only(struct runtime *runtime, const struct store_dead_query *query,
                         replay_told *told, void *arg);
/* why: over before its end, or never begun; NULL: all of them are gone. */
typedef void drop_told(void *arg, int64_t dropped, const struct weir_error *why);
/* Drops the letters that query asks for, some at a time; they are counted as dropped by hand. told
 * as for a replay. Loop thread. */
void runtime_drop_dead(struct runtime *runtime, const struct store_dead_query *query,
                       drop_told *told, void *arg);

/* What would become of one letter. */
struct replay_trial {
	enum { TRIAL_SKIPPED, TRIAL_DELIVERED, TRIAL_DROPPED, TRIAL_FAILED } fate;
	const char *cause;           /* DROPPED */
	const char *schemas;         /* DELIVERED: of the records that the sink would get, ", " between */
	const struct weir_error *why; /* SKIPPED, FAILED */
};
/* Through the transforms and no further, in a runtime that does not run. */
enum weir_status runtime_try_dead(struct runtime *runtime, struct store *store,
                                  const struct store_dead_query *query,
                                  void (*each)(void *arg, const struct store_dead *dead,
                                               const struct replay_trial *trial),
                                  void *arg, struct weir_error *err);

/* ---- status --------------------------------------------------------------------------- */

/* A snapshot as a JSON value in arena: sources (state, position, lag, last event, retry),
 * transforms, sinks (state, waiting for), ledger per source x sink, metrics, commit.
 * Loop thread. docs/reference/status.md describes it. */
struct weir_value runtime_status(struct runtime *runtime, struct weir_arena *arena);
/* Prometheus text of the same. */
void runtime_prometheus(struct runtime *runtime, struct weir_buf *text);

#endif
