/* file_near.c - the file that a mistyped path was meant to be.
 *
 * Not here: which words are near (nearest.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file_near.h"

#include <dirent.h>
#include <string.h>

#include "file.h"
#include "names.h"

static const char *near_in(struct weir_arena *arena, const char *folder, const char *name)
{
	DIR *dir = opendir(*folder ? folder : ".");
	struct names names = { 0 };
	struct dirent *entry;
	const char *near;

	while (dir && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] != '.')
			names_add(&names, entry->d_name);
	}
	if (dir)
		closedir(dir);
	near = names_have(&names, name) ? NULL : names_nearest(&names, name);
	near = near ? weir_arena_strdup(arena, near) : NULL;
	names_finish(&names);
	return near;
}

const char *file_near(struct weir_arena *arena, struct weir_bytes folder, const char *data_dir,
                      const char *path)
{
	struct weir_bytes parent;
	const char *near, *in;
	char *clean = weir_arena_strdup(arena, path);
	size_t len = strlen(clean);

	while (len > 1 && clean[len - 1] == '/')
		clean[--len] = '\0';
	parent = file_folder(clean);
	in = weir_arena_format(arena, "%.*s", (int)parent.len, parent.data);
	near = near_in(arena, file_under(arena, folder, in), clean + parent.len);
	if (!near && data_dir && *path != '/')
		near = near_in(arena, weir_arena_format(arena, "%s/%s", data_dir, in),
		               clean + parent.len);
	return near ? weir_arena_format(arena, "%s%s", in, near) : NULL;
}
