/* starter.h - a new rule file in jq; see weir/rules.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JQ_STARTER_H
#define JQ_STARTER_H

#include <weir/rules.h>

void starter_write(const struct weir_rule_sketch *sketch, struct weir_buf *text);

#endif
