/* db.c - SQLite behind a dozen calls.
 *
 * Lives here: modes, error classes, statements. Not here: tables (store*.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "db.h"

#include <string.h>

#include <sqlite3.h>

struct db {
	sqlite3 *sqlite;
};

/* A thin cover: a db_stmt is a sqlite3_stmt. */
static sqlite3_stmt *inner(struct db_stmt *stmt)
{
	return (sqlite3_stmt *)(void *)stmt;
}

/* Our statements are fixed, so one that does not fit the tables, or breaks a constraint, tells
 * of a damaged file as well. */
static bool is_damage(int result)
{
	switch (result & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
	case SQLITE_ERROR:
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
		return true;
	default:
		return result == SQLITE_IOERR_SHORT_READ || result == SQLITE_IOERR_DATA;
	}
}

static enum weir_status say(struct weir_error *err, sqlite3 *sqlite, int result,
                            const char *what)
{
	const char *text = sqlite ? sqlite3_errmsg(sqlite) : sqlite3_errstr(result);

	return weir_fail(err, is_damage(result) ? WEIR_E_DATA : WEIR_E_RESOURCE, "%s: %s", what,
	                 text);
}

static enum weir_status configure(struct db *db, enum db_mode mode, struct weir_error *err)
{
	static const char *const sql[] = {
		[DB_WRITE] = "PRAGMA journal_mode=WAL;"
		             "PRAGMA synchronous=FULL;"
		             "PRAGMA journal_size_limit=8388608;",
		[DB_MAKE] = "PRAGMA synchronous=OFF; PRAGMA journal_mode=WAL;",
	};

	/* Lookaside would keep 48 KB a connection for speed that nobody would notice. */
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_LOOKASIDE, NULL, 0, 0);
	sqlite3_busy_timeout(db->sqlite, 5000);
	if (db_exec(db, "PRAGMA cache_size=-128; PRAGMA mmap_size=0;", err) != WEIR_OK)
		return WEIR_FAIL;
	return sql[mode] ? db_exec(db, sql[mode], err) : WEIR_OK;
}

struct db *db_open(const char *path, enum db_mode mode, struct weir_error *err)
{
	int flags = mode == DB_READ ? SQLITE_OPEN_READONLY
	                            : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	struct db *db = weir_alloc(sizeof *db);
	int result = sqlite3_open_v2(path, &db->sqlite, flags | SQLITE_OPEN_NOMUTEX, NULL);

	if (result != SQLITE_OK) {
		say(err, db->sqlite, result, path);
		goto fail;
	}
	sqlite3_extended_result_codes(db->sqlite, 1);
	if (configure(db, mode, err) != WEIR_OK) {
		weir_while(err, "%s", path);
		goto fail;
	}
	return db;

fail:
	db_close(db);
	return NULL;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	sqlite3_close(db->sqlite);
	weir_free(db);
}

enum weir_status db_exec(struct db *db, const char *sql, struct weir_error *err)
{
	int result = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);

	return result == SQLITE_OK ? WEIR_OK : say(err, db->sqlite, result, "state store");
}

bool db_is_sound(struct db *db, struct weir_error *err)
{
	struct db_stmt *stmt = db_prepare(db, "PRAGMA quick_check(1)", err);
	bool sound = false;

	if (!stmt)
		return false;
	if (db_step(stmt, err) == DB_ROW) {
		const char *text = db_text(stmt, 0);

		sound = text && strcmp(text, "ok") == 0;
		if (!sound)
			weir_fail(err, WEIR_E_DATA, "%.200s", text ? text : "unreadable");
	}
	db_finish(stmt);
	return sound;
}

static enum weir_status copy_steps(sqlite3_backup *backup, bool (*stop)(void *arg), void *arg,
                                   struct weir_error *err)
{
	int result;

	do {
		if (stop && stop(arg))
			return weir_fail(err, WEIR_E_RESOURCE, "copy ended early");
		result = sqlite3_backup_step(backup, 256);
	} while (result == SQLITE_OK);
	return result == SQLITE_DONE ? WEIR_OK : say(err, NULL, result, "copy the state store");
}

static enum weir_status finish_copy(sqlite3 *to, struct weir_error *err)
{
	struct db copy = { to };
	enum weir_status status = db_exec(&copy, "PRAGMA journal_mode=DELETE", err);

	if (status == WEIR_OK && !db_is_sound(&copy, err))
		status = WEIR_FAIL;
	return status;
}

enum weir_status db_copy(struct db *db, const char *path, bool (*stop)(void *arg), void *arg,
                         struct weir_error *err)
{
	enum weir_status status = WEIR_RETRY;
	sqlite3_backup *backup = NULL;
	sqlite3 *to = NULL;
	int result = sqlite3_open_v2(path, &to,
	                             SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
	                                     SQLITE_OPEN_NOMUTEX,
	                             NULL);

	if (result == SQLITE_OK)
		result = sqlite3_exec(to,
		                      "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
		                      "PRAGMA cache_size=-128;",
		                      NULL, NULL, NULL);
	if (result != SQLITE_OK) {
		status = say(err, to, result, path);
		goto done;
	}
	/* One read transaction for all steps: else a commit in between starts the copy anew. */
	if (db_exec(db, "BEGIN; SELECT count(*) FROM sqlite_schema;", err) != WEIR_OK)
		goto done;
	backup = sqlite3_backup_init(to, "main", db->sqlite, "main");
	status = backup ? copy_steps(backup, stop, arg, err)
	                : say(err, to, sqlite3_errcode(to), "copy the state store");
	sqlite3_backup_finish(backup);
	sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
	/* The copy of a WAL file is one too; a single file is easier to keep. */
	if (status == WEIR_OK)
		status = finish_copy(to, err);
done:
	sqlite3_close(to);
	return status;
}

static int64_t pragma(struct db *db, const char *sql)
{
	struct weir_error err;
	struct db_stmt *stmt = db_prepare(db, sql, &err);
	int64_t number = 0;

	if (stmt && db_step(stmt, &err) == DB_ROW)
		number = db_int(stmt, 0);
	db_finish(stmt);
	return number;
}

int64_t db_size(struct db *db)
{
	return pragma(db, "PRAGMA page_count") * pragma(db, "PRAGMA page_size");
}

size_t db_memory(struct db *db)
{
	static const int kinds[] = { SQLITE_DBSTATUS_CACHE_USED, SQLITE_DBSTATUS_SCHEMA_USED,
		                     SQLITE_DBSTATUS_STMT_USED };
	size_t total = 0;

	for (size_t i = 0; i < WEIR_COUNT(kinds); i++) {
		int now = 0, most = 0;

		if (sqlite3_db_status(db->sqlite, kinds[i], &now, &most, 0) == SQLITE_OK)
			total += (size_t)now;
	}
	return total;
}

struct db_stmt *db_prepare(struct db *db, const char *sql, struct weir_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int result = sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt,
	                                NULL);

	if (result != SQLITE_OK)
		say(err, db->sqlite, result, "state store");
	return (struct db_stmt *)(void *)stmt;
}

void db_finish(struct db_stmt *stmt)
{
	sqlite3_finalize(inner(stmt));
}

void db_bind_int(struct db_stmt *stmt, int index, int64_t number)
{
	sqlite3_bind_int64(inner(stmt), index, number);
}

void db_bind_text(struct db_stmt *stmt, int index, const char *text)
{
	sqlite3_bind_text(inner(stmt), index, text, -1, SQLITE_STATIC);
}

void db_bind_blob(struct db_stmt *stmt, int index, struct weir_bytes bytes)
{
	sqlite3_bind_blob64(inner(stmt), index, bytes.data, bytes.len, SQLITE_STATIC);
}

void db_reset(struct db_stmt *stmt)
{
	sqlite3_reset(inner(stmt));
	sqlite3_clear_bindings(inner(stmt));
}

enum db_step db_step(struct db_stmt *stmt, struct weir_error *err)
{
	int result = sqlite3_step(inner(stmt));
	enum db_step step = DB_DONE;

	if (result == SQLITE_ROW)
		return DB_ROW;
	if (result != SQLITE_DONE) {
		say(err, sqlite3_db_handle(inner(stmt)), result, "state store");
		step = DB_ERROR;
	}
	db_reset(stmt);
	return step;
}

enum weir_status db_run(struct db_stmt *stmt, struct weir_error *err)
{
	enum db_step step = db_step(stmt, err);

	if (step == DB_ROW)
		db_reset(stmt);
	if (step != DB_ERROR)
		return WEIR_OK;
	return err->code == WEIR_E_DATA ? WEIR_FAIL : WEIR_RETRY;
}

int64_t db_int(struct db_stmt *stmt, int column)
{
	return sqlite3_column_int64(inner(stmt), column);
}

const char *db_text(struct db_stmt *stmt, int column)
{
	return (const char *)sqlite3_column_text(inner(stmt), column);
}

struct weir_bytes db_blob(struct db_stmt *stmt, int column)
{
	const char *data = sqlite3_column_blob(inner(stmt), column);

	return (struct weir_bytes){ data, (size_t)sqlite3_column_bytes(inner(stmt), column) };
}
