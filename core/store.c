/* store.c - opening state_dir, and the one durable step: a commit.
 *
 * Lives here: the lock, the tables, what to do with a damaged or lost file, commits. Not here:
 * SQLite (db.c), lists (store_read.c), seen ids (store_seen.c), the previous generation
 * (store_copy.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_own.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"

#define FORMAT 2

static const char tables[] =
	"BEGIN IMMEDIATE;"
	"CREATE TABLE IF NOT EXISTS weir_meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS weir_position(kind INTEGER, name TEXT, plugin TEXT NOT NULL,"
	" version INTEGER NOT NULL, text TEXT NOT NULL, sum INTEGER NOT NULL,"
	" PRIMARY KEY(kind, name)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS weir_seen(source TEXT, number INTEGER, count INTEGER NOT NULL,"
	" first_us INTEGER NOT NULL, last_us INTEGER NOT NULL, ids BLOB NOT NULL,"
	" sum INTEGER NOT NULL, PRIMARY KEY(source, number)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS weir_count(source TEXT, sink TEXT, fate INTEGER, cause TEXT,"
	" n INTEGER NOT NULL, PRIMARY KEY(source, sink, fate, cause)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS weir_dead(number INTEGER PRIMARY KEY AUTOINCREMENT,"
	" source TEXT NOT NULL, stage TEXT NOT NULL, id BLOB, at_us INTEGER NOT NULL,"
	" code INTEGER NOT NULL, file TEXT, line INTEGER, col INTEGER, path TEXT,"
	" text TEXT NOT NULL, schema TEXT, event BLOB, sink TEXT NOT NULL DEFAULT '',"
	" origin TEXT, delivered TEXT, replays INTEGER NOT NULL DEFAULT 0,"
	" replayed_us INTEGER NOT NULL DEFAULT 0);"
	"INSERT OR IGNORE INTO weir_meta VALUES('secret', randomblob(16));"
	"PRAGMA user_version=2;"
	"COMMIT;";

/* Letters of format 1 do not say which sink they are for, and cannot be replayed. */
static const char format_2[] =
	"BEGIN IMMEDIATE;"
	"ALTER TABLE weir_dead ADD COLUMN sink TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE weir_dead ADD COLUMN origin TEXT;"
	"ALTER TABLE weir_dead ADD COLUMN delivered TEXT;"
	"ALTER TABLE weir_dead ADD COLUMN replays INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE weir_dead ADD COLUMN replayed_us INTEGER NOT NULL DEFAULT 0;"
	"PRAGMA user_version=2;"
	"COMMIT;";

static const char *const statements[STORE_STMT_COUNT] = {
	[S_BEGIN] = "BEGIN IMMEDIATE",
	[S_COMMIT] = "COMMIT",
	[S_ROLLBACK] = "ROLLBACK",
	[S_POSITION_PUT] = "INSERT OR REPLACE INTO weir_position VALUES(?,?,?,?,?,?)",
	[S_POSITION_GET] = "SELECT plugin, version, text FROM weir_position"
		           " WHERE kind = ? AND name = ?",
	[S_POSITION_DELETE] = "DELETE FROM weir_position WHERE kind & 255 = ? AND name = ?",
	[S_COUNT_ADD] = "INSERT INTO weir_count VALUES(?,?,?,?,?)"
		        " ON CONFLICT DO UPDATE SET n = n + excluded.n",
	[S_DEAD_ADD] = "INSERT INTO weir_dead(code, file, line, col, path, text, schema, stage,"
		       " delivered, source, id, at_us, event, sink, origin)"
		       " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[S_DEAD_AGAIN] = "UPDATE weir_dead SET code = ?, file = ?, line = ?, col = ?, path = ?,"
		         " text = ?, schema = ?, stage = ?, delivered = ?, replayed_us = ?,"
		         " replays = replays + 1 WHERE number = ?",
	[S_DEAD_DELETE] = "DELETE FROM weir_dead WHERE number = ?",
	[S_META_PUT] = "INSERT OR REPLACE INTO weir_meta VALUES(?,?)",
	[S_SEEN_PUT] = "INSERT OR REPLACE INTO weir_seen VALUES(?,?,?,?,?,?,?)",
	[S_SEEN_DELETE] = "DELETE FROM weir_seen WHERE source = ? AND number >= ? AND number < ?",
	[S_SEEN_SIZES] = "SELECT number, count, last_us FROM weir_seen WHERE source = ?"
		         " ORDER BY number",
	[S_SEEN_FROM] = "SELECT first_us, last_us, ids FROM weir_seen"
		        " WHERE source = ? AND number >= ? ORDER BY number",
	[S_SEEN_LAST] = "SELECT first_us, last_us, ids FROM weir_seen"
		        " WHERE source = ? AND number = ?",
};

int64_t store_sum(struct weir_bytes bytes)
{
	return (int64_t)weir_hash(bytes);
}

/* ---- the folder and its lock ------------------------------------------------------ */

static enum weir_status make_folder(const char *dir, struct weir_error *err)
{
	if (mkdir(dir, 0700) == 0)
		return store_sync_folder(dir, err);
	if (errno == EEXIST)
		return WEIR_OK;
	return weir_fail(err, WEIR_E_CONFIG, "state_dir: cannot create %s: %s", dir,
	                 strerror(errno));
}

/* A lock of the open file, as flock's is, but one that can be asked about without taking it. */
static struct flock whole_file(void)
{
	return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

static long read_pid(int fd)
{
	char text[24] = "";

	if (pread(fd, text, sizeof text - 1, 0) <= 0)
		return 0;
	return strtol(text, NULL, 10);
}

long store_owner(const char *state_dir)
{
	struct flock lock = whole_file();
	char *path = weir_format("%s/lock", state_dir);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	long pid = 0;

	weir_free(path);
	if (fd < 0)
		return 0;
	if (fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
		pid = read_pid(fd);
	close(fd);
	return pid;
}

static enum weir_status take_lock(struct store *store, struct weir_error *err)
{
	struct flock lock = whole_file();
	char *path = weir_format("%s/lock", store->dir);
	char text[24];
	int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());

	store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (store->lock_fd < 0) {
		weir_fail(err, WEIR_E_CONFIG, "state_dir: cannot open %s: %s", path,
		          strerror(errno));
		weir_free(path);
		return WEIR_FAIL;
	}
	weir_free(path);
	if (fcntl(store->lock_fd, F_OFD_SETLK, &lock) != 0)
		return weir_fail(err, WEIR_E_CONFIG,
		                 "state_dir: %s is in use by the weir with pid %ld; stop it, or "
		                 "give this one a state_dir of its own",
		                 store->dir, read_pid(store->lock_fd));
	if (ftruncate(store->lock_fd, 0) != 0 ||
	    pwrite(store->lock_fd, text, (size_t)len, 0) != len)
		return weir_fail(err, WEIR_E_RESOURCE, "write %s/lock: %s", store->dir,
		                 strerror(errno));
	return WEIR_OK;
}

/* ---- opening state.db -------------------------------------------------------------- */

static enum weir_status prepare_all(struct store *store, struct weir_error *err)
{
	for (int i = 0; i < STORE_STMT_COUNT; i++) {
		store->stmts[i] = db_prepare(store->db, statements[i], err);
		if (!store->stmts[i])
			return err->code == WEIR_E_DATA ? WEIR_FAIL : WEIR_RETRY;
	}
	return WEIR_OK;
}

static void close_db(struct store *store)
{
	for (int i = 0; i < STORE_STMT_COUNT; i++) {
		db_finish(store->stmts[i]);
		store->stmts[i] = NULL;
	}
	db_close(store->db);
	store->db = NULL;
}

static int64_t one_number(struct db *db, const char *sql, struct weir_error *err)
{
	struct db_stmt *stmt = db_prepare(db, sql, err);
	int64_t number = -1;

	if (stmt && db_step(stmt, err) == DB_ROW)
		number = db_int(stmt, 0);
	db_finish(stmt);
	return number;
}

static enum weir_status check_positions(struct db *db, struct weir_error *err)
{
	struct db_stmt *stmt = db_prepare(db, "SELECT name, text, sum FROM weir_position", err);
	enum weir_status status = stmt ? WEIR_OK : WEIR_FAIL;
	enum db_step step = DB_DONE;

	while (stmt && status == WEIR_OK && (step = db_step(stmt, err)) == DB_ROW) {
		if (store_sum(db_blob(stmt, 1)) != db_int(stmt, 2))
			status = weir_fail(err, WEIR_E_DATA, "the position of %.80s is damaged",
			                   db_text(stmt, 0));
	}
	db_finish(stmt);
	return step == DB_ERROR ? WEIR_FAIL : status;
}

/* The format that the file is of; 0: nothing is in it yet. */
static enum weir_status check_format(struct db *db, int64_t *format, struct weir_error *err)
{
	int64_t objects = one_number(db, "SELECT count(*) FROM sqlite_schema", err);

	if (objects < 0)
		return WEIR_FAIL;
	*format = one_number(db, "PRAGMA user_version", err);
	if (*format < 0)
		return WEIR_FAIL;
	if (*format == 0 && objects > 0)
		return weir_fail(err, WEIR_E_DATA, "not a state store of weir");
	if (*format > FORMAT)
		return weir_fail(err, WEIR_E_CONFIG,
		                 "written by a newer weir (format %lld); run that one",
		                 (long long)*format);
	return WEIR_OK;
}

static enum weir_status check(struct db *db, struct weir_error *err)
{
	if (!db_is_sound(db, err) || check_positions(db, err) != WEIR_OK ||
	    !store_seen_is_sound(db, err))
		return WEIR_FAIL;
	return WEIR_OK;
}

static enum weir_status bring_up(struct db *db, int64_t *format, struct weir_error *err)
{
	if (*format == 0 || *format == FORMAT)
		return WEIR_OK;
	*format = FORMAT;
	return db_exec(db, format_2, err);
}

/* err->code says: DATA for a damaged file. *format 0: it was empty, and was not touched. */
static enum weir_status open_checked(struct store *store, int64_t *format,
                                     struct weir_error *err)
{
	*format = 0;
	store->db = db_open(store->path, DB_WRITE, err);
	if (!store->db || check_format(store->db, format, err) != WEIR_OK ||
	    (*format > 0 && check(store->db, err) != WEIR_OK) ||
	    bring_up(store->db, format, err) != WEIR_OK ||
	    (*format > 0 && prepare_all(store, err) != WEIR_OK)) {
		close_db(store);
		return WEIR_FAIL;
	}
	return WEIR_OK;
}

/* SQLite would make it readable for others, who may not see events. Its log takes the same mode. */
static enum weir_status create_private(const char *path, struct weir_error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return weir_fail(err, WEIR_E_CONFIG, "cannot create %s: %s", path, strerror(errno));
	close(fd);
	return WEIR_OK;
}

/* Made aside and put in place whole: that waits for the disk twice, and not for each of the steps in
 * which SQLite makes a file. */
static enum weir_status create_file(const struct store *store, struct weir_error *err)
{
	char *made = weir_format("%s.new", store->path);
	enum weir_status status = WEIR_FAIL;
	struct db *db = NULL;

	unlink(made);
	if (create_private(made, err) == WEIR_OK)
		db = db_open(made, DB_MAKE, err);
	if (db)
		status = db_exec(db, tables, err);
	db_close(db);
	if (status == WEIR_OK)
		status = store_put_in_place(made, store->path, err);
	weir_free(made);
	return status;
}

static enum weir_status create_tables(struct store *store, struct weir_error *err)
{
	bool empty = store->db != NULL;

	if (empty && db_exec(store->db, tables, err) != WEIR_OK)
		return WEIR_FAIL;
	if (!empty && create_file(store, err) == WEIR_OK)
		store->db = db_open(store->path, DB_WRITE, err);
	return store->db ? prepare_all(store, err) : WEIR_FAIL;
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

/* What happened to the file, for the note. */
struct loss {
	bool was_there;
	struct weir_error why;
};

static char *describe(const struct store *store, const struct loss *loss)
{
	if (!loss->was_there)
		return weir_format("%s is missing", store->path);
	return weir_format("%s is damaged (%s) and is kept as %s.damaged", store->path,
	                   loss->why.text, store->path);
}

static char *say_restored(const struct store *store, const struct loss *loss)
{
	struct weir_error err;
	int64_t at_us = one_number(store->db, "SELECT value FROM weir_meta WHERE key = 'committed_us'",
	                           &err);
	char *what = describe(store, loss), *note, when[25];

	weir_time_format(at_us > 0 ? at_us : 0, when);
	note = weir_format(
		"%s; went back to its previous generation of %s: sources read again from there, "
		"and sinks that keep a position (file) go back with them, so nothing is lost or "
		"repeated; sinks without one may get again what they got since then",
		what, when);
	weir_free(what);
	return note;
}

static char *say_lost(const struct store *store, const struct loss *loss)
{
	char *what = describe(store, loss);
	char *note = weir_format(
		"%s, and there is no sound previous generation: sources begin at their `start`, so sinks "
		"may get again whatever they got before, and what is older than `start` and was "
		"not delivered is not fetched; counts and dead letters begin anew",
		what);

	weir_free(what);
	return note;
}

static bool previous_is_sound(const struct store *store, struct weir_error *err)
{
	struct db *db = is_there(store->previous) ? db_open(store->previous, DB_READ, err) : NULL;
	int64_t format = 0;
	bool sound = db && check_format(db, &format, err) == WEIR_OK && format > 0 &&
	             check(db, err) == WEIR_OK;

	db_close(db);
	return sound;
}

/* The file is damaged or gone. */
static enum weir_status recover(struct store *store, const struct loss *loss, char **note,
                                enum store_opened *opened, struct weir_error *err)
{
	int64_t format;

	if (previous_is_sound(store, err)) {
		if (store_copy_restore(store->path, store->previous, err) != WEIR_OK ||
		    open_checked(store, &format, err) != WEIR_OK)
			return WEIR_FAIL;
		*opened = STORE_RESTORED;
		*note = say_restored(store, loss);
		return WEIR_OK;
	}
	if (store_set_aside(store->path, err) != WEIR_OK || create_tables(store, err) != WEIR_OK)
		return WEIR_FAIL;
	*opened = STORE_NEW;
	*note = say_lost(store, loss);
	return WEIR_OK;
}

static enum weir_status open_own(struct store *store, enum store_opened *opened, char **note,
                                 struct weir_error *err)
{
	struct loss loss = { .was_there = is_there(store->path) };
	int64_t format = 0;

	if (loss.was_there && open_checked(store, &format, &loss.why) != WEIR_OK) {
		if (loss.why.code != WEIR_E_DATA) {
			*err = loss.why;
			return WEIR_FAIL;
		}
		return recover(store, &loss, note, opened, err);
	}
	if (format > 0) {
		*opened = STORE_AS_WAS;
		return WEIR_OK;
	}
	if (is_there(store->previous)) {
		close_db(store);
		weir_fail(&loss.why, WEIR_E_DATA, "it is empty");
		return recover(store, &loss, note, opened, err);
	}
	*opened = STORE_NEW;
	return create_tables(store, err);
}

static enum weir_status open_read(struct store *store, struct weir_error *err)
{
	int64_t format;

	if (!is_there(store->path))
		return weir_fail(err, WEIR_E_CONFIG,
		                 "state_dir: %s holds no state; nothing has run with it yet",
		                 store->dir);
	store->db = db_open(store->path, DB_READ, err);
	if (!store->db || check_format(store->db, &format, err) != WEIR_OK) {
		size_t len = strlen(err->text);

		if (err->code == WEIR_E_DATA)
			snprintf(err->text + len, sizeof err->text - len,
			         "; weir run sets it aside and goes on from state.db.1");
		return WEIR_FAIL;
	}
	if (format == 0)
		return weir_fail(err, WEIR_E_CONFIG, "state_dir: %s holds no state yet",
		                 store->dir);
	if (format < FORMAT)
		return weir_fail(err, WEIR_E_CONFIG,
		                 "state_dir: %s was written by an older weir; weir run brings it up to date",
		                 store->dir);
	return prepare_all(store, err);
}

struct store *store_open(const char *state_dir, enum store_mode mode,
                         const struct store_limits *limits, enum store_opened *opened,
                         char **note, struct weir_error *err)
{
	struct store *store = weir_alloc(sizeof *store);

	*opened = STORE_AS_WAS;
	*note = NULL;
	store->dir = weir_strdup(state_dir);
	store->path = weir_format("%s/state.db", state_dir);
	store->previous = weir_format("%s/state.db.1", state_dir);
	store->lock_fd = -1;
	store->mode = mode;
	store->limits = limits ? *limits : (struct store_limits){ 0 };
	pthread_mutex_init(&store->lock, NULL);
	store_seen_init(store);
	if (mode == STORE_READ) {
		if (open_read(store, err) != WEIR_OK)
			goto fail;
		return store;
	}
	if (make_folder(state_dir, err) != WEIR_OK || take_lock(store, err) != WEIR_OK)
		goto fail;
	if (open_own(store, opened, note, err) != WEIR_OK) {
		weir_while(err, "state_dir");
		goto fail;
	}
	return store;

fail:
	store_close(store);
	return NULL;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	if (store->db && store->mode == STORE_OWN)
		store_copy_finish(store);
	store_seen_finish(store);
	close_db(store);
	pthread_mutex_destroy(&store->lock);
	if (store->lock_fd >= 0)
		close(store->lock_fd);
	weir_free(store->dir);
	weir_free(store->path);
	weir_free(store->previous);
	weir_free(store);
}
