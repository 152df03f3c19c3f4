/* sink/file - appends records to files, one per line, exactly once.
 *
 * Lives here: options, callbacks, the table of outputs, which row goes where. Not here: one file
 * (output.c), the path's placeholders (place.c), positions (resume.c), the files begun since the
 * last commit (journal.c), rotation (rotate.c, compress.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sink.h"

#include <string.h>

#define OPEN_MAX 256 /* more are closed, the one unused longest first */

static const char *const compressions[] = { "none", "gzip", NULL };

static const struct weir_option options[] = {
	{ "path", WEIR_AT_PATH(struct file_sink, path), .required = true, .data = true,
	  .doc = "File to append to, created when missing; {schema} and {source} stand for the "
	         "record's schema and source." },
	{ "sync", WEIR_AT_BOOL(struct file_sink, sync), .preset = "true",
	  .doc = "Call fsync before a record counts as delivered." },
	{ "rotate_size", WEIR_AT_SIZE(struct file_sink, rotate_size), .preset = "0", .min = 0,
	  .max = INT64_MAX,
	  .doc = "Begin a new file before one grows beyond this size; 0 is never." },
	{ "rotate_interval", WEIR_AT_MS(struct file_sink, rotate_interval), .preset = "0s", .min = 0,
	  .max = INT64_MAX / 2000,
	  .doc = "Begin a new file with the first record of each interval, counted from midnight "
	         "UTC; 0s is never." },
	{ "compress", WEIR_AT_CHOICE(struct file_sink, compress), .preset = "none",
	  .choices = compressions, .doc = "Compress rotated files." },
	{ 0 },
};

static const struct weir_metric metrics[] = {
	[M_BYTES] = { "bytes_total", WEIR_COUNTER, "Bytes appended." },
	[M_ROTATED] = { "rotated_total", WEIR_COUNTER, "Files rotated." },
	[M_SYNCS] = { "syncs_total", WEIR_COUNTER, "Flushes that reached the disk." },
	{ 0 },
};

/* ---- the table of outputs --------------------------------------------------------------- */

static size_t place_in(const struct file_sink *s, const char *path)
{
	size_t at = weir_hash(weir_bytes(path)) & (s->cap - 1);

	while (s->outputs[at] && strcmp(s->outputs[at]->path, path) != 0)
		at = (at + 1) & (s->cap - 1);
	return at;
}

static void grow(struct file_sink *s)
{
	struct output **old = s->outputs;
	size_t old_cap = s->cap;

	s->cap = old_cap ? old_cap * 2 : 16;
	s->outputs = weir_alloc(s->cap * sizeof(struct output *));
	for (size_t i = 0; i < old_cap; i++) {
		if (old[i])
			s->outputs[place_in(s, old[i]->path)] = old[i];
	}
	weir_free(old);
}

struct output *sink_output(struct file_sink *s, const char *path)
{
	size_t at;

	if (s->count * 2 >= s->cap)
		grow(s);
	at = place_in(s, path);
	if (!s->outputs[at]) {
		s->outputs[at] = output_create(path);
		s->count++;
	}
	return s->outputs[at];
}

enum weir_status sink_close_oldest(struct file_sink *s, struct weir_error *err)
{
	struct output *oldest = NULL;

	if (s->open_count < OPEN_MAX)
		return WEIR_OK;
	for (size_t i = 0; i < s->cap; i++) {
		struct output *o = s->outputs[i];

		if (o && o->fd >= 0 && !o->touched && (!oldest || o->used < oldest->used))
			oldest = o;
	}
	if (!oldest)
		return WEIR_OK;
	if (s->sync && output_sync(oldest, err) != WEIR_OK)
		return WEIR_RETRY;
	output_close(oldest);
	oldest->checked = false;
	s->open_count--;
	return WEIR_OK;
}

static void forget_all(struct file_sink *s)
{
	for (size_t i = 0; i < s->cap; i++)
		output_destroy(s->outputs[i]);
	weir_free(s->outputs);
	s->outputs = NULL;
	s->cap = s->count = s->open_count = 0;
	s->last = NULL;
	s->done = 0;
	folders_finish(&s->folders);
	rotate_forget(s);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static struct output *output_of(struct file_sink *s, const struct weir_batch *b, size_t row)
{
	const char *schema = weir_batch_schema(b, row), *source = weir_batch_source(b);

	if (s->last && is_same(schema, s->last_schema) && is_same(source, s->last_source))
		return s->last;
	s->name.len = 0;
	place_path(s->place, schema, source, &s->name);
	s->last = sink_output(s, weir_buf_text(&s->name));
	s->last_schema = schema;
	s->last_source = source;
	return s->last;
}

static enum weir_status make_ready(struct file_sink *s, struct output *o, struct weir_error *err)
{
	o->used = ++s->clock;
	if (o->checked)
		return WEIR_OK;
	if (o->inode != 0 && sink_check(s, o, err) != WEIR_OK)
		return WEIR_RETRY;
	if (o->inode == 0 && sink_begin(s, o, err) != WEIR_OK)
		return WEIR_RETRY;
	return WEIR_OK;
}

/* Its records were found, or passed by. */
static void keep_recall(struct file_sink *s, struct output *o)
{
	recall_keep(o->recall);
	if (!recall_is_done(o->recall))
		return;
	recall_destroy(o->recall);
	o->recall = NULL;
	weir_log(s->ctx, WEIR_DEBUG, "%s: its former records are done with", o->path);
}

/* Everything queued is written; what fails afterwards does not take this back. */
static enum weir_status write_queued(struct file_sink *s, size_t rows, struct weir_error *err)
{
	int64_t bytes = 0;

	for (size_t i = 0; i < s->cap; i++) {
		struct output *o = s->outputs[i];

		if (!o || !o->touched)
			continue;
		bytes += o->queued;
		if (output_write(o, err) != WEIR_OK)
			return WEIR_RETRY;
	}
	for (size_t i = 0; i < s->cap; i++) {
		struct output *o = s->outputs[i];

		if (o && o->touched) {
			o->mark = o->length;
			o->touched = false;
		}
		if (o && o->recall)
			keep_recall(s, o);
	}
	s->done = rows;
	weir_count(s->ctx, M_BYTES, bytes);
	return WEIR_OK;
}

static void take_back(struct file_sink *s)
{
	for (size_t i = 0; i < s->cap; i++) {
		struct output *o = s->outputs[i];

		if (o && o->recall)
			recall_take_back(o->recall);
		if (!o || !o->touched)
			continue;
		output_take_back(o);
		o->touched = false;
	}
}

static enum weir_status put_row(struct file_sink *s, const struct weir_batch *b, size_t row,
                                struct weir_error *err)
{
	struct weir_bytes line = weir_batch_text(b, row);
	struct output *o = output_of(s, b, row);
	bool there = false;

	if (make_ready(s, o, err) != WEIR_OK)
		return WEIR_RETRY;
	if (o->recall && recall_take(o->recall, s->ctx, b, row, &there, err) != WEIR_OK)
		return WEIR_RETRY;
	if (there)
		return WEIR_OK;
	if (rotate_is_due(s, o, (int64_t)line.len + 1)) {
		if (write_queued(s, row, err) != WEIR_OK || rotate(s, o, err) != WEIR_OK)
			return WEIR_RETRY;
		o->checked = false;
		if (make_ready(s, o, err) != WEIR_OK)
			return WEIR_RETRY;
	}
	if (o->since_us == 0)
		o->since_us = s->now_us;
	o->touched = true;
	output_queue(o, line);
	return WEIR_OK;
}

/* ---- callbacks --------------------------------------------------------------------------------- */

static enum weir_status file_create(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	struct file_sink *s = self;

	s->ctx = ctx;
	s->place = place_create(s->path, err);
	return s->place ? WEIR_OK : WEIR_FAIL;
}

static enum weir_status file_start(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	struct file_sink *s = self;
	enum weir_status status;

	s->ctx = ctx;
	forget_all(s);
	if (!s->journal.path) {
		char *folder = place_side_folder(s->place);

		journal_init(&s->journal, folder, weir_name(ctx), s->path);
		weir_free(folder);
	}
	status = sink_resume(s, err);
	for (size_t i = 0; status == WEIR_OK && s->compress && i < s->cap; i++) {
		if (s->outputs[i])
			rotate_find_left_over(s, s->outputs[i]);
	}
	return status;
}

static void note_commit(struct file_sink *s)
{
	bool committed = weir_position(s->ctx) != NULL;

	s->had_position = s->had_position || committed;
	if (committed && !s->journal.committed)
		journal_note_commit(&s->journal);
	if (s->rotated_count > 0)
		rotate_compress(s);
}

static enum weir_status file_process(void *self, struct weir_batch *b, struct weir_error *err)
{
	struct file_sink *s = self;
	size_t rows = weir_batch_len(b);

	/* Names of schemas live as long as the rules of one batch: a reload frees them. */
	s->last = NULL;
	note_commit(s);
	s->now_us = weir_now(s->ctx);
	for (size_t row = s->done; row < rows; row++) {
		if (put_row(s, b, row, err) != WEIR_OK) {
			take_back(s);
			return WEIR_RETRY;
		}
	}
	if (write_queued(s, rows, err) != WEIR_OK) {
		take_back(s);
		return WEIR_RETRY;
	}
	s->done = 0;
	return WEIR_OK;
}

static enum weir_status file_flush(void *self, struct weir_buf *position, struct weir_error *err)
{
	struct file_sink *s = self;

	note_commit(s);
	for (size_t i = 0; i < s->cap; i++) {
		struct output *o = s->outputs[i];

		if (!o)
			continue;
		if (s->sync && output_sync(o, err) != WEIR_OK)
			return WEIR_RETRY;
		o->checked = false;
	}
	if (s->sync && folders_sync(&s->folders, err) != WEIR_OK)
		return WEIR_RETRY;
	s->turn++;
	weir_count(s->ctx, M_SYNCS, 1);
	sink_position(s, position);
	return WEIR_OK;
}

static void file_stop(void *self)
{
	struct file_sink *s = self;

	compressor_stop(&s->compressor);
	forget_all(s);
	journal_finish(&s->journal);
}

static void file_destroy(void *self)
{
	struct file_sink *s = self;

	file_stop(s);
	place_destroy(s->place);
	weir_buf_finish(&s->name);
	s->place = NULL;
}

static const struct weir_plugin file = {
	.abi = WEIR_ABI,
	.size = sizeof(struct weir_plugin),
	.option_size = sizeof(struct weir_option),
	.metric_size = sizeof(struct weir_metric),
	.kind = WEIR_SINK,
	.name = "file",
	.version = "1.0.0",
	.summary = "Appends records to files, one per line, and rotates them.",
	.options = options,
	.metrics = metrics,
	.self_size = sizeof(struct file_sink),
	.position_version = 1,
	.delivery = WEIR_EXACTLY_ONCE,
	.create = file_create,
	.start = file_start,
	.process = file_process,
	.flush = file_flush,
	.stop = file_stop,
	.destroy = file_destroy,
	.probe = sink_probe,
};

const struct weir_plugin *weir_plugin(void)
{
	return &file;
}
