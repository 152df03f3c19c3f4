/* config_files.c - several YAML files to one tree.
 *
 * Lives here: merging, the folder integrations.d, variables. Not here: what the keys mean
 * (config.c, config_nodes.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config_build.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "registry.h"

static const char *lookup(const char *name)
{
	return getenv(name);
}

/* ---- merging ---- */

static bool is_section(const char *key)
{
	size_t len = strlen(key);

	return kind_of_name(key) && key[len - 1] == 's';
}

static bool changes_plugin(const struct tree *base, const struct tree *over)
{
	const struct tree *before = tree_get(base, "plugin"), *after = tree_get(over, "plugin");

	return before && after && !tree_same(before, after);
}

/* What an instance keeps when another plugin takes its place. */
static const struct tree *inputs_alone(struct weir_arena *arena, const struct tree *instance)
{
	const struct tree_member *inputs = tree_member(instance, "inputs");
	struct tree *kept = weir_arena_alloc(arena, sizeof *kept);

	*kept = (struct tree){ .kind = WEIR_OBJECT, .where = instance->where };
	if (inputs)
		tree_append(arena, kept, inputs);
	return kept;
}

static const struct tree *merge_section(struct config_build *b, const struct tree *base,
                                        const struct tree *over)
{
	static const char *const none[] = { NULL };
	struct weir_arena *arena = b->config->arena;
	struct tree *result;

	if (base->kind != WEIR_OBJECT || over->kind != WEIR_OBJECT)
		return tree_merge(arena, base, over, b->diag);
	result = tree_without(arena, base, none);
	for (size_t i = 0; i < over->count; i++) {
		const struct tree_member *member = &over->members[i];

		for (size_t k = 0; k < result->count; k++)
			if (strcmp(result->members[k].key, member->key) == 0 &&
			    changes_plugin(result->members[k].value, member->value))
				result->members[k].value =
					inputs_alone(arena, result->members[k].value);
		tree_merge_member(arena, result, member, b->diag);
	}
	return result;
}

static void merge_root(struct config_build *b, const struct tree *over)
{
	static const char *const none[] = { NULL };
	struct tree *root;

	if (!b->root) {
		b->root = over;
		return;
	}
	root = tree_without(b->config->arena, b->root, none);
	for (size_t i = 0; i < over->count; i++) {
		struct tree_member member = over->members[i];
		const struct tree *before = tree_get(root, member.key);

		if (before && is_section(member.key) && !tree_is_null(member.value)) {
			const struct tree *section = merge_section(b, before, member.value);

			for (size_t k = 0; k < root->count; k++)
				if (strcmp(root->members[k].key, member.key) == 0)
					root->members[k].value = section;
		} else {
			tree_merge_member(b->config->arena, root, &member, b->diag);
		}
	}
	b->root = root;
}

/* Room grows by doubling; the count alone tells when there is none left. */
static void remember_file(struct config *config, const char *file)
{
	size_t count = config->file_count;

	if ((count & (count - 1)) == 0) {
		size_t cap = count ? count * 2 : 1;
		const char **files = weir_arena_alloc(config->arena, cap * sizeof(*files));

		if (count)
			memcpy(files, config->files, count * sizeof *files);
		config->files = files;
	}
	config->files[config->file_count++] = weir_arena_strdup(config->arena, file);
}

static void read_file(struct config_build *b, const char *file)
{
	struct tree *tree = yaml_read(b->config->arena, file, b->diag);

	if (!tree) {
		b->partial = true;
		return;
	}
	if (tree->kind == WEIR_NULL) {
		diag_warnf(b->diag, (struct weir_where){ .file = tree->where.file },
		           "the file is empty");
		return;
	}
	if (tree->kind != WEIR_OBJECT) {
		b->partial = true;
		diag_addf(b->diag, tree->where, "the file must be a map, not %s; write state_dir: "
		          "..., sources: ...", tree_kind_name(tree));
		return;
	}
	merge_root(b, tree);
}

/* ---- integrations.d ---- */

static bool has_suffix(const char *text, const char *suffix)
{
	size_t len = strlen(text), suffix_len = strlen(suffix);

	return len > suffix_len && strcmp(text + len - suffix_len, suffix) == 0;
}

static int is_yaml(const struct dirent *entry)
{
	return entry->d_name[0] != '.' &&
	       (has_suffix(entry->d_name, ".yaml") || has_suffix(entry->d_name, ".yml"));
}

/* The instance's name: `name:`, else the file's. Its place is where it is written. */
static void name_integration(struct config_build *b, const char *file, const struct tree *body,
                             struct tree_member *member)
{
	const struct tree_member *name = tree_member(body, "name");
	const char *slash = strrchr(file, '/');
	const char *base = slash ? slash + 1 : file;
	struct weir_bytes stem = { base, strlen(base) - strlen(".yaml") };

	member->key = weir_arena_copy(b->config->arena, stem).data;
	member->where = (struct weir_where){ body->where.file, 1, 1, 0, NULL };
	if (!name)
		return;
	member->where = name->value->where;
	tree_expand(b->config->arena, (struct tree *)name->value, "name", lookup, b->diag);
	if (tree_is_scalar(name->value))
		member->key = name->value->text;
	else
		diag_addf(b->diag, name->value->where, "name: must be a single value, not %s",
		          tree_kind_name(name->value));
}

static void add_integration(struct config_build *b, struct tree *sources, const char *file,
                            struct tree *body)
{
	static const char *const name[] = { "name", NULL };
	struct tree_member member;
	char *path;

	remember_file(b->config, file);
	if (!body) {
		b->partial = true;
		return;
	}
	if (body->kind != WEIR_OBJECT) {
		b->partial = true;
		diag_addf(b->diag, body->where,
		          "must be the body of one source; write plugin: ... and "
		          "its options");
		return;
	}
	name_integration(b, body->where.file, body, &member);
	path = weir_format("sources.%s", member.key);
	tree_expand(b->config->arena, body, path, lookup, b->diag);
	weir_free(path);
	member.value = tree_without(b->config->arena, body, name);
	tree_append(b->config->arena, sources, &member);
}

char *config_integrations(const char *first)
{
	struct weir_bytes beside = file_folder(first);

	return weir_format("%.*sintegrations.d", (int)beside.len, beside.data);
}

static void read_integrations(struct config_build *b, struct tree *sources, const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_yaml, alphasort);

	if (count < 0 && errno != ENOENT)
		diag_addf(b->diag, (struct weir_where){ .file = folder }, "%s", strerror(errno));
	for (int i = 0; i < count; i++) {
		char *file = weir_format("%s/%s", folder, entries[i]->d_name);

		if (has_suffix(file, ".yml"))
			diag_warnf(b->diag, (struct weir_where){ .file = file },
			           "is not read; integrations.d takes *.yaml");
		else
			add_integration(b, sources, file,
			                yaml_read(b->config->arena, file, b->diag));
		weir_free(file);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	if (b->addition)
		add_integration(b, sources, b->addition->path,
		                yaml_parse(b->config->arena, b->addition->path, b->addition->text,
		                           b->diag));
}

/* Sources as they are, with those of the folder behind them. */
static void add_integrations(struct config_build *b, const char *first)
{
	static const char *const none[] = { NULL }, *const sources_key[] = { "sources", NULL };
	struct weir_arena *arena = b->config->arena;
	const struct tree *written = tree_get(b->root, "sources");
	struct tree_member member = { .key = "sources", .where = b->where };
	struct tree *sources, *root;
	char *folder;

	if (written && written->kind == WEIR_OBJECT) {
		sources = tree_without(arena, written, none);
	} else {
		sources = weir_arena_alloc(arena, sizeof *sources);
		*sources = (struct tree){ .kind = WEIR_OBJECT, .where = b->where };
	}
	folder = config_integrations(first);
	remember_file(b->config, folder);
	read_integrations(b, sources, folder);
	weir_free(folder);
	if (sources->count == 0 || (written && written->kind == WEIR_OBJECT &&
	                            sources->count == written->count))
		return;
	member.value = sources;
	root = tree_without(arena, b->root, sources_key);
	tree_append(arena, root, &member);
	b->root = root;
}

void config_read_files(struct config_build *b, const char *const *files, size_t count)
{
	if (count)
		b->where.file = weir_arena_strdup(b->config->arena, files[0]);
	for (size_t i = 0; i < count; i++) {
		remember_file(b->config, files[i]);
		read_file(b, files[i]);
	}
	if (!b->root)
		return;
	tree_expand(b->config->arena, (struct tree *)b->root, "", lookup, b->diag);
	add_integrations(b, files[0]);
}
