/* watch.c - says when files have changed, once they have settled.
 *
 * Lives here: inotify, and what a path goes through. Not here: which files (graph_files.c), what
 * follows (cmd_run.c).
 *
 * A file is another one when it is written, when an editor puts a new one in its place, when a link
 * on the way to it is turned, or when a folder above it is moved away. So each folder that a path
 * goes through is watched: for itself, or for names in it.
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

enum {
	LINKS_MAX = 40,
	/* A file's times are those of the system's tick. */
	TICK_US = 10000,
};

static const uint32_t GONE = IN_DELETE_SELF | IN_MOVE_SELF;
static const uint32_t CHANGES = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE
                                | IN_CREATE | IN_ATTRIB;

/* A folder: itself, and in it all files, or those of these names. */
struct folder {
	struct folder *next;
	int watch;
	bool wanted;
	bool whole;
	char **names;
	size_t name_count;
};

struct watch_set {
	struct loop *loop;
	int fd;
	struct loop_timer timer;
	int64_t first_ms;       /* when the first change came that is not told yet */
	int64_t since_us;       /* when the files were read that are added */
	void (*changed)(void *arg);
	void *arg;
	struct folder *folders;
};

static void note_change(struct watch_set *set)
{
	int64_t now_ms = clock_monotonic_ms(), at_ms = now_ms + WATCH_SETTLE_MS;

	if (!set->timer.heap)
		set->first_ms = now_ms;
	if (at_ms > set->first_ms + WATCH_MOST_MS)
		at_ms = set->first_ms + WATCH_MOST_MS;
	loop_timer_set(set->loop, &set->timer, at_ms);
}

/* ---- folders ------------------------------------------------------------------------ */

static struct folder *find(const struct watch_set *set, int watch)
{
	struct folder *folder = set->folders;

	while (folder && folder->watch != watch)
		folder = folder->next;
	return folder;
}

/* NULL where it cannot be watched. One that is known already keeps what it was watched for. */
static struct folder *add_folder(struct watch_set *set, const char *path, uint32_t events)
{
	int watch = inotify_add_watch(set->fd, path, events | IN_ONLYDIR | IN_MASK_ADD);
	struct folder *folder = watch >= 0 ? find(set, watch) : NULL;

	if (watch < 0)
		return NULL;
	if (!folder) {
		folder = weir_alloc(sizeof *folder);
		folder->watch = watch;
		folder->next = set->folders;
		set->folders = folder;
	}
	folder->wanted = true;
	return folder;
}

static bool has_name(const struct folder *folder, const char *name)
{
	for (size_t i = 0; i < folder->name_count; i++) {
		if (strcmp(folder->names[i], name) == 0)
			return true;
	}
	return false;
}

static void add_name(struct watch_set *set, const char *path, const char *name)
{
	struct folder *folder = add_folder(set, path, CHANGES);

	if (!folder || has_name(folder, name))
		return;
	folder->names = weir_realloc(folder->names,
	                             (folder->name_count + 1) * sizeof *folder->names);
	folder->names[folder->name_count++] = weir_strdup(name);
}

static void forget_names(struct folder *folder)
{
	while (folder->name_count)
		weir_free(folder->names[--folder->name_count]);
	weir_free(folder->names);
	folder->names = NULL;
}

/* What lies in a folder and is not read: what editors leave, and goldens. */
static bool is_aside(const char *name)
{
	static const char golden[] = ".ndjson";
	size_t len = strlen(name);

	return !len || name[0] == '.' || name[len - 1] == '~'
	       || (len >= sizeof golden && strcmp(name + len - (sizeof golden - 1), golden) == 0);
}

static void note_if_new(struct watch_set *set, const struct stat *st)
{
	int64_t us = (int64_t)st->st_ctim.tv_sec * 1000000 + st->st_ctim.tv_nsec / 1000;

	if (us + TICK_US >= set->since_us)
		note_change(set);
}

static void walk(struct watch_set *set, const char *path);

static void add_entry(struct watch_set *set, const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0 || S_ISDIR(st.st_mode))
		return;
	note_if_new(set, &st);
	if (S_ISLNK(st.st_mode))
		walk(set, path);
}

static void add_whole(struct watch_set *set, const char *path)
{
	struct folder *folder = add_folder(set, path, GONE | CHANGES);
	struct dirent *entry;
	DIR *dir;

	if (!folder || folder->whole)
		return;
	folder->whole = true;
	dir = opendir(path);
	while (dir && (entry = readdir(dir)) != NULL) {
		char *below = weir_format("%s/%s", path, entry->d_name);

		if (!is_aside(entry->d_name))
			add_entry(set, below);
		weir_free(below);
	}
	if (dir)
		closedir(dir);
}

/* ---- paths ---------------------------------------------------------------------------- */

/* How far a path was followed: at is a folder that is reached without links. */
struct walk {
	char *at;
	char *rest;
	int links;
	struct stat st;      /* of what was met last */
};

static char *take_name(struct walk *w)
{
	size_t skip = strspn(w->rest, "/"), len = strcspn(w->rest + skip, "/");
	char *name = weir_strndup(w->rest + skip, len);

	memmove(w->rest, w->rest + skip + len, strlen(w->rest + skip + len) + 1);
	return name;
}

static void move(struct walk *w, const char *at, char *rest)
{
	char *copy = weir_strdup(at);

	weir_free(w->at);
	w->at = copy;
	if (rest != w->rest)
		weir_free(w->rest);
	w->rest = rest;
}

/* False when the walk is over. */
static bool follow_link(struct walk *w, const char *link)
{
	char target[PATH_MAX];
	ssize_t len = readlink(link, target, sizeof target - 1);

	if (len <= 0 || ++w->links > LINKS_MAX)
		return false;
	target[len] = '\0';
	move(w, target[0] == '/' ? "" : w->at, weir_format("%s/%s", target, w->rest));
	return true;
}

static bool go_on(struct watch_set *set, struct walk *w, const char *name)
{
	char *below = weir_format("%s/%s", w->at, name);
	const char *at = *w->at ? w->at : "/";
	bool there = lstat(below, &w->st) == 0, more = false;

	if (there && S_ISDIR(w->st.st_mode)) {
		add_folder(set, below, GONE);
		move(w, below, w->rest);
		more = true;
	} else {
		add_name(set, at, name);
		if (there)
			note_if_new(set, &w->st);
		if (there && S_ISLNK(w->st.st_mode))
			more = follow_link(w, below);
	}
	weir_free(below);
	return more;
}

static void walk(struct watch_set *set, const char *path)
{
	struct walk w = { weir_strdup(path[0] == '/' ? "" : "."), weir_strdup(path), 0, { 0 } };
	bool more = true;

	while (more && strspn(w.rest, "/") < strlen(w.rest)) {
		char *name = take_name(&w);

		more = go_on(set, &w, name);
		weir_free(name);
	}
	if (more) {
		note_if_new(set, &w.st);
		add_whole(set, *w.at ? w.at : "/");
	}
	weir_free(w.at);
	weir_free(w.rest);
}

/* ---- changes ------------------------------------------------------------------------- */

static bool counts(const struct folder *folder, const struct inotify_event *event)
{
	if (event->mask & GONE)
		return true;
	if (!event->len)
		return false;
	return (folder->whole && !is_aside(event->name)) || has_name(folder, event->name);
}

static void take_change(struct watch_set *set, const struct inotify_event *event)
{
	const struct folder *folder = find(set, event->wd);

	/* A queue that ran over may have had anything in it. */
	if ((event->mask & IN_Q_OVERFLOW) || (folder && counts(folder, event)))
		note_change(set);
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

static void remove_unwanted(struct watch_set *set)
{
	struct folder **link = &set->folders;

	while (*link) {
		struct folder *folder = *link;

		if (folder->wanted) {
			link = &folder->next;
			continue;
		}
		*link = folder->next;
		inotify_rm_watch(set->fd, folder->watch);
		forget_names(folder);
		weir_free(folder);
	}
}

void watch_begin(struct watch_set *set, int64_t since_us)
{
	set->since_us = since_us;
	for (struct folder *folder = set->folders; folder; folder = folder->next) {
		folder->wanted = folder->whole = false;
		forget_names(folder);
	}
}

void watch_add(struct watch_set *set, const char *path)
{
	walk(set, path);
}

void watch_end(struct watch_set *set)
{
	remove_unwanted(set);
}

void watch_destroy(struct watch_set *set)
{
	if (!set)
		return;
	loop_timer_cancel(set->loop, &set->timer);
	watch_begin(set, 0);
	remove_unwanted(set);
	if (set->fd >= 0) {
		loop_watch(set->loop, set->fd, 0, NULL, NULL);
		close(set->fd);
	}
	weir_free(set);
}
