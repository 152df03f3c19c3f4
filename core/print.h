/* print.h - what a command writes to standard output.
 *
 * The first write that fails is remembered, and main makes of it what the operator sees: a line
 * and exit code 1; no line when the reader went away (`| head -1`). So a command goes on without
 * looking, and only loops over much ask print_works. Main thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_PRINT_H
#define CORE_PRINT_H

#include <weir/util.h>

/* Each is false as soon as one write has failed. */
bool print_bytes(struct weir_bytes text);
bool print_buf(const struct weir_buf *text);
bool print_text(const char *text);
bool print_format(const char *fmt, ...) WEIR_PRINTF(1, 2);
/* Lets a reader see what was printed so far. */
bool print_flush(void);
bool print_works(void);
/* The last thing that main does: the code to exit with, which is not 0 when a write failed. */
int print_end(int code);

#endif
