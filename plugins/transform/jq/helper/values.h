/* values.h - values of the shared memory as jv, and back.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HELPER_VALUES_H
#define HELPER_VALUES_H

#include <jv.h>
#include <stdbool.h>
#include <stddef.h>

#include "wire.h"

/* The value at *p, which moves behind it. What weir wrote is sound. */
jv values_read(const char **p);

/* Where values are written; past the end nothing is, and it says so. */
struct values_out {
	char *at, *end;
	enum wire_status status;     /* WIRE_OUTPUTS, or why it is no use */
};
/* v is consumed. */
void values_write(struct values_out *out, jv v);
void values_write_count(struct values_out *out, char *at, uint32_t count);

#endif
