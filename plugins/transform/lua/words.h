/* words.h - between the files of the words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LUA_WORDS_H
#define LUA_WORDS_H

#include "front.h"

/* A word that is called begins and ends so; its op and name are upvalues of the function. */
struct rule_word *words_begin(lua_State *L);
int words_end(lua_State *L, struct rule_word *word);
void words_add_arg(lua_State *L, struct rule_word *word, struct rule_word *arg);
/* The text that is argument number index; "" and a mistake when it is none. */
struct weir_bytes words_text_arg(lua_State *L, struct rule_word *word, int index,
                                 const char *what);
void words_check_count(lua_State *L, struct rule_word *word, int most);

/* words_table.c */
int word_pick(lua_State *L);
int word_all(lua_State *L);
int word_keyed(lua_State *L);
int word_none_of(lua_State *L);
struct holds *word_push_holds(lua_State *L, enum rule_holds kind);

#endif
