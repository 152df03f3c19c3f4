/* file_create.c - a new small file, whole or not at all.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file_create.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

static bool write_all(int fd, struct weir_bytes content)
{
	while (content.len) {
		ssize_t n = write(fd, content.data, content.len);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			content.data += n;
			content.len -= (size_t)n;
		}
	}
	return true;
}

/* Made, owned and synced, under a name that nobody reads. */
static bool write_aside(const char *path, struct weir_bytes content, const struct file_owner *owner)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool ok = fd >= 0 && fchmod(fd, 0600) == 0
	          && (!owner->set || fchown(fd, owner->uid, owner->gid) == 0)
	          && write_all(fd, content) && fsync(fd) == 0;
	int number = errno;

	if (fd >= 0)
		close(fd);
	errno = number;
	return ok;
}

bool file_sync_folder(const char *path, struct weir_error *err)
{
	struct weir_bytes folder = file_folder(path);
	char *name = folder.len ? weir_strndup(folder.data, folder.len) : weir_strdup(".");
	int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (!ok)
		weir_fail(err, WEIR_E_RESOURCE, "sync %s: %s", name, strerror(errno));
	if (fd >= 0)
		close(fd);
	weir_free(name);
	return ok;
}

bool file_create(const char *path, struct weir_bytes content, const struct file_owner *owner,
                 struct weir_error *err)
{
	struct weir_bytes folder = file_folder(path);
	char *aside = weir_format("%.*s.%s.%ld", (int)folder.len, folder.data, path + folder.len,
	                          (long)getpid());
	/* A link, unlike a rename, takes the place of nothing. */
	bool ok = write_aside(aside, content, owner) && link(aside, path) == 0;

	if (!ok && errno == EEXIST)
		weir_fail(err, WEIR_E_CONFIG, "%s is there already; remove it if nothing needs it", path);
	else if (!ok)
		weir_fail(err, WEIR_E_RESOURCE, "write %s: %s", path, strerror(errno));
	unlink(aside);
	weir_free(aside);
	if (ok && file_sync_folder(path, err))
		return true;
	if (ok)
		unlink(path);
	return false;
}
