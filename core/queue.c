/* queue.c - pages that wait for a worker, first come first served.
 *
 * Lives here: the list and its lock. Not here: who fills it (component.c), who empties it
 * (worker.c), how full it may be (budget.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "queue.h"

#include "budget.h"

/* Bytes of parts that a worker takes at once. */
enum { GROUP = 600 * 1024 };

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

void queue_put(struct queue *queue, struct page *pages)
{
	pthread_mutex_lock(&queue->lock);
	*queue->last = pages;
	for (; pages; pages = pages->next) {
		queue->last = &pages->next;
		queue->len++;
		pthread_cond_signal(&queue->arrived);
	}
	pthread_mutex_unlock(&queue->lock);
}

/* A sink that does not come back shall not keep the workers from ending. */
static bool may_go(const struct queue *queue, struct page *page)
{
	return queue->closed || !page->ready || budget_has_room(page->ready);
}

static struct page *last_of_group(struct page *page)
{
	size_t len = page->len;

	while (page->next && page->next->whole && page->next->whole == page->whole
	       && len + page->next->len <= GROUP) {
		page = page->next;
		len += page->len;
	}
	return page;
}

/* The pages from *at to last. */
static void cut_out(struct queue *queue, struct page **at, struct page *last)
{
	for (struct page *page = *at; page != last; page = page->next)
		queue->len--;
	queue->len--;
	*at = last->next;
	if (!last->next)
		queue->last = at;
	last->next = NULL;
}

/* The first page that may go, with its group. Who is refused once stays so for this look: a credit in the
 * midst of it would let a page overtake those of its component that were refused before. */
static struct page *take(struct queue *queue)
{
	queue->looks++;
	for (struct page **at = &queue->first; *at; at = &(*at)->next) {
		struct page *page = *at;

		if (page->ready && page->ready->refused == queue->looks)
			continue;
		if (!may_go(queue, page)) {
			page->ready->refused = queue->looks;
			continue;
		}
		cut_out(queue, at, last_of_group(page));
		return page;
	}
	return NULL;
}

struct page *queue_take(struct queue *queue)
{
	struct page *page;

	pthread_mutex_lock(&queue->lock);
	while (!(page = take(queue)) && !(queue->closed && !queue->first))
		pthread_cond_wait(&queue->arrived, &queue->lock);
	pthread_mutex_unlock(&queue->lock);
	return page;
}

void queue_wake(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	pthread_cond_broadcast(&queue->arrived);
	pthread_mutex_unlock(&queue->lock);
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
