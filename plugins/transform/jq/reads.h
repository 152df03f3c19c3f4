/* reads.h - the part of an event that a rule reads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JQ_READS_H
#define JQ_READS_H

#include <weir/value.h>

/* A member below which something is read. */
struct reads_node {
	struct weir_bytes name;
	int slot;                    /* read whole; -1: only the children */
	struct reads_node *children;
	size_t count;
};

struct reads {
	struct reads_node top;
	struct weir_paths *paths;    /* by slot */
	const char **names;
	size_t slot_count;
};

#endif
