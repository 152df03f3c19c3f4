/* print.c - standard output, and noticing that nobody gets it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "print.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

static int failure; /* errno of the first write that failed */

static bool note(bool fine)
{
	if (!fine && !failure)
		failure = errno ? errno : EIO;
	return !failure;
}

bool print_bytes(struct weir_bytes text)
{
	errno = 0;
	return note(!failure && (!text.len || fwrite(text.data, 1, text.len, stdout) == text.len));
}

bool print_buf(const struct weir_buf *text)
{
	return print_bytes((struct weir_bytes){ text->data, text->len });
}

bool print_text(const char *text)
{
	return print_bytes(weir_bytes(text));
}

bool print_format(const char *fmt, ...)
{
	va_list args;
	bool fine;

	errno = 0;
	va_start(args, fmt);
	fine = !failure && vprintf(fmt, args) >= 0;
	va_end(args);
	return note(fine);
}

bool print_flush(void)
{
	errno = 0;
	return note(!failure && fflush(stdout) == 0);
}

bool print_works(void)
{
	return !failure;
}

int print_end(int code)
{
	if (print_flush())
		return code;
	if (failure != EPIPE)
		fprintf(stderr, "weir: cannot write to standard output: %s\n", strerror(failure));
	return code == EXIT_DONE ? EXIT_FAILED : code;
}
