/* rotate.c - rotated files: their names, when, and the way back.
 *
 * auth.ndjson becomes auth.000001.ndjson, the next one auth.000002.ndjson; the extension stays, so
 * that what matches *.ndjson still does. The rename happens when the sink decides, before a commit
 * knows of it; a start from an older position undoes it (rotate_undo). Only when a committed
 * position has left the file behind may it be compressed.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sink.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where the extension begins; the end of the path when it has none. */
static const char *extension_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');

	return dot && dot != name ? dot : path + strlen(path);
}

char *rotated_path(const char *path, int64_t number)
{
	const char *extension = extension_of(path);

	return weir_format("%.*s.%06lld%s", (int)(extension - path), path, (long long)number,
	                   extension);
}

/* The number in the name of a file that was rotated from stem + extension, or 0. */
static int64_t number_in(const char *name, struct weir_bytes stem, const char *extension)
{
	char *end;
	long long number;

	if (strncmp(name, stem.data, stem.len) != 0 || name[stem.len] != '.' ||
	    name[stem.len + 1] < '0' || name[stem.len + 1] > '9')
		return 0;
	errno = 0;
	number = strtoll(name + stem.len + 1, &end, 10);
	if (errno != 0 || strncmp(end, extension, strlen(extension)) != 0)
		return 0;
	end += strlen(extension);
	return *end == '\0' || strcmp(end, ".gz") == 0 ? number : 0;
}

int64_t rotated_next(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *extension = extension_of(path);
	struct weir_bytes stem = { name, (size_t)(extension - name) };
	char *folder = slash ? weir_strndup(path, (size_t)(slash - path) + 1) : weir_strdup(".");
	DIR *dir = opendir(folder);
	int64_t most = 0;
	struct dirent *entry;

	weir_free(folder);
	while (dir && (entry = readdir(dir)) != NULL) {
		int64_t number = number_in(entry->d_name, stem, extension);

		if (number > most)
			most = number;
	}
	if (dir)
		closedir(dir);
	return most + 1;
}

bool rotate_is_due(const struct file_sink *s, const struct output *o, int64_t bytes)
{
	int64_t length = o->length + o->queued, interval_us = s->rotate_interval * 1000;

	if (length == 0)
		return false;
	if (s->rotate_size > 0 && length + bytes > s->rotate_size)
		return true;
	return interval_us > 0 && o->since_us > 0 &&
	       s->now_us / interval_us != o->since_us / interval_us;
}

static bool is_taken(const char *path)
{
	char *packed = weir_format("%s.gz", path);
	bool taken = access(path, F_OK) == 0 || access(packed, F_OK) == 0;

	weir_free(packed);
	return taken;
}

static void remember(struct file_sink *s, char *path, int64_t turn)
{
	if (s->rotated_count == s->rotated_cap) {
		s->rotated_cap = s->rotated_cap ? s->rotated_cap * 2 : 4;
		s->rotated = weir_realloc(s->rotated, s->rotated_cap * sizeof *s->rotated);
	}
	s->rotated[s->rotated_count++] = (struct rotated){ path, turn };
}

/* Nothing may be queued for o. */
enum weir_status rotate(struct file_sink *s, struct output *o, struct weir_error *err)
{
	char *to = rotated_path(o->path, o->number);

	if (is_taken(to)) {
		weir_free(to);
		o->number = rotated_next(o->path);
		to = rotated_path(o->path, o->number);
	}
	/* It leaves the files that a flush syncs. */
	if (s->sync && output_sync(o, err) != WEIR_OK)
		goto fail;
	if (rename(o->path, to) != 0) {
		weir_fail(err, WEIR_E_RESOURCE, "rename %s to %s: %s", o->path, to,
		          strerror(errno));
		goto fail;
	}
	folders_note(&s->folders, o->path);
	remember(s, to, s->turn + 1);
	weir_count(s->ctx, M_ROTATED, 1);
	if (o->fd >= 0)
		s->open_count--;
	output_close(o);
	o->inode = 0;
	o->length = o->mark = o->synced = o->since_us = 0;
	o->number++;
	return WEIR_OK;

fail:
	weir_free(to);
	return WEIR_RETRY;
}

/* ---- the way back ----------------------------------------------------------------------- */

static void remove_from(const struct output *o, int64_t number)
{
	for (;; number++) {
		char *path = rotated_path(o->path, number), *packed = weir_format("%s.gz", path);
		bool any = unlink(path) == 0;

		any = unlink(packed) == 0 || any;
		weir_free(path);
		weir_free(packed);
		if (!any)
			return;
	}
}

static enum weir_status bring_back(struct file_sink *s, const struct output *o, const char *from,
                                   struct weir_error *err)
{
	remove_from(o, o->number + 1);
	if (rename(from, o->path) != 0)
		return weir_fail(err, WEIR_E_RESOURCE, "rename %s to %s: %s", from, o->path,
		                 strerror(errno));
	folders_note(&s->folders, o->path);
	weir_log(s->ctx, WEIR_INFO, "%s: back from its rotation, which was not committed", o->path);
	return WEIR_OK;
}

enum weir_status rotate_undo(struct file_sink *s, const struct output *o, int64_t length,
                             bool *found, struct weir_error *err)
{
	char *from = rotated_path(o->path, o->number);
	char *packed = weir_format("%s.gz", from);
	enum weir_status status = WEIR_OK;
	struct stat st;

	*found = false;
	if (stat(from, &st) == 0) {
		*found = (uint64_t)st.st_ino == o->inode && (int64_t)st.st_size >= length;
		if (*found)
			status = bring_back(s, o, from, err);
	} else if (access(packed, F_OK) == 0) {
		/* The whole store is older than the compression: see core/store_copy.c. */
		status = decompress(packed, from, length, err);
		*found = status == WEIR_OK;
		if (*found)
			status = bring_back(s, o, from, err);
		if (*found && status == WEIR_OK)
			unlink(packed);
	}
	weir_free(from);
	weir_free(packed);
	return status;
}

/* ---- compression -------------------------------------------------------------------------- */

void rotate_compress(struct file_sink *s)
{
	int64_t committed = sink_committed_turn(s);
	size_t kept = 0;

	for (size_t i = 0; i < s->rotated_count; i++) {
		struct rotated r = s->rotated[i];

		if (r.turn > committed) {
			s->rotated[kept++] = r;
			continue;
		}
		if (s->compress)
			compressor_add(&s->compressor, s->ctx, r.path);
		weir_free(r.path);
	}
	s->rotated_count = kept;
}

void rotate_find_left_over(struct file_sink *s, const struct output *o)
{
	for (int64_t number = o->number - 1; number > 0; number--) {
		char *path = rotated_path(o->path, number);

		if (access(path, F_OK) != 0) {
			weir_free(path);
			return;
		}
		remember(s, path, 0);
	}
}

void rotate_forget(struct file_sink *s)
{
	for (size_t i = 0; i < s->rotated_count; i++)
		weir_free(s->rotated[i].path);
	weir_free(s->rotated);
	s->rotated = NULL;
	s->rotated_count = s->rotated_cap = 0;
}
