/* budget.c - counting what Lua costs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "budget.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <time.h>

/* Instructions between two looks at the budget. */
enum { HOOK_EVERY = 1000 };

void *budget_alloc(void *ud, void *old, size_t old_size, size_t size)
{
	struct budget *budget = ud;
	size_t before = old ? old_size : 0;
	void *memory;

	if (size == 0) {
		budget->used -= before;
		weir_free(old);
		return NULL;
	}
	if (size > before) {
		size_t more = size - before;

		/* For a new object Lua says its type in place of the old size. Comparing long
		 * texts is one instruction, so they may not be too long. */
		if (!old && old_size == LUA_TSTRING && size > BUDGET_TEXT && budget->limit != SIZE_MAX)
			return NULL;
		/* Lua tries again after a full collection, so that memory is a breach only when
		 * it is really in use. */
		if (more > budget->limit || budget->used > budget->limit - more ||
		    more > budget->churn)
			return NULL;
		budget->churn -= more;
	}
	memory = weir_try_realloc(old, size);
	if (memory)
		budget->used += size - before;
	return memory;
}

static int64_t cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int breach(struct budget *budget, lua_State *L, enum budget_breach how)
{
	budget->breach = how;
	return luaL_error(L, "%s", budget_text(budget));
}

static void hook(lua_State *L, lua_Debug *unused)
{
	struct budget *budget;

	(void)unused;
	lua_getallocf(L, (void **)&budget);
	budget->steps -= HOOK_EVERY;
	if (budget->steps < 0)
		breach(budget, L, BUDGET_INSTRUCTIONS);
	/* Reading this clock costs more than a short function does, so it starts here. */
	if (budget->cpu_until_ns == 0)
		budget->cpu_until_ns = cpu_ns() + budget->cpu_ms * 1000000;
	else if (cpu_ns() > budget->cpu_until_ns)
		breach(budget, L, BUDGET_TIME);
}

void budget_begin(struct budget *budget, lua_State *L)
{
	budget->steps = BUDGET_STEPS;
	budget->limit = BUDGET_MEMORY;
	budget->churn = BUDGET_CHURN;
	budget->breach = BUDGET_KEPT;
	budget->cpu_ms = BUDGET_CPU_MS;
	budget->cpu_until_ns = 0;
	lua_sethook(L, hook, LUA_MASKCOUNT, HOOK_EVERY);
}

void budget_begin_load(struct budget *budget, lua_State *L)
{
	budget_begin(budget, L);
	budget->steps = BUDGET_STEPS_LOAD;
	budget->limit = BUDGET_MEMORY_LOAD;
	budget->churn = (size_t)4 * BUDGET_MEMORY_LOAD;
	budget->cpu_ms = (int64_t)10 * BUDGET_CPU_MS;
}

void budget_end(struct budget *budget, lua_State *L)
{
	budget->limit = budget->churn = SIZE_MAX;
	lua_sethook(L, NULL, 0, 0);
}

void budget_charge(struct budget *budget, lua_State *L, int64_t steps)
{
	budget->steps -= steps;
	if (budget->steps < 0)
		breach(budget, L, BUDGET_INSTRUCTIONS);
}

const char *budget_text(const struct budget *budget)
{
	switch (budget->breach) {
	case BUDGET_KEPT: return NULL;
	case BUDGET_INSTRUCTIONS: return "used more than 1000000 instructions";
	case BUDGET_BYTES: return "used more than 16 MiB of memory";
	case BUDGET_TIME: return "used more than 1 s of CPU time";
	}
	return NULL;
}
