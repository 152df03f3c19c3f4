/* lane.h - further instances of a source, which read its past beside the live one. Loop thread.
 *
 * A lane has a driver of its own, so that a slow or failing one costs the live instance nothing;
 * its pages go the way of the source's: the same plan, component, ledger rows and ids. At most one
 * of them is in flight.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_LANE_H
#define CORE_LANE_H

#include "driver.h"
#include "lane_record.h"

/* Where and when reading began, if a store does not tell: the earliest of all. */
#define LANE_UNKNOWN_US 1

struct lane {
	struct driver driver;         /* its ctx is NULL while nothing is read */
	struct driver *main;          /* of the live instance */
	enum weir_lane which;
	struct lane_record record;
	bool has_slot;                /* it counts among the audits under way */
	bool dry;                     /* it ends at its first estimate, and nothing is stored */
	struct weir_window window;    /* the instance's */
	uint64_t ticket;              /* behind it, record is stored */
	/* What was left when it began, or went on, and what is now, by estimate; requests 0: not
	 * known yet. */
	struct lane_left {
		int64_t events, requests, ms;
	} expected, left;
	char *note;                   /* what the instance last warned of, or NULL */
};

/* ---- for driver.c: main is the driver of a live instance, and may have no lanes ------------ */

/* Goes on with what is stored. */
void lanes_start(struct driver *main);
void lanes_stop(struct driver *main);
void lanes_destroy(struct driver *main);
void lanes_hold(struct driver *main);     /* requests under way are cancelled */
void lanes_release(struct driver *main);
void lanes_wake(struct driver *main);
void lanes_note_positions(struct driver *main, struct position_list *list);
/* The live instance has told how far it is. */
void lanes_look(struct driver *main);
/* No backfill is under way. */
bool lanes_are_done(const struct driver *main);

/* The one of that kind, made if there is none. */
struct lane *lanes_get(struct driver *main, enum weir_lane which);

/* Makes and starts its instance; if it cannot, it is tried again later. */
void lane_open(struct lane *lane);
void lane_close(struct lane *lane);
/* Audit: goes on with an hour, or begins the next one, when it is time and there is room. */
void lane_audit(struct lane *lane);
/* False: it is not to be asked now. */
bool lane_may_poll(struct lane *lane);
void lane_take_turn(struct lane *lane, const struct weir_turn *turn);
/* Counts what a page brings, and gives it the record as position. */
void lane_note_page(struct lane *lane, struct page *page);
/* After a poll: it said WEIR_DONE, or an estimate is all that was wanted. */
void lane_end_if_done(struct lane *lane, enum weir_status status);

/* ---- for the runtime -------------------------------------------------------------------------- */

struct lane_ask {
	int64_t since_us, until_us;
	double share;
	bool dry;
};

/* Begins a backfill. False: it is refused, and err says why. */
bool lane_begin_backfill(struct driver *main, const struct lane_ask *ask, struct weir_error *err);
bool lane_cancel_backfill(struct driver *main, struct weir_error *err);
/* lane_record_value with what is left, and what is wrong; null when there is no such lane. */
struct weir_value lane_value(struct weir_arena *arena, const struct driver *main,
                             enum weir_lane which);

#endif
