/* quota.c - counting what Lua costs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "quota.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Instructions between two looks at the budget. */
enum { HOOK_EVERY = 1000 };

static void release(struct quota *quota, void *memory, size_t size)
{
	if (!memory)
		return;
	if (blocks_fit(size))
		blocks_give(&quota->blocks, memory, size);
	else
		weir_free(memory);
}

/* As realloc; neither size is 0. */
static void *resize(struct quota *quota, void *old, size_t old_size, size_t size)
{
	void *memory;

	if (!old)
		return blocks_fit(size) ? blocks_take(&quota->blocks, size) : weir_try_alloc(size);
	if (!blocks_fit(old_size) && !blocks_fit(size))
		return weir_try_realloc(old, size);
	memory = resize(quota, NULL, 0, size);
	if (!memory)
		return NULL;
	memcpy(memory, old, old_size < size ? old_size : size);
	release(quota, old, old_size);
	return memory;
}

void quota_finish(struct quota *quota)
{
	blocks_finish(&quota->blocks);
}

void *quota_alloc(void *ud, void *old, size_t old_size, size_t size)
{
	struct quota *quota = ud;
	size_t before = old ? old_size : 0;
	void *memory;

	if (size == 0) {
		quota->used -= before;
		release(quota, old, before);
		return NULL;
	}
	if (size > before) {
		size_t more = size - before;

		/* For a new object Lua says its type in place of the old size. Comparing long
		 * texts is one instruction, so they may not be too long. */
		if (!old && old_size == LUA_TSTRING && size > QUOTA_TEXT && quota->limit != SIZE_MAX)
			return NULL;
		/* Lua tries again after a full collection, so that memory is a breach only when
		 * it is really in use. */
		if (more > quota->limit || quota->used > quota->limit - more ||
		    more > quota->churn)
			return NULL;
		quota->churn -= more;
	}
	memory = resize(quota, old, before, size);
	if (memory)
		quota->used += size - before;
	return memory;
}

static int64_t cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* level is where the Lua function stands that did it. */
static int breach(struct quota *quota, lua_State *L, enum quota_breach how, int level)
{
	quota->breach = how;
	luaL_where(L, level);
	lua_pushstring(L, quota_text(quota));
	lua_concat(L, 2);
	return lua_error(L);
}

static void hook(lua_State *L, lua_Debug *unused)
{
	struct quota *quota;

	(void)unused;
	lua_getallocf(L, (void **)&quota);
	quota->steps -= HOOK_EVERY;
	if (quota->steps < 0)
		breach(quota, L, QUOTA_INSTRUCTIONS, 0);
	/* Reading this clock costs more than a short function does, so it starts here. */
	if (quota->cpu_until_ns == 0)
		quota->cpu_until_ns = cpu_ns() + quota->cpu_ms * 1000000;
	else if (cpu_ns() > quota->cpu_until_ns)
		breach(quota, L, QUOTA_TIME, 0);
}

void quota_watch(struct quota *quota, lua_State *L)
{
	if (!quota->watched)
		lua_sethook(L, hook, LUA_MASKCOUNT, HOOK_EVERY);
	quota->watched = true;
}

void quota_trust(struct quota *quota, lua_State *L)
{
	if (quota->watched)
		lua_sethook(L, NULL, 0, 0);
	quota->watched = false;
}

void quota_begin(struct quota *quota)
{
	quota->steps = QUOTA_STEPS;
	quota->limit = QUOTA_MEMORY;
	quota->churn = QUOTA_CHURN;
	quota->breach = QUOTA_KEPT;
	quota->cpu_ms = QUOTA_CPU_MS;
	quota->loading = false;
	quota->cpu_until_ns = 0;
}

void quota_begin_load(struct quota *quota, lua_State *L)
{
	quota_begin(quota);
	quota->loading = true;
	quota->steps = QUOTA_STEPS_LOAD;
	quota->limit = QUOTA_MEMORY_LOAD;
	quota->churn = (size_t)4 * QUOTA_MEMORY_LOAD;
	quota->cpu_ms = (int64_t)10 * QUOTA_CPU_MS;
	quota_watch(quota, L);
}

void quota_end(struct quota *quota, lua_State *L)
{
	quota->limit = quota->churn = SIZE_MAX;
	quota_trust(quota, L);
}

void quota_charge(struct quota *quota, lua_State *L, int64_t steps)
{
	quota->steps -= steps;
	if (quota->steps < 0)
		breach(quota, L, QUOTA_INSTRUCTIONS, 1);
}

const char *quota_text(const struct quota *quota)
{
	switch (quota->breach) {
	case QUOTA_KEPT: return NULL;
	case QUOTA_INSTRUCTIONS:
		return quota->loading ? "used more than 10000000 instructions while it was loaded"
		                      : "used more than 1000000 instructions";
	case QUOTA_BYTES:
		return quota->loading ? "used more than 256 MiB of memory while it was loaded"
		                      : "used more than 16 MiB of memory";
	case QUOTA_TIME:
		return quota->loading ? "used more than 10 s of CPU time while it was loaded"
		                      : "used more than 1 s of CPU time";
	}
	return NULL;
}
