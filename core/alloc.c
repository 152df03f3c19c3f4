/* alloc.c - allocation that never returns NULL.
 *
 * Lives here: the process's answer to exhausted memory. Not here: arenas (arena.c), bugs (bug.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <weir/util.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Without the stream's buffers: they may be what there is no memory for. */
void weir_no_memory(void)
{
	static const char text[] = "weir: out of memory\n";

	if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
		_exit(WEIR_EXIT_MEMORY);
	_exit(WEIR_EXIT_MEMORY);
}

void *weir_alloc(size_t size)
{
	void *memory = calloc(1, size ? size : 1);

	if (!memory)
		weir_no_memory();
	return memory;
}

void *weir_realloc(void *old, size_t size)
{
	void *memory = realloc(old, size ? size : 1);

	if (!memory)
		weir_no_memory();
	return memory;
}

void *weir_try_alloc(size_t size)
{
	return malloc(size ? size : 1);
}

void *weir_try_realloc(void *old, size_t size)
{
	return realloc(old, size ? size : 1);
}

char *weir_strndup(const char *text, size_t len)
{
	char *copy = weir_alloc(len + 1);

	memcpy(copy, text, len);
	return copy;
}

char *weir_strdup(const char *text)
{
	return text ? weir_strndup(text, strlen(text)) : NULL;
}

char *weir_format(const char *fmt, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	weir_must(len >= 0);
	text = weir_alloc((size_t)len + 1);
	va_start(args, fmt);
	vsnprintf(text, (size_t)len + 1, fmt, args);
	va_end(args);
	return text;
}

void weir_free(void *memory)
{
	free(memory);
}

void weir_wipe_free(char *secret)
{
	if (!secret)
		return;
	explicit_bzero(secret, strlen(secret));
	free(secret);
}
