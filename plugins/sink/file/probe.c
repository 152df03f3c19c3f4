/* probe.c - could the files be written: the folder, and the space that is left. Writes nothing.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "sink.h"

#define MIB (INT64_C(1) << 20)

enum { SPACE_LEAST_MIB = 100 };

/* Cuts it back to the part that is there. */
static void find_existing(char *path)
{
	struct stat st;

	while (stat(path, &st) != 0 && errno == ENOENT && strcmp(path, ".") != 0) {
		char *slash = strrchr(path, '/');

		if (!slash)
			memcpy(path, ".", 2);
		else
			slash[slash == path] = '\0';
	}
}

static bool tell_folder(struct weir_ctx *ctx, const char *folder, const char *existing)
{
	struct weir_error err;
	struct stat st;
	int number = stat(existing, &st) != 0                        ? errno
	             : !S_ISDIR(st.st_mode)                          ? ENOTDIR
	             : access(existing, W_OK | X_OK) != 0 ? errno : 0;

	if (number) {
		weir_fail(&err, WEIR_E_RESOURCE, "cannot write in %s: %s; let it be a folder that weir's "
		          "user may write", existing, strerror(number));
		weir_step_bad(ctx, "folder", &err);
	} else if (strcmp(folder, existing) == 0) {
		weir_step_good(ctx, "folder", "%s may be written", folder);
	} else {
		weir_step_good(ctx, "folder", "%s will be made in %s", folder, existing);
	}
	return number == 0;
}

static void tell_space(struct weir_ctx *ctx, const char *existing)
{
	struct weir_error err;
	struct statvfs vfs;
	int64_t mib;

	if (statvfs(existing, &vfs) != 0)
		return;
	mib = (int64_t)((uint64_t)vfs.f_bavail * vfs.f_frsize / (uint64_t)MIB);
	if (mib >= SPACE_LEAST_MIB) {
		weir_step_good(ctx, "space", "%lld MiB are free", (long long)mib);
		return;
	}
	weir_fail(&err, WEIR_E_RESOURCE, "%lld MiB are free in %s; make room", (long long)mib, existing);
	weir_step_bad(ctx, "space", &err);
}

enum weir_status sink_probe(void *self, struct weir_ctx *ctx, const struct weir_reply *reply,
                            struct weir_error *err)
{
	const struct file_sink *s = self;
	char *folder = place_folder(s->place), *existing = weir_strdup(folder);

	(void)reply;
	(void)err;
	find_existing(existing);
	if (tell_folder(ctx, folder, existing))
		tell_space(ctx, existing);
	weir_free(existing);
	weir_free(folder);
	return WEIR_OK;
}
