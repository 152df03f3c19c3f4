/* runtime_own.h - what the files of the runtime share: runtime.c (life), flow.c (stop, end,
 * commits), reload.c, runtime_status.c. Loop thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_RUNTIME_OWN_H
#define CORE_RUNTIME_OWN_H

#include "component.h"
#include "rebuild.h"
#include "runtime.h"
#include "trouble.h"
#include "worker.h"

/* A graph on its way into use. */
struct rewire {
	enum {
		REWIRE_NONE,
		REWIRE_WAITING,   /* for replies to sources whose component ends */
		REWIRE_DRAINING,  /* such components */
		REWIRE_CLOSING,   /* sinks that go, or go back */
	} step;
	struct graph *graph;
	bool rolls_back;
	size_t closing;       /* threads that have not ended yet */
	int64_t began_us;
	struct loop_timer timer;
};

/* What is set aside, against the options that bound it. */
struct dead_bound {
	struct store_dead_size size;
	struct loop_timer timer;  /* when old ones are looked for again */
	struct trouble trouble;   /* of a store that could not drop them */
	int64_t aged;             /* old ones that went, and were not told of yet */
};

enum runtime_phase { RUNTIME_READY, RUNTIME_RUNNING, RUNTIME_STOPPING, RUNTIME_ENDED };

struct runtime {
	struct host host;
	struct ledger ledger;
	enum runtime_phase phase;
	struct graph *graph;          /* the generation of the next page */
	struct graph *previous;       /* the one before, until the new one is proven; or NULL */
	struct graph *retired;        /* those that may still have pages in flight */
	struct rebuild rebuild;
	struct rewire rewire;
	uint64_t generations;
	struct component *components;

	struct workers *workers;
	size_t worker_count;
	struct committer *committer;

	struct loop_timer deadline;   /* of a stop */
	struct loop_timer quiet;      /* no commit for a while: memory is given back */
	int64_t stop_by_ms;           /* monotonic; when it must be over */
	bool stuck;                   /* a plugin did not come back from a call in time */
	struct replay *replay;        /* under way, or NULL */
	struct dropping *dropping;    /* under way, or NULL */
	struct letters_only {
		const struct store_dead_query *query; /* NULL: an ordinary run */
		replay_told *told;
		void *arg;
	} letters_only;
	struct dead_bound dead_bound;
	int64_t started_us;
	char *last_reload;            /* what became of the last one, or NULL */
	bool resting;                 /* only backfills are carried out */
	bool awaits_backfill;         /* and the first of them was not asked for yet */
	char *forgotten;              /* the source that is about to be, or NULL */
};

/* ---- runtime.c ---- */

/* Makes the component of one group of the graph, with drivers and outlets for instances that
 * have none; nothing is started. */
struct component *runtime_add_component(struct runtime *runtime, const struct graph_group *group);
void runtime_add_source(struct runtime *runtime, struct component *component,
                        struct weir_ctx *ctx);
/* Starts what is not started yet. A source that old (or NULL) has too waits until what that one
 * has read is committed. */
void runtime_launch(struct runtime *runtime, struct component *component,
                    const struct graph *old);
void runtime_start_late(struct runtime *runtime);
bool runtime_is_free_of(const struct runtime *runtime, uint64_t generation);
void runtime_use_core(struct runtime *runtime, const struct core_options *core);

/* ---- replay.c ---- */

bool replay_is_active(const struct runtime *runtime);
/* Whether letters may be sent again, or dropped: one of it at a time. */
bool replay_may_begin(const struct runtime *runtime, struct weir_error *err);
/* Something was committed, or may be sent again. */
void replay_note_progress(struct runtime *runtime);
void replay_note_stored(struct runtime *runtime, const struct mark *mark);
/* What was asked for before the run. */
void replay_begin_only(struct runtime *runtime);
/* The run has ended; so has a replay. */
void replay_end(struct runtime *runtime);

/* ---- dead_bound.c ---- */

void dead_bound_begin(struct runtime *runtime);
void dead_bound_end(struct runtime *runtime);
/* The size or the options are others. */
void dead_bound_look(struct runtime *runtime);
/* Letters were dropped. */
void dead_bound_note_gone(struct runtime *runtime, const struct store_dead_size *gone);
void dead_bound_note_stored(struct runtime *runtime, const struct mark *mark);

/* ---- runtime_drop.c ---- */

/* The run has ended; so has dropping. */
void drop_end(struct runtime *runtime);

/* ---- runtime_backfill.c ---- */

/* Those that are stored are not waited for. */
void runtime_note_backfills(struct runtime *runtime);

/* ---- flow.c ---- */

void flow_driver_changed(void *arg, struct driver *driver);
void flow_mark_done(void *arg, struct mark *mark);
void flow_limit_reached(void *arg);
/* Freed memory goes to the system when nothing more happens for a while. */
void flow_give_back_soon(struct runtime *runtime);
/* Memory that all sources share has become free. */
void flow_room(void *arg);
/* Looks whether the end is reached. */
void flow_check(struct runtime *runtime);

#endif
