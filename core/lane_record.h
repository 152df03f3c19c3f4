/* lane_record.h - what the store keeps of a second look at a source's past, and what follows from it.
 *
 * A lane of a source (see plugin.h) has one record, in a row beside the source's position, and written
 * in the same commit as the events that it counts. Of the live lane it says where and when reading began.
 * Pure: no store, no clock.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_LANE_RECORD_H
#define CORE_LANE_RECORD_H

#include <weir/plugin.h>

enum lane_state {
	LANE_NONE,
	LANE_RUNNING,
	LANE_DONE,
	LANE_CANCELLED,  /* by an operator */
	LANE_REFUSED,    /* ids are forgotten that would be needed; why says which */
};

/* Events from since to before until were handed over, none before at. */
struct lane_span {
	int64_t since_us, until_us, at_us;
};

struct lane_counts {
	int64_t repeated;    /* events that had been handed over before */
	int64_t fresh;       /* and those that had not */
};

struct lane_record {
	enum lane_state state;
	int64_t since_us, until_us;
	double share;
	int64_t begun_us, ended_us;   /* by the wall clock; 0: not yet */
	int64_t reached_us;           /* everything before was handed over; 0: nothing yet */
	struct lane_counts counts;    /* of the window */
	struct lane_counts before;    /* audit: of all hours before it */
	char *position;               /* the instance's, or NULL */
	char *why;                    /* of REFUSED, or NULL */
	struct lane_span *spans;      /* what backfills before this one handed over */
	size_t span_count;
};

void lane_record_finish(struct lane_record *record);
void lane_record_write(const struct lane_record *record, struct weir_buf *text);
/* False when it is none; record is then empty. */
bool lane_record_read(const char *text, struct lane_record *record);
/* What it has handed over so far becomes a span; the rest of it is forgotten. */
void lane_record_renew(struct lane_record *record);

/* The part of [since_us, until_us) that was handed over and whose ids are not all known, because only
 * those that came from known_us on are. False: there is none. */
bool lane_span_is_forgotten(const struct lane_span *span, int64_t known_us, int64_t since_us,
                            int64_t until_us, struct lane_span *part);

/* As a JSON object, for people and programs. */
struct weir_value lane_record_value(struct weir_arena *arena, const char *source,
                                    const struct lane_record *record);

const char *lane_name(enum weir_lane lane);             /* "backfill" */
const char *lane_state_name(enum lane_state state);     /* "running" */

#endif
