/* whole.c - whole files: read, and replaced at once.
 *
 * zlib reads plain files as they are, so that gzip needs no case of its own.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { PIECE = 1 << 18 };

bool whole_read(const char *path, struct weir_buf *text, struct weir_error *err)
{
	bool standard = strcmp(path, "-") == 0;
	gzFile file = standard ? gzdopen(dup(STDIN_FILENO), "rb") : gzopen(path, "rb");
	int got;

	if (!file) {
		weir_fail(err, WEIR_E_RESOURCE, "open %s: %s", path,
		          errno ? strerror(errno) : "no memory");
		return false;
	}
	while ((got = gzread(file, weir_buf_room(text, PIECE), PIECE)) > 0)
		text->len += (size_t)got;
	if (got < 0) {
		int number;
		const char *why = gzerror(file, &number);

		if (number == Z_ERRNO)
			weir_fail(err, WEIR_E_RESOURCE, "read %s: %s", path, strerror(errno));
		else
			weir_fail(err, WEIR_E_DATA, "read %s: damaged gzip file: %s", path, why);
	}
	if (gzclose(file) == Z_BUF_ERROR && got == 0) {
		weir_fail(err, WEIR_E_DATA, "read %s: the gzip file ends early", path);
		return false;
	}
	return got == 0;
}

static bool write_all(int fd, struct weir_bytes text)
{
	while (text.len) {
		ssize_t wrote = write(fd, text.data, text.len);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return false;
		text.data += wrote;
		text.len -= (size_t)wrote;
	}
	return fsync(fd) == 0;
}

bool whole_replace(const char *path, struct weir_bytes text, struct weir_error *err)
{
	char *beside = weir_format("%s.new%ld", path, (long)getpid());
	int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	bool fine = fd >= 0;

	fine = fine && write_all(fd, text);
	if (fd >= 0)
		fine = close(fd) == 0 && fine;
	fine = fine && rename(beside, path) == 0;
	if (!fine) {
		weir_fail(err, WEIR_E_RESOURCE, "write %s: %s", path, strerror(errno));
		if (fd >= 0)
			unlink(beside);
	}
	weir_free(beside);
	return fine;
}
