/* settings.h - settings of rules for commands: _settings.yaml of the folder, then --set.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_SETTINGS_H
#define CORE_SETTINGS_H

#include "args.h"

#include <weir/value.h>

/* --set NAME=VALUE words to an object. False: a mistake was printed. */
bool settings_parse(const struct command *command, const struct args_list *sets,
                    struct weir_arena *arena, struct weir_value *settings);
/* The same over the _settings.yaml of the rule folder, where there is one. */
bool settings_read(const struct command *command, const char *rules,
                   const struct args_list *sets, struct weir_arena *arena,
                   struct weir_value *settings);

#endif
