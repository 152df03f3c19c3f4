/* error.c - filling struct weir_error.
 *
 * Lives here: the story that grows from the inside out. Not here: printing it (diag.c, log.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <weir/plugin.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static enum weir_status status_of(enum weir_code code)
{
	switch (code) {
	case WEIR_E_CONFIG:
	case WEIR_E_DATA:
		return WEIR_FAIL;
	case WEIR_E_AUTH:
	case WEIR_E_UNREACHABLE:
	case WEIR_E_THROTTLED:
	case WEIR_E_RESOURCE:
		return WEIR_RETRY;
	}
	return WEIR_FAIL;
}

enum weir_status weir_fail(struct weir_error *err, enum weir_code code, const char *fmt, ...)
{
	va_list args;

	*err = (struct weir_error){ .code = code };
	va_start(args, fmt);
	vsnprintf(err->text, sizeof err->text, fmt, args);
	va_end(args);
	return status_of(code);
}

enum weir_status weir_while(struct weir_error *err, const char *fmt, ...)
{
	char story[sizeof err->text];
	va_list args;
	size_t len;

	snprintf(story, sizeof story, "%s", err->text);
	va_start(args, fmt);
	vsnprintf(err->text, sizeof err->text, fmt, args);
	va_end(args);
	len = strlen(err->text);
	snprintf(err->text + len, sizeof err->text - len, ": %s", story);
	return status_of(err->code);
}
