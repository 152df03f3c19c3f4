/* events.c - events from a file or standard input, a page at a time, for commands.
 *
 * zlib reads plain files as they are, so that gzip needs no case of its own.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "events.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { PIECE = 1 << 20 };

struct events {
	gzFile file;
	const char *path;
	struct weir_buf buf;
	size_t used;      /* bytes of buf that the last page took */
	bool started, ended, array;
};

struct events *events_open(const char *path, struct weir_error *err)
{
	bool standard = strcmp(path, "-") == 0;
	struct events *events = weir_alloc(sizeof *events);

	errno = 0;
	events->path = standard ? "standard input" : path;
	events->file = standard ? gzdopen(dup(STDIN_FILENO), "rb") : gzopen(path, "rb");
	if (events->file)
		return events;
	weir_fail(err, WEIR_E_RESOURCE, "open %s: %s", path,
	          errno ? strerror(errno) : "no memory");
	weir_free(events);
	return NULL;
}

void events_close(struct events *events)
{
	if (!events)
		return;
	gzclose(events->file);
	weir_buf_finish(&events->buf);
	weir_free(events);
}

/* Appends a piece; false on failure. */
static bool read_piece(struct events *events, struct weir_error *err)
{
	int got = gzread(events->file, weir_buf_room(&events->buf, PIECE), PIECE);
	int number;

	if (got > 0)
		events->buf.len += (size_t)got;
	if (got == 0)
		events->ended = true;
	gzerror(events->file, &number);
	if (got >= 0 && (number == Z_OK || number == Z_STREAM_END))
		return true;
	if (number == Z_ERRNO)
		weir_fail(err, WEIR_E_RESOURCE, "read %s: %s", events->path, strerror(errno));
	else if (number == Z_MEM_ERROR)
		weir_fail(err, WEIR_E_RESOURCE, "read %s: no memory", events->path);
	else
		weir_fail(err, WEIR_E_DATA, "read %s: the gzip data is damaged or ends early",
		          events->path);
	return false;
}

static bool starts_array(const struct weir_buf *buf)
{
	size_t blank = 0;

	while (blank < buf->len && strchr(" \t\r\n", buf->data[blank]))
		blank++;
	return blank < buf->len && buf->data[blank] == '[';
}

/* How much of the buffer is whole lines; all of it at the end. */
static size_t whole_lines(const struct events *events)
{
	const char *last;

	if (events->ended)
		return events->buf.len;
	if (events->array || events->buf.len == 0)
		return 0;
	last = memrchr(events->buf.data, '\n', events->buf.len);
	return last ? (size_t)(last - events->buf.data) + 1 : 0;
}

bool events_next(struct events *events, enum weir_page_format *format, struct weir_bytes *page,
                 struct weir_error *err)
{
	struct weir_buf *buf = &events->buf;

	err->text[0] = '\0';
	if (events->used)
		memmove(buf->data, buf->data + events->used, buf->len - events->used);
	buf->len -= events->used;
	events->used = 0;
	while (!events->ended && events->used == 0) {
		if (!read_piece(events, err))
			return false;
		if (!events->started && buf->len) {
			events->started = true;
			events->array = starts_array(buf);
		}
		events->used = whole_lines(events);
	}
	if (events->used == 0)
		events->used = buf->len;
	*format = events->array ? WEIR_PAGE_ARRAY : WEIR_PAGE_LINES;
	*page = (struct weir_bytes){ buf->data, events->used };
	return events->used > 0;
}
