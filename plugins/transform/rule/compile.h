/* compile.h - from words to plans; between the files of the compiler.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_COMPILE_H
#define RULE_COMPILE_H

#include "known.h"
#include "rule.h"

/* Compiling one rule. */
struct compiler {
	struct weir_arena *arena;
	struct rule_report *report;
	struct rule *rule;
	struct plan *plan;
	struct known *known;   /* names of the events that it takes, or NULL */
	struct compiled {
		const struct rule_word *word;
		const struct plan_scope *scope;
		struct plan_node *node;
	} *done;              /* open addressing; free ones have no word */
	size_t done_count, done_mask;
	struct plan_node **nodes;
	size_t node_count;
	struct weir_error err;
};

/* Compiles the rule's conditions and fields into rule->plan; schema is set, or NULL if there
 * is none. Mistakes go to the report. */
void compile_rule(struct compiler *c, const struct schema *schema);

/* A word in a scope; each pair is compiled once. Never NULL. */
struct plan_node *compile_word(struct compiler *c, struct plan_scope *scope,
                               const struct rule_word *word);
/* A path in a scope; [] allowed. */
struct plan_node *compile_path(struct compiler *c, struct plan_scope *scope,
                               const struct rule_word *word, const char *path);
/* A plain node for a word, counted in c->nodes. */
struct plan_node *compile_node(struct compiler *c, const struct rule_word *word);
/* Arguments of a word; sets node->args and the group that they share. */
void compile_args(struct compiler *c, struct plan_scope *scope, struct plan_node *node);
/* A row's [] is only for words that take lists. */
void compile_forbid_list(struct compiler *c, const struct plan_node *node);
/* For a row of which values of the kinds `fitting` are written as they are. */
struct plan_glance compile_glance(const struct plan_node *node, unsigned fitting, bool required);
struct plan_scope *compile_scope(struct compiler *c, enum plan_scope_of of,
                                 const struct plan_node *node, const struct plan_scope *within);

/* compile_list.c: words that make lists and objects. */
void compile_all(struct compiler *c, struct plan_scope *scope, struct plan_node *node);
/* `all` for a described list: its elements are rows of the field's shape. */
struct plan_node *compile_all_rows(struct compiler *c, struct plan_scope *scope,
                                   const struct rule_word *word,
                                   const struct schema_field *field);
void compile_keyed(struct compiler *c, struct plan_scope *scope, struct plan_node *node);
void compile_object(struct compiler *c, struct plan_scope *scope, struct plan_node *node);
/* Once all paths of the rule are known: what rest() leaves out. */
void compile_rest(struct compiler *c, struct plan_node *node);

/* compile_rows.c: rows against a schema; list is the field whose elements they make, or NULL for
 * the record. */
struct plan_rows *compile_rows(struct compiler *c, struct plan_scope *scope,
                               const struct schema_shape *shape, const struct rule_table *table,
                               const struct schema_field *list);
void compile_changes(struct compiler *c, const struct schema *schema);

/* Numbers a row of the rule, and keeps a copy. */
void compile_keep_row(struct compiler *c, struct plan_row *row);

/* check.c: mistakes that need no schema. */
void check_word(struct compiler *c, const struct rule_word *word);
/* Whether all that a row may give fits a field; reports what does not. */
void check_fit(struct compiler *c, const struct schema_field *field, const struct rule_word *word,
               struct weir_where where);
/* word->where, or the rule's place when the word has none. */
struct weir_where check_where(const struct compiler *c, const struct rule_word *word);

#endif
