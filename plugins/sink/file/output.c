/* output.c - one file: opening, appending, cutting, syncing.
 *
 * Not here: which records go to it, what its position means (resume.c), rotation (rotate.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK (64 * 1024)

struct output *output_create(const char *path)
{
	struct output *o = weir_alloc(sizeof *o);

	o->path = weir_strdup(path);
	o->fd = -1;
	o->number = 1;
	return o;
}

void output_close(struct output *o)
{
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
}

void output_destroy(struct output *o)
{
	if (!o)
		return;
	output_close(o);
	recall_destroy(o->recall);
	weir_free(o->queue);
	weir_free(o->path);
	weir_free(o);
}

/* Everything that can go wrong with a disk heals without weir: space, rights, mounts. */
static enum weir_status say(const struct output *o, const char *what, struct weir_error *err)
{
	int reason = errno;

	if (reason == ENOSPC || reason == EDQUOT)
		return weir_fail(err, WEIR_E_RESOURCE,
		                 "%s %s: %s; records wait until there is room", what, o->path,
		                 strerror(reason));
	return weir_fail(err, WEIR_E_RESOURCE, "%s %s: %s", what, o->path, strerror(reason));
}

static enum weir_status know(struct output *o, int64_t *size, struct weir_error *err)
{
	struct stat st;

	if (fstat(o->fd, &st) != 0)
		return say(o, "read", err);
	if (!S_ISREG(st.st_mode)) {
		output_close(o);
		return weir_fail(err, WEIR_E_RESOURCE, "%s is not a regular file", o->path);
	}
	o->device = (uint64_t)st.st_dev;
	o->inode = (uint64_t)st.st_ino;
	*size = (int64_t)st.st_size;
	return WEIR_OK;
}

enum weir_status output_lock(struct output *o, struct weir_error *err)
{
	/* Where a file system knows no locks there is none. */
	if (flock(o->fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
		return WEIR_OK;
	output_close(o);
	return weir_fail(err, WEIR_E_RESOURCE,
	                 "%s is written by another sink or another weir; give each a path of its own",
	                 o->path);
}

enum weir_status output_open(struct output *o, int64_t *size, struct weir_error *err)
{
	uint64_t device = o->device, inode = o->inode;
	enum weir_status status = output_look(o, size, err);

	if (status != WEIR_OK || o->fd < 0 || output_lock(o, err) == WEIR_OK)
		return status;
	o->device = device; /* it is not ours: nothing of it is known */
	o->inode = inode;
	return WEIR_RETRY;
}

enum weir_status output_look(struct output *o, int64_t *size, struct weir_error *err)
{
	output_close(o);
	*size = 0;
	/* Without O_NONBLOCK a pipe of that name would hang the sink. */
	o->fd = open(o->path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (o->fd < 0)
		return errno == ENOENT ? WEIR_OK : say(o, "open", err);
	return know(o, size, err);
}

enum weir_status output_make(struct output *o, struct folders *folders, struct weir_error *err)
{
	int64_t size;

	if (folders_make(folders, o->path, err) != WEIR_OK)
		return WEIR_RETRY;
	output_close(o);
	o->fd = open(o->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (o->fd < 0)
		return say(o, "create", err);
	folders_note(folders, o->path);
	o->length = o->mark = o->synced = o->since_us = 0;
	o->suspect = false;
	return know(o, &size, err) == WEIR_OK ? output_lock(o, err) : WEIR_RETRY;
}

enum weir_status output_cut(struct output *o, int64_t length, struct weir_error *err)
{
	if (ftruncate(o->fd, (off_t)length) != 0)
		return say(o, "truncate", err);
	o->length = o->mark = length;
	if (o->synced > length)
		o->synced = length;
	return WEIR_OK;
}

/* Where the last whole line before `end` ends. */
static enum weir_status find_line_end(struct output *o, int64_t end, int64_t *at,
                                      struct weir_error *err)
{
	char *block = weir_alloc(BLOCK);
	enum weir_status status = WEIR_OK;

	*at = 0;
	while (end > 0) {
		size_t len = end < BLOCK ? (size_t)end : BLOCK;
		ssize_t n = pread(o->fd, block, len, (off_t)(end - (int64_t)len));
		const char *newline;

		if (n != (ssize_t)len) {
			status = say(o, "read", err);
			break;
		}
		newline = memrchr(block, '\n', len);
		if (newline) {
			*at = end - (int64_t)len + (newline - block) + 1;
			break;
		}
		end -= (int64_t)len;
	}
	weir_free(block);
	return status;
}

enum weir_status output_mend(struct output *o, int64_t size, int64_t *cut,
                             struct weir_error *err)
{
	int64_t end;

	*cut = 0;
	if (find_line_end(o, size, &end, err) != WEIR_OK)
		return WEIR_RETRY;
	if (end < size && output_cut(o, end, err) != WEIR_OK)
		return WEIR_RETRY;
	*cut = size - end;
	o->length = o->mark = o->synced = end;
	return WEIR_OK;
}

void output_queue(struct output *o, struct weir_bytes line)
{
	struct iovec *last = o->queue_len ? &o->queue[o->queue_len - 1] : NULL;

	o->queued += (int64_t)line.len + 1;
	if (last && (const char *)last->iov_base + last->iov_len == line.data) {
		last->iov_len += line.len + 1;
		return;
	}
	if (o->queue_len == o->queue_cap) {
		o->queue_cap = o->queue_cap ? o->queue_cap * 2 : 64;
		o->queue = weir_realloc(o->queue, (size_t)o->queue_cap * sizeof *o->queue);
	}
	o->queue[o->queue_len++] = (struct iovec){ (void *)(uintptr_t)line.data, line.len + 1 };
}

static void clear_queue(struct output *o)
{
	o->queue_len = 0;
	o->queued = 0;
}

/* Leaves out what is written already. */
static void advance(struct iovec **at, int *left, size_t written)
{
	while (*left > 0 && written >= (*at)->iov_len) {
		written -= (*at)->iov_len;
		(*at)++;
		(*left)--;
	}
	if (*left > 0) {
		(*at)->iov_base = (char *)(*at)->iov_base + written;
		(*at)->iov_len -= written;
	}
}

enum weir_status output_write(struct output *o, struct weir_error *err)
{
	struct iovec *at = o->queue;
	int left = o->queue_len;

	while (left > 0) {
		ssize_t n = pwritev(o->fd, at, left < IOV_MAX ? left : IOV_MAX, (off_t)o->length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return say(o, "write", err);
		o->length += n;
		advance(&at, &left, (size_t)n);
	}
	clear_queue(o);
	return WEIR_OK;
}

void output_take_back(struct output *o)
{
	clear_queue(o);
	/* A reader of the file should not see half a line for as long as the disk is full. If
	 * even this fails, the next write goes over it. */
	if (o->length > o->mark && o->fd >= 0 && ftruncate(o->fd, (off_t)o->mark) != 0)
		o->checked = false;
	o->length = o->mark;
	if (o->synced > o->length)
		o->synced = o->length;
}

/* After a failed sync the kernel may hold the pages to be clean, and the next sync would
 * succeed without them: they are written once more. */
static enum weir_status write_again(struct output *o, struct weir_error *err)
{
	char *block = weir_alloc(BLOCK);
	enum weir_status status = WEIR_OK;

	for (int64_t at = o->synced; at < o->length && status == WEIR_OK;) {
		size_t len = o->length - at < BLOCK ? (size_t)(o->length - at) : BLOCK;
		ssize_t n = pread(o->fd, block, len, (off_t)at);

		if (n <= 0 || pwrite(o->fd, block, (size_t)n, (off_t)at) != n)
			status = say(o, "write again", err);
		else
			at += n;
	}
	weir_free(block);
	return status;
}

enum weir_status output_sync(struct output *o, struct weir_error *err)
{
	if (o->fd < 0 || o->synced == o->length)
		return WEIR_OK;
	if (o->suspect && write_again(o, err) != WEIR_OK)
		return WEIR_RETRY;
	o->suspect = fdatasync(o->fd) != 0;
	if (o->suspect)
		return say(o, "sync", err);
	o->synced = o->length;
	return WEIR_OK;
}
