/* store_own.h - what the files of the store share: store.c (opening, commits), store_read.c
 * (lists), store_seen.c (ids), store_copy.c (the previous generation).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_STORE_OWN_H
#define CORE_STORE_OWN_H

#include <pthread.h>
#include <stdatomic.h>

#include "db.h"
#include "seen.h"
#include "store.h"

enum store_stmt {
	S_BEGIN, S_COMMIT, S_ROLLBACK,
	S_POSITION_PUT, S_POSITION_GET, S_POSITION_DELETE,
	S_COUNT_ADD, S_DEAD_ADD, S_DEAD_AGAIN, S_DEAD_DELETE, S_META_PUT,
	S_SEEN_PUT, S_SEEN_DELETE, S_SEEN_LAST, S_SEEN_SIZES, S_SEEN_FROM,
	STORE_STMT_COUNT,
};

/* What is known of a source's rows of ids; see store_seen.c. */
/* What a source has on disk; only the thread that commits knows it. */
struct seen_extent {
	bool counted;         /* as on disk; else it is read again */
	int64_t total;        /* ids */
	int64_t first, next;  /* numbers of the oldest row and of the one to be made */
	int64_t merged;       /* rows below this number are full */
	int64_t tail;         /* ids in the newest row */
	int64_t oldest_us;    /* newest time in the oldest row */
};

struct seen_source {
	char *name;
	struct seen_filter filter;
	struct seen_set pending;
	bool loaded;          /* filter holds all rows */
	struct seen_extent extent;
};

/* The rows in which ids were found last, as sets, of all sources together: events that come again come
 * in about the order in which they came. Zeroed memory has none. */
enum { SEEN_ROWS = 8 };
struct seen_rows {
	struct seen_row {
		const struct seen_source *source; /* NULL: free */
		int64_t number;
		struct seen_set keys;
		uint64_t used;        /* the larger, the later */
	} items[SEEN_ROWS];
	uint64_t clock;
};

struct store_seen_state {
	pthread_mutex_t lock;
	struct seen_source **sources; /* hash table by name, power of two */
	size_t cap, len;
	uint64_t secret[2];
	struct db *db;                /* for look-ups beside a running commit; opened when needed */
	struct db_stmt *rows;         /* all rows of a source, newest first */
	struct db_stmt *row;          /* one of them */
	struct seen_rows found;
	bool said;                    /* that ids cannot be read */
};

struct store_copy_state {
	pthread_t thread;
	bool running;                 /* thread is to be joined */
	atomic_bool finished, stop;
	bool dirty;                   /* commits since the last copy began */
	int64_t began_ms, took_ms;    /* monotonic; 0: never */
};

struct store {
	char *dir, *path, *previous;  /* state.db and its previous generation */
	int lock_fd;
	enum store_mode mode;
	struct store_limits limits;
	pthread_mutex_t lock;         /* the connection below */
	struct db *db;
	struct db_stmt *stmts[STORE_STMT_COUNT];
	struct store_seen_state seen;
	struct store_copy_state copy;
};

/* The column `kind` of weir_position: a lane's row stands beside its source's. */
enum { STORE_RECORD_SHIFT = 8 };
static inline int64_t store_kind_code(enum weir_kind kind, enum store_record record)
{
	return (int64_t)kind | (int64_t)record << STORE_RECORD_SHIFT;
}

/* A checksum that SQLite does not keep: a run of zeros within a row is no damage to it. */
int64_t store_sum(struct weir_bytes bytes);

/* ---- store_seen.c, store_seen_write.c ------------------------------------------------ */

void store_seen_init(struct store *store);
void store_seen_finish(struct store *store);
/* What is known of that source; made when it is new. The secret of its keys is known then. */
struct seen_source *store_seen_source(struct store *store, const char *name);
/* Writes the ids within the transaction that store.c has begun. */
enum weir_status store_seen_write(struct store *store, const struct store_commit *commit,
                                  struct weir_error *err);
enum store_settled { STORE_SETTLED, STORE_ROLLED_BACK };
/* After the end of that transaction. */
void store_seen_settle(struct store *store, const struct store_commit *commit,
                       enum store_settled how);
/* Its rows are gone. */
void store_seen_forget(struct store *store, const char *name);
/* Every row has the checksum it says. */
bool store_seen_is_sound(struct db *db, struct weir_error *err);

/* ---- store_seen_rows.c ---- */

bool seen_rows_have(struct seen_rows *rows, const struct seen_source *source, struct seen_key key);
void seen_rows_keep(struct seen_rows *rows, const struct seen_source *source, int64_t number,
                    struct weir_bytes ids);
/* The one that was used last; false: none of that source is there. */
bool seen_rows_last(const struct seen_rows *rows, const struct seen_source *source,
                    int64_t *number);
size_t seen_rows_memory(const struct seen_rows *rows);
void seen_rows_finish(struct seen_rows *rows);

/* ---- store_copy.c ------------------------------------------------------------------- */

/* Starts a copy in a thread of its own when one is due; joins a finished one. */
void store_copy_turn(struct store *store);
/* Ends a running copy, then makes a last one unless the store is large. */
void store_copy_finish(struct store *store);
/* Puts the previous generation in the place of state.db, which is set aside. */
enum weir_status store_copy_restore(const char *path, const char *previous,
                                    struct weir_error *err);
/* Syncs a file that was made aside, and gives it its name: there is a whole one or none. */
enum weir_status store_put_in_place(const char *made, const char *path, struct weir_error *err);
/* Makes the names in the folder that path lies in durable. */
enum weir_status store_sync_folder(const char *path, struct weir_error *err);
/* Moves a damaged file and its log out of the way, to PATH.damaged. None is fine. */
enum weir_status store_set_aside(const char *path, struct weir_error *err);

#endif
