/* lanes.c - all lanes of a source: what happens to its driver happens to theirs.
 *
 * Not here: what one of them does (lane.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "lane.h"

struct lane *lanes_get(struct driver *main, enum weir_lane which)
{
	struct lane *lane = main->lanes[which];

	if (lane)
		return lane;
	lane = weir_alloc(sizeof *lane);
	lane->main = main;
	lane->which = which;
	driver_init_lane(&lane->driver, main, lane);
	main->lanes[which] = lane;
	return lane;
}

static bool recall(struct driver *main, enum weir_lane which, struct lane_record *record)
{
	const struct weir_ctx *ctx = main->ctx;
	char *text = store_lane(main->host->store, which, ctx->name, ctx->plugin->name,
	                        ctx->plugin->position_version);
	bool ok = text && lane_record_read(text, record);

	weir_free(text);
	return ok;
}

static void recall_begin(struct driver *main)
{
	struct lane_record record = { 0 };

	if (recall(main, WEIR_LIVE, &record)) {
		main->begun.since_us = record.since_us;
		main->begun.at_us = record.begun_us;
	} else if (weir_position(main->ctx)) {
		/* Somewhere, sometime: what it read is not told by a store so old. */
		main->begun.since_us = main->begun.at_us = LANE_UNKNOWN_US;
	}
	lane_record_finish(&record);
}

/* One that was asked for and is not stored, because what it began with was given up, begins anew. */
static void begin_again(struct lane *lane)
{
	struct lane_record *record = &lane->record;

	weir_free(record->position);
	record->position = NULL;
	record->reached_us = 0;
	record->counts = (struct lane_counts){ 0 };
	if (record->state == LANE_DONE && !lane->dry)
		record->state = LANE_RUNNING;
}

static void start_backfill(struct driver *main)
{
	struct lane_record record = { 0 };
	struct lane *lane = main->lanes[WEIR_BACKFILL];

	if (recall(main, WEIR_BACKFILL, &record) && !(lane && lane->dry)) {
		lane = lanes_get(main, WEIR_BACKFILL);
		lane_record_finish(&lane->record);
		lane->record = record;
	} else if (lane) {
		lane_record_finish(&record);
		begin_again(lane);
	}
	if (lane && lane->record.state == LANE_RUNNING)
		lane_open(lane);
}

static void start_audit(struct driver *main)
{
	struct lane *lane;

	if (!main->ctx->audit_after_ms || main->resting)
		return;
	lane = lanes_get(main, WEIR_AUDIT);
	lane_record_finish(&lane->record);
	recall(main, WEIR_AUDIT, &lane->record);
	lane->record.share = main->ctx->audit_share;
}

void lanes_start(struct driver *main)
{
	if (!main->ctx->plugin->windows)
		return;
	recall_begin(main);
	for (size_t i = 0; i < WEIR_COUNT(main->lanes); i++) {
		if (main->lanes[i])
			main->lanes[i]->driver.position_is_new = false;
	}
	start_backfill(main);
	start_audit(main);
}

void lanes_look(struct driver *main)
{
	struct lane *lane = main->lanes[WEIR_AUDIT];

	if (lane)
		lane_audit(lane);
}

bool lanes_are_done(const struct driver *main)
{
	const struct lane *lane = main->lanes[WEIR_BACKFILL];

	return !lane || lane->record.state != LANE_RUNNING;
}

#define EACH_LANE(main, lane)                                              \
	for (size_t at_ = 0; at_ < WEIR_COUNT((main)->lanes); at_++)       \
		if (((lane) = (main)->lanes[at_]) != NULL)

void lanes_stop(struct driver *main)
{
	struct lane *lane;

	EACH_LANE(main, lane) {
		loop_timer_cancel(main->host->loop, &lane->driver.timer);
		lane_close(lane);
	}
}

void lanes_destroy(struct driver *main)
{
	struct lane *lane;

	EACH_LANE(main, lane) {
		lane_record_finish(&lane->record);
		weir_free(lane->driver.position);
		weir_free(lane->note);
		weir_free(lane);
	}
}

/* A reply that came later would be handed over to a component that is being drained. */
void lanes_hold(struct driver *main)
{
	struct lane *lane;

	EACH_LANE(main, lane) {
		lane->driver.held = true;
		if (!lane->driver.ctx)
			continue;
		instance_cancel(lane->driver.ctx);
		if (lane->driver.state == DRIVER_PENDING)
			lane->driver.state = DRIVER_READY;
	}
}

void lanes_release(struct driver *main)
{
	struct lane *lane;

	EACH_LANE(main, lane) {
		if (lane->driver.ctx)
			driver_release(&lane->driver);
	}
}

void lanes_wake(struct driver *main)
{
	struct lane *lane;

	EACH_LANE(main, lane) {
		if (lane->driver.ctx)
			driver_wake(&lane->driver);
	}
}

static void note_begin(struct driver *main, struct position_list *list)
{
	const struct lane_record record = {
		.state = LANE_RUNNING, .since_us = main->begun.since_us, .begun_us = main->begun.at_us,
	};
	struct weir_buf text = { 0 };

	lane_record_write(&record, &text);
	position_add_record(list, main->ctx, WEIR_LIVE, weir_buf_text(&text));
	weir_buf_finish(&text);
}

void lanes_note_positions(struct driver *main, struct position_list *list)
{
	struct lane *lane;

	if (main->begun.is_new)
		note_begin(main, list);
	main->begun.is_new = false;
	EACH_LANE(main, lane) {
		if (lane->driver.position_is_new)
			position_add_record(list, main->ctx, lane->which, lane->driver.position);
		lane->driver.position_is_new = false;
	}
}

