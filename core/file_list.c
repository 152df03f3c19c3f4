/* file_list.c - a list of the files and folders that something was made from.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "file_list.h"

#include <weir/util.h>

void file_list_add(struct file_list *files, const char *path)
{
	files->paths = weir_realloc(files->paths, (files->count + 1) * sizeof *files->paths);
	files->paths[files->count++] = weir_strdup(path);
}

void file_list_finish(struct file_list *files)
{
	while (files->count)
		weir_free(files->paths[--files->count]);
	weir_free(files->paths);
	files->paths = NULL;
}
