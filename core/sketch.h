/* sketch.h - the rows that a new rule begins with: of a schema, an event, and where fields usually are.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_SKETCH_H
#define CORE_SKETCH_H

#include <weir/value.h>

/* schema as weir/rules.h describes it; start as tools/scaffold/rule.yaml: {"fields": {target: path},
 * "types": {type: path}}. Gives the rows of a struct weir_rule_sketch: each field that start knows
 * and the event has, and what is required. In arena. */
struct weir_value sketch_rows(struct weir_arena *arena, struct weir_value schema,
                              struct weir_value start, struct weir_value event);

#endif
