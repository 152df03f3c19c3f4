/* resume.c - what a position means, and how a start goes back to it.
 *
 * A position is {"line":...,"turn":N,"files":[{"path","device","inode","length","number",
 * "since","recall"}...]}: how long every file was; recall: and so much of it is to be looked
 * through for what comes again, see recall.h. See journal.h for line and turn.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- text ------------------------------------------------------------------------------ */

static void render_file(const struct output *o, struct weir_buf *text)
{
	weir_buf_puts(text, "{\"path\":");
	weir_json_quote(weir_bytes(o->path), text);
	weir_buf_printf(text,
	                ",\"device\":%llu,\"inode\":%llu,\"length\":%lld,\"number\":%lld,"
	                "\"since\":%lld",
	                (unsigned long long)o->device, (unsigned long long)o->inode,
	                (long long)o->length, (long long)o->number, (long long)o->since_us);
	if (o->recall)
		weir_buf_printf(text, ",\"recall\":%lld", (long long)recall_length(o->recall));
	weir_buf_putc(text, '}');
}

void sink_position(const struct file_sink *s, struct weir_buf *position)
{
	bool first = true;

	weir_buf_printf(position, "{\"line\":\"%s\",\"turn\":%lld,\"files\":[", s->line,
	                (long long)s->turn);
	for (size_t i = 0; i < s->cap; i++) {
		const struct output *o = s->outputs[i];

		if (!o || o->inode == 0)
			continue;
		if (!first)
			weir_buf_putc(position, ',');
		render_file(o, position);
		first = false;
	}
	weir_buf_puts(position, "]}");
}

int64_t sink_committed_turn(const struct file_sink *s)
{
	static const char key[] = "\"turn\":";
	const char *text = weir_position(s->ctx);
	const char *at = text ? strstr(text, key) : NULL;

	return at ? strtoll(at + sizeof key - 1, NULL, 10) : -1;
}

static int64_t number_of(struct weir_value v, const char *key)
{
	int64_t number = 0;

	weir_value_int(weir_value_get(v, key), &number);
	return number;
}

static void begin_recall(struct output *o, int64_t length)
{
	recall_destroy(o->recall);
	o->recall = length > 0 ? recall_create(o->path, length) : NULL;
}

/* ---- one file ---------------------------------------------------------------------------- */

static enum weir_status pause_for(const struct file_sink *s, const struct output *o,
                                  const char *why, struct weir_error *err)
{
	weir_fail(err, WEIR_E_RESOURCE,
	          "%s %s; put the file back, or run `weir state accept %s` to go on with what is "
	          "there", o->path, why, weir_name(s->ctx));
	return WEIR_RETRY;
}

/* Of the file that is open and is the right one. */
static enum weir_status go_back(struct file_sink *s, struct output *o, int64_t length,
                                int64_t size, struct weir_error *err)
{
	if (size > length)
		weir_log(s->ctx, WEIR_INFO,
		         "%s: took back %lld bytes that were not committed", o->path,
		         (long long)(size - length));
	if (size > length && output_cut(o, length, err) != WEIR_OK)
		return WEIR_RETRY;
	o->length = o->mark = o->synced = length;
	o->begun = true;
	return WEIR_OK;
}

/* Takes one file back to length. device, inode and number of o say which one it was. */
static enum weir_status resume_file(struct file_sink *s, struct output *o, int64_t length,
                                    struct weir_error *err)
{
	struct output was = *o;
	bool ours = place_matches(s->place, o->path), found = false;
	int64_t size;

	if (output_open(o, &size, err) != WEIR_OK)
		return WEIR_RETRY;
	if ((o->fd < 0 || o->inode != was.inode) &&
	    rotate_undo(s, &was, length, &found, err) != WEIR_OK)
		return WEIR_RETRY;
	if (found && output_open(o, &size, err) != WEIR_OK)
		return WEIR_RETRY;
	if (o->fd < 0) {
		if (length > 0)
			weir_log(s->ctx, WEIR_WARN,
			         "%s is missing, with %lld bytes that were delivered to it; it is "
			         "begun anew", o->path, (long long)length);
		o->inode = 0;
		return WEIR_OK;
	}
	/* The device's number may change when it is mounted again, the file's does not. */
	if (!found && o->inode != was.inode) {
		o->inode = was.inode;
		if (ours)
			return pause_for(s, o, "is another file than the one written before", err);
	} else if (size < length) {
		if (ours)
			return pause_for(s, o, "is shorter than what was delivered to it", err);
	} else {
		return go_back(s, o, length, size, err);
	}
	weir_log(s->ctx, WEIR_WARN, "%s was changed; it is no output any more, and is left alone",
	         o->path);
	o->inode = 0;
	return WEIR_OK;
}

/* ---- the start ----------------------------------------------------------------------------- */

/* The first trouble is reported, the other files go back all the same: after an accept the
 * position is gone. */
static void note(enum weir_status *status, enum weir_status one, struct weir_error *err,
                 const struct weir_error *why)
{
	if (one == WEIR_OK || *status != WEIR_OK)
		return;
	*status = one;
	*err = *why;
}

static enum weir_status resume_one(struct file_sink *s, const char *path,
                                   const struct journal_entry *from, struct weir_error *err)
{
	struct output *o = sink_output(s, path);
	enum weir_status status;

	o->device = from->device;
	o->inode = from->inode;
	o->number = from->number > 0 ? from->number : 1;
	status = sink_close_oldest(s, err);
	if (status == WEIR_OK)
		status = resume_file(s, o, from->length, err);
	if (status != WEIR_OK)
		output_close(o);
	if (o->fd >= 0)
		s->open_count++;
	return status;
}

static enum weir_status resume_position(struct file_sink *s, struct weir_value files,
                                        struct weir_arena *arena, struct weir_error *err)
{
	enum weir_status status = WEIR_OK;
	struct weir_each each = weir_each(files);

	while (weir_next(&each)) {
		struct weir_value file = each.value;
		struct journal_entry from = {
			.device = (uint64_t)number_of(file, "device"),
			.inode = (uint64_t)number_of(file, "inode"),
			.length = number_of(file, "length"),
			.number = number_of(file, "number"),
		};
		struct weir_error why;
		struct weir_bytes text;
		char *path;

		if (!weir_value_text(weir_value_get(file, "path"), arena, &text))
			continue;
		path = weir_strndup(text.data, text.len);
		note(&status, resume_one(s, path, &from, &why), err, &why);
		sink_output(s, path)->since_us = number_of(file, "since");
		begin_recall(sink_output(s, path), number_of(file, "recall"));
		weir_free(path);
	}
	return status;
}

/* Files that were begun after the position, or when none was committed yet: what is in them will
 * come again. */
static enum weir_status resume_begun(struct file_sink *s, bool whole, struct weir_error *err)
{
	enum weir_status status = WEIR_OK;

	for (size_t i = 0; i < s->journal.count; i++) {
		const struct journal_entry *entry = &s->journal.entries[i];
		struct output *o = sink_output(s, entry->path);
		struct weir_error why;

		if (o->begun || o->inode != 0 || (!whole && entry->turn < s->turn))
			continue;
		note(&status, resume_one(s, entry->path, entry, &why), err, &why);
		begin_recall(o, entry->length);
	}
	return status;
}

static void new_line(struct file_sink *s)
{
	uint64_t random = 0;

	if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random)
		random = (uint64_t)weir_now(s->ctx) ^ (uint64_t)getpid() << 32;
	snprintf(s->line, sizeof s->line, "%016llx", (unsigned long long)random);
	s->turn = 0;
}

/* What belongs to no line of ours any more is forgotten. */
static void drop_line(struct file_sink *s)
{
	journal_clear(&s->journal);
}

static enum weir_status resume_from(struct file_sink *s, const char *text,
                                    struct weir_error *err)
{
	struct weir_arena *arena = weir_arena_create();
	enum weir_status status = WEIR_OK;
	struct weir_value position;
	struct weir_bytes line;

	if (!weir_json_parse(arena, weir_bytes(text), &position, err) ||
	    !weir_value_text(weir_value_get(position, "line"), arena, &line) || line.len != 16) {
		status = weir_fail(err, WEIR_E_RESOURCE,
		                   "the stored position cannot be read; run `weir state accept %s` "
		                   "to go on with the files as they are", weir_name(s->ctx));
		goto done;
	}
	snprintf(s->line, sizeof s->line, "%.16s", line.data);
	s->turn = number_of(position, "turn");
	status = resume_position(s, weir_value_get(position, "files"), arena, err);
	if (strcmp(s->journal.line, s->line) == 0) {
		struct weir_error why;

		note(&status, resume_begun(s, false, &why), err, &why);
		journal_note_commit(&s->journal);
	} else {
		drop_line(s);
		s->journal.committed = true;
	}
done:
	weir_arena_destroy(arena);
	return status;
}

static enum weir_status resume_without(struct file_sink *s, struct weir_error *err)
{
	enum weir_status status = WEIR_OK;

	if (s->journal.line[0] && !s->journal.committed)
		status = resume_begun(s, true, err);
	else
		drop_line(s);
	new_line(s);
	/* Until the first commit they are to go back to where they were begun, again. */
	for (size_t i = 0; i < s->journal.count; i++)
		s->journal.entries[i].turn = 0;
	return status;
}

enum weir_status sink_resume(struct file_sink *s, struct weir_error *err)
{
	const char *text = weir_position(s->ctx);
	enum weir_status status;

	if (journal_read(&s->journal, err) != WEIR_OK)
		return WEIR_RETRY;
	s->had_position = text != NULL;
	status = text ? resume_from(s, text, err) : resume_without(s, err);
	if (status == WEIR_OK && strcmp(s->journal.line, s->line) != 0)
		status = journal_rewrite(&s->journal, s->line, err);
	if (status == WEIR_OK)
		status = folders_sync(&s->folders, err);
	return status;
}

/* ---- while it runs ------------------------------------------------------------------------- */

static enum weir_status take_as_is(struct file_sink *s, struct output *o, int64_t size,
                                   struct weir_error *err)
{
	int64_t cut;

	if (output_mend(o, size, &cut, err) != WEIR_OK)
		return WEIR_RETRY;
	if (cut > 0)
		weir_log(s->ctx, WEIR_WARN, "%s ended in %lld bytes of a torn line; they were cut",
		         o->path, (long long)cut);
	return WEIR_OK;
}

enum weir_status sink_begin(struct file_sink *s, struct output *o, struct weir_error *err)
{
	struct journal_entry entry;
	int64_t size;

	if (sink_close_oldest(s, err) != WEIR_OK || output_open(o, &size, err) != WEIR_OK)
		return WEIR_RETRY;
	if (o->fd < 0 && !o->begun)
		o->number = rotated_next(o->path);
	if ((o->fd < 0 ? output_make(o, &s->folders, err) : take_as_is(s, o, size, err)) != WEIR_OK) {
		output_close(o);
		o->inode = 0;
		return WEIR_RETRY;
	}
	s->open_count++;
	o->checked = true;
	if (!o->begun)
		begin_recall(o, o->length);
	/* A rotated file's successor is named by the position of its predecessor. */
	if (o->begun)
		return WEIR_OK;
	entry = (struct journal_entry){ .path = o->path, .device = o->device, .inode = o->inode,
		                        .length = o->length, .number = o->number,
		                        .turn = s->turn };
	if (journal_add(&s->journal, &s->folders, &entry, err) != WEIR_OK)
		return WEIR_RETRY;
	o->begun = true;
	return WEIR_OK;
}

/* The operator ran `weir state accept`: the runtime has dropped the position. */
static bool is_accepted(const struct file_sink *s)
{
	return s->had_position && !weir_position(s->ctx);
}

/* The name leads to nothing: somebody moved or removed the file. */
static void forget_file(struct file_sink *s, struct output *o)
{
	weir_log(s->ctx, WEIR_WARN, "%s is gone; it is begun anew", o->path);
	if (o->fd >= 0)
		s->open_count--;
	output_close(o);
	o->inode = 0;
	o->begun = false;
}

static bool is_as_left(const struct output *o)
{
	struct stat st;

	return o->fd >= 0 && stat(o->path, &st) == 0 && (uint64_t)st.st_ino == o->inode &&
	       (int64_t)st.st_size == o->length;
}

enum weir_status sink_check(struct file_sink *s, struct output *o, struct weir_error *err)
{
	struct output now = { .path = o->path, .fd = -1 };
	bool same, whole;
	int64_t size;

	o->checked = is_as_left(o);
	if (o->checked)
		return WEIR_OK;
	if (o->fd < 0 && sink_close_oldest(s, err) != WEIR_OK)
		return WEIR_RETRY;
	if (output_look(&now, &size, err) != WEIR_OK)
		return WEIR_RETRY;
	if (now.fd < 0) {
		forget_file(s, o);
		return WEIR_OK;
	}
	same = now.inode == o->inode;
	whole = size >= o->length;
	if ((!same || !whole) && !is_accepted(s)) {
		output_close(&now);
		return pause_for(s, o, same ? "is shorter than what was delivered to it"
		                            : "is another file than the one written before", err);
	}
	s->open_count += o->fd < 0;
	output_close(o);
	o->fd = now.fd;
	o->device = now.device;
	o->inode = now.inode;
	if (output_lock(o, err) != WEIR_OK) {
		s->open_count--;
		return WEIR_RETRY;
	}
	o->checked = true;
	if (!same || !whole)
		return take_as_is(s, o, size, err);
	/* Nobody else may write to it; what is behind its end is not ours. */
	return size > o->length ? output_cut(o, o->length, err) : WEIR_OK;
}
