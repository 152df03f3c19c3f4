/* rule.h - rules: what a rule file says, the set of them, and running them on an event.
 *
 * The life of a set: rule_set_create · rule_set_add for each file, folder by folder ·
 * rule_set_finish · rule_run_prepare for each worker · rule_set_run for each event.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_RULE_H
#define RULE_RULE_H

#include "plan.h"

enum rule_kind {
	RULE_MAP,    /* makes a record */
	RULE_CHANGE, /* changes the record of an earlier stage */
};

enum rule_holds { RULE_IS, RULE_PRESENT, RULE_ABSENT, RULE_NONE_OF };

struct rule_condition {
	struct rule_word *row;
	enum rule_holds holds;
	struct weir_bytes *texts;      /* IS, NONE_OF */
	size_t count;
	struct weir_where where;
	const struct plan_node *node;  /* compiled */
};

/* One of the tables of `when`. */
struct rule_case {
	struct weir_bytes *types;      /* "user.session.start", "user.*", "*" */
	size_t type_count;
	struct rule_condition *conditions;
	size_t condition_count;
	struct weir_where where;
};

struct rule {
	/* as written */
	enum rule_kind kind;
	const char *file;              /* its path, for messages */
	const char *name;              /* without the folder: rules are ordered by it */
	unsigned folder;               /* later folders override earlier ones */
	struct weir_where where;       /* of `map` */
	const char *schema_name;       /* NULL: change of any schema */
	struct weir_where schema_where;
	const char *drop;              /* the cause, of a rule that makes nothing; or NULL */
	struct rule_case *cases, *goes_on;
	size_t case_count, goes_on_count;
	struct rule_word *fields;      /* RULE_OBJECT: rows; else a row for the whole record */
	int function_count;
	/* Of a program: the object that it gives, as far as its text shows, as RULE_OBJECT. It is
	 * checked as rows are, and never run. */
	struct rule_word *sketch;
	bool sketch_all;               /* it has no other members */

	/* compiled */
	size_t number;                 /* among the rules of the set */
	const struct schema *schema;
	struct plan *plan;
	const struct plan_rows *rows;  /* or whole */
	const struct plan_node *extras; /* beside rows: what an open schema does not describe */
	const struct plan_node *whole; /* one row for all of the record */
	struct plan_change *changes;   /* of RULE_CHANGE */
	size_t change_count;
	struct plan_row *all_rows;     /* by their numbers, those in lists too */
	size_t row_count;
	size_t first_row;              /* their numbers among the rows of the set begin here */
};

/* One target of a change. */
struct plan_change {
	const struct weir_bytes *keys; /* from the top */
	size_t key_count;
	struct plan_row row;           /* target NULL: unchecked */
};

/* Whether a `when` may name this: "user.session.start", "user.*", "*". */
bool rule_is_event_type(struct weir_bytes type);

struct rule_settings {
	struct weir_value map;         /* of the transform; absent or an object */
	const char *rule_set_hash;     /* 12 hex digits, for {normalizer} */
	const char *version;           /* of weir */
};

struct rule_set;

/* All in arena, which outlives the set; folders as for schema_set_create. */
struct rule_set *rule_set_create(struct weir_arena *arena, struct rule_report *report,
                                 const char *const *schema_folders,
                                 const struct rule_settings *settings);
void rule_set_destroy(struct rule_set *set);
/* A rule as written; kept by reference. */
void rule_set_add(struct rule_set *set, struct rule *rule);
/* Warns of a type of `when` that is nearly one of Okta's. */
void rule_doubt_type(struct rule_set *set, struct weir_bytes type, struct weir_where where);
/* Compiles and orders them; mistakes go to the report. */
void rule_set_finish(struct rule_set *set);
struct schema_set *rule_set_schemas(struct rule_set *set);
size_t rule_set_count(const struct rule_set *set);
const struct rule *rule_set_get(const struct rule_set *set, size_t number);
/* The value of a setting: text, number or boolean; absent if not set. Whoever asks makes it
 * a known setting. */
struct weir_value rule_setting(struct rule_set *set, const char *name);
/* The values that it may have; kept by reference. The first to say so counts. */
void rule_setting_choices(struct rule_set *set, const char *name, const struct weir_bytes *texts,
                          size_t count);

/* The rules that may take events of a type, in order, each with one of its cases. */
void rule_set_route(const struct rule_set *set, struct weir_bytes type,
                    void (*step)(void *user, const struct rule *rule,
                                 const struct rule_case *one),
                    void *user);

/* ---- running ------------------------------------------------------------------------------- */

void rule_run_prepare(struct rule_run *run, const struct rule_set *set);
void rule_run_finish(struct rule_run *run);

enum rule_fate {
	RULE_MADE,     /* records were handed to emit */
	RULE_KEPT,     /* no rule took it; an earlier record stays as it is */
	RULE_DROPPED,  /* cause says why */
	RULE_REJECTED, /* err says why, with the place in the rule */
};

struct rule_result {
	enum rule_fate fate;
	const char *cause;             /* lives as long as the set */
	const struct rule *rule;       /* that dropped or rejected it, or NULL */
	bool breach;                   /* it was rejected for a broken budget */
	struct weir_error err;
	/* Called for each record, in order; schema lives as long as the set. */
	void (*emit)(void *user, const char *schema, struct weir_value record);
	void *user;
};

/* Tells which rules will run their functions on an event, as far as that is known before any did:
 * the first whose conditions hold, and those behind it if it goes on. */
void rule_set_ask(const struct rule_set *set, struct rule_run *run, const struct rule_event *event,
                  void (*wants)(void *user, const struct rule *rule), void *user);

/* Why nothing was done, when a rule is suspended. */
extern const char rule_suspended_text[];

/* Runs the rules of an event's type until one takes it. result->emit and user are filled by
 * the caller. A rule that the host says is suspended ends it with a breach. */
void rule_set_run(const struct rule_set *set, struct rule_run *run,
                  const struct rule_event *event, struct rule_result *result);

#endif
