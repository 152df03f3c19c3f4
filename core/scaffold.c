/* scaffold.c - files that a command makes to begin with, from templates or from text.
 *
 * Not here: what they say (cmd_new.c, sketch.c, and the templates in tools/scaffold/).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "scaffold.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "registry.h"
#include "whole.h"

enum { FILES_MAX = 16 };

struct scaffold {
	struct weir_arena *arena;
	const char *paths[FILES_MAX + 1];
	struct weir_bytes texts[FILES_MAX];
	size_t count, written;
	const char *folders[64];  /* that were made, outer ones first */
	size_t folder_count;
	bool kept;
};

struct scaffold *scaffold_create(void)
{
	struct scaffold *scaffold = weir_alloc(sizeof *scaffold);

	scaffold->arena = weir_arena_create();
	return scaffold;
}

void scaffold_destroy(struct scaffold *scaffold)
{
	if (!scaffold)
		return;
	for (size_t i = 0; !scaffold->kept && i < scaffold->written; i++)
		unlink(scaffold->paths[i]);
	for (size_t i = scaffold->folder_count; !scaffold->kept && i-- > 0;)
		rmdir(scaffold->folders[i]);
	weir_arena_destroy(scaffold->arena);
	weir_free(scaffold);
}

void scaffold_keep(struct scaffold *scaffold)
{
	scaffold->kept = true;
}

const char *const *scaffold_files(const struct scaffold *scaffold)
{
	return scaffold->paths;
}

void scaffold_add(struct scaffold *scaffold, const char *path, struct weir_bytes text)
{
	weir_must(scaffold->count < FILES_MAX);
	scaffold->paths[scaffold->count] = weir_arena_strdup(scaffold->arena, path);
	scaffold->texts[scaffold->count++] = weir_arena_copy(scaffold->arena, text);
}

/* The folders above a file. */
static bool make_folders(struct scaffold *scaffold, const char *path, struct weir_error *err)
{
	char *folder = weir_arena_strdup(scaffold->arena, path);

	for (char *slash = folder + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		if (mkdir(folder, 0777) == 0) {
			if (scaffold->folder_count < WEIR_COUNT(scaffold->folders))
				scaffold->folders[scaffold->folder_count++] =
				        weir_arena_strdup(scaffold->arena, folder);
		} else if (errno != EEXIST) {
			weir_fail(err, WEIR_E_RESOURCE, "make the folder %s: %s", folder,
			          strerror(errno));
			return false;
		}
		*slash = '/';
	}
	return true;
}

bool scaffold_write(struct scaffold *scaffold, struct weir_error *err)
{
	for (size_t i = scaffold->written; i < scaffold->count; i++) {
		if (access(scaffold->paths[i], F_OK) != 0)
			continue;
		weir_fail(err, WEIR_E_CONFIG, "%s is there already, and nothing is written over; move it "
		          "away or choose another name", scaffold->paths[i]);
		return false;
	}
	for (size_t i = scaffold->written; i < scaffold->count; i++) {
		if (!make_folders(scaffold, scaffold->paths[i], err) ||
		    !whole_create(scaffold->paths[i], scaffold->texts[i], err))
			return false;
		scaffold->written = i + 1;
	}
	return true;
}

/* ---- templates -------------------------------------------------------------------------------- */

const char *scaffold_template(struct weir_arena *arena, const char *name, struct weir_error *err)
{
	const char *folder = registry_data_dir();
	const char *path = folder ? weir_arena_format(arena, "%s/tools/scaffold/%s", folder, name) : NULL;

	if (path && access(path, R_OK) == 0)
		return path;
	weir_fail(err, WEIR_E_CONFIG, "the template tools/scaffold/%s is not among the installed files of weir",
	          name);
	return NULL;
}

static bool is_letter(char c)
{
	return isalnum((unsigned char)c);
}

void scaffold_rename(struct weir_bytes text, const char *word, const char *by, struct weir_buf *out)
{
	const char *p = text.data, *end = p + text.len;
	size_t len = strlen(word);

	while (p < end) {
		bool begins = p == text.data || (!is_letter(p[-1]) && p[-1] != '_');

		if (begins && (size_t)(end - p) >= len && memcmp(p, word, len) == 0 &&
		    (p + len == end || !is_letter(p[len]))) {
			weir_buf_puts(out, by);
			p += len;
		} else {
			weir_buf_putc(out, *p++);
		}
	}
}
