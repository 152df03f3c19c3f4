/* call.c - calling the functions of rules, each event within its budget.
 *
 * A worker has one state for all rules that have functions. It is made when the first of them
 * runs; after a breach it is thrown away and made anew, because memory that ran out in the
 * middle of something is not worth trusting.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "front.h"

#include "caller.h"
#include "causes.h"

#include <stdlib.h>
#include <string.h>

static const char verdict_type[] = "weir.verdict";

struct caller {
	struct rule_host host;
	struct library *library;
	struct rule_report silent;
	struct weir_arena *arena;       /* of words, while files are evaluated again */
	struct script *script;          /* or NULL */
	int *functions;                 /* of each rule, in the registry; LUA_NOREF */
	size_t rule_count;
	uint64_t epoch;                 /* of the event whose budget is begun */
	struct rule_strikes strikes;
	struct rule_causes causes;
};

/* ---- verdicts --------------------------------------------------------------------------------- */

struct verdict_mark {
	enum verdict verdict;
	char text[120];
};

static int push_verdict(lua_State *L, enum verdict verdict, const char *word)
{
	struct verdict_mark *mark;
	struct weir_bytes text;

	if (script_of(L)->phase != SCRIPT_RUNNING) {
		row_mistake(L, place_of_call(L, word), "%s is for functions: return %s \"reason\"%s",
		            word, word, verdict == VERDICT_DROP
		                                ? "; a rule that only drops has drop = \"reason\""
		                                : "");
		script_push_unknown(L);
		return 1;
	}
	text.data = luaL_checklstring(L, 1, &text.len);
	mark = lua_newuserdatauv(L, sizeof *mark, 0);
	mark->verdict = verdict;
	text.len = text.len < sizeof mark->text - 1 ? text.len : sizeof mark->text - 1;
	memcpy(mark->text, text.data, text.len);
	mark->text[text.len] = '\0';
	luaL_newmetatable(L, verdict_type);
	lua_setmetatable(L, -2);
	return 1;
}

int verdict_drop(lua_State *L)
{
	return push_verdict(L, VERDICT_DROP, "drop");
}

int verdict_reject(lua_State *L)
{
	return push_verdict(L, VERDICT_REJECT, "reject");
}

static enum plan_got give_verdict(struct caller *caller, struct rule_run *run,
                                  const struct plan_node *node, const struct verdict_mark *mark)
{
	run->fault.where = node->word->where;
	if (mark->verdict == VERDICT_DROP) {
		run->stop = RULE_STOP_DROP;
		run->stop_text = rule_causes_keep(&caller->causes, mark->text);
	} else {
		run->stop = RULE_STOP_REJECT;
		run->stop_text = weir_arena_strdup(run->arena, mark->text);
	}
	return PLAN_STOP;
}

/* ---- the state ---------------------------------------------------------------------------------- */

static void forget_state(struct caller *caller)
{
	script_destroy(caller->script);
	caller->script = NULL;
	caller->epoch = 0;
	for (size_t i = 0; i < caller->rule_count; i++)
		caller->functions[i] = LUA_NOREF;
}

/* Evaluates the rule's file again and keeps its functions. False: it fails now, though it did
 * not at load. */
static bool fetch_functions(struct caller *caller, const struct rule *rule)
{
	struct script *script = caller->script;
	struct rule *again;

	if (!script)
		script = caller->script = script_create(caller->library, SCRIPT_RELOADING,
		                                        caller->arena, &caller->silent);
	if (!script)
		weir_no_memory(); /* no event and no rule is to blame */
	script->phase = SCRIPT_RELOADING;
	again = script_load(script, rule->folder, rule->name);
	script->phase = SCRIPT_RUNNING;
	caller->epoch = 0;
	weir_arena_reset(caller->arena, 4096);
	if (!again)
		return false;
	caller->functions[rule->number] = script->functions;
	return true;
}

/* ---- a call --------------------------------------------------------------------------------------- */

struct call {
	struct rule_run *run;
	const struct plan_node *node;
	struct plan_cell *cell;
	int functions;
	enum { CALL_VALUE, CALL_VERDICT, CALL_NO_VALUE } result;
	struct verdict_mark mark;
	const char *why;
};

/* What the schema says of a function's result, if that is the whole record. */
static const struct schema_shape *shape_of(const struct call *call)
{
	const struct rule *rule = call->run->rule;

	return rule->schema && call->node == rule->whole ? rule->schema->shape : NULL;
}

/* Runs protected, because all of it may fail for want of memory or steps. */
static int run_call(lua_State *L)
{
	struct call *call = lua_touserdata(L, 1);
	struct verdict_mark *mark;

	lua_settop(L, 0);
	lua_rawgeti(L, LUA_REGISTRYINDEX, call->functions);
	lua_rawgeti(L, -1, call->node->word->function);
	view_push(L, plan_scope_value(call->run, call->node->scope));
	view_push(L, call->run->event->record);
	lua_call(L, 2, 1);
	mark = luaL_testudata(L, -1, verdict_type);
	if (mark) {
		call->mark = *mark;
		call->result = CALL_VERDICT;
	} else if (view_take(L, -1, shape_of(call), &call->cell->value, &call->why)) {
		call->result = CALL_VALUE;
	} else {
		call->result = CALL_NO_VALUE;
	}
	return 0;
}

/* The error at the top, as a fault with the line that raised it. */
static enum plan_got lua_fault(struct rule_run *run, const struct plan_node *node, lua_State *L)
{
	const char *message = luaL_tolstring(L, -1, NULL), *p;
	struct weir_where where = node->word->where;

	for (p = message; (p = strchr(p, ':')) != NULL; p++) {
		char *end;
		long line = strtol(p + 1, &end, 10);

		if (end == p + 1 || strncmp(end, ": ", 2) != 0)
			continue;
		if (where.line != line)
			where.column = where.width = 0;
		where.line = (int)line;
		message = end + 2;
		break;
	}
	plan_fault(run, node, weir_arena_strdup(run->arena, message), (struct weir_value){ 0 });
	run->fault.where = where;
	lua_pop(L, 2);
	return PLAN_FAULT;
}

static enum plan_got breach(struct caller *caller, struct rule_run *run,
                            const struct plan_node *node, int status)
{
	struct quota *quota = &caller->script->quota;

	if (status == LUA_ERRMEM)
		quota->breach = QUOTA_BYTES;
	run->stop = RULE_STOP_BREACH;
	run->stop_text = weir_arena_strdup(run->arena, quota_text(quota));
	run->fault.where = node->word->where;
	rule_strikes_broken(&caller->strikes, run->rule);
	forget_state(caller);
	return PLAN_STOP;
}

static enum plan_got settle(struct caller *caller, struct rule_run *run, struct call *call,
                            int status)
{
	lua_State *L = caller->script->L;

	if (status == LUA_ERRMEM || caller->script->quota.breach != QUOTA_KEPT)
		return breach(caller, run, call->node, status);
	rule_strikes_kept(&caller->strikes, run->rule);
	if (status != LUA_OK)
		return lua_fault(run, call->node, L);
	switch (call->result) {
	case CALL_VERDICT: return give_verdict(caller, run, call->node, &call->mark);
	case CALL_NO_VALUE:
		return plan_fault(run, call->node,
		                  weir_arena_format(run->arena, "the function gives %s", call->why),
		                  (struct weir_value){ 0 });
	case CALL_VALUE: break;
	}
	return weir_is_nothing(call->cell->value) ? PLAN_ABSENT : PLAN_VALUE;
}

static enum plan_got caller_call(struct rule_host *host, struct rule_run *run,
                                 const struct plan_node *node, struct plan_cell *cell)
{
	struct caller *caller = (struct caller *)host;
	int *functions = &caller->functions[run->rule->number];
	struct call call = { .run = run, .node = node, .cell = cell };
	struct script *script;

	if (caller->script && caller->script->epoch == SCRIPT_EPOCHS - 1)
		forget_state(caller);
	if (*functions == LUA_NOREF && !fetch_functions(caller, run->rule)) {
		run->fault.where = run->rule->where;
		run->stop = RULE_STOP_REJECT;
		run->stop_text = "the rule file cannot be evaluated again";
		return PLAN_STOP;
	}
	script = caller->script;
	call.functions = *functions;
	script->run = run;
	if (caller->epoch != run->event_epoch) {
		caller->epoch = run->event_epoch;
		script->epoch++;
		quota_begin(&script->quota, script->L);
	}
	lua_pushcfunction(script->L, run_call);
	lua_pushlightuserdata(script->L, &call);
	return settle(caller, run, &call, lua_pcall(script->L, 1, 0, 0));
}

static bool caller_suspended(struct rule_host *host, const struct rule *rule)
{
	const struct caller *caller = (const struct caller *)host;

	return rule_strikes_suspends(&caller->strikes, rule);
}

/* ---- life ------------------------------------------------------------------------------------------- */

static void ignore(void *user, const struct weir_error *mistake)
{
	(void)user;
	(void)mistake;
}

struct caller *caller_create(struct library *library)
{
	struct caller *caller = weir_alloc(sizeof *caller);

	caller->host = (struct rule_host){ caller_call, caller_suspended };
	caller->library = library;
	caller->silent = (struct rule_report){ .mistake = ignore, .suspicion = ignore };
	caller->arena = weir_arena_create();
	caller->rule_count = rule_set_count(library->set);
	caller->functions = weir_alloc((caller->rule_count + 1) * sizeof *caller->functions);
	rule_strikes_init(&caller->strikes, library->set);
	forget_state(caller);
	return caller;
}

void caller_destroy(struct caller *caller)
{
	if (!caller)
		return;
	script_destroy(caller->script);
	weir_arena_destroy(caller->arena);
	rule_causes_finish(&caller->causes);
	weir_free(caller->functions);
	rule_strikes_finish(&caller->strikes);
	weir_free(caller);
}

struct rule_host *caller_host(struct caller *caller)
{
	return &caller->host;
}

struct rule_strikes *caller_strikes(struct caller *caller)
{
	return &caller->strikes;
}
