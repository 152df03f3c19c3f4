/* compile.c - words to nodes, paths to scopes and groups.
 *
 * Not here: lists and objects (compile_list.c), rows against a schema (compile_rows.c), what
 * is wrong with a word by itself (check.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compile.h"

#include "pattern.h"

#include <string.h>

/* ---- nodes --------------------------------------------------------------------------------- */

struct plan_node *compile_node(struct compiler *c, const struct rule_word *word)
{
	struct plan_node *node = weir_arena_alloc(c->arena, sizeof *node);

	*node = (struct plan_node){ .eval = plan_eval_of(word->op),
		                    .word = word,
		                    .memo = -1,
		                    .text = word->text,
		                    .more = word->more,
		                    .value = weir_make_written(c->arena, word->value) };
	c->nodes = rule_grow(c->arena, c->nodes, c->node_count, sizeof *c->nodes);
	c->nodes[c->node_count++] = node;
	return node;
}

static struct compiled *place_of(struct compiled *done, size_t mask, const struct rule_word *word,
                                 const struct plan_scope *scope)
{
	size_t at = ((uintptr_t)word / 16 * 31 + (uintptr_t)scope / 16) & mask;

	while (done[at].word && (done[at].word != word || done[at].scope != scope))
		at = (at + 1) & mask;
	return &done[at];
}

static void grow_done(struct compiler *c)
{
	size_t size = c->done ? (c->done_mask + 1) * 2 : 256;
	struct compiled *larger = weir_arena_alloc(c->arena, size * sizeof *larger);

	memset(larger, 0, size * sizeof *larger);
	for (size_t i = 0; c->done && i <= c->done_mask; i++) {
		if (c->done[i].word)
			*place_of(larger, size - 1, c->done[i].word, c->done[i].scope) = c->done[i];
	}
	c->done = larger;
	c->done_mask = size - 1;
}

/* ---- scopes ----------------------------------------------------------------------------------- */

struct plan_scope *compile_scope(struct compiler *c, enum plan_scope_of of,
                                 const struct plan_node *node, const struct plan_scope *within)
{
	struct plan *plan = c->plan;
	struct plan_scope *scope;

	for (size_t i = 0; i < plan->scope_count && of != SCOPE_ELEMENT; i++) {
		if (plan->scopes[i]->of == of && plan->scopes[i]->node == node)
			return plan->scopes[i];
	}
	scope = weir_arena_alloc(c->arena, sizeof *scope);
	*scope = (struct plan_scope){ .of = of, .node = node, .within = within,
		                      .number = (uint32_t)plan->scope_count };
	scope->fleeting = of == SCOPE_ELEMENT || (of == SCOPE_NODE && within->fleeting);
	plan->scopes = rule_grow(c->arena, plan->scopes, plan->scope_count, sizeof *plan->scopes);
	plan->scopes[plan->scope_count++] = scope;
	return scope;
}

static uint32_t add_name(struct compiler *c, const char ***names, size_t *count, const char *name)
{
	for (size_t i = 0; i < *count; i++) {
		if (strcmp((*names)[i], name) == 0)
			return (uint32_t)i;
	}
	*names = rule_grow(c->arena, *names, *count, sizeof **names);
	(*names)[*count] = name;
	return (uint32_t)(*count)++;
}

/* ---- paths -------------------------------------------------------------------------------------- */

/* Where "[]" stands in a path, outside of quotes and other brackets; NULL if nowhere. */
static const char *find_list(const char *p)
{
	for (; *p; p++) {
		if (*p != '[')
			continue;
		if (p[1] == ']')
			return p;
		if (p[1] == '"')
			for (p += 2; *p && *p != '"'; p++)
				p += *p == '\\' && p[1];
		while (*p && *p != ']')
			p++;
		if (!*p)
			break;
	}
	return NULL;
}

/* True when the path is sound; else it was reported. */
static bool check_path(struct compiler *c, const struct rule_word *word, const char *path)
{
	struct weir_paths *paths = weir_paths_create(&path, 1, &c->err);

	if (!paths) {
		c->err.where = check_where(c, word);
		rule_mistake_error(c->report, c->err.where, &c->err);
		return false;
	}
	weir_paths_destroy(paths);
	return true;
}

static struct plan_node *unknown(struct compiler *c, const struct rule_word *word)
{
	struct plan_node *node = compile_node(c, word);

	node->eval = plan_eval_of(RULE_UNKNOWN);
	return node;
}

static struct plan_node *plain_path(struct compiler *c, struct plan_scope *scope,
                                    const struct rule_word *word, const char *path)
{
	struct plan_node *node;

	if (!check_path(c, word, path))
		return unknown(c, word);
	node = compile_node(c, word);
	node->is_path = true;
	node->scope = scope;
	node->direct = scope->of == SCOPE_EVENT;
	node->eval = node->direct ? NULL : plan_eval_of_path(node);
	node->slot = add_name(c, &scope->names, &scope->count, path);
	return node;
}

/* The group of a list in a scope: the node of the list decides, and that is made once for
 * each path. */
static struct plan_group *group_of(struct compiler *c, struct plan_scope *scope,
                                   const struct rule_word *word, const char *list)
{
	struct plan *plan = c->plan;
	struct plan_group *group;
	struct plan_node *node;

	for (size_t i = 0; i < plan->group_count; i++) {
		const struct plan_node *of = plan->groups[i]->list;

		if (of->scope == scope && strcmp(scope->names[of->slot], list) == 0)
			return plan->groups[i];
	}
	node = plain_path(c, scope, word, list);
	if (!node->scope)
		return NULL;
	group = weir_arena_alloc(c->arena, sizeof *group);
	*group = (struct plan_group){ .list = node, .fleeting = scope->fleeting,
		                      .number = (uint32_t)plan->group_count };
	plan->groups = rule_grow(c->arena, plan->groups, plan->group_count, sizeof *plan->groups);
	plan->groups[plan->group_count++] = group;
	return group;
}

static void check_known(struct compiler *c, const struct rule_word *word, const char *path)
{
	const char *meant = known_path(c->known, path);

	if (meant)
		rule_suspicion(c->report, check_where(c, word),
		               "no event of Okta has '%s'; did you mean '%s'?", path, meant);
}

struct plan_node *compile_path(struct compiler *c, struct plan_scope *scope,
                               const struct rule_word *word, const char *path)
{
	const char *brackets = find_list(path), *rest;
	struct plan_group *group;
	struct plan_node *node;

	if (c->known && scope->of == SCOPE_EVENT)
		check_known(c, word, path);
	if (!brackets)
		return plain_path(c, scope, word, path);
	rest = brackets + 2;
	rest += *rest == '.';
	if (!*rest)
		rest = ".";
	if (find_list(rest)) {
		rule_mistake(c->report, check_where(c, word),
		             "path '%s': only one [] is possible; write all(\"%.*s\", …) for "
		             "lists in lists",
		             path, (int)(brackets - path), path);
		return unknown(c, word);
	}
	if (!check_path(c, word, rest))
		return unknown(c, word);
	group = group_of(c, scope, word,
	                 brackets == path ? "."
	                                  : weir_arena_format(c->arena, "%.*s",
	                                                      (int)(brackets - path), path));
	if (!group)
		return unknown(c, word);
	node = compile_node(c, word);
	node->is_path = true;
	node->group = group;
	node->eval = plan_eval_of_path(node);
	node->slot = add_name(c, &group->names, &group->count, rest);
	return node;
}

/* "actor" and "id" to "actor.id". */
static const char *join_paths(struct compiler *c, struct weir_bytes a, struct weir_bytes b)
{
	if (weir_bytes_are(a, "."))
		return b.data;
	if (weir_bytes_are(b, "."))
		return a.data;
	return weir_arena_format(c->arena, "%s%s%s", a.data, *b.data == '[' ? "" : ".", b.data);
}

/* get(row, "p"): one path when the row is a path itself, else a scope of the row's value. */
static struct plan_node *compile_get(struct compiler *c, struct plan_scope *scope,
                                     const struct rule_word *word)
{
	const struct rule_word *of = word->args[0];
	struct plan_node *node;

	if (of->op == RULE_PATH)
		return compile_path(c, scope, word, join_paths(c, of->text, word->text));
	if (of->op == RULE_RECORD)
		return compile_path(c, compile_scope(c, SCOPE_RECORD, NULL, NULL), word,
		                    join_paths(c, of->text, word->text));
	node = compile_word(c, scope, of);
	compile_forbid_list(c, node);
	node->uses++;
	return compile_path(c, compile_scope(c, SCOPE_NODE, node, scope), word, word->text.data);
}

void compile_forbid_list(struct compiler *c, const struct plan_node *node)
{
	if (node->group)
		rule_mistake(c->report, check_where(c, node->word),
		             "a path with [] gives a list; write join(…), all(…), or [0] for one "
		             "element");
}

/* ---- words ----------------------------------------------------------------------------------------- */

/* A node that goes over a list goes over the one list of all that it is made of. */
static void share_group(struct compiler *c, struct plan_node *node, const struct plan_node *part)
{
	if (node->group && part->group && node->group != part->group)
		rule_mistake(c->report, check_where(c, node->word),
		             "a row can go over one list only");
	if (part->group)
		node->group = part->group;
}

void compile_args(struct compiler *c, struct plan_scope *scope, struct plan_node *node)
{
	size_t count = node->word->arg_count;
	const struct plan_node **args = weir_arena_alloc(c->arena, (count + 1) * sizeof *args);

	for (size_t i = 0; i < count; i++) {
		struct plan_node *arg = compile_word(c, scope, node->word->args[i]);

		args[i] = arg;
		arg->uses++;
		share_group(c, node, arg);
	}
	node->args = args;
	node->arg_count = (uint32_t)count;
}

static size_t power_of_two(size_t least)
{
	size_t size = 4;

	while (size < least)
		size *= 2;
	return size;
}

static void compile_table(struct compiler *c, struct plan_scope *scope, struct plan_node *node)
{
	const struct rule_table *from = node->word->table;
	size_t size = power_of_two(from->count * 2 + 1);
	struct plan_table *table = weir_arena_alloc(c->arena, sizeof *table);

	table->mask = size - 1;
	table->entries = weir_arena_alloc(c->arena, size * sizeof *table->entries);
	memset(table->entries, 0, size * sizeof *table->entries);
	for (size_t i = 0; i < from->count; i++) {
		struct weir_bytes text = from->entries[i].name;
		struct plan_node *value = compile_word(c, scope, from->entries[i].word);
		uint64_t at = weir_hash(text) & table->mask;

		value->uses++;
		share_group(c, node, value);
		while (table->entries[at].node)
			at = (at + 1) & table->mask;
		table->entries[at].text = text;
		table->entries[at].node = value;
	}
	node->table = table;
}

struct plan_glance compile_glance(const struct plan_node *node, unsigned fitting, bool required)
{
	bool known = node->word->op == RULE_KNOWN;
	const struct plan_node *path = known ? node->args[0] : node;
	struct plan_glance glance = { .slot = path->slot };

	if (!path->direct)
		return (struct plan_glance){ 0 };
	for (int kind = WEIR_ABSENT; kind <= WEIR_OBJECT; kind++) {
		if (kind <= WEIR_NULL)
			glance.says[kind] = required ? GLANCE_UNCLEAR : GLANCE_NOTHING;
		else if (known && kind >= WEIR_ARRAY)
			glance.says[kind] = GLANCE_UNCLEAR;
		else if (fitting >> kind & 1)
			glance.says[kind] = known && kind == WEIR_TEXT ? GLANCE_DOUBTED : GLANCE_VALUE;
	}
	return glance;
}

/* What pick gives is known when its row is: a setting, for instance. */
static const struct rule_word *known_choice(const struct rule_word *word)
{
	const struct rule_word *row = word->args[0];
	const struct rule_entry *entry;
	struct weir_bytes text;

	if (word->op != RULE_PICK || row->op != RULE_CONST || row->value.kind != WEIR_TEXT)
		return NULL;
	weir_value_text(row->value, NULL, &text);
	entry = rule_table_find(word->table, text);
	if (entry)
		return entry->word;
	return word->arg_count > 1 ? word->args[1] : NULL;
}

static struct plan_node *compile_new(struct compiler *c, struct plan_scope *scope,
                                     const struct rule_word *word)
{
	const struct rule_word *choice;
	struct plan_node *node;

	switch (word->op) {
	case RULE_PATH: return compile_path(c, scope, word, word->text.data);
	case RULE_RECORD:
		return compile_path(c, compile_scope(c, SCOPE_RECORD, NULL, NULL), word,
		                    word->text.data);
	case RULE_GET: return compile_get(c, scope, word);
	default: break;
	}
	if (word->op == RULE_PICK && (choice = known_choice(word)) != NULL)
		return compile_word(c, scope, choice);
	node = compile_node(c, word);
	node->scope = scope;
	if (word->op == RULE_CAPTURE)
		node->needs = rule_pattern_needs(word->text);
	switch (word->op) {
	case RULE_ALL: compile_all(c, scope, node); break;
	case RULE_KEYED: compile_keyed(c, scope, node); break;
	case RULE_OBJECT: compile_object(c, scope, node); break;
	default:
		compile_args(c, scope, node);
		if (word->table)
			compile_table(c, scope, node);
		break;
	}
	if (word->op == RULE_JOIN)
		node->group = NULL;
	return node;
}

struct plan_node *compile_word(struct compiler *c, struct plan_scope *scope,
                               const struct rule_word *word)
{
	struct compiled *place;
	struct plan_node *node;

	if (!c->done || c->done_count * 2 > c->done_mask)
		grow_done(c);
	place = place_of(c->done, c->done_mask, word, scope);
	if (place->word)
		return place->node;
	check_word(c, word);
	node = compile_new(c, scope, word);
	/* The table may have grown, or the same word may have been compiled inside. */
	place = place_of(c->done, c->done_mask, word, scope);
	if (!place->word)
		c->done_count++;
	*place = (struct compiled){ word, scope, node };
	return node;
}

/* ---- the whole rule ------------------------------------------------------------------------------------ */

static void compile_cases(struct compiler *c, struct rule_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < cases[i].condition_count; j++) {
			struct rule_condition *condition = &cases[i].conditions[j];
			struct plan_node *node = compile_word(c, c->plan->scopes[0], condition->row);

			compile_forbid_list(c, node);
			node->uses++;
			condition->node = node;
		}
	}
}

/* Nodes that are used again keep their value for the event. What is read is kept anyway, and
 * what belongs to an element changes. */
static bool wants_memo(const struct plan_node *node)
{
	enum rule_op op = node->word->op;

	if (node->uses < 2 || node->group || node->is_path)
		return false;
	if (op == RULE_CONST || op == RULE_NOTHING || op == RULE_UNKNOWN || op == RULE_REMOVE)
		return false;
	return !node->scope || !node->scope->fleeting;
}

static void place_all(struct compiler *c)
{
	struct plan *plan = c->plan;

	for (size_t i = 0; i < plan->scope_count; i++) {
		struct plan_scope *scope = plan->scopes[i];

		scope->first = (uint32_t)plan->slot_count;
		plan->slot_count += scope->count;
		scope->paths = weir_paths_create(scope->names, scope->count, &c->err);
		weir_must(scope->paths);
	}
	for (size_t i = 0; i < plan->group_count; i++) {
		plan->groups[i]->paths = weir_paths_create(plan->groups[i]->names,
		                                           plan->groups[i]->count, &c->err);
		weir_must(plan->groups[i]->paths);
	}
	for (size_t i = 0; i < c->node_count; i++) {
		if (wants_memo(c->nodes[i]))
			c->nodes[i]->memo = (int)plan->memo_count++;
		if (c->nodes[i]->word->op == RULE_REST)
			compile_rest(c, c->nodes[i]);
	}
}

static void compile_fields(struct compiler *c, const struct schema *schema)
{
	struct rule *rule = c->rule;
	struct plan_node *node;

	if (rule->kind == RULE_CHANGE) {
		compile_changes(c, schema);
		return;
	}
	if (rule->drop || !rule->fields || !schema)
		return;
	if (rule->fields->op == RULE_OBJECT) {
		rule->rows = compile_rows(c, c->plan->scopes[0], schema->shape,
		                          rule->fields->table, NULL);
		return;
	}
	node = compile_word(c, c->plan->scopes[0], rule->fields);
	compile_forbid_list(c, node);
	rule->whole = node;
	compile_keep_row(c, &(struct plan_row){ .path = ".", .node = node,
	                                        .where = check_where(c, rule->fields) });
	if (rule->sketch && schema->shape->count) {
		compile_rows(c, c->plan->scopes[0], schema->shape, rule->sketch->table, NULL);
		rule->extras = NULL;
	}
}

void compile_rule(struct compiler *c, const struct schema *schema)
{
	c->plan = weir_arena_alloc(c->arena, sizeof *c->plan);
	*c->plan = (struct plan){ 0 };
	c->rule->plan = c->plan;
	c->rule->schema = schema;
	compile_scope(c, SCOPE_EVENT, NULL, NULL);
	compile_cases(c, c->rule->cases, c->rule->case_count);
	compile_cases(c, c->rule->goes_on, c->rule->goes_on_count);
	compile_fields(c, schema);
	place_all(c);
}
