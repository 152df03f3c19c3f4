/* recall.c - the events that a file had before the state that knew of them was lost.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "recall.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <weir/util.h>
#include <weir/value.h>

/* So many rows in a row that are not there, after some that were: the source is past them. */
enum { PAST_ROWS = 10000, READ_SIZE = 1 << 20 };

/* How many records have the id of that hash. */
struct slot {
	uint64_t hash;
	uint32_t count;
};

struct recall {
	char *path;
	int64_t length;
	char *member;             /* that holds the id; NULL: not known yet */
	bool loaded;

	struct slot *slots;       /* a power of two; hash 0: free */
	size_t cap, used;
	size_t left;              /* records that no row was told by */
	size_t found, missed;     /* rows that were there; and since then, that were not */
	uint64_t *taken;          /* since the last keep */
	size_t taken_count, taken_cap;
};

struct recall *recall_create(const char *path, int64_t length)
{
	struct recall *recall = weir_alloc(sizeof *recall);

	recall->path = weir_strdup(path);
	recall->length = length;
	return recall;
}

void recall_destroy(struct recall *recall)
{
	if (!recall)
		return;
	weir_free(recall->path);
	weir_free(recall->member);
	weir_free(recall->slots);
	weir_free(recall->taken);
	weir_free(recall);
}

int64_t recall_length(const struct recall *recall)
{
	return recall->length;
}

/* ---- the table -------------------------------------------------------------------- */

static struct slot *find(const struct recall *recall, uint64_t hash)
{
	size_t at = hash & (recall->cap - 1);

	while (recall->slots[at].hash && recall->slots[at].hash != hash)
		at = (at + 1) & (recall->cap - 1);
	return &recall->slots[at];
}

static void grow(struct recall *recall)
{
	struct slot *old = recall->slots;
	size_t old_cap = recall->cap;

	recall->cap = old_cap ? old_cap * 2 : 1024;
	recall->slots = weir_alloc(recall->cap * sizeof *recall->slots);
	for (size_t i = 0; i < old_cap; i++) {
		if (old[i].hash)
			*find(recall, old[i].hash) = old[i];
	}
	weir_free(old);
}

static uint64_t hash_of(struct weir_bytes id)
{
	uint64_t hash = weir_hash(id);

	return hash ? hash : 1;
}

static void add(struct recall *recall, uint64_t hash)
{
	struct slot *slot;

	if (recall->used * 2 >= recall->cap)
		grow(recall);
	slot = find(recall, hash);
	recall->used += !slot->hash;
	slot->hash = hash;
	slot->count++;
	recall->left++;
}

/* ---- the file ---------------------------------------------------------------------- */

static void add_line(struct recall *recall, struct weir_arena *arena, struct weir_bytes line)
{
	struct weir_error err;
	struct weir_value record;
	struct weir_bytes id;

	weir_arena_reset(arena, READ_SIZE);
	if (weir_json_parse(arena, line, &record, &err)
	    && weir_value_text(weir_value_get(record, recall->member), arena, &id))
		add(recall, hash_of(id));
}

/* The whole lines of buf, which are taken out of it. */
static void add_lines(struct recall *recall, struct weir_arena *arena, struct weir_buf *buf)
{
	char *at = buf->data, *end = buf->data + buf->len, *stop;

	while (at < end && (stop = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		add_line(recall, arena, (struct weir_bytes){ at, (size_t)(stop - at) });
		at = stop + 1;
	}
	buf->len = (size_t)(end - at);
	memmove(buf->data, at, buf->len);
}

/* The first piece may begin within a line, which is then no record. A file that ends early was
 * made shorter; what is there counts. */
static enum weir_status read_file(struct recall *recall, struct weir_ctx *ctx, int fd,
                                  struct weir_error *err)
{
	int64_t at = recall->length > RECALL_BYTES ? recall->length - RECALL_BYTES : 0;
	struct weir_arena *arena = weir_arena_create();
	struct weir_buf buf = { 0 };
	enum weir_status status = WEIR_OK;

	while (status == WEIR_OK && at < recall->length) {
		int64_t rest = recall->length - at;
		size_t want = rest < READ_SIZE ? (size_t)rest : READ_SIZE;
		ssize_t got = pread(fd, weir_buf_room(&buf, want), want, at);

		if (got < 0)
			status = weir_fail(err, WEIR_E_RESOURCE, "read %s: %s", recall->path,
			                   strerror(errno));
		else if (weir_stopping(ctx))
			status = weir_fail(err, WEIR_E_RESOURCE, "%s was not read to its end",
			                   recall->path);
		else if (got == 0)
			break;
		if (status != WEIR_OK)
			break;
		buf.len += (size_t)got;
		at += got;
		add_lines(recall, arena, &buf);
	}
	weir_buf_finish(&buf);
	weir_arena_destroy(arena);
	return status;
}

static void forget(struct recall *recall)
{
	weir_free(recall->slots);
	recall->slots = NULL;
	recall->cap = recall->used = recall->left = 0;
}

static enum weir_status load(struct recall *recall, struct weir_ctx *ctx, struct weir_error *err)
{
	int fd = open(recall->path, O_RDONLY | O_CLOEXEC);
	enum weir_status status;

	if (fd < 0)
		return weir_fail(err, WEIR_E_RESOURCE, "open %s: %s", recall->path, strerror(errno));
	status = read_file(recall, ctx, fd, err);
	close(fd);
	if (status != WEIR_OK) {
		forget(recall);
		return status;
	}
	recall->loaded = true;
	if (recall->left)
		weir_log(ctx, WEIR_WARN, "%s has records that no stored position knows of; its last %zu "
		         "are told by %s, and not written again", recall->path, recall->left,
		         recall->member);
	return WEIR_OK;
}

/* ---- rows --------------------------------------------------------------------------- */

/* The name of the member that holds the id; NULL when none does. */
static char *find_member(const struct weir_batch *b, size_t row, struct weir_bytes id)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_each each = weir_each(weir_batch_record(b, row));
	char *name = NULL;

	while (!name && weir_next(&each)) {
		struct weir_bytes text, key;

		if (!weir_value_text(each.value, arena, &text) || !weir_bytes_equal(text, id))
			continue;
		key = weir_each_key(&each, arena);
		name = weir_strndup(key.data, key.len);
	}
	weir_arena_destroy(arena);
	return name;
}

static void note_taken(struct recall *recall, uint64_t hash)
{
	if (recall->taken_count == recall->taken_cap) {
		recall->taken_cap = recall->taken_cap ? recall->taken_cap * 2 : 64;
		recall->taken = weir_realloc(recall->taken,
		                             recall->taken_cap * sizeof *recall->taken);
	}
	recall->taken[recall->taken_count++] = hash;
}

enum weir_status recall_take(struct recall *recall, struct weir_ctx *ctx,
                             const struct weir_batch *b, size_t row, bool *there,
                             struct weir_error *err)
{
	struct weir_bytes id = weir_batch_id(b, row);
	struct slot *slot;

	*there = false;
	if (!id.len || (!recall->member && !(recall->member = find_member(b, row, id))))
		return WEIR_OK;
	if (!recall->loaded && load(recall, ctx, err) != WEIR_OK)
		return WEIR_RETRY;
	if (!recall->left)
		return WEIR_OK;
	slot = find(recall, hash_of(id));
	if (!slot->count) {
		recall->missed++;
		return WEIR_OK;
	}
	*there = true;
	slot->count--;
	recall->left--;
	recall->found++;
	recall->missed = 0;
	note_taken(recall, slot->hash);
	return WEIR_OK;
}

void recall_take_back(struct recall *recall)
{
	for (size_t i = 0; i < recall->taken_count; i++) {
		find(recall, recall->taken[i])->count++;
		recall->left++;
	}
	recall->taken_count = 0;
}

void recall_keep(struct recall *recall)
{
	recall->taken_count = 0;
}

bool recall_is_done(const struct recall *recall)
{
	if (recall->taken_count || !recall->loaded)
		return false;
	return !recall->left || (recall->found && recall->missed >= PAST_ROWS);
}
