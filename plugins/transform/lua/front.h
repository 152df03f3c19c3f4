/* front.h - the Lua front end: from rule files to struct rule, and back to their functions.
 *
 * A struct script is one Lua state with the words, the sandbox and the budget. One of them is
 * made at load, evaluates every rule file and is gone after it; each worker makes another when
 * the first rule with a function runs, evaluates those files again and keeps their functions.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LUA_FRONT_H
#define LUA_FRONT_H

#include "quota.h"
#include "scan.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "files.h"
#include "rule.h"

/* What stays of the load for the workers: all of it in arena, never changed. */
struct library {
	struct weir_arena *arena;
	struct rule_files *files;      /* whose scan is a struct scan */
	struct weir_value settings;
	struct rule_set *set;
	struct rule_report *report;
	struct yaml_table *tables;     /* files of lookup() */
};

struct yaml_table {
	const char *path;
	const struct rule_table *table;
	struct yaml_table *next;
};

enum script_phase { SCRIPT_LOADING, SCRIPT_RELOADING, SCRIPT_RUNNING };

/* Texts and numbers of the event that were given to Lua lately. */
enum { SCRIPT_PUSHED = 256 };
struct pushed {
	const char *data; /* where Lua keeps the text; NULL: a number */
	double number;
	uint64_t epoch;
	struct weir_value value;
};

/* A script that has seen so many events is replaced, so that no view lives on. */
#define SCRIPT_EPOCHS ((uint64_t)1 << 31)

struct script {
	lua_State *L;
	struct quota quota;
	enum script_phase phase;
	struct library *library;
	struct weir_arena *arena;      /* for words: the library's, or a worker's own */
	struct rule_report *report;
	/* the file at hand */
	const char *file;
	unsigned folder;
	int env;                       /* the globals of rules, in the registry */
	int functions;                 /* a table in the registry: number to function and back */
	int function_count;
	struct rule *made;             /* by map or change */
	int table_depth;               /* of tables within tables that are read */
	/* running */
	struct rule_run *run;
	uint64_t epoch;                /* of the event, up to SCRIPT_EPOCHS: views of earlier
	                                  ones are dead */
	struct pushed pushed[SCRIPT_PUSHED];
};

/* ---- sandbox.c ---------------------------------------------------------------------------- */

/* A state with the words and the libraries, all frozen. NULL without memory. */
struct script *script_create(struct library *library, enum script_phase phase,
                             struct weir_arena *arena, struct rule_report *report);
void script_destroy(struct script *script);
static inline struct script *script_of(lua_State *L)
{
	return *(struct script **)lua_getextraspace(L);
}
/* Makes the table at the top unchangeable, and all tables in it; it stays at the top. */
void script_freeze(lua_State *L);
/* Replaces a frozen table at an index by the real one; other values stay. */
void script_thaw(lua_State *L, int index);
/* All names that rules may use, NULL-ended, to suggest one. */
const char *const *script_names(struct weir_arena *arena);

/* What an unknown word may have been meant for, to be put behind the mistake. */
const char *script_word_hint(struct weir_arena *arena, const char *word);
/* The unknown word that a row was made of. */
bool script_is_unknown(lua_State *L, int index);
void script_push_unknown(lua_State *L);

/* ---- load.c ---------------------------------------------------------------------------------- */

/* Evaluates a rule file. The rule is in script->made, or NULL when it is wrong. */
struct rule *script_load(struct script *script, unsigned folder, const char *name);
/* A module or table of the folder at hand, or of another one; NULL if there is none. */
const char *script_find(struct script *script, const char *name);
/* A name that is neither a word nor local: it is misspelled, or means something else. */
void script_tell_unknown(struct script *script, const struct scan *scan,
                         const struct scan_token *token);
/* require() */
int script_require(lua_State *L);

/* ---- place.c ---------------------------------------------------------------------------------- */

/* Where the Lua function at a level of the stack is, as far as the line. */
struct weir_where place_of_level(lua_State *L, int level);
/* The place of a word that is being called. */
struct weir_where place_of_call(lua_State *L, const char *word);
/* The place of a text near a line, or where itself. */
struct weir_where place_of_text(struct script *script, struct weir_where where,
                                struct weir_bytes text);
/* The place of a key in the table that is an argument of the call at where. path are keys from
 * that table on, NULL-ended. The nearest that is found. */
struct weir_where place_of_key(struct script *script, struct weir_where call,
                               const char *const *path);
/* The place of a key in the next table at or behind where, or where itself. */
struct weir_where place_of_entry(struct script *script, struct weir_where where,
                                 struct weir_bytes name);
const struct scan *place_scan(const struct script *script, const char *file);

/* ---- row.c ------------------------------------------------------------------------------------- */

/* What stands on the right of '=': a path, a word, a function, a table of rows. */
struct rule_word *row_of(lua_State *L, int index, struct weir_where where);
/* The same where a text is a constant. */
struct rule_word *row_or_const(lua_State *L, int index, struct weir_where where);
/* A constant; NULL when the value is no text, number or boolean. */
struct rule_word *row_const(lua_State *L, int index, struct weir_where where);
struct rule_word *row_new(struct script *script, enum rule_op op, struct weir_where where);
void row_push(lua_State *L, struct rule_word *word);
/* The word at an index, or NULL. */
struct rule_word *row_at(lua_State *L, int index);
/* A table of rows; const_rows says that texts in it are constants. NULL when it is no table. */
enum row_texts { ROW_PATHS, ROW_CONSTS };
struct rule_table *row_table(lua_State *L, int index, struct weir_where where,
                             enum row_texts texts);
/* A text, number or boolean as text, in the arena; none otherwise. */
struct weir_bytes row_text(lua_State *L, int index);
void row_mistake(lua_State *L, struct weir_where where, const char *fmt, ...) WEIR_PRINTF(3, 4);

/* ---- words.c, rule.c ---------------------------------------------------------------------------- */

/* The words of rules, as functions in the table at the top. */
void words_add(lua_State *L);
/* The name of the n-th word, NULL behind the last. */
const char *words_name(size_t n);
/* Raises an error when the script runs: words are for rows. */
void words_check_phase(lua_State *L, const char *word);

/* What `present`, `absent` and none_of() are. */
struct holds {
	enum rule_holds holds;
	struct weir_bytes *texts;
	size_t count;
};
struct holds *word_holds_at(lua_State *L, int index);
/* Texts, numbers or booleans of a list, or one alone, as texts. False: something else. */
bool word_texts(lua_State *L, int index, struct weir_bytes **texts, size_t *count);
int word_map(lua_State *L);
int word_change(lua_State *L);

/* ---- view.c, take.c: values of events in Lua ------------------------------------------------------------- */

void view_open(lua_State *L);
/* Texts, numbers and booleans as Lua's own, objects and lists as views, nothing as nil. */
void view_push(lua_State *L, struct weir_value v);
bool view_is(lua_State *L, int index);
/* The object or list of a view; raises an error when that is of an earlier event. */
struct weir_value view_value(lua_State *L, int index);
/* A Lua value as a value of the event at hand; shape describes an object, or is NULL. False
 * with a reason in *why. */
bool view_take(lua_State *L, int index, const struct schema_shape *shape, struct weir_value *v,
               const char **why);
/* The value of the event that this very text of Lua was pushed for. */
bool view_recall(const struct script *script, struct weir_bytes text, struct weir_value *v);
/* The value of the event that is this number. */
bool view_recall_number(struct script *script, double number, struct weir_value *v);
extern const luaL_Reg view_functions[];

/* ---- strings.c, helpers.c -------------------------------------------------------------------------- */

extern const luaL_Reg string_functions[], helper_functions[];

/* ---- bound.c ------------------------------------------------------------------------------------------ */

/* About how many instructions the Lua function at the top takes for an event, when its text
 * shows that it cannot take a whole budget; 0 when it does not. */
int bound_of_function(lua_State *L);

/* ---- call.c ------------------------------------------------------------------------------------------- */

/* Marks that functions return. */
enum verdict { VERDICT_DROP, VERDICT_REJECT };
int verdict_drop(lua_State *L);
int verdict_reject(lua_State *L);

#endif
