/* cut.h - where a run of bytes may be cut, so that no event is cut: pure.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SOURCE_FILE_CUT_H
#define SOURCE_FILE_CUT_H

#include <weir/util.h>

/* Just behind the last line end, or 0. */
size_t cut_lines(struct weir_bytes bytes);

/* The inside of a JSON array, read piece by piece. Zeroed memory stands before its first
 * element. It knows strings and brackets, no more: the reader judges the rest. */
struct cut_array {
	uint64_t depth;
	bool in_string, escaped;
	bool ended;       /* the array's own bracket was seen */
};

/* Reads on. *comma is the offset of the last comma between two elements, or SIZE_MAX. When the
 * array ends, *end is the offset of its bracket and nothing behind it was read. */
void cut_array_read(struct cut_array *array, struct weir_bytes bytes, size_t *comma, size_t *end);

#endif
