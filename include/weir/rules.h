/* rules.h - what a transform that runs rule files tells about its rules.
 *
 * For `weir map --explain`, coverage, and reloads that notice an edited file. Only transforms with a
 * rule_suffix have it; any member may be NULL. self is an instance that create made.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WEIR_RULES_H
#define WEIR_RULES_H

#include <weir/plugin.h>

#pragma GCC visibility push(default)

/* One row of a rule. Its strings live as long as the instance. */
struct weir_rule_row {
	struct weir_where where; /* in the rule file */
	const char *schema;      /* of the record, or NULL: of any */
	const char *target;      /* "source_address_geo_summary.city.name"; "." is the whole record */
	const char *source;      /* as a rule writes it: known("actor.id") */
};

/* A rule that may take events of a type. They are tried in the order in which they are told. */
struct weir_rule_step {
	struct weir_where where; /* of its case */
	const char *schema;      /* of the record; NULL for rules that change any, or that drop */
	const char *drop;        /* the cause, of rules that drop; else NULL */
	const char *type;        /* as the rule names it: "user.session.start", "user.*", "*" */
	const char *conditions;  /* as text; "" when there are none */
};

/* The row wrote its target in the record of a row of the batch that is in process. */
typedef void weir_rule_trace(void *user, size_t batch_row, const struct weir_rule_row *row);
typedef void weir_rule_told(void *user, const struct weir_rule_step *step);

struct weir_rules {
	uint32_t size; /* sizeof(struct weir_rules) */
	/* Changes when the content of a file changes that create read. */
	uint64_t (*fingerprint)(const void *self);
	/* The files that create read, NULL-ended; a new file beside them counts as a change too. */
	const char *const *(*files)(const void *self);
	/* All rows of all rules; the array lives as long as the instance. */
	size_t (*rows)(const void *self, const struct weir_rule_row **rows);
	/* From now on calls trace for each row that writes; NULL ends it. Costs time. */
	void (*trace)(void *self, weir_rule_trace *trace, void *user);
	/* Tells which rules may take events of a type. */
	void (*route)(const void *self, const char *type, weir_rule_told *told, void *user);
};

#pragma GCC visibility pop

#endif
