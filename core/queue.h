/* queue.h - pages that wait for a worker, first come first served. Any thread.
 *
 * It needs no bound of its own: a page in it is charged to the budget of its source. Pages stay in it while
 * too much of their component waits for sinks, since mapping them takes more memory than they do.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_QUEUE_H
#define CORE_QUEUE_H

#include <pthread.h>

#include "page.h"

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t arrived;
	struct page *first, **last;
	size_t len;
	uint64_t looks;             /* for a page that may go */
	bool closed;
};

void queue_init(struct queue *queue);
void queue_finish(struct queue *queue); /* it is empty */
/* One page, or several that are joined by `next`. */
void queue_put(struct queue *queue, struct page *pages);
/* Waits for a page; NULL when the queue is closed and empty. Those of a component come in their order. If it is
 * a part, some more of the same page may follow, joined by `next`: so threads wake each other less often. */
struct page *queue_take(struct queue *queue);
/* A component may have room again. */
void queue_wake(struct queue *queue);
void queue_close(struct queue *queue);
size_t queue_len(struct queue *queue);

#endif
