/* rebuild.c - the next graph, made on a thread of its own beside the one that runs.
 *
 * Lives here: the thread, and who is told how it went. Not here: how a graph takes over
 * (reload.c), what it is made of (graph.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rebuild.h"

#include <malloc.h>

#include "clock.h"
#include "reload.h"
#include "thread.h"

/* ---- who asked ------------------------------------------------------------------------ */

static void tell(struct reload_ask **asks, bool ok, struct diag *diag)
{
	while (*asks) {
		struct reload_ask *ask = *asks;

		*asks = ask->next;
		if (ask->told)
			ask->told(ask->arg, ok, diag);
		weir_free(ask);
	}
}

static void refuse_all(struct rebuild *rebuild)
{
	struct diag *diag = diag_create();

	diag_addf(diag, (struct weir_where){ 0 }, "weir is stopping");
	tell(&rebuild->asked, false, diag);
	tell(&rebuild->waiting, false, diag);
	diag_destroy(diag);
}

/* In the order in which they asked. */
static void append(struct reload_ask **asks, struct reload_ask *more)
{
	while (*asks)
		asks = &(*asks)->next;
	*asks = more;
}

/* ---- the thread -------------------------------------------------------------------------- */

static void built(void *arg);

bool rebuild_is_under_way(const struct rebuild *rebuild)
{
	return rebuild->running || rebuild->waiting;
}

static void make_graph(struct rebuild *rebuild)
{
	struct graph_input *input = &rebuild->input;

	input->hold = config_hold_create(rebuild->hooks.read(rebuild->hooks.arg, input->diag));
	rebuild->graph = graph_create(input);
	config_hold_unref(input->hold);
	rebuild->ended_us = clock_now_us();
}

static void *run(void *arg)
{
	struct runtime *runtime = arg;

	/* What the graph before the last one left behind, which lies between other things. */
	malloc_trim(0);
	make_graph(&runtime->rebuild);
	loop_post(runtime->host.loop, built, runtime);
	atomic_store(&runtime->rebuild.gone, true);
	alarm_ring(&runtime->host.alarm);
	return NULL;
}

void rebuild_next(struct runtime *runtime)
{
	struct rebuild *rebuild = &runtime->rebuild;

	if (!rebuild->waiting || rebuild->running || runtime->rewire.step != REWIRE_NONE)
		return;
	if (runtime->phase != RUNTIME_RUNNING) {
		refuse_all(rebuild);
		return;
	}
	rebuild->asked = rebuild->waiting;
	rebuild->waiting = NULL;
	rebuild->diag = diag_create();
	rebuild->input = (struct graph_input){
		.host = &runtime->host,
		.ledger = &runtime->ledger,
		.old = runtime->graph,
		.workers = runtime->worker_count,
		.diag = rebuild->diag,
		.files = &rebuild->files,
	};
	rebuild->read_us = clock_now_us();
	rebuild->running = true;
	atomic_store(&rebuild->gone, false);
	thread_start(&rebuild->thread, "reload", run, runtime);
}

/* ---- what it made ------------------------------------------------------------------------- */

static void drop(struct rebuild *rebuild)
{
	rebuild->graph = NULL;
	diag_destroy(rebuild->diag);
	file_list_finish(&rebuild->files);
	rebuild->running = false;
}

/* It takes over from a graph that is not in use any more: a reload was rolled back meanwhile. */
static bool is_stale(const struct runtime *runtime)
{
	return runtime->rebuild.input.old != runtime->graph
	       || runtime->rewire.step != REWIRE_NONE;
}

static void make_again(struct rebuild *rebuild)
{
	append(&rebuild->asked, rebuild->waiting);
	rebuild->waiting = rebuild->asked;
	rebuild->asked = NULL;
	graph_destroy(rebuild->graph);
}

/* For the status: the old one goes on, and why. */
static void note_refusal(struct runtime *runtime)
{
	const struct weir_error *mistake;
	struct weir_buf line = { 0 };
	bool warning = true;

	for (size_t i = 0; warning; i++)
		mistake = diag_at(runtime->rebuild.diag, i, &warning);
	diag_line(mistake, &line);
	weir_free(runtime->last_reload);
	runtime->last_reload = weir_format("refused; nothing changed: %s", weir_buf_text(&line));
	weir_buf_finish(&line);
}

static void take(struct runtime *runtime)
{
	struct rebuild *rebuild = &runtime->rebuild;
	bool ok = rebuild->graph != NULL;

	rebuild->took_us = rebuild->ended_us - rebuild->read_us;
	file_list_finish(&rebuild->failed);
	rebuild->failed = rebuild->files;
	rebuild->files = (struct file_list){ 0 };
	if (ok)
		reload_begin(runtime, rebuild->graph);
	if (rebuild->hooks.judged)
		rebuild->hooks.judged(rebuild->hooks.arg, ok, rebuild->diag);
	tell(&rebuild->asked, ok, rebuild->diag);
	if (ok)
		return;
	note_refusal(runtime);
	rebuild_say_over(runtime);
}

static void built(void *arg)
{
	struct runtime *runtime = arg;
	struct rebuild *rebuild = &runtime->rebuild;

	/* A stop has waited for it. */
	if (!rebuild->running)
		return;
	pthread_join(rebuild->thread, NULL);
	if (runtime->phase == RUNTIME_RUNNING && is_stale(runtime))
		make_again(rebuild);
	else if (runtime->phase == RUNTIME_RUNNING)
		take(runtime);
	else
		graph_destroy(rebuild->graph);
	drop(rebuild);
	rebuild_next(runtime);
	reload_note_progress(runtime);
	flow_give_back_soon(runtime);
	flow_check(runtime);
}

void rebuild_say_over(struct runtime *runtime)
{
	const struct reload_hooks *hooks = &runtime->rebuild.hooks;

	if (hooks->over)
		loop_post(runtime->host.loop, hooks->over, hooks->arg);
}

/* ---- the end ------------------------------------------------------------------------------- */

bool rebuild_end(struct runtime *runtime, int64_t ms)
{
	struct rebuild *rebuild = &runtime->rebuild;
	const atomic_bool *flags[] = { &rebuild->gone, NULL };

	if (rebuild->running) {
		if (!alarm_wait(&runtime->host.alarm, flags, ms))
			return false;
		pthread_join(rebuild->thread, NULL);
		graph_destroy(rebuild->graph);
		drop(rebuild);
	}
	refuse_all(rebuild);
	return true;
}

void rebuild_finish(struct rebuild *rebuild)
{
	file_list_finish(&rebuild->failed);
}

/* ---- runtime.h ------------------------------------------------------------------------------- */

void runtime_on_reload(struct runtime *runtime, const struct reload_hooks *hooks)
{
	runtime->rebuild.hooks = *hooks;
}

void runtime_reload(struct runtime *runtime, reload_told *told, void *arg)
{
	struct reload_ask *ask = weir_alloc(sizeof *ask);

	weir_must(runtime->rebuild.hooks.read);
	ask->told = told;
	ask->arg = arg;
	append(&runtime->rebuild.waiting, ask);
	rebuild_next(runtime);
}

bool runtime_watches(const struct runtime *runtime)
{
	return runtime->host.core.watch;
}

int64_t runtime_read_us(const struct runtime *runtime)
{
	return runtime->rebuild.read_us;
}

void runtime_each_file(const struct runtime *runtime, void (*each)(void *arg, const char *path),
                       void *arg)
{
	const struct file_list *lists[] = { &runtime->graph->files, &runtime->rebuild.failed };

	for (size_t i = 0; i < WEIR_COUNT(lists); i++) {
		for (size_t j = 0; j < lists[i]->count; j++)
			each(arg, lists[i]->paths[j]);
	}
}
