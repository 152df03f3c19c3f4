/* cut.c - borders between events.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cut.h"

#include <string.h>

size_t cut_lines(struct weir_bytes bytes)
{
	const char *last = bytes.len ? memrchr(bytes.data, '\n', bytes.len) : NULL;

	return last ? (size_t)(last - bytes.data) + 1 : 0;
}

/* The offset of the string's closing quote, or of the end. */
static size_t skip_string(struct cut_array *array, struct weir_bytes bytes, size_t at)
{
	for (; at < bytes.len; at++) {
		if (array->escaped)
			array->escaped = false;
		else if (bytes.data[at] == '\\')
			array->escaped = true;
		else if (bytes.data[at] == '"')
			break;
	}
	return at;
}

void cut_array_read(struct cut_array *array, struct weir_bytes bytes, size_t *comma, size_t *end)
{
	*comma = *end = SIZE_MAX;
	for (size_t at = 0; at < bytes.len && !array->ended; at++) {
		if (array->in_string) {
			at = skip_string(array, bytes, at);
			array->in_string = at == bytes.len;
			continue;
		}
		switch (bytes.data[at]) {
		case '"':
			array->in_string = true;
			break;
		case '{':
		case '[':
			array->depth++;
			break;
		case '}':
		case ']':
			if (array->depth > 0) {
				array->depth--;
			} else {
				array->ended = true;
				*end = at;
			}
			break;
		case ',':
			if (array->depth == 0)
				*comma = at;
			break;
		default:
			break;
		}
	}
}
