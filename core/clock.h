/* clock.h - what time it is.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include <stdint.h>

int64_t clock_now_us(void);       /* wall clock, microseconds since 1970 */
int64_t clock_monotonic_ms(void); /* never jumps */

#endif
