/* trace.h - which rules were tried with an event, and which rows wrote, for whoever asks.
 *
 * For `weir map --explain` and for coverage. In a pipeline run->tracer is NULL, and all of this
 * costs a comparison here and there.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_TRACE_H
#define RULE_TRACE_H

#include "set.h"

#include <weir/rules.h>

/* A rule that was tried; why and the rest live as long as the batch. */
struct rule_tried {
	const struct rule *rule;
	const struct rule_case *one;
	struct weir_bytes type;         /* of the event */
	enum weir_rule_verdict verdict;
	const char *why;
	size_t records;
};

struct rule_tracer {
	void (*tried)(void *user, const struct rule_tried *tried);
	/* Behind a rule that took the event: a row of it wrote. from names the paths that it read.
	 * Numbers behind those of the rule's rows are base entries of its schema. */
	void (*wrote)(void *user, const struct rule *rule, size_t row_number, const char *from);
	void *user;
};

/* Cases that name the type and are not on its route: why. */
void trace_begin(struct rule_run *run, const struct rule_set *set, struct weir_bytes type);
/* The rule at hand came to an end with the event; it made so many records. */
void trace_step(struct rule_run *run, const struct route_step *step, struct weir_bytes type,
                enum rule_took took, size_t records);
/* A row of the rule at hand wrote its target. */
void trace_row(struct rule_run *run, const struct plan_row *row);
/* The schema's base entry of that index did. */
void trace_base(struct rule_run *run, size_t index);
/* Members that a program's text shows are there. */
void trace_sketch(struct rule_run *run);
/* Rows that an open schema does not describe gave this object. */
void trace_extras(struct rule_run *run, struct weir_value object);

#endif
