/* loop.c - the event loop: timers, file descriptors, work posted from other threads.
 *
 * Lives here: epoll, the timer heap, the eventfd that wakes the loop. Not here: what is
 * waited for (http.c, control.c, the runtime).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "loop.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "clock.h"

enum { EVENTS_AT_ONCE = 64 };

/* What to call for one descriptor; its place in the table is the descriptor. The turn tells
 * an event of a descriptor that was closed and given out again from one of the new owner. */
struct watch {
	uint32_t events, turn;
	void (*ready)(void *arg, int fd, uint32_t events);
	void *arg;
};

struct job {
	struct job *next;
	void (*fn)(void *arg);
	void *arg;
};

struct loop {
	int epoll_fd, wake_fd;
	atomic_bool stop;

	struct watch *watches;
	size_t watch_count;
	uint32_t turns;

	struct loop_timer **heap; /* earliest first; heap[i]->heap == i + 1 */
	size_t timer_count, timer_cap;

	pthread_mutex_t lock;     /* guards the jobs */
	struct job *first, **last;
};

/* ---- timers -------------------------------------------------------------- */

static void place(struct loop *loop, size_t i, struct loop_timer *timer)
{
	loop->heap[i] = timer;
	timer->heap = (uint32_t)i + 1;
}

static void sift_up(struct loop *loop, size_t i)
{
	struct loop_timer *timer = loop->heap[i];

	while (i > 0) {
		size_t parent = (i - 1) / 2;

		if (loop->heap[parent]->at_ms <= timer->at_ms)
			break;
		place(loop, i, loop->heap[parent]);
		i = parent;
	}
	place(loop, i, timer);
}

static void sift_down(struct loop *loop, size_t i)
{
	struct loop_timer *timer = loop->heap[i];

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= loop->timer_count)
			break;
		if (child + 1 < loop->timer_count
		    && loop->heap[child + 1]->at_ms < loop->heap[child]->at_ms)
			child++;
		if (timer->at_ms <= loop->heap[child]->at_ms)
			break;
		place(loop, i, loop->heap[child]);
		i = child;
	}
	place(loop, i, timer);
}

void loop_timer_cancel(struct loop *loop, struct loop_timer *timer)
{
	struct loop_timer *moved;
	size_t i;

	if (!timer->heap)
		return;
	i = timer->heap - 1;
	weir_must(i < loop->timer_count && loop->heap[i] == timer);
	timer->heap = 0;
	moved = loop->heap[--loop->timer_count];
	if (moved == timer)
		return;
	place(loop, i, moved);
	sift_up(loop, i);
	sift_down(loop, moved->heap - 1);
}

void loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t at_ms)
{
	loop_timer_cancel(loop, timer);
	timer->at_ms = at_ms;
	if (loop->timer_count == loop->timer_cap) {
		loop->timer_cap = loop->timer_cap ? 2 * loop->timer_cap : 16;
		loop->heap = weir_realloc(loop->heap, loop->timer_cap * sizeof *loop->heap);
	}
	place(loop, loop->timer_count, timer);
	sift_up(loop, loop->timer_count++);
}

/* A timer that sets itself again for now has its turn in the next round, after the
 * descriptors. */
static void fire_timers(struct loop *loop)
{
	int64_t now = clock_monotonic_ms();

	for (size_t left = loop->timer_count; left > 0 && loop->timer_count > 0; left--) {
		struct loop_timer *timer = loop->heap[0];

		if (timer->at_ms > now || atomic_load(&loop->stop))
			return;
		loop_timer_cancel(loop, timer);
		timer->fire(timer->arg);
	}
}

static int wait_ms(const struct loop *loop)
{
	int64_t ms;

	if (!loop->timer_count)
		return -1;
	ms = loop->heap[0]->at_ms - clock_monotonic_ms();
	if (ms <= 0)
		return 0;
	return ms < INT_MAX ? (int)ms : INT_MAX;
}

/* ---- descriptors ------------------------------------------------------------ */

static struct watch *watch_of(struct loop *loop, int fd)
{
	size_t count = loop->watch_count ? loop->watch_count : 32;

	weir_must(fd >= 0);
	if ((size_t)fd < loop->watch_count)
		return &loop->watches[fd];
	while (count <= (size_t)fd)
		count *= 2;
	loop->watches = weir_realloc(loop->watches, count * sizeof *loop->watches);
	memset(loop->watches + loop->watch_count, 0,
	       (count - loop->watch_count) * sizeof *loop->watches);
	loop->watch_count = count;
	return &loop->watches[fd];
}

bool loop_watch(struct loop *loop, int fd, uint32_t events,
                void (*ready)(void *arg, int fd, uint32_t events), void *arg)
{
	struct watch *watch = watch_of(loop, fd);
	struct epoll_event event = { .events = events };

	if (!events) {
		/* A descriptor that was closed first has left epoll by itself. */
		epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
		*watch = (struct watch){ 0 };
		return true;
	}
	*watch = (struct watch){ events, ++loop->turns, ready, arg };
	event.data.u64 = (uint64_t)watch->turn << 32 | (uint32_t)fd;
	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, fd, &event) == 0)
		return true;
	if (errno == ENOENT && epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0)
		return true;
	*watch = (struct watch){ 0 };
	return false;
}

static void call_ready(struct loop *loop, const struct epoll_event *event)
{
	int fd = (int)(uint32_t)event->data.u64;
	uint32_t turn = (uint32_t)(event->data.u64 >> 32);
	struct watch watch = loop->watches[fd];

	if (watch.events && watch.turn == turn)
		watch.ready(watch.arg, fd, event->events);
}

/* ---- posted jobs --------------------------------------------------------------- */

static void wake(struct loop *loop)
{
	uint64_t one = 1;

	/* It can only fail when the counter is full, and then the loop wakes anyway. */
	if (write(loop->wake_fd, &one, sizeof one) < 0)
		return;
}

void loop_post(struct loop *loop, void (*fn)(void *arg), void *arg)
{
	struct job *job = weir_alloc(sizeof *job);
	bool first;

	job->fn = fn;
	job->arg = arg;
	pthread_mutex_lock(&loop->lock);
	first = !loop->first;
	*loop->last = job;
	loop->last = &job->next;
	pthread_mutex_unlock(&loop->lock);
	if (first)
		wake(loop);
}

static struct job *take_jobs(struct loop *loop)
{
	struct job *jobs;

	pthread_mutex_lock(&loop->lock);
	jobs = loop->first;
	loop->first = NULL;
	loop->last = &loop->first;
	pthread_mutex_unlock(&loop->lock);
	return jobs;
}

static void run_jobs(void *arg, int fd, uint32_t events)
{
	struct loop *loop = arg;
	struct job *jobs;
	uint64_t count;

	(void)events;
	/* Before the jobs are taken, so that a later post wakes again. */
	if (read(fd, &count, sizeof count) < 0 && errno != EAGAIN)
		return;
	jobs = take_jobs(loop);
	while (jobs) {
		struct job *job = jobs;

		jobs = job->next;
		job->fn(job->arg);
		weir_free(job);
	}
}

/* ---- life ------------------------------------------------------------------------ */

struct loop *loop_create(struct weir_error *err)
{
	struct loop *loop = weir_alloc(sizeof *loop);

	pthread_mutex_init(&loop->lock, NULL);
	loop->last = &loop->first;
	loop->wake_fd = -1;
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0)
		goto fail;
	loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop->wake_fd < 0 || !loop_watch(loop, loop->wake_fd, EPOLLIN, run_jobs, loop))
		goto fail;
	return loop;

fail:
	weir_fail(err, WEIR_E_RESOURCE, "make the event loop: %s", strerror(errno));
	loop_destroy(loop);
	return NULL;
}

void loop_destroy(struct loop *loop)
{
	struct job *jobs;

	if (!loop)
		return;
	jobs = take_jobs(loop);
	while (jobs) {
		struct job *next = jobs->next;

		weir_free(jobs);
		jobs = next;
	}
	if (loop->wake_fd >= 0)
		close(loop->wake_fd);
	if (loop->epoll_fd >= 0)
		close(loop->epoll_fd);
	pthread_mutex_destroy(&loop->lock);
	weir_free(loop->watches);
	weir_free(loop->heap);
	weir_free(loop);
}

void loop_run(struct loop *loop)
{
	struct epoll_event events[EVENTS_AT_ONCE];

	while (!atomic_load(&loop->stop)) {
		int count = epoll_wait(loop->epoll_fd, events, EVENTS_AT_ONCE, wait_ms(loop));

		weir_must(count >= 0 || errno == EINTR);
		for (int i = 0; i < count; i++)
			call_ready(loop, &events[i]);
		fire_timers(loop);
	}
	atomic_store(&loop->stop, false);
}

void loop_stop(struct loop *loop)
{
	atomic_store(&loop->stop, true);
	wake(loop);
}
