/* budget.h - what one event may cost in Lua: instructions, memory, time.
 *
 * Lua's hook counts instructions; its allocator counts bytes. Work that C functions do for a
 * rule is charged by them. What slips through both (a comparison of two long texts is one
 * instruction) is caught by a limit on the thread's CPU time.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LUA_BUDGET_H
#define LUA_BUDGET_H

#include <lua.h>
#include <weir/util.h>

enum {
	BUDGET_STEPS = 1000000,
	BUDGET_STEPS_LOAD = 100000000,
	BUDGET_MEMORY = 16 << 20,
	BUDGET_MEMORY_LOAD = 256 << 20,
	BUDGET_TEXT = 1 << 20,        /* bytes of one text */
	BUDGET_CHURN = 256 << 20,     /* bytes allocated in all, kept or not */
	BUDGET_CPU_MS = 1000,
};

enum budget_breach { BUDGET_KEPT, BUDGET_INSTRUCTIONS, BUDGET_BYTES, BUDGET_TIME };

struct budget {
	int64_t steps;                /* left */
	size_t used, limit;           /* bytes */
	size_t churn;                 /* left */
	int64_t cpu_ms, cpu_until_ns; /* how long; until when, once somebody looked */
	enum budget_breach breach;
};

/* Lua's allocator; ud is the budget. */
void *budget_alloc(void *ud, void *old, size_t old_size, size_t size);
/* A fresh budget for an event, or for a load. */
void budget_begin(struct budget *budget, lua_State *L);
void budget_begin_load(struct budget *budget, lua_State *L);
/* No hook and no limits, for what weir itself does with the state. */
void budget_end(struct budget *budget, lua_State *L);
/* Charges steps; raises a Lua error when there are none left. */
void budget_charge(struct budget *budget, lua_State *L, int64_t steps);
/* "used more than 1000000 instructions", or NULL when the budget was kept. */
const char *budget_text(const struct budget *budget);

#endif
