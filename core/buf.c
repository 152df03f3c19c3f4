/* buf.c - a buffer that grows.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <weir/util.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void weir_buf_finish(struct weir_buf *buf)
{
	weir_free(buf->data);
	*buf = (struct weir_buf){ 0 };
}

char *weir_buf_room(struct weir_buf *buf, size_t len)
{
	if (!buf->data || buf->cap - buf->len < len) {
		size_t cap = buf->cap ? buf->cap * 2 : 128;

		weir_must(len < SIZE_MAX / 2 - buf->len);
		if (cap < buf->len + len)
			cap = buf->len + len;
		buf->data = weir_realloc(buf->data, cap);
		buf->cap = cap;
	}
	return buf->data + buf->len;
}

void weir_buf_add(struct weir_buf *buf, const void *bytes, size_t len)
{
	char *room = weir_buf_room(buf, len);

	if (len)
		memcpy(room, bytes, len);
	buf->len += len;
}

void weir_buf_puts(struct weir_buf *buf, const char *text)
{
	weir_buf_add(buf, text, strlen(text));
}

void weir_buf_putc(struct weir_buf *buf, char c)
{
	*weir_buf_room(buf, 1) = c;
	buf->len++;
}

void weir_buf_printf(struct weir_buf *buf, const char *fmt, ...)
{
	va_list args;
	char *room;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	weir_must(len >= 0);
	room = weir_buf_room(buf, (size_t)len + 1);
	va_start(args, fmt);
	vsnprintf(room, (size_t)len + 1, fmt, args);
	va_end(args);
	buf->len += (size_t)len;
}

const char *weir_buf_text(struct weir_buf *buf)
{
	*weir_buf_room(buf, 1) = '\0';
	return buf->data;
}
