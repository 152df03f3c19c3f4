/* powercut.h - what the two files of the layer share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_POWERCUT_H
#define TESTS_POWERCUT_H

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum kind { CONTENT, SYNC_FILE, CREATE, RENAME, UNLINK, MKDIR, SYNC_FOLDER };

/* A record: head, path, other path, bytes. inode is the file's or, for names, the folder's. */
struct head {
	uint32_t kind, path_len, other_len;
	uint64_t inode;     /* whose change it is: a sync of it makes it safe */
	uint64_t file;      /* the inode that the name leads to */
	int64_t size, at;   /* CONTENT: the size before, and where bytes stood */
	uint64_t kept;      /* UNLINK, RENAME: number of the link that keeps the old file; or 0 */
	uint64_t bytes_len;
};

struct powercut {
	bool on;
	int journal;
	uint64_t links;
	char dir[PATH_MAX];
	char watch[4][PATH_MAX];
	pthread_mutex_t lock;
};

extern struct powercut powercut;

/* Undoes what was not safe when the last process ended; the journal is empty then. */
void powercut_undo_all(void);

#endif
