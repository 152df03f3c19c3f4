/* ask.h - questions to a person at a terminal. Main thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_ASK_H
#define CORE_ASK_H

#include <weir/util.h>

/* True when somebody can answer: stdin and stderr are terminals. */
bool ask_can(void);
/* The answer without blanks around it, to weir_free; NULL at the end of input. */
char *ask_line(const char *fmt, ...) WEIR_PRINTF(1, 2);
/* What pressing Enter, or the end of input, means is preset. */
bool ask_yes(bool preset, const char *fmt, ...) WEIR_PRINTF(2, 3);

#endif
