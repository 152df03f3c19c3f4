/* scratch.h - a folder of its own for a test that needs a disk.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <weir/util.h>

static inline int scratch_remove_one(const char *path, const struct stat *st, int type,
                                     struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void scratch_remove(const char *dir)
{
	nftw(dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* For cmocka's setup and teardown: *state is the folder's path. */
static inline int scratch_setup(void **state)
{
	char *dir = strdup("/tmp/weir-test-XXXXXX");

	*state = dir && mkdtemp(dir) ? dir : NULL;
	return *state ? 0 : -1;
}

static inline int scratch_teardown(void **state)
{
	scratch_remove(*state);
	free(*state);
	return 0;
}

static inline char *scratch_path(const char *dir, const char *name)
{
	return weir_format("%s/%s", dir, name);
}

/* The whole file, terminated, to weir_free; NULL when it is not there. */
static inline char *scratch_read(const char *dir, const char *name, size_t *len)
{
	char *path = scratch_path(dir, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct weir_buf buf = { 0 };
	ssize_t n = 0;

	weir_free(path);
	if (fd < 0)
		return NULL;
	while ((n = read(fd, weir_buf_room(&buf, 65536), 65536)) > 0)
		buf.len += (size_t)n;
	close(fd);
	weir_buf_text(&buf);
	if (len)
		*len = buf.len;
	return buf.data;
}

static inline void scratch_write(const char *dir, const char *name, const void *data, size_t len)
{
	char *path = scratch_path(dir, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	weir_free(path);
	if (fd < 0 || write(fd, data, len) != (ssize_t)len)
		abort();
	close(fd);
}

#endif
