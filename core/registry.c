/* registry.c - plugins: shared objects to checked descriptors.
 *
 * Lives here: folders, dlopen, the list of what was loaded. Not here: what makes a descriptor
 * sound (registry_check.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "registry.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "layout.h"

/* All that the process knows; filled once, before anything runs. */
static struct {
	const struct weir_plugin **plugins;
	const char **files; /* of the plugin with the same index */
	struct stat *stats;
	size_t count, stat_count;
	struct weir_arena *arena; /* descriptors and rows in our sizes */
	struct layout layout;
	bool layout_known;
} registry;

static const char *const kinds[] = { NULL, "source", "transform", "sink" };

const char *kind_name(enum weir_kind kind)
{
	return kinds[kind];
}

enum weir_kind kind_of_name(const char *name)
{
	for (int kind = WEIR_SOURCE; kind <= WEIR_SINK; kind++) {
		size_t len = strlen(kinds[kind]);

		if (strncmp(name, kinds[kind], len) == 0 &&
		    (!name[len] || strcmp(name + len, "s") == 0))
			return (enum weir_kind)kind;
	}
	return (enum weir_kind)0;
}

/* ---- the list ---- */

static int compare(const struct weir_plugin *a, const struct weir_plugin *b)
{
	return a->kind != b->kind ? (int)a->kind - (int)b->kind : strcmp(a->name, b->name);
}

static void insert(size_t at, const struct weir_plugin *plugin, const char *file)
{
	size_t after = registry.count - at;

	registry.plugins = weir_realloc(registry.plugins,
	                                (registry.count + 1) * sizeof *registry.plugins);
	registry.files = weir_realloc(registry.files,
	                              (registry.count + 1) * sizeof *registry.files);
	memmove(&registry.plugins[at + 1], &registry.plugins[at], after * sizeof *registry.plugins);
	memmove(&registry.files[at + 1], &registry.files[at], after * sizeof *registry.files);
	registry.plugins[at] = plugin;
	registry.files[at] = weir_strdup(file);
	registry.count++;
}

/* Rows of a plugin that was built with longer ones: ours is the front of each. */
static void *shorten(const void *rows, size_t theirs, size_t ours)
{
	const char *from = rows;
	size_t count = 0;
	char *copy;

	/* The first member of either kind of row is its name. */
	while (*(const char *const *)(const void *)(from + count * theirs))
		count++;
	copy = weir_arena_alloc(registry.arena, (count + 1) * ours);
	memset(copy, 0, (count + 1) * ours);
	for (size_t i = 0; i < count; i++)
		memcpy(copy + i * ours, from + i * theirs, ours);
	return copy;
}

static const struct weir_plugin *in_our_sizes(const struct weir_plugin *plugin)
{
	struct weir_plugin *copy;

	if (plugin->option_size == sizeof(struct weir_option) &&
	    plugin->metric_size == sizeof(struct weir_metric))
		return plugin;
	if (!registry.arena)
		registry.arena = weir_arena_create();
	copy = weir_arena_alloc(registry.arena, sizeof *copy);
	memcpy(copy, plugin, sizeof *copy);
	if (plugin->options)
		copy->options = shorten(plugin->options, plugin->option_size,
		                        sizeof(struct weir_option));
	if (plugin->metrics)
		copy->metrics = shorten(plugin->metrics, plugin->metric_size,
		                        sizeof(struct weir_metric));
	return copy;
}

bool registry_add(const struct weir_plugin *plugin, const char *file, struct diag *diag)
{
	size_t at = 0;
	int order = 1;

	if (!registry_check_sizes(plugin, file, diag))
		return false;
	plugin = in_our_sizes(plugin);
	if (!registry_check(plugin, file, diag))
		return false;
	while (at < registry.count && (order = compare(registry.plugins[at], plugin)) < 0)
		at++;
	if (order == 0 && at < registry.count) {
		diag_addf(diag, (struct weir_where){ .file = file },
		          "a second %s %s; the first is %s: remove one of them",
		          kind_name(plugin->kind), plugin->name, registry.files[at]);
		return false;
	}
	insert(at, plugin, file);
	return true;
}

void registry_clear(void)
{
	for (size_t i = 0; i < registry.count; i++)
		weir_free((char *)registry.files[i]);
	weir_free(registry.plugins);
	weir_free(registry.files);
	weir_free(registry.stats);
	weir_arena_destroy(registry.arena);
	registry.arena = NULL;
	registry.plugins = NULL;
	registry.files = NULL;
	registry.stats = NULL;
	registry.count = registry.stat_count = 0;
}

const struct weir_plugin *registry_at(size_t index)
{
	return index < registry.count ? registry.plugins[index] : NULL;
}

const struct weir_plugin *registry_find(enum weir_kind kind, const char *name)
{
	for (size_t i = 0; i < registry.count; i++)
		if (registry.plugins[i]->kind == kind &&
		    strcmp(registry.plugins[i]->name, name) == 0)
			return registry.plugins[i];
	return NULL;
}

const struct weir_plugin *registry_find_by_suffix(const char *file)
{
	size_t len = strlen(file);

	for (size_t i = 0; i < registry.count; i++) {
		const char *suffix = registry.plugins[i]->rule_suffix;
		size_t suffix_len = suffix ? strlen(suffix) : 0;

		if (suffix && len > suffix_len && strcmp(file + len - suffix_len, suffix) == 0)
			return registry.plugins[i];
	}
	return NULL;
}

/* ---- shared objects ---- */

static void refuse(struct diag *diag, const char *file, const char *why)
{
	diag_addf(diag, (struct weir_where){ .file = file }, "%s", why);
}

/* True when this object, under whatever path, was met before. */
static bool is_known(const struct stat *st)
{
	for (size_t i = 0; i < registry.stat_count; i++)
		if (registry.stats[i].st_dev == st->st_dev &&
		    registry.stats[i].st_ino == st->st_ino)
			return true;
	registry.stats = weir_realloc(registry.stats,
	                              (registry.stat_count + 1) * sizeof *registry.stats);
	registry.stats[registry.stat_count++] = *st;
	return false;
}

/* dlerror begins with the path, which is said already. */
static const char *dl_reason(const char *file)
{
	const char *text = dlerror();
	size_t len = strlen(file);

	if (strncmp(text, file, len) == 0 && strncmp(text + len, ": ", 2) == 0)
		return text + len + 2;
	return text;
}

/* RTLD_NODELETE, and no dlclose: destructors of libraries and dlclose do not go together. */
static void open_object(const char *file, struct diag *diag)
{
	const struct weir_plugin *(*entry)(void);
	const struct weir_plugin *plugin;
	void *symbol, *object = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);

	if (!object) {
		refuse(diag, file, dl_reason(file));
		return;
	}
	symbol = dlsym(object, "weir_plugin");
	if (!symbol) {
		refuse(diag, file, "no plugin: it does not export weir_plugin()");
		return;
	}
	memcpy(&entry, &symbol, sizeof entry);
	plugin = entry();
	if (!plugin)
		refuse(diag, file, "weir_plugin() returns no descriptor");
	else
		registry_add(plugin, file, diag);
}

static void load_object(const char *file, struct diag *diag)
{
	struct stat st;

	if (stat(file, &st) < 0) {
		refuse(diag, file, strerror(errno));
		return;
	}
	if (is_known(&st))
		return;
	if (st.st_mode & S_IWOTH) {
		refuse(diag, file, "anyone may write this file; run chmod o-w on it");
		return;
	}
	open_object(file, diag);
}

static int is_object(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && dot && strcmp(dot, ".so") == 0;
}

/* In the order of their names, so that messages come in the same order everywhere. */
static void load_folder(const char *folder, struct diag *diag)
{
	struct dirent **entries;
	struct stat st;
	int count;

	if (stat(folder, &st) < 0)
		return;
	count = scandir(folder, &entries, is_object, alphasort);
	if (count > 0 && (st.st_mode & S_IWOTH))
		refuse(diag, folder,
		       "anyone may write into this folder of plugins; run chmod o-w on "
		       "it");
	for (int i = 0; i < count; i++) {
		char *file = weir_format("%s/%s", folder, entries[i]->d_name);

		if (!(st.st_mode & S_IWOTH))
			load_object(file, diag);
		weir_free(file);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

static void load_tree(const char *folder, struct diag *diag)
{
	load_folder(folder, diag);
	for (size_t i = 1; i < WEIR_COUNT(kinds); i++) {
		char *sub = weir_format("%s/%s", folder, kinds[i]);

		load_folder(sub, diag);
		weir_free(sub);
	}
}

/* A folder that was asked for must be there; the program's own may be absent. */
static void load_wanted(const char *folder, struct diag *diag)
{
	struct stat st;

	if (stat(folder, &st) < 0)
		refuse(diag, folder, "no such folder of plugins");
	else
		load_tree(folder, diag);
}

static const struct layout *layout(void)
{
	if (!registry.layout_known) {
		char *program = layout_program();

		registry.layout = layout_find(program);
		registry.layout_known = true;
		weir_free(program);
	}
	return &registry.layout;
}

void registry_load_folders(const char *const *folders, struct diag *diag)
{
	for (; folders && *folders; folders++)
		load_wanted(*folders, diag);
}

void registry_load(const char *const *folders, struct diag *diag)
{
	char *more = weir_strdup(getenv("WEIR_PLUGINS"));
	char *rest = more, *folder;

	registry_load_folders(folders, diag);
	while (rest && (folder = strsep(&rest, ":")))
		if (*folder)
			load_wanted(folder, diag);
	weir_free(more);
	if (layout()->plugins)
		load_tree(layout()->plugins, diag);
}

const char *registry_data_dir(void)
{
	return layout()->data;
}
