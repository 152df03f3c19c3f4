/* driver.c - asks one source for pages and hands them over.
 *
 * Lives here: when to poll, and what to do with its answer. Not here: tickets (component.c),
 * how long to wait (retry.c), requests (http.c), what a lane is for (lane.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "driver.h"

#include "batch.h"
#include "clock.h"
#include "component.h"
#include "lane.h"

/* A source that is never in a hurry to say so. */
enum { IDLE_MIN_MS = 1, IDLE_PRESET_MS = 1000 };

/* Sources in trouble may have so many requests under way together, a quarter of the connections:
 * peers that hang leave the others enough. One that finds no room looks again after a second. */
enum { DOUBTFUL_MAX = 64, DOUBTFUL_WAIT_MS = 1000 };

static void set_timer(struct driver *driver, int64_t ms)
{
	loop_timer_set(driver->host->loop, &driver->timer, clock_monotonic_ms() + ms);
}

/* ---- pages -------------------------------------------------------------------- */

/* The pages of all lanes of a source go the same way. */
static struct driver *main_of(struct driver *driver)
{
	return driver->lane ? driver->lane->main : driver;
}

struct page *driver_make_page(struct driver *driver)
{
	struct weir_ctx *source = main_of(driver)->ctx;
	struct page *page = page_create();

	page->source = source;
	page->source_name = source->name;
	page->source_stage = source->stage;
	page->lane = driver->lane ? driver->lane->which : WEIR_LIVE;
	page->budget = &driver->budget;
	return page;
}

/* Ids are looked up before workers see the page, because the loop alone may ask the store. */
static void note_repeated(struct driver *driver, struct page *page)
{
	struct json_limits limits = host_json(driver->host);
	struct weir_error err = { 0 };

	page_parse(page, &limits, PAGE_KEEP_REFUSED, &err);
	page_read_ids(page, page->source->id_path);
	for (size_t i = 0; i < page->event_count; i++) {
		if (page->ids[i].len
		    && store_seen_check(driver->host->store, page->source_name, page->ids[i]))
			page_set_repeated(page, i);
	}
}

void driver_hand_over(struct driver *driver, struct page *page)
{
	if ((!page->data && !page->position) || (driver->lane && driver->lane->dry)) {
		page_unref(page);
		return;
	}
	page->received_us = clock_now_us();
	if (page->data) {
		driver->last_event_us = page->received_us;
		if (page->source->id_path)
			note_repeated(driver, page);
	}
	if (driver->lane)
		lane_note_page(driver->lane, page);
	if (page->position) {
		weir_free(driver->position);
		driver->position = weir_strdup(page->position);
		driver->position_is_new = true;
	}
	page_charge(page);
	/* The next request is not made before there is room for such a page: a peer needs longer for it than
	 * the workers for what is left of this one. */
	if (page->data && driver->state == DRIVER_PENDING)
		driver->budget.next = page->bytes;
	component_hand_over(main_of(driver)->component, page);
}

/* ---- requests of sources in trouble ------------------------------------------------ */

/* After whatever may have begun or ended a request or a trouble. */
static void count_doubtful(struct driver *driver)
{
	bool doubtful = driver->ctx->call && driver->ctx->trouble.on;

	if (doubtful && !driver->doubtful)
		driver->host->doubtful++;
	if (!doubtful && driver->doubtful)
		driver->host->doubtful--;
	driver->doubtful = doubtful;
}

static bool must_queue(const struct driver *driver)
{
	return driver->ctx->trouble.on && driver->host->doubtful >= DOUBTFUL_MAX;
}

/* ---- turns ---------------------------------------------------------------------- */

static void fail(struct driver *driver, const struct weir_error *err)
{
	struct retry_limits limits = host_retry(driver->host);
	struct weir_error why = *err;

	if (!why.text[0])
		weir_fail(&why, WEIR_E_RESOURCE, "failed, and did not say why");
	instance_cancel(driver->ctx);
	set_timer(driver, trouble_begin(&driver->ctx->trouble, &limits, &why));
}

static void succeed(struct driver *driver)
{
	driver->last_answer_us = clock_now_us();
	trouble_end(&driver->ctx->trouble);
}

static void take_answer(struct driver *driver, enum weir_status status,
                        const struct weir_turn *turn, const struct weir_error *err)
{
	switch (status) {
	case WEIR_OK:
		succeed(driver);
		driver->state = turn->again_ms > 0 ? DRIVER_IDLE : DRIVER_READY;
		set_timer(driver, turn->again_ms > 0 ? turn->again_ms : 0);
		return;
	case WEIR_PENDING:
		if (driver->ctx->call) {
			driver->state = DRIVER_PENDING;
			return;
		}
		driver->state = DRIVER_IDLE;
		set_timer(driver, IDLE_PRESET_MS);
		return;
	case WEIR_IDLE:
		succeed(driver);
		driver->state = DRIVER_IDLE;
		set_timer(driver, turn->again_ms > IDLE_MIN_MS ? turn->again_ms : IDLE_MIN_MS);
		return;
	case WEIR_DONE:
		succeed(driver);
		driver->state = DRIVER_DONE;
		return;
	case WEIR_RETRY:
	case WEIR_FAIL:
		driver->state = DRIVER_WAITING;
		fail(driver, err);
		return;
	}
}

/* How far it is; before its page is handed over, whose position may tell it. */
static void note_turn(struct driver *driver, const struct weir_turn *turn)
{
	if (driver->lane) {
		lane_take_turn(driver->lane, turn);
		return;
	}
	if (turn->reached_us && !driver->begun.since_us) {
		driver->begun.since_us = turn->reached_us;
		driver->begun.at_us = clock_now_us();
		driver->begun.is_new = true;
	}
	if (turn->reached_us > driver->reached_us)
		driver->reached_us = turn->reached_us;
}

static void poll(struct driver *driver, const struct weir_reply *reply)
{
	struct json_limits limits = host_json(driver->host);
	struct weir_batch out = { .page = driver_make_page(driver), .limits = &limits };
	struct weir_turn turn = { .out = &out, .reply = reply };
	struct weir_error err = { 0 };
	enum weir_status status;

	instance_enter(driver->ctx, "poll");
	status = driver->ctx->plugin->poll(driver->ctx->self, &turn, &err);
	instance_leave();
	note_turn(driver, &turn);
	if (status == WEIR_OK)
		driver_hand_over(driver, out.page);
	else
		page_unref(out.page);
	take_answer(driver, status, &turn, &err);
	count_doubtful(driver);
	if (driver->lane) {
		lane_end_if_done(driver->lane, status);
		return;
	}
	lanes_look(driver);
	if (driver->held || driver->state == DRIVER_DONE)
		driver->changed(driver->arg, driver);
}

static bool has_room(struct driver *driver)
{
	return !driver->host->dead_full && budget_has_room(&driver->budget)
	       && component_has_room(main_of(driver)->component);
}

static void start(struct driver *driver)
{
	struct weir_error err = { 0 };

	if (instance_start(driver->ctx, &err) != WEIR_OK) {
		fail(driver, &err);
		return;
	}
	driver->state = driver->ctx->call ? DRIVER_PENDING : DRIVER_READY;
	count_doubtful(driver);
	if (driver->state == DRIVER_READY)
		set_timer(driver, 0);
}

static void time_is_up(void *arg)
{
	struct driver *driver = arg;

	if (driver->held || (driver->lane && !lane_may_poll(driver->lane)))
		return;
	if (must_queue(driver))
		set_timer(driver, DOUBTFUL_WAIT_MS);
	else if (driver->state == DRIVER_STARTING)
		start(driver);
	else if (has_room(driver))
		poll(driver, NULL);
	else
		driver->state = DRIVER_FULL;
}

static void replied(void *arg, const struct weir_reply *reply)
{
	struct weir_ctx *ctx = arg;

	loop_timer_cancel(ctx->host->loop, &ctx->driver->timer);
	poll(ctx->driver, reply);
}

static void wake_later(void *arg)
{
	driver_wake(arg);
}

/* Any thread. */
static void room(void *arg)
{
	struct driver *driver = arg;

	loop_post(driver->host->loop, wake_later, driver);
}

/* ---- life ------------------------------------------------------------------------- */

static void init(struct driver *driver, struct host *host, int64_t budget)
{
	driver->host = host;
	driver->timer.fire = time_is_up;
	driver->timer.arg = driver;
	driver->budget.parent = &host->budget;
	driver->budget.limit = budget;
	driver->budget.room = room;
	driver->budget.arg = driver;
}

void driver_take_ctx(struct driver *driver, struct weir_ctx *ctx)
{
	if (driver->ctx) {
		driver->ctx->driver = NULL;
		driver->ctx->replied = NULL;
	}
	driver->ctx = ctx;
	if (!ctx)
		return;
	ctx->driver = driver;
	ctx->replied = replied;
}

struct driver *driver_create(struct weir_ctx *ctx)
{
	struct driver *driver = weir_alloc(sizeof *driver);

	init(driver, ctx->host, ctx->host->core.queue_size);
	driver_take_ctx(driver, ctx);
	return driver;
}

/* It is not asked while a page of it is in flight: the live instance's wait behind no more. */
void driver_init_lane(struct driver *driver, struct driver *main, struct lane *lane)
{
	init(driver, main->host, 1);
	driver->lane = lane;
}

void driver_destroy(struct driver *driver)
{
	if (!driver)
		return;
	driver_stop(driver);
	lanes_destroy(driver);
	driver_take_ctx(driver, NULL);
	weir_free(driver->position);
	weir_free(driver);
}

void driver_start(struct driver *driver)
{
	instance_show_position(driver->ctx);
	driver->position_is_new = false;
	driver->state = DRIVER_STARTING;
	driver->held = false;
	driver->late = false;
	if (driver->resting)
		driver->state = DRIVER_DONE;
	else
		set_timer(driver, 0);
	if (!driver->lane)
		lanes_start(driver);
}

void driver_stop(struct driver *driver)
{
	if (driver->host->loop)
		loop_timer_cancel(driver->host->loop, &driver->timer);
	lanes_stop(driver);
	instance_cancel(driver->ctx);
	instance_stop(driver->ctx);
	count_doubtful(driver);
	driver->state = DRIVER_STOPPED;
}

void driver_hold(struct driver *driver)
{
	driver->held = true;
	lanes_hold(driver);
}

void driver_wait(struct driver *driver, int64_t ms)
{
	driver->state = DRIVER_WAITING;
	set_timer(driver, ms);
}

void driver_release(struct driver *driver)
{
	driver->held = false;
	lanes_release(driver);
	if (driver->state == DRIVER_STOPPED || driver->state == DRIVER_DONE
	    || driver->state == DRIVER_PENDING || driver->timer.heap)
		return;
	set_timer(driver, 0);
}

void driver_wake(struct driver *driver)
{
	lanes_wake(driver);
	if (driver->state != DRIVER_FULL || driver->held)
		return;
	driver->state = DRIVER_READY;
	set_timer(driver, 0);
}

void driver_note_position(struct driver *driver, struct position_list *list)
{
	if (driver->position_is_new)
		position_add(list, driver->ctx, driver->position);
	driver->position_is_new = false;
	lanes_note_positions(driver, list);
}

bool driver_is_done(const struct driver *driver)
{
	return driver->state == DRIVER_DONE && lanes_are_done(driver);
}

const char *driver_state_name(enum driver_state state)
{
	static const char *const names[] = {
		[DRIVER_STOPPED] = "stopped",   [DRIVER_STARTING] = "starting",
		[DRIVER_READY] = "reading",     [DRIVER_PENDING] = "reading",
		[DRIVER_IDLE] = "idle",         [DRIVER_WAITING] = "waiting to try again",
		[DRIVER_FULL] = "held back",    [DRIVER_DONE] = "done",
	};

	return names[state];
}
