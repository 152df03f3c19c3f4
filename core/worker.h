/* worker.h - threads that take pages through the transforms and on to the sinks.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_WORKER_H
#define CORE_WORKER_H

#include "host.h"
#include "queue.h"

struct workers;

/* As many as the option says; 0: one per core that this process may use. */
size_t workers_wanted(const struct core_options *core);
struct workers *workers_create(struct host *host, size_t count);
struct queue *workers_queue(struct workers *workers);
/* Ends the threads after the pages that are queued. NULL is fine. */
void workers_destroy(struct workers *workers);

#endif
