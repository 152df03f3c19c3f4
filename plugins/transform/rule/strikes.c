/* strikes.c - rules that break their budget again and again are suspended for a while.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "strikes.h"

void rule_strikes_init(struct rule_strikes *strikes, const struct rule_set *set)
{
	*strikes = (struct rule_strikes){ 0 };
	strikes->rules = weir_alloc((rule_set_count(set) + 1) * sizeof *strikes->rules);
}

void rule_strikes_finish(struct rule_strikes *strikes)
{
	weir_free(strikes->rules);
	strikes->rules = NULL;
}

void rule_strikes_begin(struct rule_strikes *strikes, int64_t now_ms)
{
	strikes->now_ms = now_ms;
}

bool rule_strikes_suspends(const struct rule_strikes *strikes, const struct rule *rule)
{
	return strikes->rules[rule->number].suspended_until > strikes->now_ms;
}

void rule_strikes_kept(struct rule_strikes *strikes, const struct rule *rule)
{
	strikes->rules[rule->number].strikes = 0;
}

void rule_strikes_broken(struct rule_strikes *strikes, const struct rule *rule)
{
	struct rule_struck *struck = &strikes->rules[rule->number];

	strikes->breaches++;
	if (++struck->strikes < RULE_STRIKES)
		return;
	struck->suspended_until = strikes->now_ms + RULE_PAUSE_MS;
	strikes->suspensions++;
	strikes->suspended = rule;
}
