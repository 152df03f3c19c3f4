/* queue.c - pages that wait for a worker, first come first served.
 *
 * Lives here: the list and its lock. Not here: who fills it (component.c), who empties it
 * (worker.c), how full it may be (budget.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "queue.h"

void queue_init(struct queue *queue)
{
	*queue = (struct queue){ 0 };
	queue->last = &queue->first;
	weir_must(pthread_mutex_init(&queue->lock, NULL) == 0);
	weir_must(pthread_cond_init(&queue->arrived, NULL) == 0);
}

void queue_finish(struct queue *queue)
{
	weir_must(!queue->first);
	pthread_cond_destroy(&queue->arrived);
	pthread_mutex_destroy(&queue->lock);
}

void queue_put(struct queue *queue, struct page *page)
{
	page->next = NULL;
	pthread_mutex_lock(&queue->lock);
	*queue->last = page;
	queue->last = &page->next;
	queue->len++;
	pthread_cond_signal(&queue->arrived);
	pthread_mutex_unlock(&queue->lock);
}

struct page *queue_take(struct queue *queue)
{
	struct page *page;

	pthread_mutex_lock(&queue->lock);
	while (!queue->first && !queue->closed)
		pthread_cond_wait(&queue->arrived, &queue->lock);
	page = queue->first;
	if (page) {
		queue->first = page->next;
		queue->len--;
		if (!queue->first)
			queue->last = &queue->first;
	}
	pthread_mutex_unlock(&queue->lock);
	return page;
}

void queue_close(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->closed = true;
	pthread_cond_broadcast(&queue->arrived);
	pthread_mutex_unlock(&queue->lock);
}

size_t queue_len(struct queue *queue)
{
	size_t len;

	pthread_mutex_lock(&queue->lock);
	len = queue->len;
	pthread_mutex_unlock(&queue->lock);
	return len;
}
