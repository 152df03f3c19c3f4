/* host.h - what all instances of a runtime share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_HOST_H
#define CORE_HOST_H

#include "alarm.h"
#include "budget.h"
#include "config.h"
#include "http.h"
#include "json.h"
#include "loop.h"
#include "store.h"

struct shared;

struct host {
	struct loop *loop;           /* NULL until the runtime runs */
	struct http *http;
	size_t doubtful;             /* requests under way of sources in trouble; loop thread */
	size_t audits;               /* lanes that look at an hour; loop thread */
	struct store *store;
	struct budget budget;        /* memory_max, over all pages in flight */
	struct alarm alarm;          /* rings when a flag was set that somebody may wait for */
	atomic_bool stopping;        /* weir is about to end */
	bool dead_full;              /* loop: sources are not asked until dead letters went */

	pthread_mutex_t lock;        /* guards the next two */
	struct core_options core;    /* which a reload replaces */
	struct shared *shared;       /* weir_shared */
	bool trial;                  /* see weir_trial; set before instances are made */
};

void host_init(struct host *host, const struct core_options *core);
void host_finish(struct host *host);
/* Any thread. */
void host_set_core(struct host *host, const struct core_options *core);
struct core_options host_core(struct host *host);
struct retry_limits host_retry(struct host *host);
struct json_limits host_json(struct host *host);
/* Waits out ms. False: ended early, because weir stops or the flag (may be NULL) is set. */
bool host_wait(struct host *host, const atomic_bool *flag, int64_t ms);

/* See weir_shared. Any thread. */
void *shared_ref(struct host *host, const struct weir_plugin *plugin, const char *key,
                 size_t size, void (*finish)(void *));
void shared_unref(struct host *host, void *memory);

#endif
