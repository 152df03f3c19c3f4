/* lane.c - further instances of a source, which read its past beside the live one.
 *
 * Lives here: when a lane begins, goes on and ends. Not here: its record (lane_record.c), asking
 * for pages (driver.c), what is shown of it (lane_value.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "lane.h"

#include "clock.h"
#include "component.h"

#define HOUR_US (INT64_C(3600) * 1000000)
#define MS_US   1000
/* An instance that could not be made, for a key that cannot be read. */
enum { OPEN_AGAIN_MS = 60 * 1000 };
/* An hour ends for all sources of a fleet at once. */
enum { AUDITS_MAX = 8 };

static struct weir_ctx *source_of(const struct lane *lane)
{
	return lane->main->ctx;
}

/* ---- what was handed over -------------------------------------------------------- */

/* Ids of events that came before then may be forgotten. */
static int64_t known_us(const struct lane *lane)
{
	struct host *host = lane->driver.host;
	int64_t seen_for_us = host_core(host).seen_for * MS_US;
	int64_t kept = store_seen_since(host->store, source_of(lane)->name);
	int64_t aged = clock_now_us() - seen_for_us;

	return seen_for_us && aged > kept ? aged : kept;
}

static struct lane_span live_span(const struct driver *main)
{
	return (struct lane_span){ main->begun.since_us, main->begun.since_us ? INT64_MAX : 0,
	                           main->begun.at_us };
}

/* A part of the window that may have been handed over and could not be told any more. */
static bool is_forgotten(const struct lane *lane, int64_t since_us, int64_t until_us,
                         struct lane_span *part)
{
	struct lane_span live = live_span(lane->main);
	int64_t known = known_us(lane);
	struct lane_span last = { lane->record.since_us, lane->record.reached_us,
	                          lane->record.begun_us };
	bool forgotten = lane_span_is_forgotten(&live, known, since_us, until_us, part)
	                 || (lane->record.state > LANE_RUNNING
	                     && lane_span_is_forgotten(&last, known, since_us, until_us, part));

	for (size_t i = 0; i < lane->record.span_count && !forgotten; i++)
		forgotten = lane_span_is_forgotten(&lane->record.spans[i], known, since_us, until_us,
		                                   part);
	return forgotten;
}

static void say_forgotten(const struct lane_span *part, struct weir_error *err)
{
	char since[25], until[25];

	weir_time_format(part->since_us, since);
	weir_time_format(part->until_us, until);
	weir_fail(err, WEIR_E_CONFIG, "events from %s to %s were delivered before, and their ids are no longer "
	          "known (seen_for, seen_count), so they would be delivered twice; leave that part out: "
	          "--since %s, or --until %s for what was before it", since, until, until, since);
}

/* ---- the record ------------------------------------------------------------------------ */

static void set_position(struct lane *lane, struct page *page)
{
	struct weir_buf text = { 0 };

	lane_record_write(&lane->record, &text);
	weir_free(page->position);
	page->position = weir_strdup(weir_buf_text(&text));
	weir_buf_finish(&text);
}

/* The record alone, to be stored as of now. */
static void hand_over_record(struct lane *lane)
{
	struct page *page;

	if (lane->dry)
		return;
	page = driver_make_page(&lane->driver);
	set_position(lane, page);
	driver_hand_over(&lane->driver, page);
}

void lane_note_page(struct lane *lane, struct page *page)
{
	for (size_t i = 0; page->data && i < page->event_count; i++) {
		if (page_is_repeated(page, i))
			lane->record.counts.repeated++;
		else
			lane->record.counts.fresh++;
	}
	if (page->data && page->position) {
		weir_free(lane->record.position);
		lane->record.position = weir_strdup(page->position);
	}
	set_position(lane, page);
	lane->ticket = lane->main->component->next_ticket;
}

void lane_take_turn(struct lane *lane, const struct weir_turn *turn)
{
	if (turn->reached_us > lane->record.reached_us)
		lane->record.reached_us = turn->reached_us;
	if (turn->left.requests <= 0)
		return;
	lane->left = (struct lane_left){ turn->left.events, turn->left.requests, turn->left.ms };
	if (!lane->expected.requests)
		lane->expected = lane->left;
}

/* ---- the instance ------------------------------------------------------------------------ */

static void give_slot_back(struct lane *lane)
{
	lane->driver.host->audits -= lane->has_slot;
	lane->has_slot = false;
}

void lane_close(struct lane *lane)
{
	struct weir_ctx *ctx = lane->driver.ctx;

	if (!ctx)
		return;
	driver_stop(&lane->driver);
	give_slot_back(lane);
	if (ctx->note) {
		weir_free(lane->note);
		lane->note = weir_strdup(ctx->note);
	}
	driver_take_ctx(&lane->driver, NULL);
	instance_unref(ctx);
}

static bool open_instance(struct lane *lane, struct weir_error *err)
{
	const struct lane_record *record = &lane->record;
	struct diag *diag = diag_create();
	const struct weir_error *mistake;
	struct weir_ctx *ctx;
	bool warning, ok;

	lane->window = (struct weir_window){ lane->which, record->since_us, record->until_us,
	                                     record->share };
	ctx = instance_create_lane(source_of(lane), &lane->window, diag);
	ok = diag_errors(diag) == 0;
	for (size_t i = 0; !ok && (mistake = diag_at(diag, i, &warning)) != NULL; i++) {
		if (!warning)
			*err = *mistake;
	}
	diag_destroy(diag);
	err->where = (struct weir_where){ 0 };
	if (!ok) {
		instance_unref(ctx);
		return false;
	}
	lane->has_slot = lane->which == WEIR_AUDIT;
	lane->driver.host->audits += lane->has_slot;
	instance_committed(ctx, record->position);
	driver_take_ctx(&lane->driver, ctx);
	driver_start(&lane->driver);
	lane->driver.held = lane->main->held;
	return true;
}

void lane_open(struct lane *lane)
{
	struct weir_error err = { 0 };

	if (open_instance(lane, &err))
		return;
	log_line(WEIR_WARN, source_of(lane)->stage, "%s: %s", lane_name(lane->which), err.text);
	driver_wait(&lane->driver, OPEN_AGAIN_MS);
}

/* ---- the audit ------------------------------------------------------------------------------ */

static bool is_read(const struct lane *lane)
{
	return lane->record.reached_us >= lane->record.until_us;
}

/* The first full one from then on. */
static int64_t hour_from(int64_t at_us)
{
	return (at_us + HOUR_US - 1) / HOUR_US * HOUR_US;
}

/* The hour behind the last one, or behind those that cannot be told any more. */
static int64_t next_hour_us(const struct lane *lane)
{
	int64_t since = lane->record.until_us;
	struct lane_span part;

	if (!since)
		since = hour_from(lane->main->begun.at_us == LANE_UNKNOWN_US ? clock_now_us()
		                                                             : lane->main->begun.since_us);
	if (is_forgotten(lane, since, since + HOUR_US, &part))
		since = hour_from(known_us(lane));
	return since;
}

/* The next hour, when it is closed for long enough. */
static bool take_hour(struct lane *lane)
{
	const struct weir_ctx *source = source_of(lane);
	int64_t closed_us = lane->main->reached_us - HOUR_US - source->audit_after_ms * MS_US, since;

	if (!lane->main->begun.since_us || closed_us < lane->record.until_us)
		return false;
	since = next_hour_us(lane);
	if (closed_us < since)
		return false;
	lane->record.before.repeated += lane->record.counts.repeated;
	lane->record.before.fresh += lane->record.counts.fresh;
	lane->record.counts = (struct lane_counts){ 0 };
	lane->record.since_us = since;
	lane->record.until_us = since + HOUR_US;
	lane->record.share = source->audit_share;
	lane->record.state = LANE_RUNNING;
	return true;
}

void lane_audit(struct lane *lane)
{
	if (lane->driver.ctx || lane->driver.timer.heap || lane->driver.host->audits >= AUDITS_MAX)
		return;
	if (!is_read(lane) || take_hour(lane))
		lane_open(lane);
}

static void end_hour(struct lane *lane)
{
	const struct lane_record *record = &lane->record;
	char since[25], until[25];

	weir_time_format(record->since_us, since);
	weir_time_format(record->until_us, until);
	if (record->counts.fresh)
		log_line(WEIR_WARN, source_of(lane)->stage, "audit: of %lld events from %s to %s, %lld had not "
		         "come by the live lane; they are delivered now",
		         (long long)(record->counts.fresh + record->counts.repeated), since, until,
		         (long long)record->counts.fresh);
	else
		log_line(WEIR_DEBUG, source_of(lane)->stage, "audit: all %lld events from %s to %s had come",
		         (long long)record->counts.repeated, since, until);
}

/* ---- the end of a window ---------------------------------------------------------------------- */

static void end_window(struct lane *lane)
{
	struct lane_record *record = &lane->record;

	record->reached_us = record->until_us;
	weir_free(record->position);
	record->position = NULL;
	lane_close(lane);
	if (lane->which == WEIR_AUDIT) {
		end_hour(lane);
	} else {
		record->state = LANE_DONE;
		record->ended_us = clock_now_us();
		log_line(WEIR_INFO, source_of(lane)->stage, "backfill done: %lld events, and %lld that had "
		         "been delivered before", (long long)record->counts.fresh,
		         (long long)record->counts.repeated);
	}
	hand_over_record(lane);
	if (lane->which == WEIR_AUDIT)
		lane_audit(lane);
}

static void end_backfill(struct lane *lane, enum lane_state state, const char *why)
{
	lane_close(lane);
	lane->record.state = state;
	lane->record.ended_us = clock_now_us();
	weir_free(lane->record.why);
	lane->record.why = weir_strdup(why);
	hand_over_record(lane);
	lane->main->changed(lane->main->arg, lane->main);
}

void lane_end_if_done(struct lane *lane, enum weir_status status)
{
	/* One that waits for its peer to be mended holds nobody up. */
	if (status == WEIR_RETRY || status == WEIR_FAIL)
		give_slot_back(lane);
	if (lane->dry && lane->left.requests > 0)
		end_backfill(lane, LANE_DONE, NULL);
	else if (status == WEIR_DONE && lane->dry)
		end_backfill(lane, LANE_DONE, NULL);
	else if (status == WEIR_DONE)
		end_window(lane);
	if (lane->record.state != LANE_RUNNING)
		lane->main->changed(lane->main->arg, lane->main);
}

bool lane_may_poll(struct lane *lane)
{
	struct lane_record *record = &lane->record;
	int64_t from = record->reached_us ? record->reached_us - MS_US : record->since_us;
	struct weir_error err = { 0 };
	struct lane_span part;

	if (!lane->driver.ctx) {
		lane_open(lane);
		return false;
	}
	if (!is_forgotten(lane, from > record->since_us ? from : record->since_us, record->until_us,
	                  &part))
		return true;
	say_forgotten(&part, &err);
	log_line(WEIR_WARN, source_of(lane)->stage, "%s stopped: %s", lane_name(lane->which), err.text);
	if (lane->which == WEIR_BACKFILL) {
		end_backfill(lane, LANE_REFUSED, err.text);
	} else {
		lane_close(lane);
		weir_free(record->position);
		record->position = NULL;
		record->reached_us = record->until_us;
		lane_audit(lane);
	}
	return false;
}

/* ---- backfills -------------------------------------------------------------------------------------- */

static bool is_allowed(const struct lane *lane, const struct lane_ask *ask, struct weir_error *err)
{
	struct lane_span part;

	if (lane->record.state == LANE_RUNNING) {
		weir_fail(err, WEIR_E_CONFIG, "a backfill of %s is under way; cancel it, or wait for its end "
		          "(weir backfill --list)", source_of(lane)->name);
		return false;
	}
	if (ask->since_us >= ask->until_us || ask->until_us > clock_now_us()) {
		weir_fail(err, WEIR_E_CONFIG, ask->since_us >= ask->until_us
		          ? "--until is not after --since" : "--until lies in the future; write now");
		return false;
	}
	if (!is_forgotten(lane, ask->since_us, ask->until_us, &part))
		return true;
	say_forgotten(&part, err);
	return false;
}

bool lane_begin_backfill(struct driver *main, const struct lane_ask *ask, struct weir_error *err)
{
	struct lane *lane = lanes_get(main, WEIR_BACKFILL);

	if (!is_allowed(lane, ask, err))
		return false;
	lane_record_renew(&lane->record);
	weir_free(lane->note);
	lane->note = NULL;
	lane->expected = lane->left = (struct lane_left){ 0 };
	lane->dry = ask->dry;
	lane->record.state = LANE_RUNNING;
	lane->record.since_us = ask->since_us;
	lane->record.until_us = ask->until_us;
	lane->record.share = ask->share;
	lane->record.begun_us = clock_now_us();
	if (!open_instance(lane, err)) {
		lane->record.state = LANE_NONE;
		return false;
	}
	hand_over_record(lane);
	return true;
}

bool lane_cancel_backfill(struct driver *main, struct weir_error *err)
{
	struct lane *lane = main->lanes[WEIR_BACKFILL];

	if (!lane || lane->record.state != LANE_RUNNING) {
		weir_fail(err, WEIR_E_CONFIG, "no backfill of %s is under way", main->ctx->name);
		return false;
	}
	end_backfill(lane, LANE_CANCELLED, NULL);
	return true;
}
