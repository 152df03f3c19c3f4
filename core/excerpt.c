/* excerpt.c - the source line under a mistake, with a caret under the word.
 *
 * Lives here: finding the line again, cutting it to what a terminal shows, hiding what may be a
 * secret. Files are read when the first mistake in them is printed, the last one is kept.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "excerpt.h"

#include <string.h>
#include <sys/stat.h>

#include "file.h"

enum {
	FILE_MAX = 16 << 20,
	SHOWN = 100,  /* characters of a line */
	BEFORE = 60,  /* of those, in front of the caret */
	CUT = 3,      /* dots where the line goes on */
};

struct excerpt {
	const struct excerpt_span *hidden;
	size_t hidden_count;
	char *path;              /* of the file that is held */
	struct weir_bytes bytes; /* {NULL, 0}: it cannot be shown */
};

struct excerpt *excerpt_create(const struct excerpt_span *hidden, size_t count)
{
	struct excerpt *excerpt = weir_alloc(sizeof *excerpt);

	excerpt->hidden = hidden;
	excerpt->hidden_count = count;
	return excerpt;
}

static void forget(struct excerpt *excerpt)
{
	weir_free(excerpt->path);
	weir_free((char *)excerpt->bytes.data);
	excerpt->path = NULL;
	excerpt->bytes = (struct weir_bytes){ NULL, 0 };
}

void excerpt_destroy(struct excerpt *excerpt)
{
	forget(excerpt);
	weir_free(excerpt);
}

/* A pipe was read once already and would be waited for. */
static void load(struct excerpt *excerpt, const char *path)
{
	struct weir_error ignored;
	struct stat st;

	if (excerpt->path && strcmp(excerpt->path, path) == 0)
		return;
	forget(excerpt);
	excerpt->path = weir_strdup(path);
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) ||
	    !file_read(path, FILE_MAX, &excerpt->bytes, &ignored))
		excerpt->bytes = (struct weir_bytes){ NULL, 0 };
}

static bool find_line(struct weir_bytes bytes, int number, struct weir_bytes *line)
{
	const char *p = bytes.data, *end = bytes.data + bytes.len, *newline;

	for (; number > 1 && p < end; number--) {
		newline = memchr(p, '\n', (size_t)(end - p));
		if (!newline)
			return false;
		p = newline + 1;
	}
	if (!p || p >= end)
		return false;
	newline = memchr(p, '\n', (size_t)(end - p));
	*line = (struct weir_bytes){ p, (size_t)((newline ? newline : end) - p) };
	if (line->len && p[line->len - 1] == '\r')
		line->len--;
	return true;
}

/* The length of the UTF-8 character at p; 1 for what is none. */
static size_t character(const char *p, const char *end)
{
	unsigned char c = (unsigned char)*p;
	size_t len = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 1;

	if (c > 0xf4 || (size_t)(end - p) < len)
		return 1;
	for (size_t i = 1; i < len; i++)
		if (((unsigned char)p[i] & 0xc0) != 0x80)
			return 1;
	return len;
}

static bool is_hidden(const struct excerpt *excerpt, const struct weir_where *where, int column)
{
	for (size_t i = 0; i < excerpt->hidden_count; i++) {
		const struct excerpt_span *span = &excerpt->hidden[i];

		if (strcmp(span->file, where->file) != 0)
			continue;
		if (span->width == 0 && where->line > span->line)
			return true;
		if (span->line == where->line && column >= span->column &&
		    (span->width == 0 || column < span->column + span->width))
			return true;
	}
	return false;
}

static void put_character(const char *p, size_t len, struct weir_buf *text)
{
	unsigned char c = (unsigned char)*p;

	if ((len > 1 && !(c == 0xc2 && (unsigned char)p[1] < 0xa0)) ||
	    (len == 1 && c >= ' ' && c < 0x7f))
		weir_buf_add(text, p, len);
	else
		weir_buf_putc(text, c == '\t' ? ' ' : '?');
}

static int count_characters(struct weir_bytes line)
{
	const char *p = line.data, *end = line.data + line.len;
	int count = 0;

	for (; p < end; p += character(p, end))
		count++;
	return count;
}

/* What a terminal has room for: a long line is cut on both sides of the caret. */
struct window {
	int from, to, last; /* columns; last is the line's own */
};

static struct window make_window(struct weir_bytes line, int column)
{
	struct window window = { 1, SHOWN, count_characters(line) };

	if (column > window.last)
		column = window.last + 1;
	if (window.last > SHOWN && column > BEFORE) {
		window.from = column - BEFORE;
		window.to = window.from + SHOWN - 1;
	}
	if (window.to > window.last)
		window.to = window.last;
	return window;
}

static bool is_cut(const struct window *window, int column)
{
	return (window->from > 1 && column < window->from + CUT) ||
	       (window->to < window->last && column > window->to - CUT);
}

static void put_line(const struct excerpt *excerpt, const struct weir_where *where,
                     struct weir_bytes line, const struct window *window, struct weir_buf *text)
{
	const char *p = line.data, *end = line.data + line.len;
	size_t len;

	for (int column = 1; p < end; column++, p += len) {
		len = character(p, end);
		if (column < window->from || column > window->to)
			continue;
		if (is_cut(window, column))
			weir_buf_putc(text, '.');
		else if (is_hidden(excerpt, where, column))
			weir_buf_putc(text, '*');
		else
			put_character(p, len, text);
	}
}

static void put_caret(const struct weir_where *where, const struct window *window,
                      struct weir_buf *text)
{
	int column = where->column <= window->last ? where->column : window->last + 1;
	int width = where->width > 0 ? where->width : 1;

	if (width > window->to - column + 1)
		width = window->to - column + 1;
	weir_buf_printf(text, "%*s^", column - window->from, "");
	for (int i = 1; i < width; i++)
		weir_buf_putc(text, '~');
}

void excerpt_put(struct excerpt *excerpt, const struct weir_where *where, enum diag_color color,
                 struct weir_buf *text)
{
	const char *dim = color == DIAG_COLOR ? "\033[2m" : "";
	const char *bold = color == DIAG_COLOR ? "\033[1;36m" : "";
	const char *off = color == DIAG_COLOR ? "\033[0m" : "";
	struct weir_bytes line;
	struct window window;

	if (!where->file || where->line < 1)
		return;
	load(excerpt, where->file);
	if (!excerpt->bytes.data || !find_line(excerpt->bytes, where->line, &line))
		return;
	window = make_window(line, where->column < 1 ? 1 : where->column);
	weir_buf_printf(text, "%s%6d |%s ", dim, where->line, off);
	put_line(excerpt, where, line, &window, text);
	if (where->column < 1) {
		weir_buf_putc(text, '\n');
		return;
	}
	weir_buf_printf(text, "\n%s       |%s %s", dim, off, bold);
	put_caret(where, &window, text);
	weir_buf_printf(text, "%s\n", off);
}
