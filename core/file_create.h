/* file_create.h - a new small file, whole or not at all.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_FILE_CREATE_H
#define CORE_FILE_CREATE_H

#include <sys/types.h>

#include <weir/plugin.h>

struct file_owner {
	bool set;      /* else whoever runs this */
	uid_t uid;
	gid_t gid;
};

/* With mode 0600, durable when it returns true. Never replaces a file. */
bool file_create(const char *path, struct weir_bytes content, const struct file_owner *owner,
                 struct weir_error *err);
/* Makes the names in the folder of that path durable. */
bool file_sync_folder(const char *path, struct weir_error *err);

#endif
