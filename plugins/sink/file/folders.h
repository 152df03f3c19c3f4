/* folders.h - folders that get new names in them, to be synced before a flush reports.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SINK_FILE_FOLDERS_H
#define SINK_FILE_FOLDERS_H

#include <weir/plugin.h>

/* Zeroed memory is an empty list. */
struct folders {
	char **paths;
	size_t count, cap;
};

void folders_finish(struct folders *folders);
/* The folder of this path has a name more or less. */
void folders_note(struct folders *folders, const char *path);
/* Makes the folders that path needs. */
enum weir_status folders_make(struct folders *folders, const char *path, struct weir_error *err);
/* Syncs those that were noted, and forgets them. */
enum weir_status folders_sync(struct folders *folders, struct weir_error *err);

#endif
