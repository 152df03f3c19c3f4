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

/* One row of a rule, or a base value of a schema. Its strings live as long as the instance. */
struct weir_rule_row {
	struct weir_where where; /* in the rule file, or in the schema */
	const char *schema;      /* of the record, or NULL: of any */
	const char *target;      /* "source_address_geo_summary.city.name"; "." is the whole record */
	const char *source;      /* as a rule writes it: known("actor.id"); or {setting tenant_id} */
	size_t functions;        /* that run for each event, and cost more than words */
	bool base;               /* the schema fills it in where no row did */
};

/* A rule that may take events of a type. They are tried in the order in which they are told. */
struct weir_rule_step {
	struct weir_where where; /* of its case */
	const char *schema;      /* of the record; NULL for rules that change any, or that drop */
	const char *drop;        /* the cause, of rules that drop; else NULL */
	const char *type;        /* as the rule names it: "user.session.start", "user.*", "*" */
	const char *conditions;  /* as text; "" when there are none */
	size_t functions;        /* in the conditions */
	const char *setting;     /* that decides whether the case holds at all; or NULL */
	bool always;             /* no condition looks at the event */
};
typedef void weir_rule_told(void *user, const struct weir_rule_step *step);

enum weir_rule_verdict {
	WEIR_RULE_TOOK,     /* it made or changed records */
	WEIR_RULE_PASSED,   /* it did not take the event, and why */
	WEIR_RULE_DROPPED,  /* on purpose; why is the cause */
	WEIR_RULE_REJECTED, /* why is what is wrong with the event */
};

/* What became of an event at a step. */
struct weir_rule_tried {
	struct weir_rule_step step;
	enum weir_rule_verdict verdict;
	const char *why;         /* a few words; "" of a rule that took it */
	size_t records;          /* that it made */
};

/* Who wants to know what rules do with the rows of the batch in process. Texts are valid during
 * the call. */
struct weir_rule_tracer {
	/* First those steps that a setting or a later folder switched off, then in their order
	 * those that were tried. */
	void (*tried)(void *user, size_t batch_row, const struct weir_rule_tried *tried);
	/* Behind a step that took the event, for each row that wrote. from names the paths that
	 * the value came from: "outcome.result, actor.id"; "" when none did. */
	void (*wrote)(void *user, size_t batch_row, const struct weir_rule_row *row,
	              const char *from);
	void *user;
};

/* A question about schemas, which needs no instance. */
struct weir_schema_query {
	const char *const *folders; /* where they are sought, in their order; NULL-ended */
	const char *name;           /* NULL: which ones there are */
	void (*mistake)(void *user, const struct weir_error *mistake);
	void *user;
};

/* What a new rule begins with. */
struct weir_rule_sketch {
	const char *schema, *type; /* of its records, of its events */
	/* Rows in the order of the schema: an array of {"target", "type", "doc"} with "from", a path
	 * of plain keys, or "value", a constant that the author has to choose. None: the record is
	 * the whole event. */
	struct weir_value rows;
};

struct weir_rules {
	uint32_t size; /* sizeof(struct weir_rules) */
	/* Changes when the content of a file changes that create read. */
	uint64_t (*fingerprint)(const void *self);
	/* The files that create read, NULL-ended; a new file beside them counts as a change too. */
	const char *const *(*files)(const void *self);
	/* All rows of all rules; the array lives as long as the instance. */
	size_t (*rows)(const void *self, const struct weir_rule_row **rows);
	/* From now on tells the tracer, which is copied; NULL ends it. Costs time. */
	void (*trace)(void *self, const struct weir_rule_tracer *tracer);
	/* Tells which rules may take events of a type; NULL: all rules, once for each type that
	 * they name, also what a setting switched off. */
	void (*route)(const void *self, const char *type, weir_rule_told *told, void *user);
	/* Describes a schema, in arena, as an object:
	 *   {"name", "doc", "file", "open": true,
	 *    "fields": [{"target": "a.list[].b", "type": "list of text", "unit": "us",
	 *                "required": true, "enum": "auth.action", "enum_file",
	 *                "values": {token: text}, "max": 100, "sure", "doc"}, ...],
	 *    "base": [{"target", "value", "line"}, ...]}
	 * in which what does not apply is left out; without a name an array of {"name", "file"}.
	 * False: what is wrong was told. */
	bool (*schema)(const struct weir_schema_query *query, struct weir_arena *arena,
	               struct weir_value *told);
	/* Writes a rule file that works. Needs no instance. */
	void (*sketch)(const struct weir_rule_sketch *sketch, struct weir_buf *text);
};

#pragma GCC visibility pop

#endif
