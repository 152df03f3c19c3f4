/* caller.h - running the functions of rules, for one worker.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LUA_CALLER_H
#define LUA_CALLER_H

#include "rule.h"

enum {
	CALLER_STRIKES = 20,     /* breaches in a row after which a rule is suspended */
	CALLER_PAUSE_MS = 30000, /* for so long; one more breach after it suspends it again */
};

struct library;
struct caller;

/* What happened since somebody asked. */
struct caller_counts {
	int64_t breaches, suspensions;
	const struct rule *suspended; /* the last */
};

struct caller *caller_create(struct library *library);
void caller_destroy(struct caller *caller);
struct rule_host *caller_host(struct caller *caller);
/* Before a batch: now is weir_monotonic_ms, for suspensions. */
void caller_begin(struct caller *caller, int64_t now_ms);
struct caller_counts caller_take_counts(struct caller *caller);

#endif
