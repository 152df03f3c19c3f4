/* store_read.c - what commands and a starting pipeline read from the store.
 *
 * Statements are made for the one call: none of this is on the way of an event.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_own.h"

#include <string.h>

static struct weir_bytes blob_or_none(struct db_stmt *stmt, int column)
{
	struct weir_bytes bytes = db_blob(stmt, column);

	return bytes.len ? bytes : (struct weir_bytes){ 0 };
}

static char *get_position(struct store *store, int64_t code, const char *name, const char *plugin,
                          uint32_t version)
{
	struct db_stmt *get = store->stmts[S_POSITION_GET];
	struct weir_error err;
	char *text = NULL;

	pthread_mutex_lock(&store->lock);
	db_bind_int(get, 1, code);
	db_bind_text(get, 2, name);
	if (db_step(get, &err) == DB_ROW) {
		const char *its = db_text(get, 0);

		if (its && strcmp(its, plugin) == 0 && db_int(get, 1) == (int64_t)version)
			text = weir_strdup(db_text(get, 2));
		db_reset(get);
	}
	pthread_mutex_unlock(&store->lock);
	return text;
}

char *store_position(struct store *store, enum weir_kind kind, const char *name,
                     const char *plugin, uint32_t version)
{
	return get_position(store, store_kind_code(kind, STORE_POSITION), name, plugin, version);
}

char *store_lane(struct store *store, enum weir_lane lane, const char *name, const char *plugin,
                 uint32_t version)
{
	return get_position(store, store_kind_code(WEIR_SOURCE, store_record_of(lane)), name, plugin, version);
}

/* Calls row for each row of sql until it returns false. */
static void each_row(struct store *store, const char *sql,
                     bool (*row)(struct db_stmt *stmt, const void *call), const void *call)
{
	struct weir_error err;
	struct db_stmt *stmt;

	pthread_mutex_lock(&store->lock);
	stmt = db_prepare(store->db, sql, &err);
	while (stmt && db_step(stmt, &err) == DB_ROW && row(stmt, call))
		;
	db_finish(stmt);
	pthread_mutex_unlock(&store->lock);
}

static bool number_row(struct db_stmt *stmt, const void *call)
{
	int64_t *const *number = call;

	**number = db_int(stmt, 0);
	return false;
}

int64_t store_committed(struct store *store)
{
	int64_t at_us = 0, *call = &at_us;

	each_row(store, "SELECT value FROM weir_meta WHERE key = 'committed_us'", number_row, &call);
	return at_us;
}

struct count_call {
	bool (*each)(void *arg, const struct store_count *);
	void *arg;
};

static bool count_row(struct db_stmt *stmt, const void *call)
{
	const struct count_call *c = call;
	const char *cause = db_text(stmt, 3);
	struct store_count count = {
		.source = db_text(stmt, 0),
		.sink = db_text(stmt, 1),
		.fate = (enum store_fate)db_int(stmt, 2),
		.cause = cause && *cause ? cause : NULL,
		.by = db_int(stmt, 4),
	};

	return c->each(c->arg, &count);
}

void store_each_count(struct store *store, bool (*each)(void *arg, const struct store_count *),
                      void *arg)
{
	struct count_call call = { each, arg };

	each_row(store, "SELECT source, sink, fate, cause, n FROM weir_count", count_row, &call);
}

struct position_call {
	bool (*each)(void *arg, const struct store_position *);
	void *arg;
};

static bool position_row(struct db_stmt *stmt, const void *call)
{
	const struct position_call *c = call;
	int64_t code = db_int(stmt, 0);
	struct store_position position = {
		.kind = (enum weir_kind)(code & ((1 << STORE_RECORD_SHIFT) - 1)),
		.record = (enum store_record)(code >> STORE_RECORD_SHIFT),
		.name = db_text(stmt, 1),
		.plugin = db_text(stmt, 2),
		.version = (uint32_t)db_int(stmt, 3),
		.text = db_text(stmt, 4),
	};

	return c->each(c->arg, &position);
}

void store_each_position(struct store *store,
                         bool (*each)(void *arg, const struct store_position *), void *arg)
{
	struct position_call call = { each, arg };

	each_row(store, "SELECT kind, name, plugin, version, text FROM weir_position ORDER BY kind, name",
	         position_row, &call);
}

static void read_dead(struct db_stmt *stmt, struct store_dead *dead)
{
	const char *text = db_text(stmt, 10);

	*dead = (struct store_dead){
		.number = db_int(stmt, 0),
		.source = db_text(stmt, 1),
		.stage = db_text(stmt, 2),
		.id = blob_or_none(stmt, 3),
		.at_us = db_int(stmt, 4),
		.why = { .code = (enum weir_code)db_int(stmt, 5),
		         .where = { .file = db_text(stmt, 6),
		                    .line = (int)db_int(stmt, 7),
		                    .column = (int)db_int(stmt, 8),
		                    .path = db_text(stmt, 9) } },
		.schema = db_text(stmt, 11),
		.event = blob_or_none(stmt, 12),
		.sink = db_text(stmt, 13),
		.origin = db_text(stmt, 14),
		.delivered = db_text(stmt, 15),
		.replays = db_int(stmt, 16),
		.replayed_us = db_int(stmt, 17),
	};
	if (text)
		memccpy(dead->why.text, text, '\0', sizeof dead->why.text - 1);
}

#define DEAD_COLUMNS                                                                           \
	"SELECT number, source, stage, id, at_us, code, file, line, col, path, text, schema,"  \
	" event, sink, origin, delivered, replays, replayed_us FROM weir_dead"                 \
	" WHERE number > ?1 AND number < ?2 AND (?3 IS NULL OR source = ?3)"                   \
	" AND (?4 IS NULL OR sink = ?4) AND at_us >= ?5 ORDER BY number"

struct dead_call {
	bool (*each)(void *arg, const struct store_dead *dead);
	void *arg;
	bool go_on;
};

static enum weir_status read_letters(struct db_stmt *stmt, struct dead_call *call,
                                     struct weir_error *err)
{
	enum db_step step = DB_ROW;
	struct store_dead dead;

	while (call->go_on && (step = db_step(stmt, err)) == DB_ROW) {
		read_dead(stmt, &dead);
		call->go_on = call->each(call->arg, &dead);
	}
	db_reset(stmt);
	return step == DB_ERROR ? WEIR_RETRY : WEIR_OK;
}

static void bind_query(struct db_stmt *stmt, const struct store_dead_query *query, int64_t above,
                       int64_t below)
{
	db_bind_int(stmt, 1, above);
	db_bind_int(stmt, 2, below);
	db_bind_text(stmt, 3, query->source);
	db_bind_text(stmt, 4, query->sink);
	db_bind_int(stmt, 5, query->since_us);
}

struct store_dead_query store_dead_query_copy(const struct store_dead_query *query,
                                              struct weir_arena *arena)
{
	struct store_dead_query copy = *query;
	struct weir_bytes numbers = { (const char *)query->numbers,
	                              query->number_count * sizeof *query->numbers };

	if (query->source)
		copy.source = weir_arena_strdup(arena, query->source);
	if (query->sink)
		copy.sink = weir_arena_strdup(arena, query->sink);
	if (query->number_count)
		copy.numbers = (const int64_t *)(const void *)weir_arena_copy(arena, numbers).data;
	return copy;
}

enum weir_status store_each_dead(struct store *store, const struct store_dead_query *query,
                                 bool (*each)(void *arg, const struct store_dead *dead), void *arg,
                                 struct weir_error *err)
{
	struct dead_call call = { each, arg, true };
	int64_t below = query->below ? query->below : INT64_MAX;
	enum weir_status status = WEIR_OK;
	struct db_stmt *stmt;

	pthread_mutex_lock(&store->lock);
	stmt = db_prepare(store->db, query->newest_first ? DEAD_COLUMNS " DESC" : DEAD_COLUMNS, err);
	if (!stmt) {
		status = WEIR_RETRY;
	} else if (!query->number_count) {
		bind_query(stmt, query, query->above, below);
		status = read_letters(stmt, &call, err);
	}
	for (size_t i = 0; status == WEIR_OK && i < query->number_count; i++) {
		int64_t number = query->numbers[i];

		if (number <= query->above || number >= below)
			continue;
		bind_query(stmt, query, number - 1, number + 1);
		status = read_letters(stmt, &call, err);
	}
	db_finish(stmt);
	pthread_mutex_unlock(&store->lock);
	return status;
}

static bool newest(void *arg, const struct store_dead *dead)
{
	*(int64_t *)arg = dead->number;
	return false;
}

enum weir_status store_dead_bound(struct store *store, struct store_dead_query *query,
                                  struct weir_error *err)
{
	const struct store_dead_query any = { .newest_first = true };
	int64_t number = 0;
	enum weir_status status = store_each_dead(store, &any, newest, &number, err);

	query->below = number + 1;
	return status;
}

void store_measure_dead(struct store *store, struct store_dead_size *size)
{
	struct weir_error err;
	struct db_stmt *stmt;

	*size = (struct store_dead_size){ 0 };
	pthread_mutex_lock(&store->lock);
	stmt = db_prepare(store->db, "SELECT count(*), sum(length(event)) FROM weir_dead", &err);
	if (stmt && db_step(stmt, &err) == DB_ROW) {
		size->letters = db_int(stmt, 0);
		size->bytes = db_int(stmt, 1);
	}
	db_finish(stmt);
	pthread_mutex_unlock(&store->lock);
}
