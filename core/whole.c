/* whole.c - a whole file, replaced at once or made anew.
 *
 * Not here: reading one (file.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

bool whole_create(const char *path, struct weir_bytes text, struct weir_error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	bool fine = fd >= 0 && write_all(fd, text);

	if (fd >= 0)
		fine = close(fd) == 0 && fine;
	if (!fine) {
		weir_fail(err, WEIR_E_RESOURCE, "write %s: %s", path, strerror(errno));
		if (fd >= 0)
			unlink(path);
	}
	return fine;
}
