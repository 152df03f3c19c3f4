/* span.h - a length of time as a person says it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_SPAN_H
#define CORE_SPAN_H

#include <weir/util.h>

/* "40 ms", "90 s", "45 min", "3 h", "12 days"; below nothing is nothing. */
void span_put(int64_t ms, struct weir_buf *text);

#endif
