/* loop.h - the event loop: timers, file descriptors, work posted from other threads.
 *
 * One thread runs it. All calls but loop_post and loop_stop belong to that thread (or to the
 * main thread before loop_run).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_LOOP_H
#define CORE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include <weir/plugin.h>

struct loop;

struct loop *loop_create(struct weir_error *err);
void loop_destroy(struct loop *loop);   /* NULL is fine */
/* Until loop_stop. No wake-ups while nothing is due. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);      /* any thread */

/* A timer is embedded in its owner, zeroed at first. Setting it again moves it. */
struct loop_timer {
	int64_t at_ms;      /* monotonic */
	uint32_t heap;      /* 1-based place in the heap, 0 when not set */
	void (*fire)(void *arg);
	void *arg;
};
void loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t at_ms);
void loop_timer_cancel(struct loop *loop, struct loop_timer *timer);

/* events is of EPOLLIN, EPOLLOUT. Zero removes the descriptor. */
bool loop_watch(struct loop *loop, int fd, uint32_t events,
                void (*ready)(void *arg, int fd, uint32_t events), void *arg);

/* Runs fn(arg) on the loop's thread soon; any thread; order of one thread is kept. */
void loop_post(struct loop *loop, void (*fn)(void *arg), void *arg);

#endif
