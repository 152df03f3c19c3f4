/* component.c - sources and sinks that are connected: one row of tickets, one row of commits.
 *
 * Lives here: tickets, and when a mark is due. Not here: what a mark holds (mark.c), when a
 * source is asked (driver.c), reloads (reload.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "component.h"

#include "clock.h"
#include "parts.h"

/* Bytes of pages that wait for sinks: work for several milliseconds. */
enum { READY_MAX = 2 << 20 };

static void time_is_up(void *arg)
{
	component_mark(arg);
}

/* Any thread. */
static void room(void *arg)
{
	struct component *component = arg;

	queue_wake(component->queue);
}

struct component *component_create(struct host *host, struct queue *queue)
{
	struct component *component = weir_alloc(sizeof *component);

	component->host = host;
	component->queue = queue;
	component->next_ticket = 1;
	component->timer.fire = time_is_up;
	component->timer.arg = component;
	component->ready.limit = READY_MAX;
	component->ready.room = room;
	component->ready.arg = component;
	weir_must(pthread_mutex_init(&component->lock, NULL) == 0);
	atomic_init(&component->open, true);
	return component;
}

void component_destroy(struct component *component)
{
	if (!component)
		return;
	if (component->host->loop)
		loop_timer_cancel(component->host->loop, &component->timer);
	pthread_mutex_destroy(&component->lock);
	weir_free(component->reason);
	weir_free(component->drivers);
	weir_free(component->outlets);
	weir_free(component);
}

void component_add_driver(struct component *component, struct driver *driver)
{
	component->drivers = weir_realloc(component->drivers, (component->driver_count + 1)
	                                  * sizeof *component->drivers);
	component->drivers[component->driver_count++] = driver;
}

void component_remove_driver(struct component *component, struct driver *driver)
{
	size_t kept = 0;

	for (size_t i = 0; i < component->driver_count; i++) {
		if (component->drivers[i] != driver)
			component->drivers[kept++] = component->drivers[i];
	}
	component->driver_count = kept;
}

void component_add_outlet(struct component *component, struct outlet *outlet)
{
	component->outlets = weir_realloc(component->outlets, (component->outlet_count + 1)
	                                  * sizeof *component->outlets);
	component->outlets[component->outlet_count++] = outlet;
}

void component_use(struct component *component, struct graph *graph, const struct plan *idle)
{
	const struct core_options *core = &component->host->core;

	component->graph = graph;
	component->idle = idle;
	pthread_mutex_lock(&component->lock);
	limit_init(&component->limit, core->dead_letter_limit, core->dead_letter_window);
	component->limit.generation = graph->generation;
	pthread_mutex_unlock(&component->lock);
}

/* ---- marks ---------------------------------------------------------------------- */

static struct mark *make_mark(struct component *component, uint64_t ticket)
{
	struct mark *mark = mark_create(component, ticket, component->outlet_count);

	for (size_t i = 0; i < component->driver_count; i++)
		driver_note_position(component->drivers[i], &mark->positions);
	mark->generation = component->graph->generation;
	mark->page_bytes = component->fresh_bytes;
	component->uncommitted_bytes += component->fresh_bytes;
	component->fresh_bytes = 0;
	component->dirty = false;
	component->marks++;
	loop_timer_cancel(component->host->loop, &component->timer);
	return mark;
}

static void plan_mark(struct component *component)
{
	if (component->dirty && !component->timer.heap && component->marks < COMPONENT_MARKS_MAX)
		loop_timer_set(component->host->loop, &component->timer,
		               clock_monotonic_ms() + component->host->core.commit_interval);
}

static void put(struct component *component, struct page *pages)
{
	for (struct page *page = pages; page; page = page->next) {
		page->component = component;
		page->ticket = component->next_ticket++;
		page->ready = &component->ready;
		page_ref(page, (unsigned)component->outlet_count - 1);
	}
	queue_put(component->queue, pages);
}

static void put_mark(struct component *component)
{
	struct page *page = page_create();

	page->plan = component->idle;
	page->mark = make_mark(component, component->next_ticket);
	page->received_us = clock_now_us();
	put(component, page);
}

void component_mark(struct component *component)
{
	if (component->dirty && component->outlet_count)
		put_mark(component);
}

void component_open(struct component *component)
{
	bool needed = false;

	for (size_t i = 0; i < component->outlet_count; i++)
		needed = needed || outlet_needs_position(component->outlets[i]);
	if (!needed)
		return;
	atomic_store(&component->open, false);
	put_mark(component);
}

void component_hand_over(struct component *component, struct page *page)
{
	struct json_limits limits = host_json(component->host);
	struct parts parts;

	page->plan = graph_plan(component->graph, page->source);
	page->generation = component->graph->generation;
	if (component_is_settled(component))
		component->progress_ms = clock_monotonic_ms();
	component->dirty = true;
	component->fresh_bytes += (int64_t)page->len;
	parts = parts_of(page, &limits);
	if (component->fresh_bytes >= component->host->core.commit_size
	    && component->marks < COMPONENT_MARKS_MAX)
		parts.last->mark = make_mark(component, component->next_ticket + parts.count - 1);
	else
		plan_mark(component);
	put(component, parts.first);
}

void component_mark_done(void *arg)
{
	struct mark *mark = arg;
	struct component *component = mark->component;

	component->marks--;
	component->done_ticket = mark->ticket;
	component->done_generation = mark->generation;
	component->progress_ms = clock_monotonic_ms();
	component->uncommitted_bytes -= mark->page_bytes;
	if (mark->stored && !atomic_load(&component->open)) {
		atomic_store(&component->open, true);
		alarm_ring(&component->host->alarm);
	}
	plan_mark(component);
	for (size_t i = 0; i < component->driver_count; i++)
		driver_wake(component->drivers[i]);
	component->mark_done(component->arg, mark);
	mark_destroy(mark);
}

/* ---- state ------------------------------------------------------------------------ */

bool component_is_settled(const struct component *component)
{
	return !component->dirty && !component->marks;
}

bool component_is_free_of(const struct component *component, uint64_t generation)
{
	return component_is_settled(component) || component->done_generation > generation;
}

bool component_has_room(const struct component *component)
{
	return component->uncommitted_bytes + component->fresh_bytes
	       < component->host->core.memory_max;
}

/* ---- too many dead letters ------------------------------------------------------------ */

/* A budget that was broken is the rule's fault at one event, and no reason to stop. */
static size_t count_data(const struct dead_list *list)
{
	size_t count = 0;

	for (const struct dead *dead = list->first; dead; dead = dead->next)
		count += dead->letter.why.code != WEIR_E_RESOURCE;
	return count;
}

void component_note_dead(struct component *component, uint64_t generation, size_t events,
                         const struct dead_list *dead)
{
	size_t letters = count_data(dead);
	bool reached = false;

	if (!events && !letters)
		return;
	pthread_mutex_lock(&component->lock);
	if (component->limit.generation == generation)
		reached = limit_note(&component->limit, events, letters);
	pthread_mutex_unlock(&component->lock);
	if (reached)
		loop_post(component->host->loop, component->limit_reached, component->arg);
}

bool component_limit_is_reached(struct component *component)
{
	bool reached;

	pthread_mutex_lock(&component->lock);
	reached = component->limit.reached;
	pthread_mutex_unlock(&component->lock);
	return reached;
}

bool component_is_proven(struct component *component)
{
	bool proven;

	pthread_mutex_lock(&component->lock);
	proven = component->limit.windows > 0;
	pthread_mutex_unlock(&component->lock);
	return proven;
}

/* ---- holding sources -------------------------------------------------------------------- */

void component_pause(struct component *component, const char *reason)
{
	component->paused = true;
	weir_free(component->reason);
	component->reason = weir_strdup(reason);
	for (size_t i = 0; i < component->driver_count; i++)
		driver_hold(component->drivers[i]);
}

void component_resume(struct component *component)
{
	component->paused = false;
	for (size_t i = 0; i < component->driver_count; i++)
		driver_release(component->drivers[i]);
}

bool component_has_driver(const struct component *component, const struct driver *driver)
{
	for (size_t i = 0; i < component->driver_count; i++) {
		if (component->drivers[i] == driver)
			return true;
	}
	return false;
}

void component_abandon(struct component *component)
{
	atomic_store(&component->abandoned, true);
	for (size_t i = 0; i < component->outlet_count; i++)
		outlet_interrupt(component->outlets[i]);
	alarm_ring(&component->host->alarm);
}
