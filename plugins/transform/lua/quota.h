/* quota.h - what one event may cost in Lua: instructions, memory, time.
 *
 * Lua's hook counts instructions while somebody watches; its allocator counts bytes. Work that C functions do for a
 * rule is charged by them. What slips through both (a comparison of two long texts is one
 * instruction) is caught by a limit on the thread's CPU time.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LUA_QUOTA_H
#define LUA_QUOTA_H

#include "blocks.h"

#include <lua.h>
#include <weir/util.h>

enum {
	QUOTA_STEPS = 1000000,
	QUOTA_STEPS_LOAD = 10000000,
	QUOTA_MEMORY = 16 << 20,
	QUOTA_MEMORY_LOAD = 256 << 20,
	QUOTA_TEXT = 1 << 20,        /* bytes of one text */
	QUOTA_CHURN = 256 << 20,     /* bytes allocated in all, kept or not */
	QUOTA_CPU_MS = 1000,
};

enum quota_breach { QUOTA_KEPT, QUOTA_INSTRUCTIONS, QUOTA_BYTES, QUOTA_TIME };

struct quota {
	int64_t steps;                /* left */
	struct blocks blocks;
	size_t used, limit;           /* bytes */
	size_t churn;                 /* left */
	int64_t cpu_ms, cpu_until_ns; /* how long; until when, once somebody looked */
	enum quota_breach breach;
	bool loading, watched;
};

/* Lua's allocator; ud is the quota, which quota_finish takes the memory of at the end. */
void *quota_alloc(void *ud, void *old, size_t old_size, size_t size);
void quota_finish(struct quota *quota);
/* A fresh budget for an event, or for a load, which is watched. */
void quota_begin(struct quota *quota);
void quota_begin_load(struct quota *quota, lua_State *L);
/* Counts instructions from now on, or no more: a look at every one makes Lua slower. */
void quota_watch(struct quota *quota, lua_State *L);
void quota_trust(struct quota *quota, lua_State *L);
/* No hook and no limits, for what weir itself does with the state. */
void quota_end(struct quota *quota, lua_State *L);
/* Charges steps; raises a Lua error when there are none left. */
void quota_charge(struct quota *quota, lua_State *L, int64_t steps);
/* "used more than 1000000 instructions", or NULL when the budget was kept. */
const char *quota_text(const struct quota *quota);

#endif
