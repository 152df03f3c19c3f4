/* layout.c - where the files that belong to the program lie.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "layout.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

enum { UP_TO = 2 }; /* build/weir, build/tests/test_x */

char *layout_program(void)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof path);

	return len > 0 && (size_t)len < sizeof path ? weir_strndup(path, (size_t)len) : NULL;
}

void layout_finish(struct layout *layout)
{
	weir_free(layout->plugins);
	weir_free(layout->data);
	*layout = (struct layout){ 0 };
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Cuts the last name off; false when nothing is left. */
static bool go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return false;
	*slash = '\0';
	return true;
}

static bool read_tree(const char *folder, struct layout *layout)
{
	char *path = weir_format("%s/weir-tree", folder);
	struct weir_bytes text;
	struct weir_error err;
	bool found = file_read(path, PATH_MAX, &text, &err);

	weir_free(path);
	if (!found && err.code == WEIR_E_RESOURCE)
		weir_no_memory(); /* or weir would look for its plugins elsewhere */
	if (!found)
		return false;
	layout->data = weir_strndup(text.data, strcspn(text.data, "\n"));
	layout->plugins = weir_format("%s/plugins", folder);
	weir_free((char *)text.data);
	return true;
}

static char *first_folder(char *preferred, const char *configured)
{
	if (is_folder(preferred))
		return preferred;
	weir_free(preferred);
	return is_folder(configured) ? weir_strdup(configured) : NULL;
}

struct layout layout_find(const char *program)
{
	struct layout layout = { 0 };
	char *path = weir_strdup(program ? program : "");
	bool found = false;

	for (int i = 0; i < UP_TO && !found && go_up(path); i++)
		found = read_tree(path, &layout);
	weir_free(path);
	if (found)
		return layout;
	/* bin/weir: the prefix may be another than the configured one. */
	path = weir_strdup(program ? program : "");
	if (!go_up(path) || !go_up(path))
		*path = '\0';
	layout.plugins = first_folder(weir_format("%s/" WEIR_PLUGIN_SUBDIR, path), WEIR_PLUGIN_DIR);
	layout.data = first_folder(weir_format("%s/" WEIR_DATA_SUBDIR, path), WEIR_DATA_DIR);
	weir_free(path);
	return layout;
}
