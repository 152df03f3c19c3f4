/* tally.h - the fate of each event of a page at one sink, and the sums of them.
 *
 * Pure. An event's fate is that of its records: dead-lettered if any was, else delivered if any
 * was, else dropped; an event that was seen before is repeated.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_TALLY_H
#define CORE_TALLY_H

#include "view.h"

struct tally_drop {
	char *cause;
	int64_t events;
};

/* Sums for one source at one sink. Zeroed memory is an empty tally. in is the sum of the
 * others, released aside: those that were dead and are not any more. */
struct tally {
	int64_t in, delivered, dead, dropped, repeated, released;
	struct tally_drop *drops;  /* dropped, by cause */
	size_t drop_count;
};

void tally_finish(struct tally *tally);
void tally_drop(struct tally *tally, const char *cause, int64_t events);
void tally_add(struct tally *to, const struct tally *from);

/* What of a page a sink saw. */
struct tally_part {
	const struct view *view;
	const bool *rejected;      /* by live row, or NULL: none was */
};

/* What became of the one event of a page that sends a dead letter again: it moves from dead to
 * that fate, and has come in long ago. */
enum store_fate tally_letter(struct tally *tally);
/* Adds the events of a page. */
void tally_page(struct tally *tally, const struct page *page, const struct tally_part *parts,
                size_t count);

#endif
