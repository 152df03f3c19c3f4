/* file_list.h - a list of the files and folders that something was made from.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_FILE_LIST_H
#define CORE_FILE_LIST_H

#include <stddef.h>

/* Zeroed memory is an empty list. */
struct file_list {
	char **paths;
	size_t count;
};

void file_list_add(struct file_list *files, const char *path); /* copied; may be there already */
void file_list_finish(struct file_list *files);                /* empty again */

#endif
