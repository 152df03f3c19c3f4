/* tell.h - what weir asks about rules; see weir/rules.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_TELL_H
#define RULE_TELL_H

#include "trace.h"

/* The rows and cases of a set as others see them, and who listens. */
struct teller;
struct teller *teller_create(const struct rule_set *set);
void teller_destroy(struct teller *teller); /* NULL is fine */
size_t teller_rows(const struct teller *teller, const struct weir_rule_row **rows);
/* type NULL: all cases, once for each type that they name. */
void teller_route(const struct teller *teller, const char *type, weir_rule_told *told, void *user);
/* From now on a run tells the listener; NULL ends it. *batch_row is the row in process. */
void teller_trace(struct teller *teller, struct rule_run *run,
                  const struct weir_rule_tracer *listener, const size_t *batch_row);

/* schema_tell.c: the member `schema` of struct weir_rules, for every language. */
bool schema_tell(const struct weir_schema_query *query, struct weir_arena *arena,
                 struct weir_value *told);

#endif
