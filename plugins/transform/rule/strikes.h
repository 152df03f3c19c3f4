/* strikes.h - rules that break their budget again and again are suspended for a while.
 *
 * A budget itself (instructions, time, memory) is the language's; it says here what was broken
 * and kept. One worker's, so no lock.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_STRIKES_H
#define RULE_STRIKES_H

#include "rule.h"

enum {
	RULE_STRIKES = 20,     /* breaches in a row after which a rule is suspended */
	RULE_PAUSE_MS = 30000, /* for so long; one more breach after it suspends it again */
};

struct rule_strikes {
	struct rule_struck {
		int strikes;                   /* breaches in a row */
		int64_t suspended_until;
	} *rules;                              /* by their number */
	int64_t now_ms;
	int64_t breaches, suspensions;         /* since somebody asked */
	const struct rule *suspended;          /* the last */
};

void rule_strikes_init(struct rule_strikes *strikes, const struct rule_set *set);
void rule_strikes_finish(struct rule_strikes *strikes);
/* Before a batch: now is weir_monotonic_ms. */
void rule_strikes_begin(struct rule_strikes *strikes, int64_t now_ms);
bool rule_strikes_suspends(const struct rule_strikes *strikes, const struct rule *rule);
/* The rule ran within its budget, or not. */
void rule_strikes_kept(struct rule_strikes *strikes, const struct rule *rule);
void rule_strikes_broken(struct rule_strikes *strikes, const struct rule *rule);

#endif
