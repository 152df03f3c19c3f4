/* input.c - opening, reading, noticing change.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct input *input_create(const char *path)
{
	struct input *in = weir_alloc(sizeof *in);
	const char *slash = strrchr(path, '/');

	in->path = weir_strdup(path);
	in->fd = -1;
	/* A relative path was joined to the folder of the configuration. */
	in->is_stdin = strcmp(slash ? slash + 1 : path, "-") == 0 && access(path, F_OK) != 0;
	return in;
}

void input_close(struct input *in)
{
	if (in->fd >= 0 && !in->is_stdin)
		close(in->fd);
	in->fd = -1;
	gunzip_destroy(in->gunzip);
	in->gunzip = NULL;
	weir_buf_finish(&in->carry);
	/* An array's scanner stands at an element border whenever something was handed over. */
	in->scanned = 0;
	in->array = (struct cut_array){ 0 };
}

void input_destroy(struct input *in)
{
	if (!in)
		return;
	input_close(in);
	weir_free(in->path);
	weir_free(in);
}

static enum weir_status say(const struct input *in, const char *what, struct weir_error *err)
{
	return weir_fail(err, WEIR_E_RESOURCE, "%s %s: %s", what, in->path, strerror(errno));
}

static uint64_t hash_head(int fd, int64_t len)
{
	char head[HEAD_MOST];
	ssize_t n = pread(fd, head, (size_t)len, 0);

	return n < 0 ? 0 : weir_hash((struct weir_bytes){ head, (size_t)n });
}

/* The same inode may be given to a new file; its first bytes then differ. */
static bool is_another(const struct input *in, const struct stat *st)
{
	if ((uint64_t)st->st_ino != in->inode)
		return true;
	if (!in->gunzip && (int64_t)st->st_size < in->offset)
		return true;
	return hash_head(in->fd, in->head_len) != in->head;
}

static void remember_head(struct input *in, const struct stat *st)
{
	in->head_len = st->st_size < HEAD_MOST ? (int64_t)st->st_size : HEAD_MOST;
	in->head = hash_head(in->fd, in->head_len);
}

static bool is_gzip(int fd)
{
	unsigned char magic[2];

	return pread(fd, magic, 2, 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
}

/* Inflates what was handed over already; there is no shorter way. */
static enum weir_status skip(struct input *in, struct weir_error *err)
{
	char *block = weir_alloc(1 << 16);
	int64_t left = in->offset;
	enum weir_status status = WEIR_OK;

	while (left > 0 && status == WEIR_OK) {
		size_t want = left < 1 << 16 ? (size_t)left : 1 << 16, got = 0;
		bool torn;

		status = gunzip_read(in->gunzip, in->fd, block, want, &got, &torn, err);
		if (status == WEIR_OK && got == 0)
			break;
		left -= (int64_t)got;
	}
	weir_free(block);
	return status;
}

static enum weir_status open_stdin(struct input *in)
{
	in->fd = STDIN_FILENO;
	return WEIR_OK;
}

static enum weir_status go_to_offset(struct input *in, struct weir_error *err)
{
	if (in->gunzip)
		return skip(in, err) == WEIR_OK ? WEIR_OK : weir_while(err, "%s", in->path);
	if (lseek(in->fd, (off_t)in->offset, SEEK_SET) < 0)
		return say(in, "seek", err);
	return WEIR_OK;
}

/* What is half open would be read on from anywhere. */
static enum weir_status give_up(struct input *in, enum weir_status status)
{
	input_close(in);
	return status;
}

enum weir_status input_open(struct input *in, bool *anew, struct weir_error *err)
{
	struct stat st;

	*anew = false;
	in->at_end = in->torn = false;
	if (in->is_stdin)
		return open_stdin(in);
	input_close(in);
	in->fd = open(in->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (in->fd < 0 || fstat(in->fd, &st) != 0)
		return give_up(in, say(in, "open", err));
	if (!S_ISREG(st.st_mode))
		return give_up(in, weir_fail(err, WEIR_E_RESOURCE, "%s is not a regular file%s", in->path,
		                             S_ISDIR(st.st_mode) ? "; write FOLDER/*.ndjson" : ""));
	if (is_gzip(in->fd)) {
		in->gunzip = gunzip_create();
		/* Its bytes must not be taken for text. */
		if (!in->gunzip)
			return give_up(in, weir_fail(err, WEIR_E_RESOURCE,
			                             "no memory to inflate %s", in->path));
	}
	if (in->inode != 0 && is_another(in, &st)) {
		*anew = in->offset > 0;
		in->offset = 0;
		in->format = INPUT_UNKNOWN;
		in->head_len = 0;
	}
	if (in->head_len == 0)
		remember_head(in, &st);
	in->device = (uint64_t)st.st_dev;
	in->inode = (uint64_t)st.st_ino;
	if (go_to_offset(in, err) != WEIR_OK)
		return give_up(in, WEIR_RETRY);
	return WEIR_OK;
}

static enum weir_status read_stdin(struct input *in, char *to, size_t room, size_t *got,
                                   struct weir_error *err)
{
	struct pollfd fd = { .fd = in->fd, .events = POLLIN };
	ssize_t n;

	if (poll(&fd, 1, 0) <= 0)
		return WEIR_OK;
	n = read(in->fd, to, room);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return WEIR_OK;
	if (n < 0)
		return say(in, "read", err);
	in->at_end = n == 0;
	*got = (size_t)n;
	return WEIR_OK;
}

enum weir_status input_read(struct input *in, char *to, size_t room, size_t *got,
                            struct weir_error *err)
{
	ssize_t n;

	*got = 0;
	if (in->is_stdin)
		return read_stdin(in, to, room, got, err);
	if (in->gunzip) {
		enum weir_status status = gunzip_read(in->gunzip, in->fd, to, room, got, &in->torn,
		                                      err);

		in->at_end = *got == 0;
		return status == WEIR_OK ? WEIR_OK : weir_while(err, "%s", in->path);
	}
	do {
		n = read(in->fd, to, room);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return say(in, "read", err);
	in->at_end = n == 0;
	*got = (size_t)n;
	return WEIR_OK;
}

enum input_change input_look(struct input *in)
{
	int64_t known = in->offset + (int64_t)in->carry.len;
	struct stat st;

	if (in->is_stdin || in->gunzip)
		return INPUT_SAME;
	if ((in->fd >= 0 ? fstat(in->fd, &st) : stat(in->path, &st)) != 0)
		return INPUT_SAME;
	if ((int64_t)st.st_size < known)
		return INPUT_SHRANK;
	return (int64_t)st.st_size > known ? INPUT_GREW : INPUT_SAME;
}
