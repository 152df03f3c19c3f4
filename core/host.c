/* host.c - what all instances of a runtime share.
 *
 * Lives here: settings that any thread may ask for, waits, shared memory of sources. Not here:
 * instances (instance.c), the pipeline (runtime.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "host.h"

#include <string.h>

struct shared {
	struct shared *next;
	const struct weir_plugin *plugin;
	size_t users;
	void (*finish)(void *);
	void *memory;
	char key[];
};

void host_init(struct host *host, const struct core_options *core)
{
	*host = (struct host){ .core = *core };
	weir_must(pthread_mutex_init(&host->lock, NULL) == 0);
	alarm_init(&host->alarm);
	host->budget.limit = core->memory_max;
	host->budget.shared = true;
}

void host_finish(struct host *host)
{
	weir_must(!host->shared);
	alarm_finish(&host->alarm);
	pthread_mutex_destroy(&host->lock);
}

void host_set_core(struct host *host, const struct core_options *core)
{
	pthread_mutex_lock(&host->lock);
	host->core = *core;
	pthread_mutex_unlock(&host->lock);
}

struct core_options host_core(struct host *host)
{
	struct core_options core;

	pthread_mutex_lock(&host->lock);
	core = host->core;
	pthread_mutex_unlock(&host->lock);
	return core;
}

struct retry_limits host_retry(struct host *host)
{
	struct core_options core = host_core(host);

	return (struct retry_limits){
		.retry_min_ms = core.retry_min,
		.retry_max_ms = core.retry_max,
		.refused_min_ms = core.refused_min,
		.refused_max_ms = core.refused_max,
	};
}

struct json_limits host_json(struct host *host)
{
	struct core_options core = host_core(host);

	return (struct json_limits){ (size_t)core.event_max, (uint32_t)core.depth_max };
}

bool host_wait(struct host *host, const atomic_bool *flag, int64_t ms)
{
	const atomic_bool *flags[] = { &host->stopping, flag, NULL };

	return !alarm_wait(&host->alarm, flags, ms);
}

void *shared_ref(struct host *host, const struct weir_plugin *plugin, const char *key,
                 size_t size, void (*finish)(void *))
{
	struct shared *shared;

	pthread_mutex_lock(&host->lock);
	shared = host->shared;
	while (shared && (shared->plugin != plugin || strcmp(shared->key, key) != 0))
		shared = shared->next;
	if (!shared) {
		shared = weir_alloc(sizeof *shared + strlen(key) + 1);
		memcpy(shared->key, key, strlen(key) + 1);
		shared->plugin = plugin;
		shared->finish = finish;
		shared->memory = weir_alloc(size);
		shared->next = host->shared;
		host->shared = shared;
	}
	shared->users++;
	pthread_mutex_unlock(&host->lock);
	return shared->memory;
}

void shared_unref(struct host *host, void *memory)
{
	struct shared **link = &host->shared, *shared;
	bool last;

	pthread_mutex_lock(&host->lock);
	while (*link && (*link)->memory != memory)
		link = &(*link)->next;
	shared = *link;
	weir_must(shared);
	last = --shared->users == 0;
	if (last)
		*link = shared->next;
	pthread_mutex_unlock(&host->lock);
	if (!last)
		return;
	if (shared->finish)
		shared->finish(shared->memory);
	weir_free(shared->memory);
	weir_free(shared);
}
