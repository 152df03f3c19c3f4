/* trouble.h - a fault that lasts: said once when it begins, once when it is over.
 *
 * THREADS  One thread begins and ends; any may look.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_TROUBLE_H
#define CORE_TROUBLE_H

#include <pthread.h>

#include "retry.h"

enum { TROUBLE_KINDS = 8 }; /* different faults that are told apart before an end is seen */

struct trouble {
	pthread_mutex_t lock;
	const char *who;             /* "sinks.out"; borrowed */
	struct retry retry;
	bool on;
	int64_t since_ms, next_ms;   /* monotonic: when it began, when the next try is due */
	uint64_t said[TROUBLE_KINDS];
	unsigned said_count;
	struct weir_error last;      /* its where is not kept */
};

void trouble_init(struct trouble *trouble, const char *who);
void trouble_finish(struct trouble *trouble);
/* Notes a failure, logs it if it is new, and returns how long to wait before the next try. */
int64_t trouble_begin(struct trouble *trouble, const struct retry_limits *limits,
                      const struct weir_error *why);
/* It works again. */
void trouble_end(struct trouble *trouble);
/* Copies what is wrong now; false when nothing is. *for_ms: since when, *next_ms: until the
 * next try. */
bool trouble_look(struct trouble *trouble, struct weir_error *why, int64_t *for_ms,
                  int64_t *next_ms);

#endif
