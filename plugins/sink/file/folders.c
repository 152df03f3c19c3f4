/* folders.c - making and syncing folders.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "folders.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return weir_strdup(".");
	return slash == path ? weir_strdup("/") : weir_strndup(path, (size_t)(slash - path));
}

void folders_finish(struct folders *folders)
{
	for (size_t i = 0; i < folders->count; i++)
		weir_free(folders->paths[i]);
	weir_free(folders->paths);
	*folders = (struct folders){ 0 };
}

void folders_note(struct folders *folders, const char *path)
{
	char *folder = folder_of(path);

	for (size_t i = 0; i < folders->count; i++) {
		if (strcmp(folders->paths[i], folder) == 0) {
			weir_free(folder);
			return;
		}
	}
	if (folders->count == folders->cap) {
		folders->cap = folders->cap ? folders->cap * 2 : 4;
		folders->paths = weir_realloc(folders->paths, folders->cap * sizeof(char *));
	}
	folders->paths[folders->count++] = folder;
}

enum weir_status folders_make(struct folders *folders, const char *path, struct weir_error *err)
{
	char *folder = folder_of(path);
	struct stat st;
	enum weir_status status = WEIR_OK;

	if (stat(folder, &st) == 0 || strcmp(folder, path) == 0)
		goto done;
	status = folders_make(folders, folder, err);
	if (status != WEIR_OK)
		goto done;
	if (mkdir(folder, 0750) == 0)
		folders_note(folders, folder);
	else if (errno != EEXIST)
		status = weir_fail(err, WEIR_E_RESOURCE, "create folder %s: %s", folder,
		                   strerror(errno));
done:
	weir_free(folder);
	return status;
}

enum weir_status folders_sync(struct folders *folders, struct weir_error *err)
{
	while (folders->count > 0) {
		char *path = folders->paths[folders->count - 1];
		int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		int result = fd < 0 ? -1 : fsync(fd);
		int reason = errno;

		if (fd >= 0)
			close(fd);
		/* Some file systems have no sync of folders. */
		if (result != 0 && reason != EINVAL)
			return weir_fail(err, WEIR_E_RESOURCE, "sync folder %s: %s", path,
			                 strerror(reason));
		weir_free(path);
		folders->count--;
	}
	return WEIR_OK;
}
