/* caller.h - running the functions of rules, for one worker.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LUA_CALLER_H
#define LUA_CALLER_H

#include "strikes.h"

struct library;
struct caller;

struct caller *caller_create(struct library *library);
void caller_destroy(struct caller *caller);
struct rule_host *caller_host(struct caller *caller);
struct rule_strikes *caller_strikes(struct caller *caller);

#endif
