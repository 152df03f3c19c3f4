/* file.c - reading a small file whole.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static char *grow(char *data, size_t size, struct weir_error *err)
{
	char *larger = weir_try_realloc(data, size);

	if (!larger) {
		weir_free(data);
		weir_fail(err, WEIR_E_RESOURCE, "no memory for %zu bytes", size);
	}
	return larger;
}

/* Does not trust the size that stat gives: the path may be a pipe. */
static bool read_all(int fd, size_t max, struct weir_bytes *bytes, struct weir_error *err)
{
	size_t cap = 16384, len = 0;
	char *data = grow(NULL, cap, err);
	ssize_t n = 1;

	while (data && n > 0) {
		if (cap - len < 2) {
			cap *= 2;
			data = grow(data, cap, err);
			if (!data)
				break;
		}
		n = read(fd, data + len, cap - len - 1);
		if (n > 0)
			len += (size_t)n;
		if (n < 0 && errno == EINTR)
			n = 1;
		if (n < 0)
			weir_fail(err, WEIR_E_CONFIG, "%s", strerror(errno));
		if (len > max) {
			weir_fail(err, WEIR_E_CONFIG, "larger than %zu bytes", max);
			n = -1;
		}
	}
	if (!data || n < 0) {
		weir_free(data);
		return false;
	}
	data[len] = '\0';
	*bytes = (struct weir_bytes){ data, len };
	return true;
}

bool file_read(const char *path, size_t max, struct weir_bytes *bytes, struct weir_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool ok;

	if (fd < 0) {
		weir_fail(err, WEIR_E_CONFIG, "open %s: %s", path, strerror(errno));
		return false;
	}
	ok = read_all(fd, max, bytes, err);
	if (!ok)
		weir_while(err, "read %s", path);
	close(fd);
	return ok;
}

struct weir_bytes file_folder(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return (struct weir_bytes){ slash ? path : "", slash ? (size_t)(slash - path) + 1 : 0 };
}

const char *file_under(struct weir_arena *arena, struct weir_bytes folder, const char *path)
{
	if (path[0] == '/')
		return weir_arena_strdup(arena, path);
	if (strncmp(path, "./", 2) == 0)
		path += 2;
	return weir_arena_format(arena, "%.*s%s", (int)folder.len, folder.data, path);
}
