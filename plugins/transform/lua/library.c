/* library.c - the files of rule folders: found, read once, remembered.
 *
 * Not here: what stands in them (load.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "front.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A rule file is a screen of text; far more is a mistake. */
enum { FILE_MAX = 4 << 20 };

struct library *library_create(struct weir_arena *arena, struct rule_report *report)
{
	struct library *library = weir_arena_alloc(arena, sizeof *library);

	*library = (struct library){ .arena = arena, .report = report };
	library->files = weir_arena_alloc(arena, 4 * sizeof *library->files);
	library->files[0] = NULL;
	return library;
}

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

static void note(struct library *library, const char *path, struct weir_bytes text)
{
	for (size_t i = 0; i < library->file_count; i++) {
		if (strcmp(library->files[i], path) == 0)
			return;
	}
	library->files = rule_grow(library->arena, library->files, library->file_count + 1,
	                           sizeof *library->files);
	library->files[library->file_count++] = path;
	library->files[library->file_count] = NULL;
	library->content = library->content * 0x9E3779B97F4A7C15u ^ weir_hash(weir_bytes(path));
	library->content = library->content * 0x9E3779B97F4A7C15u ^ weir_hash(text);
}

void library_note(struct library *library, const char *path)
{
	struct weir_error err;

	note(library, path, read_file(library->arena, path, &err));
}

struct source *library_source(struct library *library, const char *path, struct weir_where where)
{
	struct weir_error err = { 0 };
	struct source *source;
	struct weir_bytes text;

	for (source = library->sources; source; source = source->next) {
		if (strcmp(source->path, path) == 0)
			return source;
	}
	text = read_file(library->arena, path, &err);
	if (!text.data) {
		rule_mistake_error(library->report, where, &err);
		return NULL;
	}
	source = weir_arena_alloc(library->arena, sizeof *source);
	*source = (struct source){ .path = weir_arena_strdup(library->arena, path),
		                   .text = text, .next = library->sources };
	source->scan = scan_create(library->arena, source->path, text);
	library->sources = source;
	note(library, source->path, text);
	return source;
}

/* ---- folders -------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_rule(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && *name != '_' && *name != '.' && strcmp(name + len - 4, ".lua") == 0;
}

static void add_folder(struct library *library, const char *path, const char **files, size_t count)
{
	library->folders = rule_grow(library->arena, library->folders, library->folder_count,
	                             sizeof *library->folders);
	if (count)
		qsort(files, count, sizeof *files, by_name);
	library->folders[library->folder_count++] = (struct folder){ path, files };
}

static void read_folder(struct library *library, const char *path, DIR *dir)
{
	const char **files = weir_arena_alloc(library->arena, 4 * sizeof *files);
	size_t count = 0;
	struct dirent *entry;

	files[0] = NULL;
	while ((entry = readdir(dir)) != NULL) {
		if (!is_rule(entry->d_name))
			continue;
		files = rule_grow(library->arena, files, count + 1, sizeof *files);
		files[count++] = weir_arena_strdup(library->arena, entry->d_name);
		files[count] = NULL;
	}
	if (count == 0)
		rule_mistake(library->report, (struct weir_where){ .path = "rules" },
		             "the folder %s has no rule files (*.lua)", path);
	add_folder(library, path, files, count);
}

static void add_file(struct library *library, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char **files = weir_arena_alloc(library->arena, 2 * sizeof *files);

	files[0] = slash ? slash + 1 : path;
	files[1] = NULL;
	if (!is_rule(files[0])) {
		rule_mistake(library->report, (struct weir_where){ .path = "rules" },
		             "%s is no rule file; its name ends in .lua and does not begin with _", path);
		return;
	}
	add_folder(library, slash ? weir_arena_format(library->arena, "%.*s", (int)(slash - path),
	                                              path) : ".", files, 1);
}

void library_add(struct library *library, const char *path)
{
	size_t len = strlen(path);
	struct stat st;
	DIR *dir;

	while (len > 1 && path[len - 1] == '/')
		len--;
	path = weir_arena_format(library->arena, "%.*s", (int)len, path);
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
		add_file(library, path);
		return;
	}
	dir = opendir(path);
	if (!dir) {
		rule_mistake(library->report, (struct weir_where){ .path = "rules" },
		             "cannot read the folder %s: %s", path, strerror(errno));
		return;
	}
	read_folder(library, path, dir);
	closedir(dir);
}
