/* store_seen.c - the ids that were seen, on disk.
 *
 * A row of weir_seen holds up to ROW_MAX keys of one source, in the order in which they came.
 * A commit appends to the source's newest row while that is small, else it makes a new one;
 * when LOOSE_MAX rows have gathered they are merged into full ones. So a commit writes little
 * however many ids there are, and old ids leave by whole rows.
 *
 * Not here: keys, filter, set (seen.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_own.h"

#include <string.h>

#include "log.h"

#define KEY_SIZE  sizeof(struct seen_key)
#define ROW_MAX   4096 /* keys */
#define TAIL_MAX  128  /* a row of so many is not rewritten for a few more */
#define LOOSE_MAX 32

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
	db_close(seen->db);
	weir_buf_finish(&seen->hint.ids);
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

	if (seen->rows)
		return true;
	if (!seen->db)
		seen->db = db_open(store->path, DB_READ, &err);
	if (seen->db)
		seen->rows = db_prepare(seen->db,
		                        "SELECT number, ids FROM weir_seen WHERE source = ?"
		                        " ORDER BY number DESC", &err);
	if (!seen->rows) {
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

static void remember(struct seen_hint *hint, const struct seen_source *source, int64_t number,
                     struct weir_bytes ids)
{
	hint->source = source;
	hint->number = number;
	hint->ids.len = 0;
	weir_buf_add(&hint->ids, ids.data, ids.len);
}

static bool on_disk(struct store *store, const struct seen_source *source, struct seen_key key)
{
	struct seen_hint *hint = &store->seen.hint;
	struct weir_bytes hinted = { hint->ids.data, hint->ids.len };
	struct db_stmt *rows = store->seen.rows;
	struct weir_error err;
	enum db_step step;
	bool found = hint->source == source && row_has(hinted, key);

	if (found)
		return true;
	db_bind_text(rows, 1, source->name);
	while (!found && (step = db_step(rows, &err)) != DB_DONE) {
		if (step == DB_ERROR) {
			say_unreadable(store, &err);
			return false;
		}
		found = row_has(db_blob(rows, 1), key);
		if (found)
			remember(hint, source, db_int(rows, 0), db_blob(rows, 1));
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

size_t store_seen_memory(const struct store *store)
{
	const struct store_seen_state *seen = &store->seen;
	size_t bytes = seen->cap * sizeof(struct seen_source *) + seen->hint.ids.cap;

	for (size_t i = 0; i < seen->cap; i++) {
		const struct seen_source *s = seen->sources[i];

		if (s)
			bytes += sizeof *s + strlen(s->name) + 1 + s->filter.bits / 8 +
			         s->pending.cap * KEY_SIZE;
	}
	return bytes;
}

/* ---- writing, within the transaction of a commit ------------------------------------------- */

/* Keys of one source, with the times of the first and of the last. */
struct run {
	const char *keys;
	int64_t count, first_us, last_us;
};

static enum weir_status put_row(struct store *store, const struct seen_source *source,
                                int64_t number, const struct run *run, struct weir_error *err)
{
	struct db_stmt *put = store->stmts[S_SEEN_PUT];
	struct weir_bytes ids = { run->keys, (size_t)run->count * KEY_SIZE };

	db_bind_text(put, 1, source->name);
	db_bind_int(put, 2, number);
	db_bind_int(put, 3, run->count);
	db_bind_int(put, 4, run->first_us);
	db_bind_int(put, 5, run->last_us);
	db_bind_blob(put, 6, ids);
	db_bind_int(put, 7, store_sum(ids));
	return db_run(put, err);
}

static enum weir_status delete_rows(struct store *store, const struct seen_source *source,
                                    int64_t from, int64_t to, struct weir_error *err)
{
	struct db_stmt *stmt = store->stmts[S_SEEN_DELETE];

	db_bind_text(stmt, 1, source->name);
	db_bind_int(stmt, 2, from);
	db_bind_int(stmt, 3, to);
	return db_run(stmt, err);
}

/* Learns what is on disk for a source; rows of a source have consecutive numbers. Stops after
 * the oldest row when only that one is asked for. */
enum survey { WHOLE, OLDEST };

static enum weir_status survey(struct store *store, struct seen_source *source, enum survey what,
                               int64_t *oldest, struct weir_error *err)
{
	struct db_stmt *sizes = store->stmts[S_SEEN_SIZES];
	struct seen_source found = *source;
	enum db_step step;
	bool first = true;

	if (what == WHOLE)
		found.total = found.first = found.next = found.merged = found.tail = 0;
	db_bind_text(sizes, 1, source->name);
	while ((step = db_step(sizes, err)) == DB_ROW) {
		int64_t number = db_int(sizes, 0), count = db_int(sizes, 1);

		if (first) {
			found.first = number;
			found.oldest_us = db_int(sizes, 2);
			*oldest = count;
		}
		if (what == OLDEST) {
			db_reset(sizes);
			break;
		}
		if (first)
			found.merged = number;
		if (found.merged == number && count == ROW_MAX)
			found.merged++;
		found.total += count;
		found.next = number + 1;
		found.tail = count;
		first = false;
	}
	if (step == DB_ERROR)
		return WEIR_RETRY;
	*source = found;
	source->counted = true;
	return WEIR_OK;
}

/* Drops whole rows that are too old, or too many. */
static enum weir_status expire(struct store *store, struct seen_source *source, int64_t now_us,
                               struct weir_error *err)
{
	const struct store_limits *limits = &store->limits;

	while (source->first < source->next - 1) {
		bool old = limits->seen_for_ms > 0 &&
		           source->oldest_us < now_us - limits->seen_for_ms * 1000;
		bool many = limits->seen_count > 0 && source->total > limits->seen_count;
		int64_t count = 0;

		if (!old && !many)
			break;
		if (survey(store, source, OLDEST, &count, err) != WEIR_OK)
			return WEIR_RETRY;
		if (!old && source->total - count < limits->seen_count)
			break;
		if (delete_rows(store, source, source->first, source->first + 1, err) != WEIR_OK)
			return WEIR_RETRY;
		source->total -= count;
		source->first++;
		if (source->merged < source->first)
			source->merged = source->first;
		if (survey(store, source, OLDEST, &count, err) != WEIR_OK)
			return WEIR_RETRY;
	}
	return WEIR_OK;
}

static enum weir_status append_to_tail(struct store *store, struct seen_source *source,
                                       const struct run *run, struct weir_error *err)
{
	struct db_stmt *last = store->stmts[S_SEEN_LAST];
	enum weir_status status = WEIR_RETRY;
	struct weir_buf keys = { 0 };
	struct run both = *run;

	db_bind_text(last, 1, source->name);
	db_bind_int(last, 2, source->next - 1);
	if (db_step(last, err) == DB_ROW) {
		struct weir_bytes ids = db_blob(last, 2);

		both.first_us = db_int(last, 0);
		weir_buf_add(&keys, ids.data, ids.len);
		db_reset(last);
		weir_buf_add(&keys, run->keys, (size_t)run->count * KEY_SIZE);
		both.keys = keys.data;
		both.count = (int64_t)(keys.len / KEY_SIZE);
		status = put_row(store, source, source->next - 1, &both, err);
		source->tail = both.count;
		if (source->first == source->next - 1)
			source->oldest_us = both.last_us;
	}
	weir_buf_finish(&keys);
	return status;
}

static enum weir_status add_rows(struct store *store, struct seen_source *source,
                                 struct run run, struct weir_error *err)
{
	while (run.count > 0) {
		struct run part = run;

		part.count = run.count < ROW_MAX ? run.count : ROW_MAX;
		if (put_row(store, source, source->next, &part, err) != WEIR_OK)
			return WEIR_RETRY;
		if (source->first == source->next)
			source->oldest_us = part.last_us;
		source->next++;
		source->tail = part.count;
		run.keys += (size_t)part.count * KEY_SIZE;
		run.count -= part.count;
	}
	return WEIR_OK;
}

/* Rewrites the rows that are not known to be full as full ones and a rest. */
static enum weir_status merge(struct store *store, struct seen_source *source,
                              struct weir_error *err)
{
	struct db_stmt *from = store->stmts[S_SEEN_FROM];
	struct run all = { .first_us = 0 };
	struct weir_buf keys = { 0 };
	enum weir_status status = WEIR_RETRY;
	enum db_step step;

	db_bind_text(from, 1, source->name);
	db_bind_int(from, 2, source->merged);
	while ((step = db_step(from, err)) == DB_ROW) {
		struct weir_bytes ids = db_blob(from, 2);

		if (keys.len == 0)
			all.first_us = db_int(from, 0);
		all.last_us = db_int(from, 1);
		weir_buf_add(&keys, ids.data, ids.len);
	}
	if (step == DB_DONE)
		status = delete_rows(store, source, source->merged, source->next, err);
	if (status == WEIR_OK) {
		all.keys = keys.data;
		all.count = (int64_t)(keys.len / KEY_SIZE);
		source->next = source->merged;
		status = add_rows(store, source, all, err);
		source->merged += all.count / ROW_MAX;
	}
	weir_buf_finish(&keys);
	return status;
}

static enum weir_status write_run(struct store *store, struct seen_source *source,
                                  const struct run *run, struct weir_error *err)
{
	enum weir_status status = WEIR_OK;
	int64_t oldest;

	if (!source->counted)
		status = survey(store, source, WHOLE, &oldest, err);
	if (status != WEIR_OK)
		return status;
	/* False from here on unless all of it succeeds. */
	source->counted = false;
	source->total += run->count;
	if (source->next > source->merged && source->tail + run->count <= TAIL_MAX)
		status = append_to_tail(store, source, run, err);
	else
		status = add_rows(store, source, *run, err);
	if (status == WEIR_OK)
		status = expire(store, source, run->last_us, err);
	if (status == WEIR_OK && source->next - source->merged > LOOSE_MAX)
		status = merge(store, source, err);
	source->counted = status == WEIR_OK;
	return status;
}

enum weir_status store_seen_write(struct store *store, const struct store_commit *commit,
                                  struct weir_error *err)
{
	struct store_seen_state *seen = &store->seen;
	struct weir_buf keys = { 0 };
	enum weir_status status = WEIR_OK;
	size_t begin = 0;

	for (size_t i = 0; status == WEIR_OK && i < commit->seen_count; i++) {
		const struct store_seen *s = &commit->seen[i];
		bool last = i + 1 == commit->seen_count ||
		            strcmp(s->source, commit->seen[i + 1].source) != 0;
		struct seen_source *source;
		struct seen_key key;

		pthread_mutex_lock(&seen->lock);
		is_open(store); /* the secret */
		source = source_of(seen, s->source);
		key = seen_key_of(s->id, seen->secret);
		pthread_mutex_unlock(&seen->lock);
		weir_buf_add(&keys, &key, sizeof key);
		if (last) {
			struct run run = { keys.data, (int64_t)(keys.len / KEY_SIZE),
				           commit->seen[begin].at_us, s->at_us };

			status = write_run(store, source, &run, err);
			keys.len = 0;
			begin = i + 1;
		}
	}
	weir_buf_finish(&keys);
	return status;
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
			source->counted = false;
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
