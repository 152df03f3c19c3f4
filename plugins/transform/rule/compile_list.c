/* compile_list.c - compiling words that make lists and objects, and rest().
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compile.h"

#include <string.h>

/* ---- all ------------------------------------------------------------------------------------ */

static void start_all(struct compiler *c, struct plan_scope *scope, struct plan_node *node,
                      const struct plan_node **args)
{
	struct plan_node *list = compile_path(c, scope, node->word, node->word->text.data);

	compile_forbid_list(c, list);
	list->uses++;
	args[0] = list;
	node->args = args;
	node->arg_count = 1;
	node->scope = compile_scope(c, SCOPE_ELEMENT, NULL, scope);
}

void compile_all(struct compiler *c, struct plan_scope *scope, struct plan_node *node)
{
	const struct plan_node **args = weir_arena_alloc(c->arena, 2 * sizeof *args);
	struct plan_node *element;

	start_all(c, scope, node, args);
	element = compile_word(c, (struct plan_scope *)node->scope, node->word->args[0]);
	compile_forbid_list(c, element);
	element->uses++;
	args[1] = element;
	node->arg_count = 2;
}

struct plan_node *compile_all_rows(struct compiler *c, struct plan_scope *scope,
                                   const struct rule_word *word, const struct schema_field *field)
{
	const struct plan_node **args = weir_arena_alloc(c->arena, sizeof *args);
	struct plan_node *node = compile_node(c, word);

	start_all(c, scope, node, args);
	node->rows = compile_rows(c, (struct plan_scope *)node->scope, field->shape,
	                          word->args[0]->table, field);
	return node;
}

/* ---- keyed ----------------------------------------------------------------------------------- */

/* A key as it is written to the record. */
static struct weir_value written_key(struct compiler *c, struct weir_bytes name)
{
	return weir_make_written(c->arena, weir_make_text_borrowed(c->arena, name));
}

static struct weir_value *numbered_keys(struct compiler *c, const struct plan_pair *pair)
{
	struct weir_value *keys = weir_arena_alloc(c->arena, PLAN_PLACES * sizeof *keys);

	for (size_t i = 0; i < PLAN_PLACES; i++)
		keys[i] = written_key(c, plan_numbered_name(c->arena, pair, i));
	return keys;
}

static void numbered(struct compiler *c, struct plan_pair *pair, const struct rule_entry *entry,
                     const char *hash)
{
	const char *end = entry->name.data + entry->name.len;

	pair->before = (struct weir_bytes){ entry->name.data, (size_t)(hash - entry->name.data) };
	pair->after = (struct weir_bytes){ hash + 1, (size_t)(end - hash - 1) };
	pair->keys = numbered_keys(c, pair);
	if (memchr(pair->after.data, '#', pair->after.len))
		rule_mistake(c->report, entry->where, "'%s' has more than one #", entry->name.data);
	if (!pair->node->group && pair->node->word->op != RULE_UNKNOWN)
		rule_mistake(c->report, entry->where,
		             "'%s' has a # for the place in a list, but its row has no []; write "
		             "\"target[].id\", for instance",
		             entry->name.data);
}

static void plain(struct compiler *c, struct plan_pair *pair, const struct rule_entry *entry)
{
	struct weir_value *key = weir_arena_alloc(c->arena, sizeof *key);

	*key = written_key(c, entry->name);
	pair->keys = key;
	compile_forbid_list(c, pair->node);
}

void compile_keyed(struct compiler *c, struct plan_scope *scope, struct plan_node *node)
{
	const struct rule_table *table = node->word->table;

	node->pairs = weir_arena_alloc(c->arena, (table->count + 1) * sizeof *node->pairs);
	node->pair_count = table->count;
	node->keys[0] = weir_key_create(c->arena, weir_bytes("key"));
	node->keys[1] = weir_key_create(c->arena, weir_bytes("value"));
	for (size_t i = 0; i < table->count; i++) {
		const struct rule_entry *entry = &table->entries[i];
		const char *hash = memchr(entry->name.data, '#', entry->name.len);
		struct plan_node *row = compile_word(c, scope, entry->word);
		struct plan_pair *pair = &node->pairs[i];

		row->uses++;
		*pair = (struct plan_pair){ .node = row,
			                    .glance = compile_glance(row, 1u << WEIR_TEXT, false) };
		if (hash)
			numbered(c, pair, entry, hash);
		else
			plain(c, pair, entry);
	}
}

/* ---- objects -------------------------------------------------------------------------------------- */

void compile_object(struct compiler *c, struct plan_scope *scope, struct plan_node *node)
{
	const struct rule_table *table = node->word->table;
	struct plan_object *object = weir_arena_alloc(c->arena, sizeof *object);

	object->count = table->count;
	object->keys = weir_arena_alloc(c->arena, (table->count + 1) * sizeof *object->keys);
	object->nodes = weir_arena_alloc(c->arena, (table->count + 1) * sizeof *object->nodes);
	for (size_t i = 0; i < table->count; i++) {
		struct plan_node *member = compile_word(c, scope, table->entries[i].word);

		compile_forbid_list(c, member);
		member->uses++;
		object->keys[i] = weir_key_create(c->arena, table->entries[i].name);
		object->nodes[i] = member;
	}
	node->object = object;
}

/* ---- rest ---------------------------------------------------------------------------------------------- */

static struct rest_step *step_into(struct compiler *c, struct rest_step *from,
                                   struct weir_bytes name)
{
	for (size_t i = 0; i < from->count; i++) {
		if (weir_bytes_equal(from->steps[i].name, name))
			return &from->steps[i];
	}
	from->steps = rule_grow(c->arena, from->steps, from->count, sizeof *from->steps);
	from->steps[from->count] = (struct rest_step){ .name = name };
	return &from->steps[from->count++];
}

/* The next name of a path: bare, or ["quoted"]. False at its end and at a selector, behind
 * which elements of a list are named in part. */
static bool next_name(struct compiler *c, const char **p, struct weir_bytes *name)
{
	struct weir_buf quoted = { 0 };
	size_t len;

	if (**p == '.')
		++*p;
	if (strncmp(*p, "[\"", 2) == 0) {
		for (*p += 2; **p && **p != '"'; ++*p) {
			if (**p == '\\')
				++*p;
			weir_buf_putc(&quoted, **p);
		}
		*p += strlen(*p) < 2 ? strlen(*p) : 2;
		*name = weir_arena_copy(c->arena,
		                        (struct weir_bytes){ quoted.data, quoted.len });
		weir_buf_finish(&quoted);
		return true;
	}
	len = strcspn(*p, ".[");
	*name = (struct weir_bytes){ *p, len };
	*p += len;
	return len > 0;
}

/* A list is left out only when a path names all of it. */
static void leave_out(struct compiler *c, struct rest_step *top, const char *path)
{
	struct rest_step *step = top;
	struct weir_bytes name;

	while (next_name(c, &path, &name))
		step = step_into(c, step, name);
	if (!*path && step != top)
		step->whole = true;
}

static bool names_parts_of_list(const struct compiler *c, const struct plan_scope *scope,
                                uint32_t slot)
{
	for (size_t i = 0; i < c->plan->group_count; i++) {
		const struct plan_node *list = c->plan->groups[i]->list;

		if (list->scope == scope && list->slot == slot)
			return true;
	}
	for (size_t i = 0; i < c->node_count; i++) {
		const struct plan_node *node = c->nodes[i];

		if (node->word->op == RULE_ALL && node->args && node->args[0]->scope == scope &&
		    node->args[0]->slot == slot)
			return true;
	}
	return false;
}

void compile_rest(struct compiler *c, struct plan_node *node)
{
	const struct plan_scope *scope = node->scope;
	struct rest_step *top = weir_arena_alloc(c->arena, sizeof *top);

	*top = (struct rest_step){ 0 };
	for (uint32_t i = 0; i < scope->count; i++) {
		if (!names_parts_of_list(c, scope, i))
			leave_out(c, top, scope->names[i]);
	}
	node->rest = top;
}
