/* db.h - the few words of SQLite that the store needs. db.c is its only user.
 *
 * THREADS  A connection and its statements belong to one thread at a time.
 * ERRORS   A full disk, no memory or a busy file is WEIR_E_RESOURCE; a damaged file is
 *          WEIR_E_DATA.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_DB_H
#define CORE_DB_H

#include <weir/plugin.h>

struct db;
struct db_stmt;

enum db_mode {
	DB_WRITE,     /* created when missing; WAL, full sync */
	DB_READ,      /* must exist */
	DB_MAKE,      /* created when missing; WAL, never synced: for a file that is synced whole */
};

/* NULL on failure. The page cache is kept small: the system has one. */
struct db *db_open(const char *path, enum db_mode mode, struct weir_error *err);
void db_close(struct db *db); /* NULL is fine; all its statements must be finished */
enum weir_status db_exec(struct db *db, const char *sql, struct weir_error *err);
/* Structure, indexes and rows of the whole file: false, and err says what is wrong. */
bool db_is_sound(struct db *db, struct weir_error *err);
/* A consistent copy of what is committed, to a file that is new or empty; checked, not
 * synced.
 * stop is asked between steps and may end it early: then RETRY. */
enum weir_status db_copy(struct db *db, const char *path, bool (*stop)(void *arg), void *arg,
                         struct weir_error *err);
int64_t db_size(struct db *db); /* bytes */
/* Heap that SQLite holds for this connection. */
size_t db_memory(struct db *db);

/* A statement prepared once. NULL on failure. */
struct db_stmt *db_prepare(struct db *db, const char *sql, struct weir_error *err);
void db_finish(struct db_stmt *stmt); /* NULL is fine */
/* Parameters count from 1, columns from 0. Bound memory must live until the step. NULL text and
 * {NULL, 0} are bound as NULL, and read back as such. */
void db_bind_int(struct db_stmt *stmt, int index, int64_t number);
void db_bind_text(struct db_stmt *stmt, int index, const char *text);
void db_bind_blob(struct db_stmt *stmt, int index, struct weir_bytes bytes);

enum db_step { DB_ROW, DB_DONE, DB_ERROR };
/* After DONE or ERROR the statement is reset and its parameters are forgotten. */
enum db_step db_step(struct db_stmt *stmt, struct weir_error *err);
/* Ends a statement whose rows are not all read. */
void db_reset(struct db_stmt *stmt);
/* One that gives no rows. */
enum weir_status db_run(struct db_stmt *stmt, struct weir_error *err);
int64_t db_int(struct db_stmt *stmt, int column);
const char *db_text(struct db_stmt *stmt, int column);        /* until the next step */
struct weir_bytes db_blob(struct db_stmt *stmt, int column);  /* until the next step */

#endif
