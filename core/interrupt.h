/* interrupt.h - Ctrl-C for a command that has something to bring to an end.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_INTERRUPT_H
#define CORE_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

/* From now on SIGINT and SIGTERM wait until they are asked for. Main thread, before any other. */
void interrupt_hold(void);
/* Waits at most so long for one of them; true: it came, and is used up. */
bool interrupt_came(int64_t ms);

#endif
