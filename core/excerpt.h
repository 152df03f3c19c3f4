/* excerpt.h - the source line under a mistake, with a caret under the word.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_EXCERPT_H
#define CORE_EXCERPT_H

#include "diag.h"

struct excerpt;

/* Characters that are shown as dots. width 0: to the end of the line, and all lines after it. */
struct excerpt_span {
	const char *file;
	int line, column, width;
};

/* hidden is borrowed until excerpt_destroy. */
struct excerpt *excerpt_create(const struct excerpt_span *hidden, size_t count);
void excerpt_destroy(struct excerpt *excerpt);
/* Two lines; the first alone where no column is known; none where the file or the line cannot be
 * shown. */
void excerpt_put(struct excerpt *excerpt, const struct weir_where *where, enum diag_color color,
                 struct weir_buf *text);

#endif
