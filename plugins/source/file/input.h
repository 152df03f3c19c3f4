/* input.h - one file, or standard input, as a stream of plain bytes.
 *
 * A gzip file is inflated on the way (input_gzip.c is the only user of zlib here); its offset
 * counts plain bytes.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SOURCE_FILE_INPUT_H
#define SOURCE_FILE_INPUT_H

#include "cut.h"

#include <weir/plugin.h>

#define HEAD_MOST 256

enum input_format { INPUT_UNKNOWN, INPUT_LINES, INPUT_ARRAY };

struct gunzip;

struct input {
	char *path;
	int fd;                     /* -1: closed */
	bool is_stdin;
	uint64_t device, inode;
	uint64_t head;              /* hash of the first head_len bytes: is it still the same file? */
	int64_t head_len;
	int64_t offset;             /* of the first byte that was not handed over */
	struct weir_buf carry;      /* bytes from there on that are read already */
	enum input_format format;
	struct cut_array array;
	size_t scanned;             /* of carry, by the array's scanner */
	struct gunzip *gunzip;
	bool at_end;                /* of what is there now */
	bool torn;                  /* a gzip file that ends too early: that was said */
	bool listed;                /* the last look at the folder found it */
	int unlisted;               /* looks since then */
};

struct input *input_create(const char *path);
void input_destroy(struct input *in); /* NULL is fine */
void input_close(struct input *in);   /* what is carried is read again later */

/* Opens it and goes to in->offset. A file that is another one than before begins at 0; *anew
 * says so. */
enum weir_status input_open(struct input *in, bool *anew, struct weir_error *err);
/* Up to `room` bytes. *got 0: in->at_end says whether the end was reached, else nothing is there
 * right now (standard input). */
enum weir_status input_read(struct input *in, char *to, size_t room, size_t *got,
                            struct weir_error *err);
/* More bytes than were handed over, as far as the file's size tells; or fewer: it was
 * truncated. */
enum input_change { INPUT_SAME, INPUT_GREW, INPUT_SHRANK };
enum input_change input_look(struct input *in);

/* ---- input_gzip.c --------------------------------------------------------------------- */

struct gunzip *gunzip_create(void);    /* NULL: no memory */
void gunzip_destroy(struct gunzip *g); /* NULL is fine */
/* Inflates from fd. *got 0 at the end; *torn when the end came too early. WEIR_E_DATA when it
 * is no gzip any more. After an error it is of no more use. */
enum weir_status gunzip_read(struct gunzip *g, int fd, char *to, size_t room, size_t *got,
                             bool *torn, struct weir_error *err);

#endif
