/* call.c - calling the functions of rules, each event within its budget.
 *
 * A worker has one state for all rules that have functions. It is made when the first of them
 * runs; after a breach it is thrown away and made anew, because memory that ran out in the
 * middle of something is not worth trusting.
 *
 * Lua's errors jump out of whatever runs. So all rows of a rule run within one protected call;
 * when a function fails in it, they run again with a protected call for each, which tells the
 * row that failed. Rows have no memory: the second time they give the same.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "front.h"

#include "caller.h"
#include "causes.h"

#include <stdlib.h>
#include <string.h>

static const char verdict_type[] = "weir.verdict";

/* A function of a rule. */
struct callee {
	int ref;                        /* in the registry */
	int bound;                      /* of its instructions; 0: they are counted */
};

struct caller {
	struct rule_host host;
	struct library *library;
	struct rule_report silent;
	struct weir_arena *arena;       /* of words, while files are evaluated again */
	struct script *script;          /* or NULL */
	struct callee **callees;        /* of each rule, by their numbers; or NULL */
	size_t rule_count;
	const struct plan_node *within; /* the last call */
	bool is_within;                 /* all of a rule is protected */
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
	for (size_t i = 0; i < caller->rule_count; i++) {
		weir_free(caller->callees[i]);
		caller->callees[i] = NULL;
	}
}

/* Keeps the functions of the file that was evaluated. */
static int keep_functions(lua_State *L)
{
	struct callee *callees = lua_touserdata(L, 1);
	struct script *script = script_of(L);

	lua_rawgeti(L, LUA_REGISTRYINDEX, script->functions);
	for (int i = 0; i < script->function_count; i++) {
		lua_rawgeti(L, -1, i);
		callees[i].bound = bound_of_function(L);
		callees[i].ref = luaL_ref(L, LUA_REGISTRYINDEX);
	}
	return 0;
}

/* Evaluates the rule's file again and keeps its functions. False: it fails now, though it did
 * not at load. */
static bool fetch_functions(struct caller *caller, const struct rule *rule)
{
	struct script *script = caller->script;
	struct callee *callees;
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
	callees = weir_alloc(((size_t)script->function_count + 1) * sizeof *callees);
	caller->callees[rule->number] = callees;
	lua_pushcfunction(script->L, keep_functions);
	lua_pushlightuserdata(script->L, callees);
	if (lua_pcall(script->L, 1, 0, 0) != LUA_OK)
		weir_no_memory();
	return true;
}

/* Has the rule's functions and the event's budget at hand. False: run->stop says why not. */
static bool prepare(struct caller *caller, struct rule_run *run, const struct rule *rule)
{
	if (caller->epoch == run->event_epoch && caller->callees[rule->number])
		return true;
	if (caller->script && caller->script->epoch == SCRIPT_EPOCHS - 1)
		forget_state(caller);
	if (!caller->callees[rule->number] && !fetch_functions(caller, rule)) {
		run->fault.where = rule->where;
		run->stop = RULE_STOP_REJECT;
		run->stop_text = "the rule file cannot be evaluated again";
		return false;
	}
	caller->script->run = run;
	if (caller->epoch != run->event_epoch) {
		caller->epoch = run->event_epoch;
		caller->script->epoch++;
		quota_begin(&caller->script->quota);
	}
	return true;
}

/* ---- a call --------------------------------------------------------------------------------------- */

struct call {
	struct caller *caller;
	struct rule_run *run;
	const struct plan_node *node;
	struct plan_cell *cell;
	enum plan_got got;
};

/* What the schema says of a function's result, if that is the whole record. */
static const struct schema_shape *shape_of(const struct call *call)
{
	const struct rule *rule = call->run->rule;

	return rule->schema && call->node == rule->whole ? rule->schema->shape : NULL;
}

/* Takes what the function gave, at the top. */
static enum plan_got take_result(lua_State *L, struct call *call)
{
	struct rule_run *run = call->run;
	const struct verdict_mark *mark;
	const char *why;

	if (lua_type(L, -1) == LUA_TUSERDATA && (mark = luaL_testudata(L, -1, verdict_type)) != NULL)
		return give_verdict(call->caller, run, call->node, mark);
	if (!view_take(L, -1, shape_of(call), &call->cell->value, &why))
		return plan_fault(run, call->node,
		                  weir_arena_format(run->arena, "the function gives %s", why),
		                  (struct weir_value){ 0 });
	return weir_is_nothing(call->cell->value) ? PLAN_ABSENT : PLAN_VALUE;
}

/* Pushes what a row gives; a fault or stop of it ends the call. */
static bool push_arg(lua_State *L, struct call *call, const struct plan_node *arg)
{
	struct plan_cell cell = { 0 };
	struct weir_bytes text;

	call->got = plan_eval(call->run, arg, &cell);
	if (call->got >= PLAN_FAULT)
		return false;
	if (call->got == PLAN_TIME) {
		plan_text(call->run, PLAN_TIME, &cell, &text);
		lua_pushlstring(L, text.data, text.len);
	} else {
		view_push(L, call->got == PLAN_VALUE ? cell.value : (struct weir_value){ 0 });
	}
	return true;
}

/* Pushes what a function named; false when it is not called, and call->got says why. */
static bool push_args(lua_State *L, struct call *call)
{
	bool any = false;

	luaL_checkstack(L, (int)call->node->arg_count + 4, NULL);
	for (uint32_t i = 0; i < call->node->arg_count; i++) {
		if (!push_arg(L, call, call->node->args[i]))
			return false;
		any = any || call->got != PLAN_ABSENT;
	}
	call->got = PLAN_ABSENT;
	return any;
}

/* Raises an error when the function does, or when memory or steps run out. */
static void invoke(lua_State *L, struct call *call)
{
	struct rule_run *run = call->run;
	struct quota *quota = &call->caller->script->quota;
	const struct callee *callee = &call->caller->callees[run->rule->number]
	                                                     [call->node->word->function];
	int top = lua_gettop(L), count = 2;

	lua_rawgeti(L, LUA_REGISTRYINDEX, callee->ref);
	if (call->node->arg_count) {
		count = (int)call->node->arg_count;
		if (!push_args(L, call)) {
			lua_settop(L, top);
			return;
		}
	} else {
		view_push(L, plan_scope_value(run, call->node->scope));
		view_push(L, run->event->record);
	}
	call->caller->within = call->node; /* an argument may have called another one */
	if (callee->bound) {
		quota_trust(quota, L);
		quota_charge(quota, L, callee->bound);
	} else {
		quota_watch(quota, L);
	}
	lua_call(L, count, 1);
	call->got = take_result(L, call);
	lua_settop(L, top);
}

static int run_call(lua_State *L)
{
	invoke(L, lua_touserdata(L, 1));
	return 0;
}

/* The error at the top, as a fault with the line that raised it. */
static enum plan_got lua_fault(struct rule_run *run, const struct plan_node *node, lua_State *L)
{
	int top = lua_gettop(L);
	const char *message = luaL_tolstring(L, -1, NULL), *p;
	struct weir_where where = node->word->where;

	/* A table would be named by its address, which is another one each time. */
	if (lua_type(L, -2) == LUA_TTABLE || lua_type(L, -2) == LUA_TUSERDATA)
		message = lua_pushfstring(L, "error takes a text, not a %s", luaL_typename(L, -2));
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
	lua_settop(L, top - 1);
	return PLAN_FAULT;
}

static bool is_breach(const struct caller *caller, int status)
{
	return status == LUA_ERRMEM || caller->script->quota.breach != QUOTA_KEPT;
}

static enum plan_got breach(struct caller *caller, struct rule_run *run,
                            struct weir_where where, int status)
{
	struct quota *quota = &caller->script->quota;

	if (status == LUA_ERRMEM)
		quota->breach = QUOTA_BYTES;
	run->stop = RULE_STOP_BREACH;
	run->stop_text = weir_arena_strdup(run->arena, quota_text(quota));
	run->fault.where = where;
	rule_strikes_broken(&caller->strikes, run->rule);
	forget_state(caller);
	return PLAN_STOP;
}

static enum plan_got caller_call(struct rule_host *host, struct rule_run *run,
                                 const struct plan_node *node, struct plan_cell *cell)
{
	struct caller *caller = (struct caller *)host;
	struct call call = { caller, run, node, cell, PLAN_ABSENT };
	lua_State *L;
	int status;

	if (caller->is_within) {
		invoke(caller->script->L, &call);
		return call.got;
	}
	if (!prepare(caller, run, run->rule))
		return PLAN_STOP;
	L = caller->script->L;
	lua_pushcfunction(L, run_call);
	lua_pushlightuserdata(L, &call);
	status = lua_pcall(L, 1, 0, 0);
	if (is_breach(caller, status))
		return breach(caller, run, node->word->where, status);
	rule_strikes_kept(&caller->strikes, run->rule);
	return status == LUA_OK ? call.got : lua_fault(run, node, L);
}

/* ---- all calls of a rule --------------------------------------------------------------------------- */

struct rows {
	struct rule_run *run;
	const struct rule *rule;
	rule_take_fn *take;
	enum rule_took took;
};

static int run_rows(lua_State *L)
{
	struct rows *rows = lua_touserdata(L, 1);

	rows->took = rows->take(rows->run, rows->rule);
	return 0;
}

/* What rows change in a run beside what each event begins with. */
static enum rule_took take_again(struct caller *caller, const struct rows *rows,
                                 const struct rule_run *before)
{
	struct rule_run *run = rows->run;

	run->epoch++; /* forgets what nodes gave */
	run->element = before->element;
	run->made_count = before->made_count;
	run->wrote_count = before->wrote_count;
	run->wrong_in_maybe = before->wrong_in_maybe;
	run->fault = (struct rule_fault){ 0 };
	run->lacking = NULL;
	caller->epoch = 0; /* a fresh budget */
	return rows->take(run, rows->rule);
}

static enum rule_took caller_within(struct rule_host *host, struct rule_run *run,
                                    const struct rule *rule, rule_take_fn *take)
{
	struct caller *caller = (struct caller *)host;
	struct rows rows = { run, rule, take, RULE_STOPPED };
	struct rule_run before = *run;
	lua_State *L;
	int status;

	if (!prepare(caller, run, rule))
		return RULE_STOPPED;
	L = caller->script->L;
	caller->within = NULL;
	caller->is_within = true;
	lua_pushcfunction(L, run_rows);
	lua_pushlightuserdata(L, &rows);
	status = lua_pcall(L, 1, 0, 0);
	caller->is_within = false;
	if (is_breach(caller, status)) {
		breach(caller, run, caller->within ? caller->within->word->where : rule->where,
		       status);
		return RULE_STOPPED;
	}
	if (status != LUA_OK) {
		lua_pop(L, 1);
		return take_again(caller, &rows, &before);
	}
	if (caller->within)
		rule_strikes_kept(&caller->strikes, rule);
	return rows.took;
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

	caller->host = (struct rule_host){ caller_call, caller_suspended, caller_within };
	caller->library = library;
	caller->silent = (struct rule_report){ .mistake = ignore, .suspicion = ignore };
	caller->arena = weir_arena_create();
	caller->rule_count = rule_set_count(library->set);
	caller->callees = weir_alloc((caller->rule_count + 1) * sizeof *caller->callees);
	rule_strikes_init(&caller->strikes, library->set);
	return caller;
}

void caller_destroy(struct caller *caller)
{
	if (!caller)
		return;
	forget_state(caller);
	weir_arena_destroy(caller->arena);
	rule_causes_finish(&caller->causes);
	weir_free(caller->callees);
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
