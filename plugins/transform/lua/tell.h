/* tell.h - what weir asks about rules; see weir/rules.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LUA_TELL_H
#define LUA_TELL_H

#include <weir/rules.h>

#include "rule.h"

/* The rows of a set as others see them. */
struct teller;
struct teller *teller_create(const struct rule_set *set);
void teller_destroy(struct teller *teller); /* NULL is fine */
size_t teller_rows(const struct teller *teller, const struct weir_rule_row **rows);
const struct weir_rule_row *teller_row(const struct teller *teller, const struct rule *rule,
                                       size_t row_number);
void tell_route(const struct rule_set *set, const char *type, weir_rule_told *told, void *user);

#endif
