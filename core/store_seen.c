/* store_seen.c - was this id seen? The filter in memory says no, or the rows on disk are read.
 *
 * Not here: keys, filter, set (seen.c); how the rows are written (store_seen_write.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_own.h"

#include <string.h>

#include "log.h"

#define KEY_SIZE sizeof(struct seen_key)

void store_seen_init(struct store *store)
{
	pthread_mutex_init(&store->seen.lock, NULL);
}

static void free_source(struct seen_source *source)
{
	if (!source)
		return;
	weir_free(source->name);
	seen_filter_finish(&source->filter);
	seen_set_finish(&source->pending);
	weir_free(source);
}

void store_seen_finish(struct store *store)
{
	struct store_seen_state *seen = &store->seen;

	for (size_t i = 0; i < seen->cap; i++)
		free_source(seen->sources[i]);
	weir_free(seen->sources);
	db_finish(seen->rows);
	db_finish(seen->row);
	db_close(seen->db);
	seen_rows_finish(&seen->found);
	pthread_mutex_destroy(&seen->lock);
}

/* ---- sources by name ---------------------------------------------------------------- */

static size_t place_of(const struct store_seen_state *seen, const char *name)
{
	size_t at = weir_hash(weir_bytes(name)) & (seen->cap - 1);

	while (seen->sources[at] && strcmp(seen->sources[at]->name, name) != 0)
		at = (at + 1) & (seen->cap - 1);
	return at;
}

static void grow(struct store_seen_state *seen)
{
	struct store_seen_state old = *seen;

	seen->cap = old.cap ? old.cap * 2 : 16;
	seen->sources = weir_alloc(seen->cap * sizeof(struct seen_source *));
	for (size_t i = 0; i < old.cap; i++) {
		if (old.sources[i])
			seen->sources[place_of(seen, old.sources[i]->name)] = old.sources[i];
	}
	weir_free(old.sources);
}

static struct seen_source *source_of(struct store_seen_state *seen, const char *name)
{
	size_t at;

	if (seen->len * 2 >= seen->cap)
		grow(seen);
	at = place_of(seen, name);
	if (!seen->sources[at]) {
		seen->sources[at] = weir_alloc(sizeof(struct seen_source));
		seen->sources[at]->name = weir_strdup(name);
		seen->len++;
	}
	return seen->sources[at];
}

/* ---- asking ----------------------------------------------------------------------------- */

static struct seen_key key_at(struct weir_bytes ids, size_t index)
{
	struct seen_key key;

	memcpy(&key, ids.data + index * KEY_SIZE, KEY_SIZE);
	return key;
}

static bool row_has(struct weir_bytes ids, struct seen_key key)
{
	for (size_t i = 0; i < ids.len / KEY_SIZE; i++) {
		if (seen_key_equal(key_at(ids, i), key))
			return true;
	}
	return false;
}

/* An event is rather repeated than lost: an id that cannot be looked up is new. */
static void say_unreadable(struct store *store, const struct weir_error *err)
{
	if (!store->seen.said)
		log_line(WEIR_WARN, "weir",
		         "cannot read the ids seen before: %s; events that are fetched again "
		         "may be delivered again", err->text);
	store->seen.said = true;
}

static void read_secret(struct store *store)
{
	struct weir_error err;
	struct db_stmt *stmt;

	stmt = db_prepare(store->seen.db, "SELECT value FROM weir_meta WHERE key = 'secret'", &err);
	if (stmt && db_step(stmt, &err) == DB_ROW) {
		struct weir_bytes secret = db_blob(stmt, 0);

		if (secret.len == sizeof store->seen.secret)
			memcpy(store->seen.secret, secret.data, secret.len);
	}
	db_finish(stmt);
}

/* A connection of its own: a look-up never waits for the commit that is being synced. */
static bool is_open(struct store *store)
{
	struct store_seen_state *seen = &store->seen;
	struct weir_error err;

	if (seen->rows && seen->row)
		return true;
	if (!seen->db)
		seen->db = db_open(store->path, DB_READ, &err);
	if (seen->db && !seen->rows)
		seen->rows = db_prepare(seen->db,
		                        "SELECT number, ids FROM weir_seen WHERE source = ?"
		                        " ORDER BY number DESC", &err);
	if (seen->rows && !seen->row)
		seen->row = db_prepare(seen->db,
		                       "SELECT ids FROM weir_seen WHERE source = ? AND number = ?", &err);
	if (!seen->rows || !seen->row) {
		say_unreadable(store, &err);
		return false;
	}
	read_secret(store);
	return true;
}

static int64_t count_ids(struct store *store, const struct seen_source *source)
{
	struct weir_error err;
	struct db_stmt *stmt = db_prepare(
		store->seen.db, "SELECT sum(count) FROM weir_seen WHERE source = ?", &err);
	int64_t total = 0;

	if (stmt)
		db_bind_text(stmt, 1, source->name);
	if (stmt && db_step(stmt, &err) == DB_ROW)
		total = db_int(stmt, 0);
	db_finish(stmt);
	return total;
}

/* Makes the filter from the rows: at the first question, and whenever it is full. */
static void load(struct store *store, struct seen_source *source)
{
	struct db_stmt *rows = store->seen.rows;
	struct weir_error err;
	enum db_step step;

	seen_filter_finish(&source->filter);
	seen_filter_init(&source->filter, 2 * (size_t)count_ids(store, source));
	db_bind_text(rows, 1, source->name);
	while ((step = db_step(rows, &err)) == DB_ROW) {
		struct weir_bytes ids = db_blob(rows, 1);

		for (size_t i = 0; i < ids.len / KEY_SIZE; i++)
			seen_filter_add(&source->filter, key_at(ids, i));
	}
	if (step == DB_ERROR)
		say_unreadable(store, &err);
	source->loaded = true;
}

/* The rows before and behind the one that was used last: reading again passes from row to row. */
static bool in_neighbour(struct store *store, const struct seen_source *source,
                         struct seen_key key)
{
	struct db_stmt *row = store->seen.row;
	struct weir_error err;
	int64_t number;
	bool found = false;

	if (!seen_rows_last(&store->seen.found, source, &number))
		return false;
	for (int step = 1; step >= -1 && !found; step -= 2) {
		db_bind_text(row, 1, source->name);
		db_bind_int(row, 2, number + step);
		if (db_step(row, &err) != DB_ROW)
			continue;
		found = row_has(db_blob(row, 0), key);
		if (found)
			seen_rows_keep(&store->seen.found, source, number + step, db_blob(row, 0));
		db_reset(row);
	}
	return found;
}

static bool on_disk(struct store *store, const struct seen_source *source, struct seen_key key)
{
	struct db_stmt *rows = store->seen.rows;
	struct weir_error err;
	enum db_step step;
	bool found = false;

	if (seen_rows_have(&store->seen.found, source, key) || in_neighbour(store, source, key))
		return true;
	db_bind_text(rows, 1, source->name);
	while (!found && (step = db_step(rows, &err)) != DB_DONE) {
		if (step == DB_ERROR) {
			say_unreadable(store, &err);
			return false;
		}
		found = row_has(db_blob(rows, 1), key);
		if (found)
			seen_rows_keep(&store->seen.found, source, db_int(rows, 0), db_blob(rows, 1));
	}
	db_reset(rows);
	return found;
}

bool store_seen_check(struct store *store, const char *name, struct weir_bytes id)
{
	struct store_seen_state *seen = &store->seen;
	struct seen_source *source;
	struct seen_key key;
	bool known = false;

	pthread_mutex_lock(&seen->lock);
	source = source_of(seen, name);
	if (is_open(store)) {
		key = seen_key_of(id, seen->secret);
		if (!source->loaded || seen_filter_is_full(&source->filter))
			load(store, source);
		known = seen_set_has(&source->pending, key) ||
		        (seen_filter_may_have(&source->filter, key) &&
		         on_disk(store, source, key));
		if (!known)
			seen_set_add(&source->pending, key);
	}
	pthread_mutex_unlock(&seen->lock);
	return known;
}

void store_seen_forget_pending(struct store *store, const char *name)
{
	pthread_mutex_lock(&store->seen.lock);
	seen_set_finish(&source_of(&store->seen, name)->pending);
	pthread_mutex_unlock(&store->seen.lock);
}

/* Rows of a source are numbered from 0; whole ones are forgotten, the oldest first. */
int64_t store_seen_since(struct store *store, const char *name)
{
	struct db_stmt *stmt = NULL;
	int64_t since = INT64_MIN;
	struct weir_error err;

	pthread_mutex_lock(&store->seen.lock);
	if (is_open(store))
		stmt = db_prepare(store->seen.db, "SELECT number, first_us FROM weir_seen"
		                  " WHERE source = ? ORDER BY number LIMIT 1", &err);
	if (stmt) {
		db_bind_text(stmt, 1, name);
		if (db_step(stmt, &err) == DB_ROW && db_int(stmt, 0) > 0)
			since = db_int(stmt, 1);
		db_finish(stmt);
	}
	pthread_mutex_unlock(&store->seen.lock);
	return since;
}

void store_seen_forget(struct store *store, const char *name)
{
	struct seen_source *source;

	pthread_mutex_lock(&store->seen.lock);
	source = source_of(&store->seen, name);
	seen_filter_finish(&source->filter);
	seen_set_finish(&source->pending);
	source->loaded = false;
	source->extent = (struct seen_extent){ .counted = false };
	seen_rows_finish(&store->seen.found);
	pthread_mutex_unlock(&store->seen.lock);
}

size_t store_seen_memory(const struct store *store)
{
	const struct store_seen_state *seen = &store->seen;
	size_t bytes = seen->cap * sizeof(struct seen_source *) + seen_rows_memory(&seen->found);

	for (size_t i = 0; i < seen->cap; i++) {
		const struct seen_source *s = seen->sources[i];

		if (s)
			bytes += sizeof *s + strlen(s->name) + 1 + s->filter.bits / 8 +
			         s->pending.cap * KEY_SIZE;
	}
	return bytes;
}

/* ---- commits ---------------------------------------------------------------------------- */

struct seen_source *store_seen_source(struct store *store, const char *name)
{
	struct seen_source *source;

	pthread_mutex_lock(&store->seen.lock);
	is_open(store); /* reads the secret */
	source = source_of(&store->seen, name);
	pthread_mutex_unlock(&store->seen.lock);
	return source;
}

void store_seen_settle(struct store *store, const struct store_commit *commit,
                       enum store_settled how)
{
	struct store_seen_state *seen = &store->seen;

	pthread_mutex_lock(&seen->lock);
	for (size_t i = 0; i < commit->seen_count; i++) {
		const struct store_seen *s = &commit->seen[i];
		struct seen_source *source = source_of(seen, s->source);
		struct seen_key key = seen_key_of(s->id, seen->secret);

		if (how == STORE_ROLLED_BACK) {
			source->extent.counted = false;
			continue;
		}
		seen_set_remove(&source->pending, key);
		if (source->loaded)
			seen_filter_add(&source->filter, key);
	}
	pthread_mutex_unlock(&seen->lock);
}

bool store_seen_is_sound(struct db *db, struct weir_error *err)
{
	struct db_stmt *stmt = db_prepare(db, "SELECT source, ids, sum FROM weir_seen", err);
	bool sound = stmt != NULL;
	enum db_step step = DB_DONE;

	while (sound && (step = db_step(stmt, err)) == DB_ROW) {
		sound = store_sum(db_blob(stmt, 1)) == db_int(stmt, 2);
		if (!sound)
			weir_fail(err, WEIR_E_DATA, "the ids seen of %.80s are damaged",
			          db_text(stmt, 0));
	}
	db_finish(stmt);
	return sound && step != DB_ERROR;
}
