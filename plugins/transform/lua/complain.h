/* complain.h - what Lua says about a text, with the column and what to write instead.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LUA_COMPLAIN_H
#define LUA_COMPLAIN_H

#include "front.h"

/* Reports an error that Lua raised while it loaded or evaluated source: a message as Lua words it,
 * which names its file and line, or none when it is about no line. */
void complain(struct script *script, const struct rule_file *source, const char *message);

#endif
