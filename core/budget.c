/* budget.c - bytes in flight against a limit.
 *
 * Lives here: counting, and not losing a wake-up. Not here: what is counted (page.c), who is
 * woken (driver.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "budget.h"

#include <stddef.h>

void budget_charge(struct budget *budget, int64_t bytes)
{
	for (; budget; budget = budget->parent)
		atomic_fetch_add(&budget->used, bytes);
}

/* Who waits for its own pages is woken when some of them are gone, so that it reads several in
 * a row; who waits for those of others is woken at once, before others take the room. */
static int64_t low_water(const struct budget *budget)
{
	int64_t low = budget->limit / 4 * 3, before_next = budget->limit - budget->next - 1;

	if (budget->shared)
		return INT64_MAX;
	if (before_next < low)
		low = before_next;
	return low > 0 ? low : 0;
}

void budget_credit(struct budget *budget, int64_t bytes)
{
	for (; budget; budget = budget->parent) {
		int64_t left = atomic_fetch_sub(&budget->used, bytes) - bytes;

		if (left <= low_water(budget) && atomic_exchange(&budget->awaited, false))
			budget->room(budget->arg);
	}
}

static bool has_room(struct budget *budget)
{
	int64_t used = atomic_load(&budget->used);

	return used < budget->limit && (used <= 0 || used + budget->next < budget->limit);
}

bool budget_has_room(struct budget *budget)
{
	for (; budget; budget = budget->parent) {
		if (has_room(budget))
			continue;
		/* Asked again after the flag is up, because a credit may have come in between. */
		atomic_store(&budget->awaited, true);
		if (!has_room(budget))
			return false;
		atomic_store(&budget->awaited, false);
	}
	return true;
}

int64_t budget_used(const struct budget *budget)
{
	return atomic_load(&budget->used);
}
