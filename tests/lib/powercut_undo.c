/* powercut_undo.c - going back to what was synced.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "powercut.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The journal in memory; records are found by their offsets. */
struct past {
	char *data;
	size_t len;
	size_t *at;
	size_t count;
};

static struct head head_at(const struct past *past, size_t i)
{
	struct head head;

	memcpy(&head, past->data + past->at[i], sizeof head);
	return head;
}

static void path_at(const struct past *past, size_t i, char path[PATH_MAX], char other[PATH_MAX])
{
	struct head head = head_at(past, i);
	const char *text = past->data + past->at[i] + sizeof head;

	snprintf(path, PATH_MAX, "%.*s", (int)head.path_len, text);
	snprintf(other, PATH_MAX, "%.*s", (int)head.other_len, text + head.path_len);
}

static bool load(struct past *past, int fd)
{
	struct stat st;
	size_t at = 0;

	if (fstat(fd, &st) != 0 || st.st_size == 0)
		return false;
	past->data = malloc((size_t)st.st_size);
	past->at = malloc((size_t)st.st_size / sizeof(struct head) * sizeof *past->at + 8);
	if (!past->data || !past->at || pread(fd, past->data, (size_t)st.st_size, 0) != st.st_size)
		abort();
	past->len = (size_t)st.st_size;
	while (past->len - at >= sizeof(struct head)) {
		struct head head;
		size_t whole;

		memcpy(&head, past->data + at, sizeof head);
		whole = sizeof head + head.path_len + head.other_len + head.bytes_len;
		if (past->len - at < whole)
			break;
		past->at[past->count++] = at;
		at += whole;
	}
	return true;
}

/* The last sync of each inode, by what it makes safe: content or names. */
struct syncs {
	struct {
		uint64_t key;
		size_t at;
	} *slots;
	size_t cap;
};

static size_t slot_of(const struct syncs *syncs, uint64_t inode, bool names)
{
	uint64_t key = inode * 2 + names + 1;
	size_t slot = key * 0x9e3779b97f4a7c15ULL % syncs->cap;

	while (syncs->slots[slot].key && syncs->slots[slot].key != key)
		slot = (slot + 1) % syncs->cap;
	if (!syncs->slots[slot].key)
		syncs->slots[slot].at = SIZE_MAX;
	syncs->slots[slot].key = key;
	return slot;
}

static bool is_sync(const struct head *head)
{
	return head->kind == SYNC_FILE || head->kind == SYNC_FOLDER;
}

static bool is_of_names(const struct head *head)
{
	return head->kind != SYNC_FILE && head->kind != CONTENT;
}

static struct syncs find_syncs(const struct past *past)
{
	struct syncs syncs = { .cap = past->count * 2 + 2 };

	syncs.slots = calloc(syncs.cap, sizeof *syncs.slots);
	if (!syncs.slots)
		abort();
	for (size_t i = 0; i < past->count; i++) {
		struct head head = head_at(past, i);
		size_t slot = slot_of(&syncs, head.inode, is_of_names(&head));

		if (is_sync(&head))
			syncs.slots[slot].at = i;
	}
	return syncs;
}

static bool is_safe(const struct past *past, const struct syncs *syncs, size_t i)
{
	struct head head = head_at(past, i);
	size_t at = syncs->slots[slot_of(syncs, head.inode, is_of_names(&head))].at;

	return is_sync(&head) || (at != SIZE_MAX && at > i);
}

/* Where a file is now: it may have been renamed since. */
static bool find_inode(const char *folder, uint64_t inode, char found[PATH_MAX])
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool done = false;

	while (dir && !done && (entry = readdir(dir)) != NULL) {
		char path[PATH_MAX];
		struct stat st;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof path, "%.3000s/%.255s", folder, entry->d_name);
		if (lstat(path, &st) != 0)
			continue;
		if (S_ISREG(st.st_mode) && (uint64_t)st.st_ino == inode) {
			snprintf(found, PATH_MAX, "%s", path);
			done = true;
		} else if (S_ISDIR(st.st_mode)) {
			done = find_inode(path, inode, found);
		}
	}
	if (dir)
		closedir(dir);
	return done;
}

static bool find_file(const char *hint, uint64_t inode, char found[PATH_MAX])
{
	struct stat st;

	snprintf(found, PATH_MAX, "%s", hint);
	if (stat(hint, &st) == 0 && (uint64_t)st.st_ino == inode)
		return true;
	for (size_t i = 0; i < 4 && powercut.watch[i][0]; i++) {
		if (find_inode(powercut.watch[i], inode, found))
			return true;
	}
	return find_inode(powercut.dir, inode, found);
}

static void undo_content(const struct past *past, size_t i, const char *path)
{
	struct head head = head_at(past, i);
	const char *bytes = past->data + past->at[i] + sizeof head + head.path_len + head.other_len;
	char now[PATH_MAX];
	int fd;

	if (!find_file(path, head.inode, now))
		return;
	fd = (int)syscall(SYS_openat, AT_FDCWD, now, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (syscall(SYS_pwrite64, fd, bytes, head.bytes_len, head.at) < 0 ||
	    syscall(SYS_ftruncate, fd, head.size) != 0)
		abort();
	close(fd);
}

static void bring_back(uint64_t kept, const char *path)
{
	char from[PATH_MAX];

	snprintf(from, sizeof from, "%.4000s/kept.%llu", powercut.dir, (unsigned long long)kept);
	if (kept)
		(void)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, path, 0);
}

static void undo(const struct past *past, size_t i)
{
	struct head head = head_at(past, i);
	char path[PATH_MAX], other[PATH_MAX], lost[PATH_MAX];
	struct stat st;

	path_at(past, i, path, other);
	if (getenv("POWERCUT_SAY"))
		dprintf(2, "powercut: undo %u of %s %s\n", head.kind, path, other);
	switch ((enum kind)head.kind) {
	case CONTENT:
		undo_content(past, i, path);
		break;
	case CREATE:
		if (lstat(path, &st) == 0 && (uint64_t)st.st_ino == head.file)
			(void)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
		break;
	case RENAME:
		if (lstat(other, &st) == 0 && (uint64_t)st.st_ino == head.file)
			(void)syscall(SYS_renameat2, AT_FDCWD, other, AT_FDCWD, path, 0);
		bring_back(head.kept, other);
		break;
	case UNLINK:
		bring_back(head.kept, path);
		break;
	case MKDIR:
		/* What is in it is lost with its name. */
		snprintf(lost, sizeof lost, "%.4000s/lost.%zu", powercut.dir, i);
		(void)syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, lost, 0);
		break;
	case SYNC_FILE:
	case SYNC_FOLDER:
		break;
	}
}

static void forget_kept(void)
{
	DIR *dir = opendir(powercut.dir);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)) != NULL) {
		char path[PATH_MAX];

		snprintf(path, sizeof path, "%.3000s/%.255s", powercut.dir, entry->d_name);
		if (strncmp(entry->d_name, "kept.", 5) == 0)
			(void)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
	}
	if (dir)
		closedir(dir);
}

void powercut_undo_all(void)
{
	struct past past = { 0 };

	if (load(&past, powercut.journal)) {
		struct syncs syncs = find_syncs(&past);

		for (size_t i = past.count; i-- > 0;) {
			if (!is_safe(&past, &syncs, i))
				undo(&past, i);
		}
		free(syncs.slots);
	}
	free(past.data);
	free(past.at);
	forget_kept();
	if (syscall(SYS_ftruncate, powercut.journal, 0) != 0)
		abort();
}

