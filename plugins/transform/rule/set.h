/* set.h - a set of rules, between the files that make and run it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_SET_H
#define RULE_SET_H

#include "known.h"
#include "rule.h"

/* A rule that may take events of a type, and by which of its cases. */
struct route_step {
	const struct rule *rule;
	const struct rule_case **cases;
	size_t case_count;
};

/* What is tried for events of one type, in order; then the next route. */
struct route {
	struct weir_bytes type;      /* "user.session.start", "user.", or "" for `*` */
	struct route_step *steps;
	size_t count;
	const struct route *next;    /* of the longest shorter prefix, at last of `*` */
};

struct route_table {
	struct route **entries;      /* open addressing by type; NULL is free */
	size_t count;
	uint64_t mask;
};

struct rule_set {
	struct weir_arena *arena;
	struct rule_report *report;
	struct schema_set *schemas;
	struct known *vendor;        /* names of events */
	struct rule_settings settings;
	struct rule **rules;
	size_t count;
	struct route_table names, prefixes;
	struct route *any;           /* of `*` */
	struct known_setting {       /* that somebody asks for */
		const char *name;
		const struct weir_bytes *choices;
		size_t count;        /* of choices; 0: any value */
	} *known;
	size_t known_count;
	bool makes;                  /* some rule makes records */
};

/* route.c: builds the tables once all rules are compiled; reports what is written twice. */
void route_build(struct rule_set *set);
/* The route of an event type; it may be without steps, but is never NULL. */
const struct route *route_find(const struct rule_set *set, struct weir_bytes type);

/* settings.c: mistakes in settings, once all rules and schemas are known. */
void settings_check(struct rule_set *set);

/* run.c: a record of the event at hand. */
void rule_run_made(struct rule_run *run, const char *schema, struct weir_value record);

/* change.c: what a RULE_CHANGE does. */
enum rule_took change_take(struct rule_run *run, const struct rule *rule);

/* conditions.c */
/* Whether all conditions of a case hold. */
bool conditions_hold(struct rule_run *run, const struct rule_case *one, enum plan_got *got);
/* `["outcome.result"] = { "SUCCESS" }` */
void rule_condition_write(const struct rule_condition *condition, struct weir_buf *text);
/* Conditions on settings are decided at load: false when the case can never hold. */
bool conditions_possible(const struct rule_case *one);
/* Whether an event type is among those of a case. */
bool case_has_type(const struct rule_case *one, struct weir_bytes type);

#endif
