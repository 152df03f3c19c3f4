/* worker.c - threads that take pages through the transforms and on to the sinks.
 *
 * Lives here: the threads. Not here: what happens to a page (chain.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "worker.h"

#include <sched.h>
#include <stdio.h>

#include "chain.h"
#include "component.h"
#include "thread.h"

struct worker {
	struct workers *workers;
	size_t index;
	pthread_t thread;
};

struct workers {
	struct host *host;
	struct queue queue;
	struct worker *items;
	size_t count;
};

size_t workers_wanted(const struct core_options *core)
{
	cpu_set_t cpus;

	if (core->workers > 0)
		return (size_t)core->workers;
	if (sched_getaffinity(0, sizeof cpus, &cpus) != 0)
		return 1;
	return (size_t)CPU_COUNT(&cpus);
}

/* Each sink of the component gets each page, so that tickets have no gaps. */
static void hand_on(struct page *pages)
{
	struct component *component = pages->component;
	size_t count = component->outlet_count;

	for (size_t i = 0; i < count; i++)
		outlet_put(component->outlets[i], pages);
}

static void *run(void *arg)
{
	struct worker *worker = arg;
	struct page *pages;

	while ((pages = queue_take(&worker->workers->queue)) != NULL) {
		for (struct page *page = pages; page; page = page->next) {
			chain_run(worker->workers->host, page, worker->index);
			page_set_ready(page);
		}
		hand_on(pages);
	}
	return NULL;
}

struct workers *workers_create(struct host *host, size_t count)
{
	struct workers *workers = weir_alloc(sizeof *workers);

	workers->host = host;
	workers->count = count;
	queue_init(&workers->queue);
	workers->items = weir_alloc(count * sizeof *workers->items);
	for (size_t i = 0; i < count; i++) {
		struct worker *worker = &workers->items[i];
		char name[16];

		worker->workers = workers;
		worker->index = i;
		snprintf(name, sizeof name, "worker %u", (unsigned)i & 0xffff);
		thread_start(&worker->thread, name, run, worker);
	}
	return workers;
}

struct queue *workers_queue(struct workers *workers)
{
	return &workers->queue;
}

void workers_destroy(struct workers *workers)
{
	if (!workers)
		return;
	queue_close(&workers->queue);
	for (size_t i = 0; i < workers->count; i++)
		pthread_join(workers->items[i].thread, NULL);
	queue_finish(&workers->queue);
	weir_free(workers->items);
	weir_free(workers);
}
