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
	bool spread;      /* documents of several lines each, as pretty-printers write them */
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

/* What is surely no JSON, by its first bytes, and what to do about it. */
static bool foreign(const struct events *events, struct weir_error *err)
{
	static const struct {
		const char *magic;
		size_t len;
		const char *what;
	} formats[] = {
		{ "\xff\xfe", 2, "UTF-16; make it UTF-8: iconv -f UTF-16 -t UTF-8" },
		{ "\xfe\xff", 2, "UTF-16; make it UTF-8: iconv -f UTF-16 -t UTF-8" },
		{ "{\0", 2, "UTF-16; make it UTF-8: iconv -f UTF-16LE -t UTF-8" },
		{ "[\0", 2, "UTF-16; make it UTF-8: iconv -f UTF-16LE -t UTF-8" },
		{ "PK\3\4", 4, "a zip archive; unpack it first" },
		{ "\x28\xb5\x2f\xfd", 4, "compressed by zstd; unpack it first" },
		{ "\xfd" "7zXZ", 5, "compressed by xz; unpack it first" },
		{ "BZh", 3, "compressed by bzip2; unpack it first" },
	};

	for (size_t i = 0; i < WEIR_COUNT(formats); i++) {
		if (events->buf.len >= formats[i].len &&
		    memcmp(events->buf.data, formats[i].magic, formats[i].len) == 0) {
			weir_fail(err, WEIR_E_DATA, "read %s: it is %s", events->path, formats[i].what);
			return true;
		}
	}
	return false;
}

/* Looks at how the text begins. */
static bool begin(struct events *events, struct weir_error *err)
{
	struct weir_buf *buf = &events->buf;
	size_t at;

	events->started = true;
	if (foreign(events, err))
		return false;
	if (buf->len >= 3 && memcmp(buf->data, "\xef\xbb\xbf", 3) == 0)
		memset(buf->data, ' ', 3); /* a byte order mark */
	for (at = 0; at < buf->len && strchr(" \t\r\n", buf->data[at]); at++)
		;
	events->array = at < buf->len && buf->data[at] == '[';
	if (at < buf->len && buf->data[at] == '{') {
		for (at++; at < buf->len && (buf->data[at] == ' ' || buf->data[at] == '\r'); at++)
			;
		events->spread = at < buf->len && buf->data[at] == '\n';
	}
	return true;
}

/* Where the last whole document ends: at a line end; of spread ones, at one before a '{'. */
static size_t whole_lines(const struct events *events)
{
	const struct weir_buf *buf = &events->buf;

	if (events->ended)
		return buf->len;
	if (events->array)
		return 0;
	for (size_t end = buf->len; end > 0; end--) {
		if (buf->data[end - 1] == '\n' &&
		    (!events->spread || (end < buf->len && buf->data[end] == '{')))
			return end;
	}
	return 0;
}

/* Makes each document a line: '\r' takes the place of the line ends within it. */
static void join_lines(char *text, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		if (text[i] == '\r')
			text[i] = ' ';
		else if (text[i] == '\n' && text[i + 1] != '{')
			text[i] = '\r';
	}
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
		if (!events->started && buf->len && !begin(events, err))
			return false;
		events->used = whole_lines(events);
	}
	if (events->used == 0)
		events->used = buf->len;
	if (events->spread)
		join_lines(buf->data, events->used);
	*format = events->array ? WEIR_PAGE_ARRAY : WEIR_PAGE_LINES;
	*page = (struct weir_bytes){ buf->data, events->used };
	return events->used > 0;
}
