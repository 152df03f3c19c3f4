/* habits.h - what other languages taught an author of a program that jq does not take.
 *
 * jq names a line, and what its parser wanted there. Nothing here judges a program: it is asked
 * once jq has refused it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JQ_HABITS_H
#define JQ_HABITS_H

#include "scan.h"

/* What is likely wrong in the program from token `from` on, and where; NULL: nothing is seen. */
const char *habits_find(const struct scan *scan, size_t from, struct weir_where *where);

#endif
