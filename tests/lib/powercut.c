/* powerpowercut.c - a preloaded layer in which a kill is a power cut: what was not synced is gone.
 *
 * Every change to a watched folder is undoable: before it happens, what it destroys is noted in
 * a journal. A sync notes that what came before it is safe. When the next process starts with
 * this layer (or POWERCUT_DIR is given to `true`), everything that was not safe is undone,
 * newest first, before its main() runs. This is the worst of all power cuts: nothing survives but
 * what had to. A new, renamed or removed name is safe once its folder is synced.
 *
 *   POWERCUT_WATCH=DIR[:DIR...]   the folders, as absolute paths
 *   POWERCUT_DIR=DIR              the journal's folder, on the same file system; never watched
 *   POWERCUT_SAY=1                says on standard error what was undone
 *
 * Memory that is mapped is not watched: SQLite maps only what it makes anew after a crash.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "powercut.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct powercut powercut = { .journal = -1, .lock = PTHREAD_MUTEX_INITIALIZER };

/* ---- what is watched ------------------------------------------------------------------ */

static bool is_watched(const char *path, char full[PATH_MAX])
{
	size_t len;

	if (!powercut.on)
		return false;
	if (path[0] == '/')
		snprintf(full, PATH_MAX, "%s", path);
	else if (getcwd(full, PATH_MAX))
		snprintf(full + strlen(full), PATH_MAX - strlen(full), "/%s", path);
	else
		return false;
	len = strlen(powercut.dir);
	if (strncmp(full, powercut.dir, len) == 0 && (full[len] == '/' || !full[len]))
		return false;
	for (size_t i = 0; i < 4 && powercut.watch[i][0]; i++) {
		len = strlen(powercut.watch[i]);
		if (strncmp(full, powercut.watch[i], len) == 0 && (full[len] == '/' || !full[len]))
			return true;
	}
	return false;
}

static bool is_watched_fd(int fd, char full[PATH_MAX], struct stat *st)
{
	char link[48];
	ssize_t n;

	if (!powercut.on || fstat(fd, st) != 0 || !(S_ISREG(st->st_mode) || S_ISDIR(st->st_mode)))
		return false;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, full, PATH_MAX - 1);
	if (n <= 0)
		return false;
	full[n] = '\0';
	return is_watched(full, (char[PATH_MAX]){ 0 });
}

static uint64_t folder_inode(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];
	struct stat st;

	snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
	return stat(folder, &st) == 0 ? (uint64_t)st.st_ino : 0;
}

/* ---- the journal ------------------------------------------------------------------------- */

/* One write, so that a kill leaves it whole or torn at the end, where it is ignored. */
static void record(struct head *head, const char *path, const char *other, const char *bytes)
{
	struct iovec parts[4] = { { head, sizeof *head }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };

	head->path_len = path ? (uint32_t)strlen(path) : 0;
	head->other_len = other ? (uint32_t)strlen(other) : 0;
	parts[1] = (struct iovec){ (void *)(uintptr_t)path, head->path_len };
	parts[2] = (struct iovec){ (void *)(uintptr_t)other, head->other_len };
	parts[3] = (struct iovec){ (void *)(uintptr_t)bytes, head->bytes_len };
	if (syscall(SYS_writev, powercut.journal, parts, 4) < 0)
		abort();
}

/* The bytes from..to of a file are about to change, or its size is. */
static void note_content(const char *path, const struct stat *st, int64_t from, int64_t to)
{
	struct head head = { .kind = CONTENT, .inode = (uint64_t)st->st_ino, .size = st->st_size,
		             .at = from };
	int64_t end = to < st->st_size ? to : st->st_size;
	char *old = NULL;

	if (end > from) {
		int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);

		old = malloc((size_t)(end - from));
		if (!old || fd < 0 || pread(fd, old, (size_t)(end - from), from) != end - from)
			abort();
		close(fd);
		head.bytes_len = (uint64_t)(end - from);
	}
	record(&head, path, NULL, old);
	free(old);
}

/* A second name, so that a file whose last name goes can come back. */
static uint64_t keep(const char *path)
{
	char kept[PATH_MAX];

	snprintf(kept, sizeof kept, "%.4000s/kept.%llu", powercut.dir, (unsigned long long)++powercut.links);
	return link(path, kept) == 0 ? powercut.links : 0;
}

static void note_name(enum kind kind, const char *path, const char *other, uint64_t file)
{
	const char *lost = kind == RENAME ? other : path;
	struct head head = { .kind = kind, .inode = folder_inode(lost), .file = file };
	struct stat st;

	if ((kind == RENAME || kind == UNLINK) && lstat(lost, &st) == 0 && S_ISREG(st.st_mode))
		head.kept = keep(lost);
	record(&head, path, other, NULL);
}

static void note_sync(int fd)
{
	char path[PATH_MAX];
	struct stat st;
	struct head head = { 0 };

	if (!is_watched_fd(fd, path, &st))
		return;
	head.kind = S_ISDIR(st.st_mode) ? SYNC_FOLDER : SYNC_FILE;
	head.inode = (uint64_t)st.st_ino;
	record(&head, NULL, NULL, NULL);
}

/* ---- the beginning --------------------------------------------------------------------------- */

__attribute__((constructor)) static void begin(void)
{
	const char *dir = getenv("POWERCUT_DIR"), *watch = getenv("POWERCUT_WATCH");
	char path[PATH_MAX];
	size_t count = 0;

	if (!dir || !watch)
		return;
	snprintf(powercut.dir, sizeof powercut.dir, "%s", dir);
	while (*watch && count < 4) {
		size_t len = strcspn(watch, ":");

		snprintf(powercut.watch[count++], PATH_MAX, "%.*s", (int)len, watch);
		watch += len + (watch[len] == ':');
	}
	snprintf(path, sizeof path, "%.4000s/journal", dir);
	powercut.journal = (int)syscall(SYS_openat, AT_FDCWD, path,
	                                O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	/* A child of a process that has the journal leaves it alone. */
	if (powercut.journal < 0 || flock(powercut.journal, LOCK_EX | LOCK_NB) != 0)
		return;
	powercut_undo_all();
	powercut.on = true;
}

/* ---- the calls --------------------------------------------------------------------------------- */

static void lock(void)
{
	pthread_mutex_lock(&powercut.lock);
}

static void unlock(void)
{
	int reason = errno;

	pthread_mutex_unlock(&powercut.lock);
	errno = reason;
}

static void before_write(int fd, int64_t at, int64_t len)
{
	char path[PATH_MAX];
	struct stat st;

	if (!is_watched_fd(fd, path, &st))
		return;
	if (fcntl(fd, F_GETFL) & O_APPEND)
		at = st.st_size;
	else if (at < 0)
		at = lseek(fd, 0, SEEK_CUR);
	note_content(path, &st, at, at + len);
}

static int64_t total(const struct iovec *parts, int count)
{
	int64_t len = 0;

	for (int i = 0; i < count; i++)
		len += (int64_t)parts[i].iov_len;
	return len;
}

ssize_t write(int fd, const void *data, size_t len)
{
	ssize_t n;

	lock();
	before_write(fd, -1, (int64_t)len);
	n = syscall(SYS_write, fd, data, len);
	unlock();
	return n;
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	ssize_t n;

	lock();
	before_write(fd, -1, total(parts, count));
	n = syscall(SYS_writev, fd, parts, count);
	unlock();
	return n;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
	ssize_t n;

	lock();
	before_write(fd, at, (int64_t)len);
	n = syscall(SYS_pwrite64, fd, data, len, at);
	unlock();
	return n;
}

ssize_t pwrite64(int fd, const void *data, size_t len, off_t at)
{
	return pwrite(fd, data, len, at);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
	ssize_t n;

	lock();
	before_write(fd, at, total(parts, count));
	n = syscall(SYS_pwritev, fd, parts, count, at, 0);
	unlock();
	return n;
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t at)
{
	return pwritev(fd, parts, count, at);
}

int ftruncate(int fd, off_t size)
{
	char path[PATH_MAX];
	struct stat st;
	int result;

	lock();
	if (is_watched_fd(fd, path, &st))
		note_content(path, &st, size, st.st_size);
	result = (int)syscall(SYS_ftruncate, fd, size);
	unlock();
	return result;
}

int ftruncate64(int fd, off_t size)
{
	return ftruncate(fd, size);
}

/* The kernel outlives a kill: nothing need reach the disk itself. */
int fsync(int fd)
{
	lock();
	note_sync(fd);
	unlock();
	return 0;
}

int fdatasync(int fd)
{
	return fsync(fd);
}

int rename(const char *from, const char *to)
{
	char a[PATH_MAX], b[PATH_MAX];
	struct stat st;
	int result;

	lock();
	if (is_watched(from, a) && is_watched(to, b) && lstat(a, &st) == 0)
		note_name(RENAME, a, b, (uint64_t)st.st_ino);
	result = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
	unlock();
	return result;
}

int unlink(const char *path)
{
	char full[PATH_MAX];
	struct stat st;
	int result;

	lock();
	if (is_watched(path, full) && lstat(full, &st) == 0 && S_ISREG(st.st_mode))
		note_name(UNLINK, full, NULL, (uint64_t)st.st_ino);
	result = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
	unlock();
	return result;
}

int mkdir(const char *path, mode_t mode)
{
	char full[PATH_MAX];
	struct stat st;
	int result;

	lock();
	if (is_watched(path, full) && lstat(full, &st) != 0)
		note_name(MKDIR, full, NULL, 0);
	result = (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
	unlock();
	return result;
}

/* A new file is noted when it is there, for its inode: a kill in between leaves an empty file,
 * which a power cut might leave as well. */
static int open_noted(const char *path, int flags, mode_t mode)
{
	char full[PATH_MAX];
	bool watched = is_watched(path, full), was_there;
	struct stat st;
	int fd;

	was_there = watched && stat(full, &st) == 0;
	if (was_there && (flags & O_TRUNC) && S_ISREG(st.st_mode))
		note_content(full, &st, 0, st.st_size);
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	if (watched && !was_there && fd >= 0 && (flags & O_CREAT) && fstat(fd, &st) == 0)
		note_name(CREATE, full, NULL, (uint64_t)st.st_ino);
	return fd;
}

int open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;
	int fd;

	if (flags & (O_CREAT | O_TMPFILE)) {
		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	lock();
	fd = open_noted(path, flags, mode);
	unlock();
	return fd;
}

int open64(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;

	if (flags & (O_CREAT | O_TMPFILE)) {
		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	return open(path, flags, mode);
}
