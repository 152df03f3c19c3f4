/* chain.c - one page through all transforms of its plan, on one worker.
 *
 * Lives here: the fused chain, splitting what a transform refuses. Not here: the worker's
 * thread (worker.c), the plan (plan.c), what a plugin may do with rows (batch.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "chain.h"

#include "batch.h"
#include "component.h"
#include "gate.h"

struct run {
	struct host *host;
	struct page *page;
	struct weir_ctx *self;  /* this worker's, of the transform at hand */
	bool *passed;           /* which gates, by plan->ordered */
};

/* Waits after a failure; false, and the page is spoiled, when weir ends. */
static bool wait(struct run *run, const struct weir_error *err)
{
	if (instance_wait(run->self, &run->page->component->abandoned, err))
		return true;
	run->page->spoiled = true;
	return false;
}

static bool start(struct run *run)
{
	struct weir_error err = { 0 };

	while (instance_start(run->self, &err) != WEIR_OK) {
		if (!wait(run, &err))
			return false;
		err = (struct weir_error){ 0 };
	}
	trouble_end(&run->self->trouble);
	return true;
}

/* ---- one transform on one view ---------------------------------------------------- */

static enum weir_status attempt(struct run *run, struct view *view, struct weir_error *err)
{
	struct weir_batch batch = {
		.page = run->page,
		.view = view,
		.len = view->live.len,
		.stage = run->self->stage,
	};
	enum weir_status status;

	*err = (struct weir_error){ 0 };
	instance_enter(run->self, "process");
	status = run->self->plugin->process(run->self->self, &batch, err);
	instance_leave();
	if (status == WEIR_RETRY || status == WEIR_FAIL) {
		dead_finish(&batch.dead);
		return status;
	}
	dead_move(&run->page->dead, &batch.dead);
	view_settle(view);
	trouble_end(&run->self->trouble);
	return WEIR_OK;
}

/* As attempt, until it succeeds or fails for good; the rows are then as they were. */
static enum weir_status insist(struct run *run, struct view *view, struct weir_error *err)
{
	struct rows saved = { 0 };
	enum weir_status status;

	rows_copy(&saved, &view->live);
	while ((status = attempt(run, view, err)) == WEIR_RETRY) {
		rows_copy(&view->live, &saved);
		if (!wait(run, err))
			break;
	}
	if (status == WEIR_FAIL)
		rows_copy(&view->live, &saved);
	rows_finish(&saved);
	return status;
}

static void bury(struct run *run, struct view *view, struct weir_error *err)
{
	struct row *row = &view->live.items[0];

	if (!err->text[0])
		weir_fail(err, WEIR_E_DATA, "refused, without a reason");
	row->letter = batch_bury(&run->page->dead, view, row, run->self->stage, err);
	row->state = ROW_DEAD;
	view_settle(view);
}

static void move_rows(struct rows *to, struct rows *from)
{
	for (size_t i = 0; i < from->len; i++)
		rows_add(to, &from->items[i]);
	rows_finish(from);
}

/* Halves a refused run of rows until the bad one stands alone. False: spoiled. */
static bool transform(struct run *run, struct view *view)
{
	struct weir_error err;
	struct rows whole;
	size_t half = view->live.len / 2;
	bool ok = true;

	if (!view->live.len)
		return true;
	switch (insist(run, view, &err)) {
	case WEIR_FAIL:
		break;
	case WEIR_RETRY:
		return false;
	default:
		return true;
	}
	if (view->live.len == 1) {
		bury(run, view, &err);
		return true;
	}
	whole = view->live;
	view->live = (struct rows){ 0 };
	for (int part = 0; ok && part < 2; part++) {
		struct view some = { .page = view->page };
		struct rows rows = {
			.items = whole.items + (part ? half : 0),
			.len = part ? whole.len - half : half,
		};

		rows_copy(&some.live, &rows);
		ok = transform(run, &some);
		move_rows(&view->live, &some.live);
		move_rows(&view->ended, &some.ended);
	}
	rows_finish(&whole);
	return ok;
}

/* ---- steps ---------------------------------------------------------------------------- */

static void bury_refused(struct page *page)
{
	struct view view = { .page = page };

	for (size_t i = 0; i < page->event_count; i++) {
		struct row row = { .event = (uint32_t)i };

		if (page->events[i].error)
			batch_bury(&page->dead, &view, &row, page->source_stage,
			           page->events[i].error);
	}
}

static void pass_gate(struct run *run, const struct weir_ctx *transform)
{
	const struct plan *plan = run->page->plan;

	for (size_t i = 0; i < plan->ordered_count; i++) {
		if (plan->ordered[i] == transform && !run->passed[i]) {
			gate_pass(transform->gate, run->page->ticket);
			run->passed[i] = true;
		}
	}
}

static bool run_step(struct run *run, size_t index, size_t worker)
{
	struct page *page = run->page;
	const struct step *step = &page->plan->steps[index];
	struct gate *gate = step->transform->gate;

	if (step->takes) {
		page->views[index] = page->views[step->from];
		page->views[step->from] = NULL;
	} else {
		page->views[index] = view_copy(page->views[step->from]);
	}
	run->self = instance_of_worker(step->transform, worker);
	if (gate)
		gate_enter(gate, page->ticket);
	return start(run) && transform(run, page->views[index]);
}

static void run_steps(struct run *run, size_t worker)
{
	struct page *page = run->page;
	const struct plan *plan = page->plan;

	page->views = weir_alloc(plan->step_count * sizeof *page->views);
	page->view_count = plan->step_count;
	page->views[0] = view_create(page);
	for (size_t i = 1; i < plan->step_count && !page->spoiled; i++) {
		if (!run_step(run, i, worker))
			return;
		/* With a mark the gate is passed below, behind the transform's position. */
		if (plan->steps[i].transform->gate && plan->steps[i].leaves && !page->mark)
			pass_gate(run, plan->steps[i].transform);
	}
	for (size_t i = 0; i < plan->step_count; i++) {
		if (!page->views[i])
			continue;
		if (plan->steps[i].shown) {
			view_render(page->views[i]);
			continue;
		}
		view_destroy(page->views[i]);
		page->views[i] = NULL;
	}
}

static void count_in(struct page *page)
{
	const struct plan *plan = page->plan;

	for (size_t i = 0; i < plan->sink_count; i++)
		ledger_in(plan->sinks[i].row, (int64_t)page->event_count);
}

static void run_events(struct run *run, size_t worker)
{
	struct page *page = run->page;
	struct json_limits limits = host_json(run->host);
	struct weir_error err = { 0 };

	page_parse(page, &limits, PAGE_KEEP_REFUSED, &err);
	if (!page->event_count)
		return;
	if (!page->letter)
		count_in(page);
	bury_refused(page);
	run_steps(run, worker);
	if (!page->letter)
		component_note_dead(page->component, page->generation, page->event_count,
		                    &page->dead);
}

/* ---- ordered transforms ------------------------------------------------------------------ */

static void note_position(struct run *run)
{
	struct weir_buf position = { 0 };
	struct weir_error err = { 0 };

	if (!run->self->plugin->flush || run->page->spoiled || !start(run))
		return;
	while (instance_flush(run->self, &position, &err) != WEIR_OK) {
		weir_buf_finish(&position);
		if (!wait(run, &err))
			return;
		err = (struct weir_error){ 0 };
	}
	if (position.len)
		position_add(&run->page->mark->positions, run->self, weir_buf_text(&position));
	weir_buf_finish(&position);
}

static void pass_gates(struct run *run)
{
	struct page *page = run->page;
	const struct plan *plan = page->plan;

	for (size_t i = 0; i < plan->ordered_count; i++) {
		if (run->passed[i])
			continue;
		run->self = plan->ordered[i];
		if (page->mark) {
			gate_enter(run->self->gate, page->ticket);
			note_position(run);
		}
		pass_gate(run, run->self);
	}
}

void chain_run(struct host *host, struct page *page, size_t worker)
{
	struct run run = { .host = host, .page = page };

	run.passed = weir_alloc(page->plan->ordered_count + 1);
	if (atomic_load(&page->component->abandoned))
		page->spoiled = true;
	if (page->data && !page->spoiled)
		run_events(&run, worker);
	pass_gates(&run);
	weir_free(run.passed);
	if (page->budget)
		page_charge(page);
}
