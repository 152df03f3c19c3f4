/* alarm.h - waiting for a while, unless something happens. Any thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_ALARM_H
#define CORE_ALARM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct alarm {
	pthread_mutex_t lock;
	pthread_cond_t cond;
};

void alarm_init(struct alarm *alarm);
void alarm_finish(struct alarm *alarm);
/* To be called after a flag was set that somebody may wait for. */
void alarm_ring(struct alarm *alarm);
/* Waits until one of the flags (ends in NULL) is set: true; or until ms have passed: false.
 * ms < 0: no end. */
bool alarm_wait(struct alarm *alarm, const atomic_bool *const *flags, int64_t ms);
/* A condition variable whose timed waits follow the clock that never jumps. */
void alarm_cond_init(pthread_cond_t *cond);

#endif
