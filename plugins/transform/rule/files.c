/* files.c - the files of rule folders: found, read once, remembered.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "files.h"

#include "digest.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A rule file is a screen of text; far more is a mistake. */
enum { FILE_MAX = 4 << 20 };

struct rule_files *rule_files_create(struct weir_arena *arena, struct rule_report *report,
                                     const char *suffix)
{
	struct rule_files *files = weir_arena_alloc(arena, sizeof *files);

	*files = (struct rule_files){ .arena = arena, .report = report, .suffix = suffix };
	files->paths = weir_arena_alloc(arena, 4 * sizeof *files->paths);
	files->paths[0] = NULL;
	return files;
}

/* ---- reading ------------------------------------------------------------------------------- */

/* The bytes of a file, in arena; data NULL and err filled when it cannot be read. */
static struct weir_bytes read_file(struct weir_arena *arena, const char *path,
                                   struct weir_error *err)
{
	struct weir_bytes text = { 0 };
	FILE *file = fopen(path, "rb");
	struct stat st;
	char *data;

	if (!file || fstat(fileno(file), &st) != 0) {
		weir_fail(err, WEIR_E_CONFIG, "cannot open %s: %s", path, strerror(errno));
	} else if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX) {
		weir_fail(err, WEIR_E_CONFIG, "%s is no file of at most 4 MiB", path);
	} else {
		data = weir_arena_alloc(arena, (size_t)st.st_size + 1);
		text.len = fread(data, 1, (size_t)st.st_size, file);
		data[text.len] = '\0';
		text.data = data;
	}
	if (file)
		fclose(file);
	return text;
}

/* Some editors put a mark in front, or write two bytes for each character: then it is false. */
static bool take_mark(struct weir_bytes *text)
{
	if (text->len >= 3 && memcmp(text->data, "\xef\xbb\xbf", 3) == 0) {
		text->data += 3;
		text->len -= 3;
	}
	return text->len < 2 || (memcmp(text->data, "\xff\xfe", 2) != 0 &&
	                         memcmp(text->data, "\xfe\xff", 2) != 0);
}

static void add_name(struct weir_arena *arena, const char ***list, size_t *count, const char *name)
{
	*list = rule_grow(arena, *list, *count + 1, sizeof **list);
	(*list)[(*count)++] = name;
	(*list)[*count] = NULL;
}

static void note(struct rule_files *files, const char *path, struct weir_bytes text)
{
	for (size_t i = 0; i < files->path_count; i++) {
		if (strcmp(files->paths[i], path) == 0)
			return;
	}
	add_name(files->arena, &files->paths, &files->path_count, path);
	files->content = files->content * 0x9E3779B97F4A7C15u ^ weir_hash(weir_bytes(path));
	files->content = files->content * 0x9E3779B97F4A7C15u ^ weir_hash(text);
}

void rule_files_note(struct rule_files *files, const char *path)
{
	struct weir_error err;

	note(files, path, read_file(files->arena, path, &err));
}

struct rule_file *rule_files_read(struct rule_files *files, const char *path,
                                  struct weir_where where)
{
	struct weir_error err = { 0 };
	struct rule_file *file;
	struct weir_bytes text;

	for (file = files->read; file; file = file->next) {
		if (strcmp(file->path, path) == 0)
			return file;
	}
	text = read_file(files->arena, path, &err);
	if (!text.data) {
		rule_mistake_error(files->report, where, &err);
		return NULL;
	}
	if (!take_mark(&text)) {
		where = (struct weir_where){ .file = weir_arena_strdup(files->arena, path) };
		rule_mistake(files->report, where, "is UTF-16; save it as UTF-8");
		return NULL;
	}
	file = weir_arena_alloc(files->arena, sizeof *file);
	*file = (struct rule_file){ .path = weir_arena_strdup(files->arena, path), .text = text,
		                    .next = files->read };
	files->read = file;
	note(files, file->path, text);
	return file;
}

/* ---- folders -------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_rule(const struct rule_files *files, const char *name)
{
	size_t len = strlen(name), tail = strlen(files->suffix);

	return len > tail && *name != '_' && *name != '.' &&
	       strcmp(name + len - tail, files->suffix) == 0;
}

/* A rule file of another language, as far as its name shows. */
static bool is_foreign(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && *name != '_' && *name != '.' &&
	       (strcmp(dot, ".lua") == 0 || strcmp(dot, ".jq") == 0);
}

static void add_folder(struct rule_files *files, const char *path, const char *const *names)
{
	files->folders = rule_grow(files->arena, files->folders, files->folder_count,
	                           sizeof *files->folders);
	files->folders[files->folder_count++] = (struct rule_folder){ path, names };
}

static void read_folder(struct rule_files *files, const char *path, DIR *dir)
{
	const char **names = weir_arena_alloc(files->arena, 4 * sizeof *names);
	size_t count = 0;
	struct dirent *entry;
	const char *other = "";

	names[0] = NULL;
	while ((entry = readdir(dir)) != NULL) {
		if (is_rule(files, entry->d_name))
			add_name(files->arena, &names, &count,
			         weir_arena_strdup(files->arena, entry->d_name));
		else if (is_foreign(entry->d_name))
			other = weir_arena_strdup(files->arena, strrchr(entry->d_name, '.'));
	}
	if (count == 0)
		rule_mistake(files->report, (struct weir_where){ .path = "rules" },
		             "the folder %s has no rule files (*%s)%s%s", path, files->suffix,
		             *other ? "; those in it are *" : "", other);
	else
		qsort(names, count, sizeof *names, by_name);
	add_folder(files, path, names);
}

static void add_file(struct rule_files *files, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char **names = weir_arena_alloc(files->arena, 2 * sizeof *names);

	names[0] = slash ? slash + 1 : path;
	names[1] = NULL;
	if (!is_rule(files, names[0])) {
		rule_mistake(files->report, (struct weir_where){ .path = "rules" },
		             "%s is no rule file; its name ends in %s and does not begin with _",
		             path, files->suffix);
		return;
	}
	add_folder(files, slash ? weir_arena_format(files->arena, "%.*s", (int)(slash - path), path)
	                        : ".", names);
}

void rule_files_add(struct rule_files *files, const char *path)
{
	size_t len = strlen(path);
	struct stat st;
	DIR *dir;

	while (len > 1 && path[len - 1] == '/')
		len--;
	path = weir_arena_format(files->arena, "%.*s", (int)len, path);
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
		add_file(files, path);
		return;
	}
	dir = opendir(path);
	if (!dir) {
		rule_mistake(files->report, (struct weir_where){ .path = "rules" },
		             "cannot read the folder %s: %s", path, strerror(errno));
		return;
	}
	read_folder(files, path, dir);
	closedir(dir);
}

const char *rule_files_find(const struct rule_files *files, struct weir_arena *arena,
                            unsigned folder, const char *name)
{
	const char *path;

	if (strchr(name, '/') || *name == '.')
		return NULL;
	path = weir_arena_format(arena, "%s/%s", files->folders[folder].path, name);
	if (access(path, R_OK) == 0)
		return path;
	for (size_t i = files->folder_count; i-- > 0;) {
		path = weir_arena_format(arena, "%s/%s", files->folders[i].path, name);
		if (access(path, R_OK) == 0)
			return path;
	}
	return NULL;
}

bool rule_files_is_module(const char *name)
{
	if (*name != '_')
		return false;
	for (; *name; name++) {
		if (!isalnum((unsigned char)*name) && *name != '_' && *name != '-')
			return false;
	}
	return true;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* "rules/schemas" for "rules/mine". */
static const char *beside(struct weir_arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return weir_arena_format(arena, "%s/../schemas", path);
	return weir_arena_format(arena, "%.*sschemas", (int)(name - path), path);
}

const char *const *rule_files_schema_folders(const struct rule_files *files,
                                             const char *const *more)
{
	struct weir_arena *arena = files->arena;
	const char **folders = weir_arena_alloc(arena, 4 * sizeof *folders);
	size_t count = 0;

	folders[0] = NULL;
	for (size_t i = files->folder_count; i-- > 0;) {
		const char *path = files->folders[i].path;

		add_name(arena, &folders, &count, weir_arena_format(arena, "%s/schemas", path));
		add_name(arena, &folders, &count, beside(arena, path));
	}
	for (size_t i = 0; more && more[i]; i++)
		add_name(arena, &folders, &count, more[i]);
	return folders;
}

/* Files are named relative to nothing in particular, so only their content counts. */
void rule_files_hash(const struct rule_files *files, char hex[13])
{
	char digest[RULE_HEX_MAX];
	struct weir_buf all = { 0 };

	for (const struct rule_file *file = files->read; file; file = file->next) {
		rule_digest(0, file->text, digest);
		weir_buf_puts(&all, digest);
	}
	rule_digest(0, (struct weir_bytes){ all.data, all.len }, digest);
	memcpy(hex, digest, 12);
	hex[12] = '\0';
	weir_buf_finish(&all);
}
