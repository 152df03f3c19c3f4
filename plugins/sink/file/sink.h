/* sink.h - one instance of the file sink, as its files share it: file.c (callbacks), resume.c
 * (positions), rotate.c (rotated files).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SINK_FILE_SINK_H
#define SINK_FILE_SINK_H

#include "compress.h"
#include "journal.h"
#include "output.h"
#include "place.h"

enum { M_BYTES, M_ROTATED, M_SYNCS };

/* A rotated file that may be compressed once a position of this turn is committed. */
struct rotated {
	char *path;
	int64_t turn;
};

struct file_sink {
	/* options */
	const char *path;
	bool sync;
	int64_t rotate_size, rotate_interval;
	int compress;

	/* state */
	struct weir_ctx *ctx;
	struct place *place;
	struct folders folders;
	struct journal journal;
	struct output **outputs;    /* hash table by path, a power of two */
	size_t cap, count;
	size_t open_count;
	struct output *last;        /* where the last row went, and what for */
	const char *last_schema, *last_source;
	struct weir_buf name;       /* room for making a path */
	uint64_t clock;             /* counts uses, for closing the file unused longest */
	size_t done;                /* rows of the batch that are written; it comes again */
	int64_t now_us;
	char line[17];              /* see journal.h */
	int64_t turn;
	bool had_position;          /* so when there is none, the operator accepted the files */
	struct rotated *rotated;
	size_t rotated_count, rotated_cap;
	struct compressor compressor;
};

/* ---- file.c ----------------------------------------------------------------------------- */

/* The output of that path, made when there was none. */
struct output *sink_output(struct file_sink *s, const char *path);
/* Makes room for one more open file. */
enum weir_status sink_close_oldest(struct file_sink *s, struct weir_error *err);

/* ---- probe.c ------------------------------------------------------------------------------ */

/* See struct weir_plugin. */
enum weir_status sink_probe(void *self, struct weir_ctx *ctx, const struct weir_reply *reply,
                            struct weir_error *err);

/* ---- resume.c ----------------------------------------------------------------------------- */

/* Takes every file back to the committed position, or without one to where it was begun. */
enum weir_status sink_resume(struct file_sink *s, struct weir_error *err);
/* A file that no position names: begins it, and says so in the journal. */
enum weir_status sink_begin(struct file_sink *s, struct output *o, struct weir_error *err);
/* That path still names this file, as long as it was left. RETRY: it does not, and the sink
 * waits for it or for `weir state accept`. */
enum weir_status sink_check(struct file_sink *s, struct output *o, struct weir_error *err);
/* The position as of now. */
void sink_position(const struct file_sink *s, struct weir_buf *position);
/* The turn of the committed position; -1 when there is none. */
int64_t sink_committed_turn(const struct file_sink *s);

/* ---- rotate.c ------------------------------------------------------------------------------ */

/* "/out/auth.000007.ndjson" of "/out/auth.ndjson", to weir_free. */
char *rotated_path(const char *path, int64_t number);
/* The number after the highest that is there. */
int64_t rotated_next(const char *path);
/* Would these bytes go to a new file? */
bool rotate_is_due(const struct file_sink *s, const struct output *o, int64_t bytes);
enum weir_status rotate(struct file_sink *s, struct output *o, struct weir_error *err);
/* The file with that inode was rotated after the position was taken: brings it back under its
 * name and removes the later ones. *found says whether it was there. */
enum weir_status rotate_undo(struct file_sink *s, const struct output *o, int64_t length,
                             bool *found, struct weir_error *err);
/* Hands what may be compressed to the compressor; and at a start, what was left over. */
void rotate_compress(struct file_sink *s);
void rotate_find_left_over(struct file_sink *s, const struct output *o);
void rotate_forget(struct file_sink *s);

#endif
