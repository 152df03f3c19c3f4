/* stages.c - rule folders as the stages of a dry run, those in front of them first.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stages.h"

#include <unistd.h>

struct dryrun *stages_open(const struct golden_folder *folder, const struct golden *golden,
                           struct weir_value more, struct weir_arena *arena, struct diag *diag)
{
	const char *rules[] = { folder->path, NULL };
	struct weir_value settings;
	struct weir_error err;

	if (golden_settings(folder, golden, more, arena, &settings, &err))
		return dryrun_create(rules, settings, diag);
	diag_add(diag, &err);
	return NULL;
}

bool stages_add(struct dryrun **stages, struct dryrun *stage)
{
	if (!stage)
		return false;
	if (*stages)
		dryrun_then(*stages, stage);
	else
		*stages = stage;
	return true;
}

static const char *file_of(struct weir_arena *arena, const char *folder, const char *name)
{
	const char *path = weir_arena_format(arena, "%s/%s", folder, name);

	return access(path, F_OK) == 0 ? path : NULL;
}

bool stages_before(const char *folder, struct weir_arena *arena, struct diag *diag,
                   struct dryrun **stages)
{
	const char *file = file_of(arena, folder, "_after.yaml");
	struct weir_value list;
	struct weir_each each;
	struct weir_error err;

	if (!file)
		return true;
	if (!weir_yaml_read(arena, file, &list, &err)) {
		diag_add(diag, &err);
		return false;
	}
	for (each = weir_each(list); weir_next(&each);) {
		struct golden_folder earlier = { .path = NULL };
		struct weir_bytes name;

		if (list.kind != WEIR_ARRAY || !weir_value_text(each.value, arena, &name)) {
			diag_addf(diag, (struct weir_where){ .file = file },
			          "must list the rule folders of earlier stages: [../taegis]");
			return false;
		}
		earlier.path = weir_arena_format(arena, "%.*s", (int)name.len, name.data);
		if (earlier.path[0] != '/')
			earlier.path = weir_arena_format(arena, "%s/%s", folder, earlier.path);
		earlier.settings = file_of(arena, earlier.path, "_settings.yaml");
		if (!stages_add(stages, stages_open(&earlier, NULL, (struct weir_value){ 0 }, arena, diag)))
			return false;
	}
	return true;
}
