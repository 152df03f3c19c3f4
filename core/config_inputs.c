/* config_inputs.c - which instance reads which.
 *
 * Lives here: names and patterns to inputs, what is left out, cycles, the order of transforms,
 * what nobody reads. Not here: the instances themselves (config_nodes.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config_build.h"

#include <stdlib.h>
#include <string.h>

#include "registry.h"

struct join {
	struct config_build *build;
	struct config_node *nodes;
	size_t count, outputs;    /* the first outputs nodes are sources and transforms */
	size_t *by_name;          /* of those, sorted by name */
	size_t **inputs;          /* for each node the indexes that it reads */
	size_t *input_counts;
	bool *read;               /* a transform reads it */
	bool *mark;               /* of the node being resolved: is an input already */
};

static void report(struct join *j, size_t node, struct weir_where where, const char *text)
{
	where.path = weir_arena_format(j->build->config->arena, "%s.inputs",
	                               j->nodes[node].where.path);
	diag_addf(j->build->diag, where, "%s", text);
	j->nodes[node].sound = false;
}

/* ---- names ---- */

static int compare_names(const void *left, const void *right, void *arg)
{
	const struct config_node *nodes = arg;
	size_t a = *(const size_t *)left, b = *(const size_t *)right;
	int order = strcmp(nodes[a].name, nodes[b].name);

	return order ? order : (a < b ? -1 : a > b);
}

static void report_twice(struct join *j, size_t first, size_t second)
{
	const struct config_node *a = &j->nodes[first];
	struct config_node *b = &j->nodes[second];

	b->sound = false;
	/* Within one map the reader said so. */
	if (a->kind == b->kind && strcmp(a->where.file, b->where.file) == 0)
		return;
	diag_addf(j->build->diag, b->where, "this name is taken by the %s in %s:%d; sources and "
	          "transforms share their names", kind_name(a->kind), a->where.file, a->where.line);
}

static void sort_names(struct join *j)
{
	for (size_t i = 0; i < j->outputs; i++)
		j->by_name[i] = i;
	if (j->outputs)
		qsort_r(j->by_name, j->outputs, sizeof *j->by_name, compare_names, j->nodes);
	for (size_t i = 1; i < j->outputs; i++)
		if (strcmp(j->nodes[j->by_name[i - 1]].name, j->nodes[j->by_name[i]].name) == 0)
			report_twice(j, j->by_name[i - 1], j->by_name[i]);
}

/* The index of that name, or count. */
static size_t find_name(const struct join *j, const char *name)
{
	size_t low = 0, high = j->outputs;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(j->nodes[j->by_name[middle]].name, name);

		if (order == 0)
			return j->by_name[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return j->count;
}

static void report_unknown(struct join *j, size_t node, const struct tree *item)
{
	const char **names = weir_alloc((j->outputs + 1) * sizeof *names);
	struct weir_buf text = { 0 };
	const char *nearest;

	for (size_t i = 0; i < j->outputs; i++)
		names[i] = j->nodes[i].name;
	nearest = weir_nearest(item->text, names);
	weir_buf_printf(&text, "there is no source or transform '%s'", item->text);
	if (nearest)
		weir_buf_printf(&text, "; did you mean %s?", nearest);
	report(j, node, item->where, weir_buf_text(&text));
	weir_buf_finish(&text);
	weir_free(names);
}

/* ---- resolving ---- */

static void add_input(struct join *j, size_t node, size_t input)
{
	if (j->mark[input])
		return;
	j->mark[input] = true;
	j->inputs[node][j->input_counts[node]++] = input;
}

/* '*' is any text, also none; every other character is itself. */
static bool matches(const char *pattern, const char *name)
{
	const char *star = NULL, *again = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = ++pattern;
			again = name;
		} else if (*pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++again;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

static void add_pattern(struct join *j, size_t node, const struct tree *item)
{
	size_t before = j->input_counts[node];

	for (size_t i = 0; i < j->outputs; i++)
		if (i != node && matches(item->text, j->nodes[i].name))
			add_input(j, node, i);
	if (j->input_counts[node] == before && !j->build->partial) {
		struct weir_where where = item->where;

		where.path = weir_arena_format(j->build->config->arena, "%s.inputs",
		                               j->nodes[node].where.path);
		diag_warnf(j->build->diag, where, "the pattern '%s' adds no source or transform",
		           item->text);
	}
}

static void add_item(struct join *j, size_t node, const struct tree *item)
{
	size_t input;

	if (!tree_is_scalar(item) || !*item->text) {
		report(j, node, item->where,
		       "must be a list of names; write [name] or ['pattern-*']");
		return;
	}
	if (strchr(item->text, '*')) {
		add_pattern(j, node, item);
		return;
	}
	input = find_name(j, item->text);
	if (input == j->count && !j->build->partial)
		report_unknown(j, node, item);
	else if (input == j->count)
		j->nodes[node].sound = false;
	else if (input == node)
		report(j, node, item->where, "a transform cannot read itself");
	else
		add_input(j, node, input);
}

static void add_written(struct join *j, size_t node, const struct tree *inputs)
{
	struct weir_buf text = { 0 };

	if (inputs->kind != WEIR_ARRAY) {
		if (tree_is_scalar(inputs) && *inputs->text)
			weir_buf_printf(&text, "must be a list; write [%s]", inputs->text);
		else
			weir_buf_puts(&text, "must be a list of names; write [name]");
		report(j, node, inputs->where, weir_buf_text(&text));
		weir_buf_finish(&text);
		return;
	}
	if (inputs->count == 0)
		report(j, node, inputs->where,
		       "must not be empty; name what it reads, or leave inputs "
		       "out");
	for (size_t i = 0; i < inputs->count; i++)
		add_item(j, node, inputs->items[i]);
}

/* Left out: a transform reads every source, a sink the end of every chain. */
static void add_default(struct join *j, size_t node)
{
	for (size_t i = 0; i < j->outputs; i++) {
		bool wanted = j->nodes[node].kind == WEIR_SINK ? !j->read[i]
		                                               : j->nodes[i].kind == WEIR_SOURCE;

		if (wanted)
			add_input(j, node, i);
	}
}

/* Room for every output, given back to the arena's size once the inputs are known. */
static void resolve(struct join *j, size_t node, size_t *room)
{
	const struct tree *written = j->build->inputs[node];
	size_t count;

	j->inputs[node] = room;
	memset(j->mark, 0, j->count * sizeof *j->mark);
	if (written && !tree_is_null(written))
		add_written(j, node, written);
	else
		add_default(j, node);
	count = j->input_counts[node];
	j->inputs[node] = weir_alloc((count + 1) * sizeof *room);
	memcpy(j->inputs[node], room, count * sizeof *room);
	for (size_t i = 0; j->nodes[node].kind == WEIR_TRANSFORM && i < count; i++)
		j->read[room[i]] = true;
}

/* ---- order ---- */

enum visit { NEW, OPEN, DONE };

struct ordering {
	struct join *join;
	enum visit *visits;
	size_t *order, *stack;
	size_t order_count, depth;
};

static bool has_pattern(const struct tree *inputs)
{
	for (size_t i = 0; inputs && inputs->kind == WEIR_ARRAY && i < inputs->count; i++)
		if (tree_is_scalar(inputs->items[i]) && strchr(inputs->items[i]->text, '*'))
			return true;
	return false;
}

static void report_cycle(struct ordering *o, size_t node)
{
	struct join *j = o->join;
	struct weir_buf text = { 0 };
	size_t from = o->depth;

	while (from > 0 && o->stack[from - 1] != node)
		from--;
	weir_buf_puts(&text, "goes round in a circle: ");
	for (size_t i = from ? from - 1 : 0; i < o->depth; i++)
		weir_buf_printf(&text, "%s reads ", j->nodes[o->stack[i]].name);
	weir_buf_puts(&text, j->nodes[node].name);
	if (has_pattern(j->build->inputs[node]))
		weir_buf_puts(&text, "; a pattern takes transforms, too");
	report(j, node, j->build->inputs[node] ? j->build->inputs[node]->where
	                                       : j->nodes[node].where, weir_buf_text(&text));
	weir_buf_finish(&text);
}

static void visit(struct ordering *o, size_t node)
{
	struct join *j = o->join;

	if (j->nodes[node].kind != WEIR_TRANSFORM || o->visits[node] == DONE)
		return;
	if (o->visits[node] == OPEN) {
		report_cycle(o, node);
		return;
	}
	o->visits[node] = OPEN;
	o->stack[o->depth++] = node;
	for (size_t i = 0; i < j->input_counts[node]; i++)
		visit(o, j->inputs[node][i]);
	o->depth--;
	o->visits[node] = DONE;
	o->order[o->order_count++] = node;
}

/* Indexes in an order in which inputs come first; for weir_free. */
static size_t *find_order(struct join *j)
{
	struct ordering o = { .join = j };

	o.visits = weir_alloc(j->count * sizeof *o.visits);
	o.order = weir_alloc(j->count * sizeof *o.order);
	o.stack = weir_alloc(j->count * sizeof *o.stack);
	for (size_t i = 0; i < j->count; i++) {
		if (j->nodes[i].kind == WEIR_TRANSFORM)
			visit(&o, i);
		else
			o.order[o.order_count++] = i;
	}
	weir_free(o.visits);
	weir_free(o.stack);
	return o.order;
}

/* After this the indexes of join mean nothing any more. */
static void put_in_order(struct join *j, const size_t *order)
{
	struct config_node *ordered = weir_alloc(j->count * sizeof *ordered);

	for (size_t i = 0; i < j->count; i++)
		ordered[i] = j->nodes[order[i]];
	if (j->count)
		memcpy(j->nodes, ordered, j->count * sizeof *ordered);
	weir_free(ordered);
}

/* ---- what came out ---- */

static void keep_names(struct join *j, size_t node)
{
	size_t count = j->input_counts[node];
	const char **names = weir_arena_alloc(j->build->config->arena, (count + 1) * sizeof *names);

	for (size_t i = 0; i < count; i++)
		names[i] = j->nodes[j->inputs[node][i]].name;
	names[count] = NULL;
	j->nodes[node].inputs = names;
}

/* Marks everything that leads to a sink. Sinks come last, and what is marked may stand before
 * or behind, so it goes on until nothing changes. */
static void warn_unread(struct join *j)
{
	bool *leads = weir_alloc((j->count + 1) * sizeof *leads);
	bool changed = true;

	while (changed) {
		changed = false;
		for (size_t i = 0; i < j->count; i++) {
			if (j->nodes[i].kind != WEIR_SINK && !leads[i])
				continue;
			for (size_t k = 0; k < j->input_counts[i]; k++) {
				changed |= !leads[j->inputs[i][k]];
				leads[j->inputs[i][k]] = true;
			}
		}
	}
	for (size_t i = 0; i < j->outputs; i++)
		if (!leads[i])
			diag_warnf(j->build->diag, j->nodes[i].where,
			           "no sink gets what this %s gives; name it in inputs of one, or "
			           "remove it", kind_name(j->nodes[i].kind));
	weir_free(leads);
}

static void count_outputs(struct join *j)
{
	for (size_t i = 0; i < j->count; i++)
		j->outputs += j->nodes[i].kind != WEIR_SINK;
}

void config_join(struct config_build *b)
{
	struct join j = { b, b->config->nodes, b->config->node_count };
	size_t *room = weir_alloc((j.count + 1) * sizeof *room), *order;

	count_outputs(&j);
	j.by_name = weir_alloc((j.outputs + 1) * sizeof *j.by_name);
	j.inputs = weir_alloc((j.count + 1) * sizeof(*j.inputs));
	j.input_counts = weir_alloc((j.count + 1) * sizeof *j.input_counts);
	j.read = weir_alloc((j.count + 1) * sizeof *j.read);
	j.mark = weir_alloc((j.count + 1) * sizeof *j.mark);
	sort_names(&j);
	for (size_t i = 0; i < j.count; i++)
		if (j.nodes[i].kind != WEIR_SOURCE)
			resolve(&j, i, room);
	for (size_t i = 0; i < j.count; i++)
		keep_names(&j, i);
	order = find_order(&j);
	if (diag_errors(b->diag) == 0)
		warn_unread(&j);
	put_in_order(&j, order);
	weir_free(order);
	for (size_t i = 0; i < j.count; i++)
		weir_free(j.inputs[i]);
	weir_free(room);
	weir_free(j.by_name);
	weir_free(j.inputs);
	weir_free(j.input_counts);
	weir_free(j.read);
	weir_free(j.mark);
}
