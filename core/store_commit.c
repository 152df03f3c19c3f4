/* store_commit.c - the one durable step: everything that a commit holds, in one transaction.
 *
 * Not here: how ids are laid out (store_seen.c), when to copy (store_copy.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_own.h"

#include <string.h>

#include "clock.h"

static enum weir_status put_position(struct store *store, const struct store_position *p,
                                     struct weir_error *err)
{
	struct db_stmt *put = store->stmts[S_POSITION_PUT];

	db_bind_int(put, 1, store_kind_code(p->kind, p->record));
	db_bind_text(put, 2, p->name);
	db_bind_text(put, 3, p->plugin);
	db_bind_int(put, 4, p->version);
	db_bind_text(put, 5, p->text);
	db_bind_int(put, 6, store_sum(weir_bytes(p->text)));
	return db_run(put, err);
}

static enum weir_status add_count(struct store *store, const struct store_count *c,
                                  struct weir_error *err)
{
	struct db_stmt *add = store->stmts[S_COUNT_ADD];

	db_bind_text(add, 1, c->source);
	db_bind_text(add, 2, c->sink);
	db_bind_int(add, 3, c->fate);
	db_bind_text(add, 4, c->cause ? c->cause : "");
	db_bind_int(add, 5, c->by);
	return db_run(add, err);
}

/* What is different each time a letter fails. */
static void bind_failure(struct db_stmt *stmt, const struct store_dead *d)
{
	db_bind_int(stmt, 1, d->why.code);
	db_bind_text(stmt, 2, d->why.where.file);
	db_bind_int(stmt, 3, d->why.where.line);
	db_bind_int(stmt, 4, d->why.where.column);
	db_bind_text(stmt, 5, d->why.where.path);
	db_bind_text(stmt, 6, d->why.text);
	db_bind_text(stmt, 7, d->schema);
	db_bind_text(stmt, 8, d->stage);
	db_bind_text(stmt, 9, d->delivered);
}

static enum weir_status put_dead(struct store *store, const struct store_dead *d,
                                 struct weir_error *err)
{
	struct db_stmt *stmt = store->stmts[d->number ? S_DEAD_AGAIN : S_DEAD_ADD];

	bind_failure(stmt, d);
	if (d->number) {
		db_bind_int(stmt, 10, d->replayed_us);
		db_bind_int(stmt, 11, d->number);
		return db_run(stmt, err);
	}
	db_bind_text(stmt, 10, d->source);
	db_bind_blob(stmt, 11, d->id);
	db_bind_int(stmt, 12, d->at_us);
	db_bind_blob(stmt, 13, d->event);
	db_bind_text(stmt, 14, d->sink);
	db_bind_text(stmt, 15, d->origin);
	return db_run(stmt, err);
}

static enum weir_status release_dead(struct store *store, int64_t number,
                                     struct weir_error *err)
{
	struct db_stmt *stmt = store->stmts[S_DEAD_DELETE];

	db_bind_int(stmt, 1, number);
	return db_run(stmt, err);
}

static enum weir_status put_time(struct store *store, struct weir_error *err)
{
	struct db_stmt *put = store->stmts[S_META_PUT];

	db_bind_text(put, 1, "committed_us");
	db_bind_int(put, 2, clock_now_us());
	return db_run(put, err);
}

static enum weir_status write_all(struct store *store, const struct store_commit *commit,
                                  struct weir_error *err)
{
	enum weir_status status = store_seen_write(store, commit, err);

	for (size_t i = 0; status == WEIR_OK && i < commit->position_count; i++)
		status = put_position(store, &commit->positions[i], err);
	for (size_t i = 0; status == WEIR_OK && i < commit->count_count; i++)
		status = add_count(store, &commit->counts[i], err);
	for (size_t i = 0; status == WEIR_OK && i < commit->dead_count; i++)
		status = put_dead(store, &commit->dead[i], err);
	for (size_t i = 0; status == WEIR_OK && i < commit->released_count; i++)
		status = release_dead(store, commit->released[i], err);
	return status == WEIR_OK ? put_time(store, err) : status;
}

/* Runs write in a transaction; rolls back when it fails. */
static enum weir_status transact(struct store *store, const struct store_commit *commit,
                                 struct weir_error *err)
{
	struct weir_error ignored;
	enum weir_status status = db_run(store->stmts[S_BEGIN], err);

	if (status != WEIR_OK)
		return status;
	status = write_all(store, commit, err);
	if (status == WEIR_OK)
		status = db_run(store->stmts[S_COMMIT], err);
	if (status != WEIR_OK)
		db_run(store->stmts[S_ROLLBACK], &ignored);
	return status;
}

enum weir_status store_commit(struct store *store, const struct store_commit *commit,
                              struct weir_error *err)
{
	enum weir_status status;

	pthread_mutex_lock(&store->lock);
	status = transact(store, commit, err);
	store_seen_settle(store, commit,
	                  status == WEIR_OK ? STORE_SETTLED : STORE_ROLLED_BACK);
	if (status == WEIR_OK) {
		store->copy.dirty = true;
		store_copy_turn(store);
	}
	pthread_mutex_unlock(&store->lock);
	return status == WEIR_OK ? status : weir_while(err, "commit to %s", store->path);
}

static enum weir_status run_alone(struct store *store, struct db_stmt *stmt,
                                  struct weir_error *err)
{
	enum weir_status status;

	pthread_mutex_lock(&store->lock);
	status = db_run(stmt, err);
	store->copy.dirty = store->copy.dirty || status == WEIR_OK;
	pthread_mutex_unlock(&store->lock);
	return status;
}

void store_forget_position(struct store *store, enum weir_kind kind, const char *name)
{
	struct db_stmt *forget = store->stmts[S_POSITION_DELETE];
	struct weir_error err;

	db_bind_int(forget, 1, kind);
	db_bind_text(forget, 2, name);
	run_alone(store, forget, &err);
}

static enum weir_status forget_rows(struct store *store, const char *name, struct weir_error *err)
{
	struct db_stmt *position = store->stmts[S_POSITION_DELETE];
	struct db_stmt *seen = store->stmts[S_SEEN_DELETE];
	enum weir_status status = WEIR_OK;

	for (int record = STORE_POSITION; record <= STORE_AUDIT; record++) {
		db_bind_int(position, 1, store_kind_code(WEIR_SOURCE, (enum store_record)record));
		db_bind_text(position, 2, name);
		status = db_run(position, err);
		if (status != WEIR_OK)
			return status;
	}
	db_bind_text(seen, 1, name);
	db_bind_int(seen, 2, 0);
	db_bind_int(seen, 3, INT64_MAX);
	return db_run(seen, err);
}

bool store_forget_source(struct store *store, const char *name, struct weir_error *err)
{
	struct weir_error ignored;
	enum weir_status status;

	pthread_mutex_lock(&store->lock);
	status = db_run(store->stmts[S_BEGIN], err);
	if (status == WEIR_OK)
		status = forget_rows(store, name, err);
	if (status == WEIR_OK)
		status = db_run(store->stmts[S_COMMIT], err);
	if (status == WEIR_OK) {
		store_seen_forget(store, name);
		store->copy.dirty = true;
	} else {
		db_run(store->stmts[S_ROLLBACK], &ignored);
	}
	pthread_mutex_unlock(&store->lock);
	return status == WEIR_OK;
}
