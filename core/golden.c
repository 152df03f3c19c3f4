/* golden.c - finds rule folders and the examples beside their rules.
 *
 * Lives here: names of files. Not here: running rules (dryrun.c), comparing (cmd_test.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "golden.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dryrun.h"
#include "registry.h"

static const char in_suffix[] = ".in.ndjson";

struct names {
	char **items;
	size_t count;
};

static bool ends_with(const char *name, const char *suffix)
{
	size_t len = strlen(name), suffix_len = strlen(suffix);

	return len > suffix_len && strcmp(name + len - suffix_len, suffix) == 0;
}

static bool is_rule(const char *name)
{
	return name[0] != '_' && name[0] != '.' && registry_find_by_suffix(name) != NULL;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The entries of a folder, sorted by bytes; false when it cannot be read. */
static bool list(const char *path, struct weir_arena *arena, struct names *names,
                 struct diag *diag)
{
	struct dirent *entry;
	struct weir_buf pointers = { 0 };
	DIR *dir = opendir(path);

	*names = (struct names){ 0 };
	if (!dir) {
		diag_addf(diag, (struct weir_where){ .file = path }, "cannot be read: %s",
		          strerror(errno));
		return false;
	}
	while ((entry = readdir(dir)) != NULL) {
		char *name;

		if (entry->d_name[0] == '.')
			continue;
		name = weir_arena_strdup(arena, entry->d_name);
		weir_buf_add(&pointers, &name, sizeof name);
		names->count++;
	}
	closedir(dir);
	names->items = weir_arena_alloc(arena, pointers.len + 1);
	if (pointers.len)
		memcpy(names->items, pointers.data, pointers.len);
	weir_buf_finish(&pointers);
	qsort(names->items, names->count, sizeof *names->items, by_name);
	return true;
}

/* "auth.both" is the variant `both` of the rule `auth`. */
static void add_golden(struct golden_folder *folder, const char *name, struct weir_arena *arena)
{
	struct golden *golden = &folder->goldens[folder->golden_count++];
	size_t len = strlen(name) - (sizeof in_suffix - 1);
	char *stem = weir_arena_format(arena, "%.*s", (int)len, name);
	char *dot = strchr(stem, '.');

	*golden = (struct golden){ .folder = folder->path };
	golden->in = weir_arena_format(arena, "%s/%s", folder->path, name);
	golden->out = weir_arena_format(arena, "%s/%s.out.ndjson", folder->path, stem);
	golden->set = weir_arena_format(arena, "%s/%s.set.yaml", folder->path, stem);
	if (access(golden->set, F_OK) != 0)
		golden->set = NULL;
	if (dot) {
		*dot = '\0';
		golden->variant = dot + 1;
	}
	golden->rule = stem;
}

/* "rules/x/auth.lua" -> "auth" */
static size_t stem_of(const char *path, const char **stem)
{
	const char *slash = strrchr(path, '/');

	*stem = slash ? slash + 1 : path;
	return strcspn(*stem, ".");
}

static bool has_golden(const struct golden_folder *folder, const char *rule)
{
	const char *stem;
	size_t len = stem_of(rule, &stem);

	for (size_t i = 0; i < folder->golden_count; i++) {
		const char *name = folder->goldens[i].rule;

		if (strlen(name) == len && strncmp(name, stem, len) == 0)
			return true;
	}
	return false;
}

/* only: NULL, or the name of the one rule whose examples are wanted. */
static void fill(struct golden_folder *folder, const struct names *names, const char *only,
                 struct weir_arena *arena)
{
	folder->rules = weir_arena_alloc(arena, (names->count + 1) * sizeof *folder->rules);
	folder->goldens = weir_arena_alloc(arena, (names->count + 1) * sizeof *folder->goldens);
	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i], *stem;
		size_t len = stem_of(name, &stem);

		if (only && (strncmp(only, stem, len) != 0 || only[len] != '.'))
			continue;
		if (is_rule(name))
			folder->rules[folder->rule_count++] =
				weir_arena_format(arena, "%s/%s", folder->path, name);
		else if (ends_with(name, in_suffix))
			add_golden(folder, name, arena);
	}
}

/* What golden_find gathers. */
struct search {
	struct weir_arena *arena;
	struct weir_buf found;   /* of struct golden_folder */
	struct diag *diag;
};

static void add_folder(struct search *search, const char *path, const struct names *names,
                       const char *only)
{
	struct weir_arena *arena = search->arena;
	struct golden_folder folder = { .path = weir_arena_strdup(arena, path) };
	char *settings = weir_arena_format(arena, "%s/_settings.yaml", path);

	fill(&folder, names, only, arena);
	if (folder.rule_count == 0)
		return;
	if (access(settings, F_OK) == 0)
		folder.settings = settings;
	for (size_t i = 0; i < folder.rule_count; i++) {
		const char *stem;
		size_t len = stem_of(folder.rules[i], &stem);

		if (!has_golden(&folder, folder.rules[i]))
			diag_addf(search->diag, (struct weir_where){ .file = folder.rules[i] },
			          "has no example; write events to %s/%.*s%s and run weir test --write",
			          path, (int)len, stem, in_suffix);
	}
	weir_buf_add(&search->found, &folder, sizeof folder);
}

static void walk(struct search *search, const char *path)
{
	struct names names;

	if (!list(path, search->arena, &names, search->diag))
		return;
	add_folder(search, path, &names, NULL);
	for (size_t i = 0; i < names.count; i++) {
		char *inner = weir_arena_format(search->arena, "%s/%s", path, names.items[i]);

		/* `_` marks what is no rule: modules, and files for editors. */
		if (names.items[i][0] != '_' && is_folder(inner))
			walk(search, inner);
	}
}

static void find_one(struct search *search, const char *path)
{
	char *folder = weir_arena_strdup(search->arena, path), *slash = strrchr(folder, '/');
	const char *name = slash ? slash + 1 : path;
	struct names names;

	if (access(path, F_OK) != 0) {
		dryrun_no_rules(path, search->diag);
		return;
	}
	if (!is_rule(name)) {
		diag_addf(search->diag, (struct weir_where){ .file = path },
		          "is neither a rule file nor a folder of rules");
		return;
	}
	if (slash)
		*slash = '\0';
	else
		folder = weir_arena_strdup(search->arena, ".");
	if (list(folder, search->arena, &names, search->diag))
		add_folder(search, folder, &names, name);
}

size_t golden_find(const char *path, struct weir_arena *arena, struct golden_folder **folders,
                   struct diag *diag)
{
	struct search search = { .arena = arena, .diag = diag };
	char *clean = weir_arena_strdup(arena, path);
	size_t len = strlen(clean), count;

	while (len > 1 && clean[len - 1] == '/')
		clean[--len] = '\0';
	if (is_folder(clean))
		walk(&search, clean);
	else
		find_one(&search, clean);
	count = search.found.len / sizeof **folders;
	*folders = weir_arena_alloc(arena, search.found.len + 1);
	if (search.found.len)
		memcpy(*folders, search.found.data, search.found.len);
	weir_buf_finish(&search.found);
	return count;
}

static void put_all(struct weir_arena *arena, struct weir_value into, struct weir_value from)
{
	struct weir_each each = weir_each(from);

	while (weir_next(&each))
		weir_object_put(arena, into, weir_each_key(&each, arena), each.value);
}

bool golden_settings(const struct golden_folder *folder, const struct golden *golden,
                     struct weir_value more, struct weir_arena *arena,
                     struct weir_value *settings, struct weir_error *err)
{
	const char *files[] = { folder->settings, golden ? golden->set : NULL };

	*settings = weir_make_object(arena, 4);
	for (size_t i = 0; i < WEIR_COUNT(files); i++) {
		struct weir_value v;

		if (!files[i])
			continue;
		if (!weir_yaml_read(arena, files[i], &v, err))
			return false;
		put_all(arena, *settings, v);
	}
	put_all(arena, *settings, more);
	return true;
}
