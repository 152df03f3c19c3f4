/* store.h - what survives a crash: positions, seen ids, dead letters, the ledger.
 *
 * One SQLite file in state_dir, one writer; db.c is the only user of SQLite. The interface
 * knows no SQL, so that a shared store can take its place.
 *
 * THREADS  store_commit and store_dead_* on one thread at a time; store_seen_* on the event
 *          loop only; everything else before the pipeline runs.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_STORE_H
#define CORE_STORE_H

#include <weir/plugin.h>

struct store;

enum store_mode { STORE_OWN, STORE_READ }; /* OWN locks state_dir; READ is for status, dead */

struct store_limits {
	int64_t seen_for_ms, seen_count;
};

/* What happened while opening; to be said loudly. */
enum store_opened { STORE_AS_WAS, STORE_NEW, STORE_RESTORED };

/* Creates state_dir (0700) and the file when missing. OWN: another weir's lock is refused with
 * its pid (WEIR_E_CONFIG). A damaged file is set aside and the previous generation restored:
 * then *opened is RESTORED and *note says what may repeat (to weir_free; else NULL). */
struct store *store_open(const char *state_dir, enum store_mode mode,
                         const struct store_limits *limits, enum store_opened *opened,
                         char **note, struct weir_error *err);
void store_close(struct store *store);

/* ---- one commit --------------------------------------------------------------------- */

/* A source has a record of each of its lanes beside its position; see lane_record.h. */
enum store_record { STORE_POSITION, STORE_LIVE, STORE_BACKFILL, STORE_AUDIT };
static inline enum store_record store_record_of(enum weir_lane lane)
{
	return (enum store_record)(STORE_LIVE + (int)lane);
}

struct store_position {
	enum weir_kind kind;
	const char *name, *plugin;
	uint32_t version;
	const char *text;
	enum store_record record;
};

struct store_seen {
	const char *source;
	struct weir_bytes id;
	int64_t at_us;
};

/* One event that one sink did not get, and all that it takes to send it again. There are as many
 * letters of a source and a sink as the ledger has dead events. */
struct store_dead {
	int64_t number;                 /* in a commit, 0: a new one; else that letter fails again */
	const char *source, *sink;
	const char *stage;              /* who refused it: "transforms.normalize", "sinks.out" */
	const char *origin;             /* of its page, or NULL */
	struct weir_bytes id;           /* may be none */
	int64_t at_us;                  /* when it came here first */
	struct weir_error why;          /* where is kept as text */
	struct weir_bytes event;        /* exact source bytes */
	const char *schema;             /* of the record, or NULL */
	const char *delivered;          /* schemas of its records that the sink has, a line each; or
	                                 * NULL */
	int64_t replays, replayed_us;   /* sent again so often, in vain; when at last */
};

/* RELEASED counts those that left DEAD again: replayed or dropped since. It is no part of the
 * sum. */
enum store_fate {
	STORE_IN, STORE_DELIVERED, STORE_DEAD, STORE_DROPPED, STORE_REPEATED, STORE_RELEASED,
};

struct store_count {
	const char *source, *sink;
	enum store_fate fate;
	const char *cause;              /* of DROPPED: "no rule"; else NULL */
	int64_t by;
};

struct store_commit {
	const struct store_position *positions; size_t position_count;
	const struct store_seen *seen;          size_t seen_count;
	const struct store_dead *dead;          size_t dead_count;
	const int64_t *released;                size_t released_count; /* letters that go */
	const struct store_count *counts;       size_t count_count;
};

/* All or nothing, durable when it returns WEIR_OK. RETRY: disk full or the like; the same
 * commit may be tried again. */
enum weir_status store_commit(struct store *store, const struct store_commit *commit,
                              struct weir_error *err);

/* ---- reading --------------------------------------------------------------------------- */

/* The position stored for that instance, to weir_free; NULL when there is none, or it was
 * another plugin's or another version's. */
char *store_position(struct store *store, enum weir_kind kind, const char *name,
                     const char *plugin, uint32_t version);
/* The record of one lane of a source. */
char *store_lane(struct store *store, enum weir_lane lane, const char *name, const char *plugin,
                 uint32_t version);
/* With the records of a source. */
void store_forget_position(struct store *store, enum weir_kind kind, const char *name);
/* All that makes a source go on where it was: its position and the ids it has seen. Not while it
 * is read, or a commit of it is due. Loop (or main) thread. */
bool store_forget_source(struct store *store, const char *name, struct weir_error *err);
/* Calls each for all rows of the ledger, positions, or dead letters. Strings are valid for the one
 * call; return false to stop. */
void store_each_count(struct store *store, bool (*each)(void *arg, const struct store_count *),
                      void *arg);
void store_each_position(struct store *store,
                         bool (*each)(void *arg, const struct store_position *), void *arg);
/* Which letters; zero and NULL are any. */
struct store_dead_query {
	int64_t above, below;           /* numbers, neither included */
	const char *source, *sink;
	int64_t since_us;               /* came here then or later */
	const int64_t *numbers;         /* only these, in this order */
	size_t number_count;
	bool newest_first;
};
/* With copies of what it points at, in the arena. */
struct store_dead_query store_dead_query_copy(const struct store_dead_query *query,
                                              struct weir_arena *arena);
/* Letters that come from now on are not meant: going through them has an end. */
enum weir_status store_dead_bound(struct store *store, struct store_dead_query *query,
                                  struct weir_error *err);
/* Until each says false. WEIR_RETRY: not all could be read. */
enum weir_status store_each_dead(struct store *store, const struct store_dead_query *query,
                                 bool (*each)(void *arg, const struct store_dead *dead), void *arg,
                                 struct weir_error *err);
struct store_dead_size {
	int64_t letters, bytes;         /* bytes: of their events */
};
void store_measure_dead(struct store *store, struct store_dead_size *size);
/* When the last commit was, in microseconds since 1970; 0: never. */
int64_t store_committed(struct store *store);
/* The pid that holds the lock of this state_dir, or 0. */
long store_owner(const char *state_dir);

/* ---- seen ids --------------------------------------------------------------------------- */

/* True when this source's id was committed within the window, or marked since and not yet
 * settled. Otherwise it is marked as pending. */
bool store_seen_check(struct store *store, const char *source, struct weir_bytes id);
/* Forgets pending marks of a source that will be read again (after a failure, at reload). */
void store_seen_forget_pending(struct store *store, const char *source);
/* Ids of events that came before then may have been forgotten, be it by age or by number; INT64_MIN:
 * none were. */
int64_t store_seen_since(struct store *store, const char *source);
size_t store_seen_memory(const struct store *store); /* bytes resident */

#endif
