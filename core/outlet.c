/* outlet.c - the thread of one sink: takes pages in the order of tickets and delivers them.
 *
 * Lives here: delivering, splitting, trying again, passing marks. Not here: fates (tally.c),
 * what a mark holds (mark.c), storing it (committer.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "outlet.h"

#include <string.h>

#include "batch.h"
#include "component.h"
#include "letters.h"
#include "order.h"
#include "thread.h"

struct outlet {
	struct weir_ctx *ctx;
	struct host *host;
	struct committer *committer;
	size_t index;

	pthread_mutex_t lock;       /* guards order and closed */
	pthread_cond_t arrived;
	struct order order;
	bool closed;

	pthread_t thread;
	bool launched;              /* the loop's */
	void (*ended)(void *arg);
	void *ended_arg;
	atomic_int state;
	atomic_uint_fast64_t passed;
	atomic_bool gone;           /* the thread is about to end */

	/* The thread's own. */
	struct report report;       /* since the last mark */
	bool gave_up;               /* something was not delivered: marks from here on are spoiled */
};

/* ---- delivering ------------------------------------------------------------------- */

/* One view of a page at this sink. */
struct delivery {
	struct outlet *outlet;
	struct view *view;
	bool *rejected;             /* by row */
	struct dead_list dead;
};

/* Waits after a failure. False: gave up, because weir or the sink shall stop. */
static bool wait(struct outlet *outlet, const struct weir_error *err)
{
	if (instance_wait(outlet->ctx, &outlet->ctx->stopping, err)) {
		/* An operator may have dropped it meanwhile: see weir state accept. */
		instance_show_position(outlet->ctx);
		return true;
	}
	outlet->gave_up = true;
	return false;
}

/* Until the sink takes the rows or refuses them for good. */
static enum weir_status process(struct delivery *delivery, size_t from, size_t len,
                                struct weir_error *err)
{
	struct outlet *outlet = delivery->outlet;

	for (;;) {
		struct weir_batch batch = {
			.page = delivery->view->page,
			.view = delivery->view,
			.from = from,
			.len = len,
			.stage = outlet->ctx->stage,
			.rejected = delivery->rejected,
		};
		enum weir_status status;

		memset(delivery->rejected + from, 0, len * sizeof *delivery->rejected);
		*err = (struct weir_error){ 0 };
		instance_enter(outlet->ctx, "process");
		status = outlet->ctx->plugin->process(outlet->ctx->self, &batch, err);
		instance_leave();
		if (status != WEIR_RETRY && status != WEIR_FAIL) {
			dead_move(&delivery->dead, &batch.dead);
			trouble_end(&outlet->ctx->trouble);
			return WEIR_OK;
		}
		dead_finish(&batch.dead);
		/* What is refused for another reason than the data may heal. */
		if (status == WEIR_FAIL && (err->code == WEIR_E_DATA || !err->code))
			return WEIR_FAIL;
		if (!wait(outlet, err))
			return WEIR_RETRY;
	}
}

/* Halves a refused run until the bad row stands alone. False: gave up. */
static bool deliver(struct delivery *delivery, size_t from, size_t len)
{
	struct weir_error err;

	if (!len)
		return true;
	switch (process(delivery, from, len, &err)) {
	case WEIR_FAIL:
		break;
	case WEIR_RETRY:
		return false;
	default:
		return true;
	}
	if (len > 1)
		return deliver(delivery, from, len / 2)
		       && deliver(delivery, from + len / 2, len - len / 2);
	if (!err.text[0])
		weir_fail(&err, WEIR_E_DATA, "refused, without a reason");
	delivery->rejected[from] = true;
	batch_bury(&delivery->dead, delivery->view, &delivery->view->live.items[from],
	           delivery->outlet->ctx->stage, &err);
	return true;
}

/* Without the rows that the sink got when the letter was made. */
static bool deliver_rest(struct delivery *delivery, char *had)
{
	const struct rows *live = &delivery->view->live;
	bool ok = true;

	for (size_t i = 0; ok && i < live->len; i++) {
		const char *schema = live->items[i].schema;

		if (!letters_take(had, schema ? schema : ""))
			ok = deliver(delivery, i, 1);
	}
	return ok;
}

static const struct plan_sink *way_to(const struct outlet *outlet, const struct page *page)
{
	const struct plan *plan = page->plan;

	if (page->letter && strcmp(page->letter->sink, outlet->ctx->name) != 0)
		return NULL;
	for (size_t i = 0; i < plan->sink_count; i++) {
		if (plan->sinks[i].sink == outlet->ctx)
			return &plan->sinks[i];
	}
	return NULL;
}

/* The event of a dead letter moves from dead to what became of it now. */
static void count_letter(struct outlet *outlet, const struct page *page, struct tally *tally)
{
	struct report_release release = {
		.number = page->letter->number,
		.bytes = page->letter->bytes,
		.fate = tally_letter(tally),
	};

	if (release.fate != STORE_DEAD)
		report_release(&outlet->report, &release);
}

static void count(struct outlet *outlet, const struct plan_sink *way, struct page *page,
                  const struct tally_part *parts, const struct dead_list *refused)
{
	struct letters_of letters = { page, outlet->ctx->name, parts, way->step_count, refused };
	struct tally tally = { 0 };

	tally_page(&tally, page, parts, way->step_count);
	if (tally.dead)
		letters_add(&outlet->report.dead, &letters);
	if (page->letter)
		count_letter(outlet, page, &tally);
	ledger_settle(way->row, &tally);
	tally_add(report_tally(&outlet->report, way->row), &tally);
	tally_finish(&tally);
}

static void deliver_page(struct outlet *outlet, const struct plan_sink *way, struct page *page)
{
	struct tally_part *parts = weir_alloc((way->step_count + 1) * sizeof *parts);
	struct dead_list dead = { 0 };
	char *had = letters_had(page);
	bool ok = true;

	instance_show_position(outlet->ctx);
	for (size_t i = 0; ok && i < way->step_count; i++) {
		struct view *view = page->views[way->steps[i]];
		struct delivery delivery = { outlet, view, weir_alloc(view->live.len + 1), { 0 } };

		parts[i] = (struct tally_part){ view, delivery.rejected };
		ok = had ? deliver_rest(&delivery, had)
		         : deliver(&delivery, 0, view->live.len);
		dead_move(&dead, &delivery.dead);
	}
	if (ok) {
		count(outlet, way, page, parts, &dead);
		if (!page->letter)
			component_note_dead(page->component, page->generation, 0, &dead);
	}
	dead_finish(&dead);
	weir_free(had);
	for (size_t i = 0; i < way->step_count; i++)
		weir_free((bool *)parts[i].rejected);
	weir_free(parts);
}

/* ---- marks ------------------------------------------------------------------------ */

/* Makes durable what was delivered; a sink without flush has done so. */
static void flush(struct outlet *outlet)
{
	struct weir_buf position = { 0 };
	struct weir_error err = { 0 };

	if (!outlet->ctx->plugin->flush)
		return;
	instance_show_position(outlet->ctx);
	while (instance_flush(outlet->ctx, &position, &err) != WEIR_OK) {
		weir_buf_finish(&position);
		if (!wait(outlet, &err))
			return;
		err = (struct weir_error){ 0 };
	}
	trouble_end(&outlet->ctx->trouble);
	if (position.len)
		position_add(&outlet->report.position, outlet->ctx, weir_buf_text(&position));
	weir_buf_finish(&position);
}

static void pass_mark(struct outlet *outlet, struct mark *mark)
{
	if (!outlet->gave_up)
		flush(outlet);
	if (outlet->gave_up)
		atomic_store(&mark->spoiled, true);
	if (mark_hand_in(mark, outlet->index, &outlet->report))
		committer_put(outlet->committer, mark);
}

/* ---- the thread ---------------------------------------------------------------------- */

static struct page *take(struct outlet *outlet)
{
	struct page *page;

	pthread_mutex_lock(&outlet->lock);
	while (!(page = order_take(&outlet->order)) && !outlet->closed)
		pthread_cond_wait(&outlet->arrived, &outlet->lock);
	pthread_mutex_unlock(&outlet->lock);
	return page;
}

static void start(struct outlet *outlet)
{
	struct weir_error err = { 0 };

	while (!outlet->gave_up && instance_start(outlet->ctx, &err) != WEIR_OK) {
		wait(outlet, &err);
		err = (struct weir_error){ 0 };
	}
	if (!outlet->gave_up)
		trouble_end(&outlet->ctx->trouble);
}

/* Behind the first mark of a component nothing is delivered until that is stored. */
static void wait_until_open(struct outlet *outlet, struct component *component)
{
	const atomic_bool *flags[] = {
		&component->open, &outlet->ctx->stopping, &outlet->host->stopping, NULL,
	};

	if (!atomic_load(&component->open))
		alarm_wait(&outlet->host->alarm, flags, -1);
	if (!atomic_load(&component->open))
		outlet->gave_up = true;
}

static void pass_page(struct outlet *outlet, struct page *page)
{
	const struct plan_sink *way = way_to(outlet, page);

	if (page->spoiled || atomic_load(&page->component->abandoned))
		outlet->gave_up = true;
	if (way && page->event_count && !outlet->gave_up)
		wait_until_open(outlet, page->component);
	if (way && page->event_count && !outlet->gave_up)
		deliver_page(outlet, way, page);
	if (outlet->index == 0)
		report_page(&outlet->report, page);
	atomic_store(&outlet->passed, page->ticket);
}

static void *run(void *arg)
{
	struct outlet *outlet = arg;
	struct page *page;

	start(outlet);
	atomic_store(&outlet->state, OUTLET_READY);
	while ((page = take(outlet)) != NULL) {
		struct mark *mark = page->mark;

		atomic_store(&outlet->state, OUTLET_BUSY);
		pass_page(outlet, page);
		/* Before the mark, so that a complete mark says that all pages are gone. */
		page_unref(page);
		if (mark)
			pass_mark(outlet, mark);
		atomic_store(&outlet->state, OUTLET_READY);
	}
	instance_stop(outlet->ctx);
	atomic_store(&outlet->state, OUTLET_STOPPED);
	if (outlet->ended)
		loop_post(outlet->host->loop, outlet->ended, outlet->ended_arg);
	atomic_store(&outlet->gone, true);
	alarm_ring(&outlet->host->alarm);
	return NULL;
}

/* ---- life ------------------------------------------------------------------------------ */

struct outlet *outlet_create(struct weir_ctx *ctx, struct committer *committer)
{
	struct outlet *outlet = weir_alloc(sizeof *outlet);

	outlet->ctx = ctx;
	outlet->host = ctx->host;
	outlet->committer = committer;
	weir_must(pthread_mutex_init(&outlet->lock, NULL) == 0);
	weir_must(pthread_cond_init(&outlet->arrived, NULL) == 0);
	ctx->outlet = outlet;
	return outlet;
}

void outlet_destroy(struct outlet *outlet)
{
	if (!outlet)
		return;
	weir_must(!outlet->launched);
	outlet->ctx->outlet = NULL;
	report_finish(&outlet->report);
	order_finish(&outlet->order);
	pthread_cond_destroy(&outlet->arrived);
	pthread_mutex_destroy(&outlet->lock);
	weir_free(outlet);
}

void outlet_begin(struct outlet *outlet, size_t index, uint64_t first_ticket)
{
	pthread_mutex_lock(&outlet->lock);
	weir_must(!outlet->order.waiting);
	outlet->index = index;
	order_finish(&outlet->order);
	order_init(&outlet->order, first_ticket);
	pthread_mutex_unlock(&outlet->lock);
}

void outlet_launch(struct outlet *outlet, size_t index, uint64_t first_ticket)
{
	outlet_begin(outlet, index, first_ticket);
	instance_show_position(outlet->ctx);
	report_finish(&outlet->report);
	outlet->gave_up = false;
	outlet->closed = false;
	outlet->ended = NULL;
	atomic_store(&outlet->ctx->stopping, false);
	atomic_store(&outlet->state, OUTLET_STARTING);
	atomic_store(&outlet->gone, false);
	outlet->launched = true;
	thread_start(&outlet->thread, outlet->ctx->name, run, outlet);
}

void outlet_put(struct outlet *outlet, struct page *pages)
{
	pthread_mutex_lock(&outlet->lock);
	for (struct page *page = pages; page; page = page->next)
		order_put(&outlet->order, page->ticket, page);
	pthread_cond_signal(&outlet->arrived);
	pthread_mutex_unlock(&outlet->lock);
}

void outlet_interrupt(struct outlet *outlet)
{
	atomic_store(&outlet->ctx->stopping, true);
	alarm_ring(&outlet->host->alarm);
}

bool outlet_close(struct outlet *outlet, void (*ended)(void *arg), void *arg)
{
	if (!outlet->launched)
		return false;
	pthread_mutex_lock(&outlet->lock);
	outlet->closed = true;
	outlet->ended = ended;
	outlet->ended_arg = arg;
	pthread_cond_signal(&outlet->arrived);
	pthread_mutex_unlock(&outlet->lock);
	return true;
}

bool outlet_is_closed(const struct outlet *outlet)
{
	return outlet->closed;
}

bool outlet_is_launched(const struct outlet *outlet)
{
	return outlet->launched;
}

bool outlet_join(struct outlet *outlet, int64_t ms)
{
	const atomic_bool *flags[] = { &outlet->gone, NULL };

	if (!outlet->launched)
		return true;
	if (!alarm_wait(&outlet->host->alarm, flags, ms))
		return false;
	pthread_join(outlet->thread, NULL);
	outlet->launched = false;
	return true;
}

bool outlet_needs_position(const struct outlet *outlet)
{
	return outlet->ctx->plugin->delivery == WEIR_EXACTLY_ONCE && !outlet->ctx->committed;
}

struct weir_ctx *outlet_ctx(const struct outlet *outlet)
{
	return outlet->ctx;
}

enum outlet_state outlet_state(const struct outlet *outlet)
{
	return (enum outlet_state)atomic_load(&outlet->state);
}

uint64_t outlet_passed(const struct outlet *outlet)
{
	return atomic_load(&outlet->passed);
}
