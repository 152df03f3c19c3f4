/* store_seen_write.c - the ids of a commit, on disk.
 *
 * A row of weir_seen holds up to ROW_MAX keys of one source, in the order in which they came.
 * A commit appends to the source's newest row while that is small, else it makes a new one;
 * when LOOSE_MAX rows have gathered they are merged into full ones. So a commit writes little
 * however many ids there are, and old ids leave by whole rows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_own.h"

#include <string.h>

#define KEY_SIZE  sizeof(struct seen_key)
#define ROW_MAX   4096 /* keys */
#define TAIL_MAX  128  /* a row of so many is not rewritten for a few more */
#define LOOSE_MAX 32

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
	struct seen_extent found = source->extent;
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
	source->extent = found;
	source->extent.counted = true;
	return WEIR_OK;
}

/* Drops whole rows that are too old, or too many. */
static enum weir_status expire(struct store *store, struct seen_source *source, int64_t now_us,
                               struct weir_error *err)
{
	const struct store_limits *limits = &store->limits;

	while (source->extent.first < source->extent.next - 1) {
		bool old = limits->seen_for_ms > 0 &&
		           source->extent.oldest_us < now_us - limits->seen_for_ms * 1000;
		bool many = limits->seen_count > 0 && source->extent.total > limits->seen_count;
		int64_t count = 0;

		if (!old && !many)
			break;
		if (survey(store, source, OLDEST, &count, err) != WEIR_OK)
			return WEIR_RETRY;
		if (!old && source->extent.total - count < limits->seen_count)
			break;
		if (delete_rows(store, source, source->extent.first, source->extent.first + 1, err) != WEIR_OK)
			return WEIR_RETRY;
		source->extent.total -= count;
		source->extent.first++;
		if (source->extent.merged < source->extent.first)
			source->extent.merged = source->extent.first;
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
	db_bind_int(last, 2, source->extent.next - 1);
	if (db_step(last, err) == DB_ROW) {
		struct weir_bytes ids = db_blob(last, 2);

		both.first_us = db_int(last, 0);
		weir_buf_add(&keys, ids.data, ids.len);
		db_reset(last);
		weir_buf_add(&keys, run->keys, (size_t)run->count * KEY_SIZE);
		both.keys = keys.data;
		both.count = (int64_t)(keys.len / KEY_SIZE);
		status = put_row(store, source, source->extent.next - 1, &both, err);
		source->extent.tail = both.count;
		if (source->extent.first == source->extent.next - 1)
			source->extent.oldest_us = both.last_us;
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
		if (put_row(store, source, source->extent.next, &part, err) != WEIR_OK)
			return WEIR_RETRY;
		if (source->extent.first == source->extent.next)
			source->extent.oldest_us = part.last_us;
		source->extent.next++;
		source->extent.tail = part.count;
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
	db_bind_int(from, 2, source->extent.merged);
	while ((step = db_step(from, err)) == DB_ROW) {
		struct weir_bytes ids = db_blob(from, 2);

		if (keys.len == 0)
			all.first_us = db_int(from, 0);
		all.last_us = db_int(from, 1);
		weir_buf_add(&keys, ids.data, ids.len);
	}
	if (step == DB_DONE)
		status = delete_rows(store, source, source->extent.merged, source->extent.next, err);
	if (status == WEIR_OK) {
		all.keys = keys.data;
		all.count = (int64_t)(keys.len / KEY_SIZE);
		source->extent.next = source->extent.merged;
		status = add_rows(store, source, all, err);
		source->extent.merged += all.count / ROW_MAX;
	}
	weir_buf_finish(&keys);
	return status;
}

static enum weir_status write_run(struct store *store, struct seen_source *source,
                                  const struct run *run, struct weir_error *err)
{
	enum weir_status status = WEIR_OK;
	int64_t oldest;

	if (!source->extent.counted)
		status = survey(store, source, WHOLE, &oldest, err);
	if (status != WEIR_OK)
		return status;
	/* False from here on unless all of it succeeds. */
	source->extent.counted = false;
	source->extent.total += run->count;
	if (source->extent.next > source->extent.merged && source->extent.tail + run->count <= TAIL_MAX)
		status = append_to_tail(store, source, run, err);
	else
		status = add_rows(store, source, *run, err);
	if (status == WEIR_OK)
		status = expire(store, source, run->last_us, err);
	if (status == WEIR_OK && source->extent.next - source->extent.merged > LOOSE_MAX)
		status = merge(store, source, err);
	source->extent.counted = status == WEIR_OK;
	return status;
}

enum weir_status store_seen_write(struct store *store, const struct store_commit *commit,
                                  struct weir_error *err)
{
	struct weir_buf keys = { 0 };
	enum weir_status status = WEIR_OK;
	size_t begin = 0;

	for (size_t i = 0; status == WEIR_OK && i < commit->seen_count; i++) {
		const struct store_seen *s = &commit->seen[i];
		bool last = i + 1 == commit->seen_count ||
		            strcmp(s->source, commit->seen[i + 1].source) != 0;
		struct seen_source *source = store_seen_source(store, s->source);
		struct seen_key key = seen_key_of(s->id, store->seen.secret);

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
