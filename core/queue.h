/* queue.h - pages that wait for a worker, first come first served. Any thread.
 *
 * It needs no bound of its own: a page in it is charged to the budget of its source.
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
	bool closed;
};

void queue_init(struct queue *queue);
void queue_finish(struct queue *queue); /* it is empty */
void queue_put(struct queue *queue, struct page *page);
/* Waits for a page; NULL when the queue is closed and empty. */
struct page *queue_take(struct queue *queue);
void queue_close(struct queue *queue);
size_t queue_len(struct queue *queue);

#endif
