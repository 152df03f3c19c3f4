/* alarm.c - waiting for a while, unless something happens.
 *
 * Lives here: the one condition variable that all waits of the runtime share, so that a stop
 * ends each of them at once. Not here: how long to wait (retry.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "alarm.h"

#include <errno.h>
#include <time.h>

#include <weir/util.h>

void alarm_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attributes;

	weir_must(pthread_condattr_init(&attributes) == 0);
	weir_must(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
	weir_must(pthread_cond_init(cond, &attributes) == 0);
	pthread_condattr_destroy(&attributes);
}

void alarm_init(struct alarm *alarm)
{
	weir_must(pthread_mutex_init(&alarm->lock, NULL) == 0);
	alarm_cond_init(&alarm->cond);
}

void alarm_finish(struct alarm *alarm)
{
	pthread_cond_destroy(&alarm->cond);
	pthread_mutex_destroy(&alarm->lock);
}

void alarm_ring(struct alarm *alarm)
{
	pthread_mutex_lock(&alarm->lock);
	pthread_cond_broadcast(&alarm->cond);
	pthread_mutex_unlock(&alarm->lock);
}

static bool any(const atomic_bool *const *flags)
{
	for (; *flags; flags++) {
		if (atomic_load(*flags))
			return true;
	}
	return false;
}

static struct timespec from_now(int64_t ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += (time_t)(ms / 1000);
	at.tv_nsec += (long)(ms % 1000) * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_nsec -= 1000000000;
		at.tv_sec++;
	}
	return at;
}

bool alarm_wait(struct alarm *alarm, const atomic_bool *const *flags, int64_t ms)
{
	struct timespec end = from_now(ms < 0 ? 0 : ms);
	int result = 0;
	bool rang;

	pthread_mutex_lock(&alarm->lock);
	while (!(rang = any(flags)) && result != ETIMEDOUT) {
		if (ms < 0)
			result = pthread_cond_wait(&alarm->cond, &alarm->lock);
		else
			result = pthread_cond_timedwait(&alarm->cond, &alarm->lock, &end);
	}
	pthread_mutex_unlock(&alarm->lock);
	return rang;
}
