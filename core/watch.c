/* watch.c - says when files have changed, once they have settled.
 *
 * Lives here: inotify. Not here: which files (runtime_paths.c), what follows (cmd_run.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "watch.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"

enum { DEPTH_MAX = 16 };

static const uint32_t CHANGES = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE
                                | IN_CREATE;

/* A folder: everything in it, or only the files of these names. */
struct folder {
	struct folder *next;
	int watch;
	char *path;
	bool whole;
	int depth;
	char **names;
	size_t name_count;
};

struct watch_set {
	struct loop *loop;
	int fd;
	struct loop_timer timer;
	void (*changed)(void *arg);
	void *arg;
	struct folder *folders;
};

/* ---- folders ------------------------------------------------------------------------ */

static struct folder *find(const struct watch_set *set, int watch)
{
	struct folder *folder = set->folders;

	while (folder && folder->watch != watch)
		folder = folder->next;
	return folder;
}

/* NULL where it cannot be watched; it will be told of by the folder above, if by any. */
static struct folder *add_folder(struct watch_set *set, const char *path)
{
	int watch = inotify_add_watch(set->fd, path, CHANGES | IN_ONLYDIR);
	struct folder *folder = watch >= 0 ? find(set, watch) : NULL;

	if (watch < 0 || folder)
		return folder;
	folder = weir_alloc(sizeof *folder);
	folder->watch = watch;
	folder->path = weir_strdup(path);
	folder->next = set->folders;
	set->folders = folder;
	return folder;
}

static void add_name(struct folder *folder, const char *name)
{
	folder->names = weir_realloc(folder->names,
	                             (folder->name_count + 1) * sizeof *folder->names);
	folder->names[folder->name_count++] = weir_strdup(name);
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_hidden(const char *name)
{
	size_t len = strlen(name);

	return !len || name[0] == '.' || name[len - 1] == '~';
}

static void add_tree(struct watch_set *set, const char *path, int depth)
{
	struct folder *folder = depth < DEPTH_MAX ? add_folder(set, path) : NULL;
	struct dirent *entry;
	DIR *dir;

	if (!folder || folder->whole)
		return;
	folder->whole = true;
	folder->depth = depth;
	dir = opendir(path);
	while (dir && (entry = readdir(dir)) != NULL) {
		char *below = weir_format("%s/%s", path, entry->d_name);

		if (!is_hidden(entry->d_name) && is_folder(below))
			add_tree(set, below, depth + 1);
		weir_free(below);
	}
	if (dir)
		closedir(dir);
}

/* ---- changes ------------------------------------------------------------------------- */

static bool counts(const struct folder *folder, const char *name)
{
	if (folder->whole)
		return !is_hidden(name);
	for (size_t i = 0; i < folder->name_count; i++) {
		if (strcmp(folder->names[i], name) == 0)
			return true;
	}
	return false;
}

static void take_change(struct watch_set *set, const struct inotify_event *event)
{
	struct folder *folder = find(set, event->wd);
	/* A queue that ran over may have had anything in it. */
	bool relevant = (event->mask & IN_Q_OVERFLOW) != 0;

	if (folder && event->len && counts(folder, event->name)) {
		relevant = true;
		if (folder->whole && (event->mask & IN_ISDIR)) {
			char *below = weir_format("%s/%s", folder->path, event->name);

			add_tree(set, below, folder->depth + 1);
			weir_free(below);
		}
	}
	if (relevant)
		loop_timer_set(set->loop, &set->timer, clock_monotonic_ms() + WATCH_SETTLE_MS);
}

static void read_changes(void *arg, int fd, uint32_t events)
{
	struct watch_set *set = arg;
	union {
		struct inotify_event event;
		char bytes[16 * 1024];
	} buffer;
	ssize_t len;

	(void)events;
	while ((len = read(fd, buffer.bytes, sizeof buffer.bytes)) > 0) {
		for (ssize_t at = 0; at < len;) {
			const struct inotify_event *event = (const void *)(buffer.bytes + at);

			take_change(set, event);
			at += (ssize_t)(sizeof *event + event->len);
		}
	}
}

static void settled(void *arg)
{
	struct watch_set *set = arg;

	set->changed(set->arg);
}

/* ---- public ---------------------------------------------------------------------------- */

struct watch_set *watch_create(struct loop *loop, void (*changed)(void *arg), void *arg,
                               struct weir_error *err)
{
	struct watch_set *set = weir_alloc(sizeof *set);

	set->loop = loop;
	set->changed = changed;
	set->arg = arg;
	set->timer.fire = settled;
	set->timer.arg = set;
	set->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (set->fd >= 0 && loop_watch(loop, set->fd, EPOLLIN, read_changes, set))
		return set;
	weir_fail(err, WEIR_E_RESOURCE, "watch files: %s", strerror(errno));
	watch_destroy(set);
	return NULL;
}

void watch_clear(struct watch_set *set)
{
	loop_timer_cancel(set->loop, &set->timer);
	while (set->folders) {
		struct folder *folder = set->folders;

		set->folders = folder->next;
		inotify_rm_watch(set->fd, folder->watch);
		for (size_t i = 0; i < folder->name_count; i++)
			weir_free(folder->names[i]);
		weir_free(folder->names);
		weir_free(folder->path);
		weir_free(folder);
	}
}

void watch_destroy(struct watch_set *set)
{
	if (!set)
		return;
	watch_clear(set);
	if (set->fd >= 0) {
		loop_watch(set->loop, set->fd, 0, NULL, NULL);
		close(set->fd);
	}
	weir_free(set);
}

void watch_add(struct watch_set *set, const char *path)
{
	struct weir_bytes above = file_folder(path);
	struct folder *folder;
	char *name;

	if (is_folder(path))
		add_tree(set, path, 0);
	name = above.len > 1 ? weir_strndup(above.data, above.len - 1) : weir_strdup(above.len ? "/" : ".");
	folder = add_folder(set, name);
	if (folder)
		add_name(folder, path + above.len);
	weir_free(name);
}
