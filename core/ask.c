/* ask.c - questions to a person at a terminal.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ask.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool ask_can(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static char *read_answer(void)
{
	char *line = NULL, *begin, *answer = NULL;
	size_t size = 0;
	ssize_t len = getline(&line, &size, stdin);

	if (len >= 0) {
		begin = line + strspn(line, " \t");
		len = (ssize_t)strlen(begin);
		while (len && strchr(" \t\r\n", begin[len - 1]))
			len--;
		answer = weir_strndup(begin, (size_t)len);
	} else {
		fputc('\n', stderr);
	}
	free(line);
	return answer;
}

char *ask_line(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fflush(stderr);
	return read_answer();
}

bool ask_yes(bool preset, const char *fmt, ...)
{
	va_list args;
	char *answer;
	bool yes;

	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, " [%s] ", preset ? "Y/n" : "y/N");
	fflush(stderr);
	answer = read_answer();
	yes = answer && *answer ? answer[0] == 'y' || answer[0] == 'Y' : preset;
	weir_free(answer);
	return yes;
}
