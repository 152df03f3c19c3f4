/* compile_rows.c - the rows of a rule against the schema of its record.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compile.h"

#include <string.h>

/* The rows of a shape while they are collected. */
struct row_list {
	struct compiler *c;
	struct plan_scope *scope;
	struct plan_row *rows;
	size_t count;
	struct rule_table *extras; /* of an open schema; NULL: what is not described is wrong */
};

static struct weir_where entry_where(const struct compiler *c, const struct rule_entry *entry,
                                     const char *path)
{
	struct weir_where where = entry->where.line ? entry->where : check_where(c, entry->word);

	where.path = path;
	return where;
}

static const char *path_under(struct compiler *c, const char *prefix, struct weir_bytes key)
{
	return *prefix ? weir_arena_format(c->arena, "%s.%.*s", prefix, (int)key.len, key.data)
	               : weir_arena_copy(c->arena, key).data;
}

static void unknown_target(struct compiler *c, const struct schema_shape *shape,
                           const struct rule_entry *entry, const char *path)
{
	const char *near = rule_did_you_mean(c->arena, path,
	                                     schema_targets(c->arena, shape->top));
	struct weir_where where = entry_where(c, entry, path);

	where.path = NULL;
	if (memchr(entry->name.data, '.', entry->name.len) && schema_member(shape,
	    (struct weir_bytes){ path, strcspn(path, ".") }))
		near = "; write nested fields as a = { b = … }";
	rule_mistake(c->report, where, "the schema %s has no field '%s'%s",
	             c->rule->schema ? c->rule->schema->name : "", path, near);
}

static struct plan_node *compile_target(struct compiler *c, struct plan_scope *scope,
                                        const struct schema_field *field,
                                        const struct rule_word *word)
{
	struct plan_node *node;

	if (field->list && field->type == SCHEMA_NESTED && word->op == RULE_ALL &&
	    word->args[0]->op == RULE_OBJECT)
		return compile_all_rows(c, scope, word, field);
	node = compile_word(c, scope, word);
	if (!field->list)
		compile_forbid_list(c, node);
	return node;
}

void compile_keep_row(struct compiler *c, struct plan_row *row)
{
	struct rule *rule = c->rule;

	row->number = rule->row_count;
	rule->all_rows = rule_grow(c->arena, rule->all_rows, rule->row_count,
	                           sizeof *rule->all_rows);
	rule->all_rows[rule->row_count++] = *row;
}

/* Kinds of values that a field takes and writes without looking at them. */
static unsigned fitting(const struct schema_field *field, const struct rule_word *word)
{
	unsigned gives = rule_word_gives(word);

	if (field->list)
		return 0;
	switch (field->type) {
	case SCHEMA_TEXT: return field->words || field->max ? 0 : 1u << WEIR_TEXT;
	case SCHEMA_IP: return gives == RULE_GIVES_IP ? 1u << WEIR_TEXT : 0;
	case SCHEMA_INT: return gives == RULE_GIVES_INT ? 1u << WEIR_NUMBER : 0;
	case SCHEMA_NUMBER: return 1u << WEIR_NUMBER;
	case SCHEMA_BOOL: return 1u << WEIR_BOOLEAN;
	case SCHEMA_OBJECT: return 1u << WEIR_OBJECT;
	case SCHEMA_ANY: return ~0u;
	case SCHEMA_TIME:
	case SCHEMA_NESTED: break;
	}
	return 0;
}

static void add_row(struct compiler *c, struct row_list *list, struct plan_row row)
{
	row.fitting = fitting(row.target, row.node->word);
	compile_keep_row(c, &row);
	list->rows = rule_grow(c->arena, list->rows, list->count, sizeof *list->rows);
	list->rows[list->count++] = row;
}

static void collect_row(struct row_list *list, const struct schema_field *field,
                        const struct rule_entry *entry)
{
	struct compiler *c = list->c;
	struct weir_where where = entry_where(c, entry, field->path);
	struct plan_node *node = compile_target(c, list->scope, field, entry->word);
	bool required = field->required && !schema_has_base(c->rule->schema, field);

	node->uses++;
	if (!node->group)
		check_fit(c, field, entry->word, where);
	if (entry->word->op == RULE_REMOVE)
		rule_mistake(c->report, where, "remove() goes with change only; leave the row out");
	add_row(c, list, (struct plan_row){ .target = field, .path = field->path, .node = node,
	                                    .where = where, .required = required });
}

static void add_extra(struct row_list *list, const struct rule_entry *entry)
{
	struct rule_table *extras = list->extras;

	extras->entries = rule_grow(list->c->arena, extras->entries, extras->count,
	                            sizeof *extras->entries);
	extras->entries[extras->count++] = *entry;
}

static void collect_rows(struct row_list *list, const struct schema_shape *shape,
                         const struct rule_table *table, const char *prefix)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct rule_entry *entry = &table->entries[i];
		const struct schema_field *field = schema_member(shape, entry->name);

		if (!field && list->extras && !*prefix)
			add_extra(list, entry);
		else if (!field)
			unknown_target(list->c, shape, entry,
			               path_under(list->c, prefix, entry->name));
		else if (entry->word->op == RULE_OBJECT && field->type == SCHEMA_NESTED &&
		         !field->list)
			collect_rows(list, field->shape, entry->word->table, field->path);
		else
			collect_row(list, field, entry);
	}
}

/* Everything that must be there has a row, directly or through the object that holds it. */
static bool is_covered(const struct row_list *list, const struct schema_field *field)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct schema_field *target = list->rows[i].target;
		size_t len = strlen(target->path);

		if (target == field || (target->leaf < 0 && strncmp(target->path, field->path, len) == 0 &&
		                        field->path[len] == '.'))
			return true;
	}
	return false;
}

static void check_required(struct compiler *c, const struct schema_shape *shape,
                           const struct row_list *list, struct weir_where where)
{
	for (size_t i = 0; i < shape->leaf_count; i++) {
		const struct schema_field *field = shape->leaves[i];

		if (!field->required || is_covered(list, field) || schema_has_base(c->rule->schema, field))
			continue;
		where.path = NULL;
		rule_mistake(c->report, where, "the schema %s requires '%s', and no row fills it",
		             c->rule->schema->name, field->path);
	}
}

/* Puts required rows first; how many there are. */
static size_t required_first(struct row_list *list)
{
	size_t required = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct plan_row row = list->rows[i];

		if (!row.required)
			continue;
		memmove(&list->rows[required + 1], &list->rows[required],
		        (i - required) * sizeof row);
		list->rows[required++] = row;
	}
	return required;
}

static struct plan_node *compile_extras(struct compiler *c, struct plan_scope *scope,
                                        const struct rule_table *extras)
{
	struct rule_word *word = weir_arena_alloc(c->arena, sizeof *word);
	struct plan_node *node;

	*word = (struct rule_word){ .op = RULE_OBJECT, .table = extras };
	node = compile_word(c, scope, word);
	for (size_t i = 0; i < extras->count; i++) {
		struct plan_row row = { .path = extras->entries[i].name.data,
			                .node = node->object->nodes[i],
			                .where = entry_where(c, &extras->entries[i], NULL) };

		compile_keep_row(c, &row);
	}
	return node;
}

static struct plan_move move_of(const struct plan_row *row)
{
	if (row->target->leaf < 0)
		return (struct plan_move){ 0 };
	return (struct plan_move){ .glance = compile_glance(row->node, row->fitting, row->required),
		                   .leaf = (uint32_t)row->target->leaf };
}

static struct plan_move *compile_moves(struct compiler *c, const struct row_list *list)
{
	struct plan_move *moves = weir_arena_alloc(c->arena, list->count * sizeof *moves);

	for (size_t i = 0; i < list->count; i++)
		moves[i] = move_of(&list->rows[i]);
	return moves;
}

struct plan_rows *compile_rows(struct compiler *c, struct plan_scope *scope,
                               const struct schema_shape *shape, const struct rule_table *table,
                               const struct schema_field *of)
{
	struct plan_rows *rows = weir_arena_alloc(c->arena, sizeof *rows);
	struct row_list list = { .c = c, .scope = scope };

	if (!of && c->rule->schema->open) {
		list.extras = weir_arena_alloc(c->arena, sizeof *list.extras);
		*list.extras = (struct rule_table){ 0 };
	}
	collect_rows(&list, shape, table,
	             of ? weir_arena_format(c->arena, "%s[]", of->path) : "");
	if (!of && (!c->rule->sketch || c->rule->sketch_all))
		check_required(c, shape, &list, c->rule->where);
	if (list.extras && list.extras->count)
		c->rule->extras = compile_extras(c, scope, list.extras);
	rows->shape = shape;
	rows->required_count = required_first(&list);
	rows->rows = list.rows;
	rows->moves = compile_moves(c, &list);
	rows->count = list.count;
	return rows;
}

/* ---- change ---------------------------------------------------------------------------------- */

/* The keys above a row that is being collected. */
struct keys {
	struct weir_bytes names[16];
	size_t count;
};

static void add_change(struct compiler *c, const struct keys *keys, struct plan_row row)
{
	struct rule *rule = c->rule;
	struct weir_bytes *copy = weir_arena_alloc(c->arena, sizeof keys->names);

	memcpy(copy, keys->names, sizeof keys->names);
	compile_keep_row(c, &row);
	rule->changes = rule_grow(c->arena, rule->changes, rule->change_count,
	                          sizeof *rule->changes);
	rule->changes[rule->change_count++] =
	        (struct plan_change){ .keys = copy, .key_count = keys->count, .row = row };
}

/* shape is NULL below what no schema describes. */
static void collect_changes(struct compiler *c, const struct schema_shape *shape,
                            const struct rule_table *table, struct keys *keys, const char *prefix)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct rule_entry *entry = &table->entries[i];
		const struct schema_field *field = shape ? schema_member(shape, entry->name) : NULL;
		const char *path = path_under(c, prefix, entry->name);
		struct plan_node *node;

		if (shape && !field) {
			unknown_target(c, shape, entry, path);
			continue;
		}
		if (keys->count == WEIR_COUNT(keys->names)) {
			rule_mistake(c->report, entry_where(c, entry, path), "nests too deep");
			return;
		}
		keys->names[keys->count++] = entry->name;
		if (entry->word->op == RULE_OBJECT &&
		    (!field || (field->type == SCHEMA_NESTED && !field->list))) {
			collect_changes(c, field ? field->shape : NULL, entry->word->table, keys, path);
		} else {
			node = field ? compile_target(c, c->plan->scopes[0], field, entry->word)
			             : compile_word(c, c->plan->scopes[0], entry->word);
			node->uses++;
			if (field && entry->word->op != RULE_REMOVE && !node->group)
				check_fit(c, field, entry->word, entry_where(c, entry, path));
			add_change(c, keys, (struct plan_row){ .target = field, .path = path, .node = node,
			                                      .where = entry_where(c, entry, path) });
		}
		keys->count--;
	}
}

void compile_changes(struct compiler *c, const struct schema *schema)
{
	struct keys keys = { 0 };

	if (!c->rule->fields || (!schema && c->rule->schema_name))
		return;
	if (c->rule->fields->op != RULE_OBJECT) {
		c->rule->whole = compile_word(c, c->plan->scopes[0], c->rule->fields);
		compile_keep_row(c, &(struct plan_row){
		                         .path = ".", .node = c->rule->whole,
		                         .where = check_where(c, c->rule->fields) });
		return;
	}
	collect_changes(c, schema ? schema->shape : NULL, c->rule->fields->table, &keys, "");
}
