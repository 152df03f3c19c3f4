/* starter.h - a new rule file in Lua; see weir/rules.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LUA_STARTER_H
#define LUA_STARTER_H

#include <weir/rules.h>

void starter_write(const struct weir_rule_sketch *sketch, struct weir_buf *text);

#endif
