/* journal.c - the hidden file near the outputs.
 *
 * Lines of JSON, in order: {"line":...} begins a line of positions, {"path":...} is a file that
 * was begun in it, {"committed":true} says that positions of it were committed.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE_MOST (64 << 20)

void journal_init(struct journal *j, const char *folder, const char *name, const char *place)
{
	uint64_t hash = weir_hash(weir_bytes(name)) * 31 ^ weir_hash(weir_bytes(place));

	*j = (struct journal){ 0 };
	j->path = weir_format("%s/.weir-%016llx", folder, (unsigned long long)hash);
}

void journal_clear(struct journal *j)
{
	for (size_t i = 0; i < j->count; i++)
		weir_free(j->entries[i].path);
	j->count = 0;
	j->line[0] = '\0';
	j->committed = false;
}

void journal_finish(struct journal *j)
{
	journal_clear(j);
	weir_free(j->entries);
	weir_free(j->path);
	*j = (struct journal){ 0 };
}

struct journal_entry *journal_find(struct journal *j, const char *path)
{
	for (size_t i = 0; i < j->count; i++) {
		if (strcmp(j->entries[i].path, path) == 0)
			return &j->entries[i];
	}
	return NULL;
}

static void keep(struct journal *j, const struct journal_entry *entry)
{
	struct journal_entry *place = journal_find(j, entry->path);

	if (place) {
		char *path = place->path;

		*place = *entry;
		place->path = path;
		return;
	}
	if (j->count == j->cap) {
		j->cap = j->cap ? j->cap * 2 : 8;
		j->entries = weir_realloc(j->entries, j->cap * sizeof *j->entries);
	}
	j->entries[j->count] = *entry;
	j->entries[j->count++].path = weir_strdup(entry->path);
}

/* ---- reading ------------------------------------------------------------------------ */

static int64_t number_of(struct weir_value v, const char *key)
{
	int64_t number = 0;

	weir_value_int(weir_value_get(v, key), &number);
	return number;
}

static void take_entry(struct journal *j, struct weir_value v, struct weir_bytes path)
{
	char *text = weir_strndup(path.data, path.len);
	struct journal_entry entry = {
		.path = text,
		.device = (uint64_t)number_of(v, "device"),
		.inode = (uint64_t)number_of(v, "inode"),
		.length = number_of(v, "length"),
		.number = number_of(v, "number"),
		.turn = number_of(v, "turn"),
	};

	keep(j, &entry);
	weir_free(text);
}

static void take_line(struct journal *j, struct weir_value v, struct weir_arena *arena)
{
	struct weir_bytes text;
	bool yes;

	if (weir_value_text(weir_value_get(v, "line"), arena, &text) && text.len == 16) {
		journal_clear(j);
		memcpy(j->line, text.data, 16);
		j->line[16] = '\0';
	} else if (weir_value_text(weir_value_get(v, "path"), arena, &text)) {
		take_entry(j, v, text);
	} else if (weir_value_bool(weir_value_get(v, "committed"), &yes)) {
		j->committed = yes;
	}
}

/* What is torn at the end was not synced, so nothing followed from it. */
static void take_all(struct journal *j, const char *at, const char *end)
{
	struct weir_arena *arena = weir_arena_create();
	const char *newline;

	while (at < end && (newline = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		struct weir_bytes line = { at, (size_t)(newline - at) };
		struct weir_error ignored;
		struct weir_value v;

		if (weir_json_parse(arena, line, &v, &ignored))
			take_line(j, v, arena);
		weir_arena_reset(arena, 4096);
		at = newline + 1;
	}
	weir_arena_destroy(arena);
}

static enum weir_status say(const struct journal *j, const char *what, struct weir_error *err)
{
	return weir_fail(err, WEIR_E_RESOURCE, "%s %s: %s", what, j->path, strerror(errno));
}

enum weir_status journal_read(struct journal *j, struct weir_error *err)
{
	int fd = open(j->path, O_RDONLY | O_CLOEXEC);
	struct weir_buf text = { 0 };
	ssize_t n = 0;

	journal_clear(j);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? WEIR_OK : say(j, "open", err);
	while (text.len < SIZE_MOST && (n = read(fd, weir_buf_room(&text, 65536), 65536)) > 0)
		text.len += (size_t)n;
	if (n < 0)
		say(j, "read", err);
	close(fd);
	if (n >= 0)
		take_all(j, text.data, text.data + text.len);
	weir_buf_finish(&text);
	return n < 0 ? WEIR_RETRY : WEIR_OK;
}

/* ---- writing ------------------------------------------------------------------------- */

static void render_line(const char *line, struct weir_buf *text)
{
	weir_buf_printf(text, "{\"line\":\"%s\"}\n", line);
}

static void render_entry(const struct journal_entry *e, struct weir_buf *text)
{
	weir_buf_puts(text, "{\"path\":");
	weir_json_quote(weir_bytes(e->path), text);
	weir_buf_printf(text,
	                ",\"device\":%llu,\"inode\":%llu,\"length\":%lld,\"number\":%lld,"
	                "\"turn\":%lld}\n",
	                (unsigned long long)e->device, (unsigned long long)e->inode,
	                (long long)e->length, (long long)e->number, (long long)e->turn);
}

static enum weir_status append(struct journal *j, const struct weir_buf *text, bool synced,
                               struct weir_error *err)
{
	int fd = open(j->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	enum weir_status status = WEIR_OK;

	if (fd < 0)
		return say(j, "open", err);
	if (write(fd, text->data, text->len) != (ssize_t)text->len)
		status = say(j, "write", err);
	else if (synced && fdatasync(fd) != 0)
		status = say(j, "sync", err);
	close(fd);
	return status;
}

enum weir_status journal_add(struct journal *j, struct folders *folders,
                             const struct journal_entry *entry, struct weir_error *err)
{
	struct weir_buf text = { 0 };
	bool is_new = access(j->path, F_OK) != 0;
	enum weir_status status = WEIR_OK;

	/* A write that failed half-way left a torn line: begin another one. */
	weir_buf_putc(&text, '\n');
	if (is_new)
		render_line(j->line, &text);
	render_entry(entry, &text);
	status = append(j, &text, true, err);
	if (status == WEIR_OK && is_new) {
		folders_note(folders, j->path);
		status = folders_sync(folders, err);
	}
	if (status == WEIR_OK)
		keep(j, entry);
	weir_buf_finish(&text);
	return status;
}

void journal_note_commit(struct journal *j)
{
	struct weir_buf text = { 0 };
	struct weir_error ignored;

	if (j->committed || j->count == 0)
		return;
	weir_buf_puts(&text, "\n{\"committed\":true}\n");
	j->committed = append(j, &text, false, &ignored) == WEIR_OK;
	weir_buf_finish(&text);
}

static enum weir_status replace(struct journal *j, const struct weir_buf *text,
                                struct weir_error *err)
{
	char *made = weir_format("%s.new", j->path);
	int fd = open(made, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	enum weir_status status = WEIR_OK;

	if (fd < 0 || write(fd, text->data, text->len) != (ssize_t)text->len || fsync(fd) != 0)
		status = say(j, "write", err);
	if (fd >= 0)
		close(fd);
	if (status == WEIR_OK && rename(made, j->path) != 0)
		status = say(j, "rename", err);
	if (status != WEIR_OK)
		unlink(made);
	weir_free(made);
	return status;
}

enum weir_status journal_rewrite(struct journal *j, const char *line, struct weir_error *err)
{
	struct weir_buf text = { 0 };
	enum weir_status status;

	snprintf(j->line, sizeof j->line, "%s", line);
	if (j->count == 0 && access(j->path, F_OK) != 0)
		return WEIR_OK;
	render_line(line, &text);
	for (size_t i = 0; i < j->count; i++)
		render_entry(&j->entries[i], &text);
	if (j->committed)
		weir_buf_puts(&text, "{\"committed\":true}\n");
	status = replace(j, &text, err);
	weir_buf_finish(&text);
	return status;
}
