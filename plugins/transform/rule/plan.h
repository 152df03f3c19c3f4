/* plan.h - rules compiled: what is read of an event, what becomes of it, where it goes.
 *
 * A plan is made at load (compile*.c) and never changes, so all workers share it. For each
 * event a worker fills a struct rule_run, its own working memory, by running plans (eval*.c,
 * rows.c).
 *
 *   node    one word with its arguments; shared words are one node, evaluated once an event
 *   scope   values that are read by one set of paths in one walk: the event, the record of
 *           an earlier stage, the value of a node (`get`), an element of a list (`all`)
 *   group   the same for a list that a path with [] names: read once, for all elements
 *   row     a target of the record and the node that fills it
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_PLAN_H
#define RULE_PLAN_H

#include "schema.h"
#include "text.h"
#include "word.h"

struct plan_node;
struct rule;
struct rule_run;

/* What evaluating a node gives. */
enum plan_got {
	PLAN_ABSENT,
	PLAN_VALUE,
	PLAN_TIME,  /* cell->micros; cell->value is the text that it was read from, or absent */
	PLAN_FAULT, /* present but wrong: run->fault */
	PLAN_STOP,  /* the rule ends here: run->stop */
};

struct plan_cell {
	struct weir_value value;
	int64_t micros;
};

typedef enum plan_got plan_eval_fn(struct rule_run *run, const struct plan_node *node,
                                   struct plan_cell *cell);

enum plan_scope_of { SCOPE_EVENT, SCOPE_RECORD, SCOPE_NODE, SCOPE_ELEMENT };

struct plan_scope {
	enum plan_scope_of of;
	const struct plan_node *node;    /* SCOPE_NODE */
	const struct plan_scope *within; /* of NODE and ELEMENT: where they were made */
	bool fleeting;                   /* in an element: read anew each time */
	uint32_t number;                 /* its place in run->scopes */
	uint32_t first;                  /* its first slot in run->slots */
	struct weir_paths *paths;
	const char **names;              /* of its paths */
	size_t count;
};

struct plan_group {
	const struct plan_node *list;
	bool fleeting;
	uint32_t number;                 /* its place in run->groups */
	struct weir_paths *paths;        /* relative to an element */
	const char **names;
	size_t count;
};

/* A dictionary: from text to node. */
struct plan_table {
	struct plan_entry {
		struct weir_bytes text;
		const struct plan_node *node;
	} *entries;                      /* a free one has no node */
	uint64_t mask;
};

/* An object without a description: members in the order of their names. */
struct plan_object {
	const struct weir_key **keys;
	const struct plan_node **nodes;
	size_t count;
};

/* What the kind of the value in its slot says of a row that is a path of the event, or known()
 * of one. Of other rows it says nothing. */
struct plan_glance {
	uint32_t slot;
	uint8_t says[WEIR_OBJECT + 1];   /* by kind: enum plan_glanced */
};

enum plan_glanced {
	GLANCE_UNCLEAR, /* look closer */
	GLANCE_VALUE,   /* it is the row's */
	GLANCE_DOUBTED, /* it is, if it cannot be a placeholder */
	GLANCE_NOTHING, /* the row has none */
};

/* Places of a list whose names are made at load; lists are rarely longer. */
enum { PLAN_PLACES = 16 };

struct plan_pair {
	struct plan_glance glance;       /* texts are taken */
	const struct weir_value *keys;   /* its key; of a name with '#' one for each place */
	struct weir_bytes before, after; /* of a name with '#' */
	const struct plan_node *node;
};

struct plan_row {
	const struct plan_node *node;
	const struct schema_field *target; /* NULL: what no schema describes */
	unsigned fitting;                /* kinds of values (1 << kind) that fit as they are */
	bool required;                   /* may not stay absent */
	const char *path;                /* of the target */
	struct weir_where where;
	size_t number;                   /* in the rule */
};

/* A row that needs no closer look with most events. */
struct plan_move {
	struct plan_glance glance;
	uint32_t leaf;
};

/* The rows of one shape, required ones first. */
struct plan_rows {
	const struct schema_shape *shape;
	struct plan_row *rows;
	struct plan_move *moves;         /* one for each row */
	size_t count, required_count;
};

struct plan_node {
	plan_eval_fn *eval;              /* NULL when direct */
	bool direct;                     /* a path of the event: the value is in its slot */
	bool is_path;
	uint32_t slot;                   /* paths: in the scope or group */
	int memo;                        /* its place in run->memos, or -1 */
	const struct rule_word *word;
	const struct plan_node *const *args;
	uint32_t arg_count;
	const struct plan_scope *scope;
	const struct plan_group *group;  /* it has a value for each element of this */
	struct weir_bytes text, more;
	int needs;                       /* RULE_CAPTURE: rule_pattern_needs(text) */
	struct weir_value value;
	const struct plan_table *table;
	const struct plan_object *object;
	const struct plan_rows *rows;    /* RULE_ALL with a described shape */
	struct plan_pair *pairs;         /* RULE_KEYED */
	size_t pair_count;
	const struct weir_key *keys[2];  /* RULE_KEYED: "key", "value" */
	const struct rest_step *rest;    /* RULE_REST */
	uint32_t uses;                   /* while it is compiled */
};

/* A member that rest() leaves out (whole), or parts of it. */
struct rest_step {
	struct weir_bytes name;
	bool whole;
	struct rest_step *steps;
	size_t count;
};

/* What one rule needs of a run. */
struct plan {
	struct plan_scope **scopes;      /* the first is the event's */
	size_t scope_count;
	struct plan_group **groups;
	size_t group_count;
	size_t slot_count, memo_count;
};

/* ---- a run --------------------------------------------------------------------------------- */

/* What a rule may ask for beside the event. Texts are never NULL. */
struct rule_event {
	struct weir_value event;
	struct weir_bytes source;        /* its exact bytes */
	struct weir_value record;        /* of an earlier stage, or absent */
	const char *record_schema;       /* or NULL */
	const char *source_name, *org_host;
	const char *lane;                /* "live", "backfill" or "audit" */
	int64_t ingested;                /* microseconds; 0 in tests, whose records never vary */
};

struct rule_fault {
	const struct plan_node *node;    /* where; its word has the line */
	const char *what;                /* "not an address"; lives as long as the batch */
	struct weir_value value;         /* absent if it says nothing */
	struct weir_where where;         /* if not the word's; file NULL otherwise */
};

enum rule_stop { RULE_STOP_DROP, RULE_STOP_REJECT, RULE_STOP_BREACH };

/* How a rule ended with an event. */
enum rule_took {
	RULE_TOOK,
	RULE_PASSED,  /* it does not take it */
	RULE_FAULTY,  /* run->fault */
	RULE_STOPPED, /* run->stop */
};

/* Evaluates the rows of a rule. */
typedef enum rule_took rule_take_fn(struct rule_run *run, const struct rule *rule);

/* What runs rows that are functions. */
struct rule_host {
	/* Calls a function of the rule at hand with `e` (the value of the node's scope) and the
	 * record. The result is built in run->arena. */
	enum plan_got (*call)(struct rule_host *host, struct rule_run *run,
	                      const struct plan_node *node, struct plan_cell *cell);
	/* Whether a rule is not run now, because it broke its budget too often. May be NULL. */
	bool (*suspended)(struct rule_host *host, const struct rule *rule);
	/* Runs take, which may call functions, so that their calls share what each costs alone;
	 * perhaps twice. May be NULL. */
	enum rule_took (*within)(struct rule_host *host, struct rule_run *run,
	                         const struct rule *rule, rule_take_fn *take);
};

struct rule_tracer; /* trace.h */

/* A row that wrote its target, when somebody wants to know. */
struct run_wrote {
	size_t row;                      /* its number in the rule; base values come behind the rows */
	const char *from;                /* the paths that it read, in run->arena; "" for none */
};

/* One worker's working memory; rule_run_prepare sizes it. */
struct rule_run {
	struct weir_arena *arena;        /* of the batch */
	const struct rule_event *event;
	const struct rule *rule;         /* the one at hand */
	struct weir_value settings;      /* of the transform */
	const char *normalizer;          /* "weir/1.0 0123456789ab" */
	struct rule_host *host;          /* NULL when no rule has functions */
	const struct rule_tracer *tracer; /* NULL in a pipeline: it costs time */
	struct run_wrote *wrote;         /* by the rule at hand */
	size_t wrote_count, wrote_cap;
	const struct schema_field *lacking; /* the required field that stayed absent */
	int64_t wrong_in_maybe;          /* counted since the start */

	uint64_t event_epoch;            /* of this event */
	uint64_t epoch;                  /* of this rule and event */
	struct weir_value *slots;
	struct run_scope {
		uint64_t epoch;
		struct weir_value value;
	} *scopes;
	struct run_group {
		uint64_t epoch;
		size_t count;
		struct weir_value *values;
	} *groups;
	struct run_memo {
		uint64_t epoch;
		enum plan_got got;
		struct plan_cell cell;
	} *memos;
	struct weir_value *leaves;       /* of the record that is made */
	size_t element;                  /* of the group that is walked */
	bool open;                       /* members that are not described are passed over */
	struct run_made {
		const char *schema;
		struct weir_value record;
	} *made;                         /* of this event so far */
	size_t made_count, made_cap;
	const struct rule *taken[16];    /* rules that took it and went on */
	size_t taken_count;
	struct rule_fault fault;
	enum rule_stop stop;
	const char *stop_text;           /* the reason, in run->arena */
	struct weir_buf scratch;
};

/* ---- eval.c: used by whoever walks nodes ------------------------------------------------------- */

/* The value of a node that has a memo. */
enum plan_got plan_eval_memo(struct rule_run *run, const struct plan_node *node,
                             struct plan_cell *cell);
/* The value of a node. Most are paths of the event, which was read before. */
static inline enum plan_got plan_eval(struct rule_run *run, const struct plan_node *node,
                                      struct plan_cell *cell)
{
	if (node->direct) {
		cell->value = run->slots[node->slot];
		return weir_is_nothing(cell->value) ? PLAN_ABSENT : PLAN_VALUE;
	}
	return node->memo < 0 ? node->eval(run, node, cell) : plan_eval_memo(run, node, cell);
}
/* The text of a value: of a time as it is written, numbers and booleans as the source spells
 * them. False for lists and objects. */
bool plan_text(struct rule_run *run, enum plan_got got, const struct plan_cell *cell,
               struct weir_bytes *text);
/* A time becomes its text, for whoever has no place for times; all else stays as it is. */
enum plan_got plan_untimed(struct rule_run *run, enum plan_got got, struct plan_cell *cell);
/* What run->scratch holds, in the arena. */
struct weir_bytes plan_scratch(struct rule_run *run);
enum plan_got plan_fault(struct rule_run *run, const struct plan_node *node, const char *what,
                         struct weir_value value);
/* Not GLANCE_DOUBTED. */
static inline enum plan_glanced plan_glance(const struct plan_glance *glance,
                                            const struct weir_value *v)
{
	enum plan_glanced says = glance->says[v->kind];

	if (says != GLANCE_DOUBTED)
		return says;
	return rule_may_be_placeholder(weir_value_raw(*v)) ? GLANCE_UNCLEAR : GLANCE_VALUE;
}
/* What a dictionary has for a text, or NULL. */
const struct plan_node *plan_entry(const struct plan_table *table, struct weir_bytes text);
/* The name of a pair with '#' for a place in the list. */
struct weir_bytes plan_numbered_name(struct weir_arena *arena, const struct plan_pair *pair,
                                     size_t place);
/* Reads the elements of a group's list, once; how many there are. */
size_t plan_group_fill(struct rule_run *run, const struct plan_group *group);
/* The value that a scope reads. */
struct weir_value plan_scope_value(struct rule_run *run, const struct plan_scope *scope);
/* The function that evaluates a word, and a path that is not direct. */
plan_eval_fn *plan_eval_of(enum rule_op op);
plan_eval_fn *plan_eval_of_path(const struct plan_node *node);
/* Their parts: eval_text.c and eval_list.c. */
extern plan_eval_fn *const plan_text_evals[RULE_OPS], *const plan_list_evals[RULE_OPS];

/* ---- rows.c --------------------------------------------------------------------------------------- */

/* How a record, or an element of a list, came out. */
enum rows_made {
	ROWS_MADE,    /* leaves are filled */
	ROWS_LACKING, /* something required stayed absent */
	ROWS_FAULT,
	ROWS_STOP,
};
/* Fills leaves (of shape->leaf_count, cleared here). */
enum rows_made plan_rows_fill(struct rule_run *run, const struct plan_rows *rows,
                              struct weir_value *leaves);
/* The object of a shape with its leaves, members in order; absent when all are. */
struct weir_value plan_build(struct rule_run *run, const struct schema_shape *shape,
                             const struct weir_value *leaves);

/* ---- record.c ------------------------------------------------------------------------------------- */

/* Fills in base values, checks what is required, builds the record. */
enum rows_made plan_finish_record(struct rule_run *run, const struct schema *schema,
                                  struct weir_value *leaves, struct weir_value *record);

/* ---- fit.c ----------------------------------------------------------------------------------------- */

/* Brings a value to the type of a field (not one of NESTED without list); PLAN_VALUE with the
 * value to write, PLAN_ABSENT or PLAN_FAULT. node is where faults are, or NULL. */
enum plan_got plan_fit(struct rule_run *run, const struct schema_field *field,
                       const struct plan_node *node, struct plan_cell *cell, enum plan_got got);
/* The value as an address, written as RFC 5952 has it; or a fault. */
enum plan_got plan_fit_ip(struct rule_run *run, const struct plan_node *node,
                          struct plan_cell *cell);
/* An object that was not made row by row, as one of a shape; PLAN_ABSENT when nothing is left. */
enum plan_got plan_fit_nested(struct rule_run *run, const struct schema_shape *shape,
                              const struct plan_node *node, struct plan_cell *cell);
/* Spreads such an object over the leaves of a shape. */
enum plan_got plan_fit_object(struct rule_run *run, const struct schema_shape *shape,
                              const struct plan_node *node, struct weir_value object,
                              struct weir_value *leaves);

#endif
