/* journal.h - which files were begun, and how long they were then.
 *
 * A file that is begun is in no committed position until the next commit. Should weir be killed
 * before that, its records come again, so the file must go back to what it was. A small hidden
 * file near the outputs says what that was; it is synced before the first record is written.
 *
 * A *line* is an unbroken row of positions, each with its *turn*: it ends when the positions are
 * lost or forgotten. What was begun in another line is left as it is.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SINK_FILE_JOURNAL_H
#define SINK_FILE_JOURNAL_H

#include "folders.h"

struct journal_entry {
	char *path;
	uint64_t device, inode;
	int64_t length;     /* when it was begun */
	int64_t number;     /* that it will be rotated to */
	int64_t turn;       /* of the last position before */
};

struct journal {
	char *path;
	char line[17];      /* "" when there was none */
	bool committed;     /* a position of this line is known to have been committed */
	struct journal_entry *entries;
	size_t count, cap;
};

/* folder: where it lies; name and place keep two sinks apart. */
void journal_init(struct journal *j, const char *folder, const char *name, const char *place);
void journal_finish(struct journal *j);
/* Reads what is there; nothing is fine. */
enum weir_status journal_read(struct journal *j, struct weir_error *err);
/* The newest entry of that path, or NULL. */
struct journal_entry *journal_find(struct journal *j, const char *path);
/* Durable when it returns WEIR_OK. */
enum weir_status journal_add(struct journal *j, struct folders *folders,
                             const struct journal_entry *entry, struct weir_error *err);
/* A position of this line was committed. It need not reach the disk at once. */
void journal_note_commit(struct journal *j);
/* Begins line anew with the entries that are there; or without any. */
enum weir_status journal_rewrite(struct journal *j, const char *line, struct weir_error *err);
void journal_clear(struct journal *j);

#endif
