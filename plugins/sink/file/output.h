/* output.h - one file that grows by whole lines.
 *
 * It is written at an offset that the sink knows, never merely at its end: what a failed or
 * unsettled write left behind is cut off or written over.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SINK_FILE_OUTPUT_H
#define SINK_FILE_OUTPUT_H

#include <sys/uio.h>

#include "folders.h"
#include "recall.h"

struct output {
	char *path;
	int fd;                 /* -1: closed */
	uint64_t device, inode; /* inode 0: there is no file yet */
	int64_t length;         /* end of what is written */
	int64_t mark;           /* length that take_back goes back to */
	int64_t synced;         /* length that is on the disk */
	int64_t number;         /* that it will be rotated to */
	int64_t since_us;       /* when its first record came; 0: none did */
	bool begun;             /* a position or the journal names it */
	bool suspect;           /* a sync failed: synced..length must be written again */
	bool checked;           /* since the last flush: path still names this file */
	bool touched;           /* since the last mark */
	struct recall *recall;  /* records of it that no position names; else NULL */
	uint64_t used;          /* when last, for closing the one unused longest */
	struct iovec *queue;    /* lines to be written, as runs of memory */
	int queue_len, queue_cap;
	int64_t queued;         /* bytes */
};

struct output *output_create(const char *path);
void output_destroy(struct output *o); /* NULL is fine */
void output_close(struct output *o);

/* Opens the file that is there; WEIR_OK with o->fd -1 when there is none. Fills device, inode;
 * *size is its size. Two that write one file would overwrite each other's records, so it is
 * locked; with look it is not. */
enum weir_status output_open(struct output *o, int64_t *size, struct weir_error *err);
enum weir_status output_look(struct output *o, int64_t *size, struct weir_error *err);
/* Locks what was opened to look at it; closed when another one has it. */
enum weir_status output_lock(struct output *o, struct weir_error *err);
/* Makes a new, empty one, and the folders it needs. */
enum weir_status output_make(struct output *o, struct folders *folders, struct weir_error *err);
/* Everything behind length goes; the file ends there. */
enum weir_status output_cut(struct output *o, int64_t length, struct weir_error *err);
/* Cuts a last line that has no end. *cut is how many bytes that were. */
enum weir_status output_mend(struct output *o, int64_t size, int64_t *cut,
                             struct weir_error *err);

/* A line whose end follows in memory. Borrowed until the next write or take_back. */
void output_queue(struct output *o, struct weir_bytes line);
enum weir_status output_write(struct output *o, struct weir_error *err);
/* Forgets what is queued and what was written since the mark. */
void output_take_back(struct output *o);
enum weir_status output_sync(struct output *o, struct weir_error *err);

#endif
