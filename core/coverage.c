/* coverage.c - what the examples of a rule folder exercise: rows, event types, fields.
 *
 * Lives here: counting. Not here: how it is shown (coverage_text.c, coverage_json.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "coverage_own.h"

#include <stdlib.h>
#include <string.h>

#include "schemas.h"

struct coverage *coverage_create(const struct golden_folder *folder)
{
	struct coverage *coverage = weir_alloc(sizeof *coverage);

	coverage->folder = folder;
	coverage->arena = weir_arena_create();
	return coverage;
}

void coverage_destroy(struct coverage *coverage)
{
	if (!coverage)
		return;
	weir_free(coverage->rows.items);
	weir_free(coverage->rows.places);
	weir_free(coverage->types.items);
	weir_free(coverage->types.places);
	weir_free(coverage->fields.items);
	weir_free(coverage->fields.places);
	weir_arena_destroy(coverage->arena);
	weir_free(coverage);
}

const char *coverage_folder(const struct coverage *coverage)
{
	return coverage->folder->path;
}

/* ---- sets of items ------------------------------------------------------------------------------ */

static size_t place_of(const struct cover_set *set, const char *key)
{
	size_t at = weir_hash(weir_bytes(key)) & set->mask;

	while (set->places[at] && strcmp(set->items[set->places[at] - 1].key, key) != 0)
		at = (at + 1) & set->mask;
	return at;
}

static void grow(struct cover_set *set)
{
	set->mask = set->places ? set->mask * 2 + 1 : 255;
	weir_free(set->places);
	set->places = weir_alloc((set->mask + 1) * sizeof *set->places);
	set->items = weir_realloc(set->items, (set->mask + 1) * sizeof *set->items);
	for (size_t i = 0; i < set->count; i++)
		set->places[place_of(set, set->items[i].key)] = i + 1;
}

/* The item of a key, made where there is none. */
static struct cover_item *item_of(struct coverage *coverage, struct cover_set *set, const char *key)
{
	size_t at;

	if (!set->places || set->count * 2 > set->mask)
		grow(set);
	at = place_of(set, key);
	if (!set->places[at]) {
		set->items[set->count++] = (struct cover_item){
			.key = weir_arena_strdup(coverage->arena, key) };
		set->places[at] = set->count;
	}
	return &set->items[set->places[at] - 1];
}

static const char *copy(struct coverage *coverage, const char *text)
{
	return text ? weir_arena_strdup(coverage->arena, text) : "";
}

static struct weir_where copy_where(struct coverage *coverage, const struct weir_where *where)
{
	return (struct weir_where){ .file = copy(coverage, where->file), .line = where->line,
		                    .column = where->column };
}

/* A rule that was not asked for: the folder has more than this run is about. */
static bool concerns(const struct coverage *coverage, const struct weir_where *where)
{
	const struct golden_folder *folder = coverage->folder;

	for (size_t i = 0; i < folder->rule_count; i++) {
		if (where->file && strcmp(folder->rules[i], where->file) == 0)
			return true;
	}
	return false;
}

static struct cover_item *row_item(struct coverage *coverage, const struct weir_rule_row *row)
{
	char key[1024];

	snprintf(key, sizeof key, "%s:%d:%d %s", row->where.file ? row->where.file : "",
	         row->where.line, row->where.column, row->target);
	return item_of(coverage, &coverage->rows, key);
}

static struct cover_item *type_item(struct coverage *coverage, const struct weir_rule_step *step)
{
	char key[1024];

	snprintf(key, sizeof key, "%s:%d:%d %s", step->where.file ? step->where.file : "",
	         step->where.line, step->where.column, step->type);
	return item_of(coverage, &coverage->types, key);
}

static struct cover_item *field_item(struct coverage *coverage, const char *schema,
                                     const char *target)
{
	char key[1024];

	snprintf(key, sizeof key, "%s %s", schema, target);
	return item_of(coverage, &coverage->fields, key);
}

/* ---- what there is --------------------------------------------------------------------------------- */

static void add_row(struct coverage *coverage, const struct weir_rule_row *row)
{
	struct cover_item *item;

	if (row->base || !concerns(coverage, &row->where))
		return;
	item = row_item(coverage, row);
	if (item->name)
		return;
	item->name = copy(coverage, row->target);
	item->schema = copy(coverage, row->schema);
	item->source = copy(coverage, row->source);
	item->where = copy_where(coverage, &row->where);
	item->functions = row->functions;
}

/* The fields that the schema of a rule describes. */
static void add_fields(struct coverage *coverage, const char *name)
{
	const char *rules[] = { coverage->folder->path, NULL };
	struct weir_arena *arena = coverage->arena;
	struct diag *ignored = diag_create();
	struct weir_value schema = { 0 };
	struct weir_each each;

	if (schemas_get(arena, schemas_folders(arena, rules), name, &schema, ignored)) {
		for (each = weir_each(weir_value_get(schema, "fields")); weir_next(&each);) {
			const char *target = schemas_member(arena, each.value, "target");
			struct cover_item *item = field_item(coverage, name, target);

			item->name = target;
			item->schema = name;
			item->required = !weir_is_absent(weir_value_get(each.value, "required"));
		}
	}
	diag_destroy(ignored);
}

static void know_schema(struct coverage *coverage, const char *name)
{
	for (size_t i = 0; i < coverage->schema_count; i++) {
		if (strcmp(coverage->schemas[i], name) == 0)
			return;
	}
	if (coverage->schema_count == WEIR_COUNT(coverage->schemas))
		return;
	coverage->schemas[coverage->schema_count++] = copy(coverage, name);
	add_fields(coverage, coverage->schemas[coverage->schema_count - 1]);
}

static void add_step(void *user, const struct weir_rule_step *step)
{
	struct coverage *coverage = user;
	struct cover_item *item;

	if (!concerns(coverage, &step->where))
		return;
	if (step->schema)
		know_schema(coverage, step->schema);
	item = type_item(coverage, step);
	if (item->name)
		return;
	item->name = copy(coverage, step->type);
	item->schema = copy(coverage, step->schema);
	item->source = copy(coverage, step->conditions);
	item->where = copy_where(coverage, &step->where);
	item->functions = step->functions;
}

/* ---- what is exercised --------------------------------------------------------------------------------- */

static void on_tried(void *user, size_t event, size_t nth, const struct weir_rule_tried *tried)
{
	struct coverage *coverage = user;

	(void)event;
	(void)nth;
	if (concerns(coverage, &tried->step.where) && tried->verdict != WEIR_RULE_PASSED)
		type_item(coverage, &tried->step)->hits++;
}

static void on_wrote(void *user, size_t event, size_t nth, const struct weir_rule_row *row,
                     const char *from)
{
	struct coverage *coverage = user;

	(void)event;
	(void)nth;
	(void)from;
	if (!row->base && concerns(coverage, &row->where))
		row_item(coverage, row)->hits++;
}

bool coverage_listen(struct coverage *coverage, struct dryrun *dryrun)
{
	const struct weir_rule_row *rows;
	size_t count = dryrun_rows(dryrun, &rows);

	for (size_t i = 0; i < count; i++)
		add_row(coverage, &rows[i]);
	dryrun_route(dryrun, NULL, add_step, coverage);
	coverage->examples++;
	return coverage->told = dryrun_trace(dryrun, &(struct dryrun_tracer){ on_tried, on_wrote, coverage });
}

/* Every target that a record sets, as a schema names it. */
static void see_value(struct coverage *coverage, const char *schema, const char *path,
                      struct weir_value v)
{
	struct weir_each each = weir_each(v);
	char inner[512];

	if (path[0])
		field_item(coverage, schema, path)->hits++;
	while ((v.kind == WEIR_OBJECT || v.kind == WEIR_ARRAY) && weir_next(&each)) {
		struct weir_bytes key = { "[]", 2 };

		if (v.kind == WEIR_OBJECT)
			key = weir_each_key(&each, coverage->arena);
		snprintf(inner, sizeof inner, "%s%s%.*s", path,
		         path[0] && v.kind == WEIR_OBJECT ? "." : "", (int)key.len, key.data);
		see_value(coverage, schema, inner, each.value);
	}
}

void coverage_see(struct coverage *coverage, const struct dryrun_outcome *outcome)
{
	if (outcome->fate == DRYRUN_RECORD && outcome->schema)
		see_value(coverage, outcome->schema, "", outcome->record);
}

/* ---- figures --------------------------------------------------------------------------------------------- */

struct cover_share coverage_share(const struct cover_set *set, bool required)
{
	struct cover_share share = { 0, 0 };

	for (size_t i = 0; i < set->count; i++) {
		const struct cover_item *item = &set->items[i];

		if (!item->name || (required && !item->required))
			continue;
		share.all++;
		share.hit += item->hits > 0;
	}
	return share;
}

static int by_place(const void *left, const void *right)
{
	const struct cover_item *a = *(const struct cover_item *const *)left;
	const struct cover_item *b = *(const struct cover_item *const *)right;
	int order = a->where.file && b->where.file ? strcmp(a->where.file, b->where.file) : 0;

	if (order == 0)
		order = a->where.line - b->where.line;
	if (order == 0)
		order = a->where.column - b->where.column;
	return order ? order : (a > b) - (a < b);
}

const struct cover_item *const *coverage_sorted(const struct coverage *coverage,
                                                const struct cover_set *set)
{
	const struct cover_item **sorted =
	        weir_arena_alloc(coverage->arena, (set->count + 1) * sizeof *sorted);

	for (size_t i = 0; i < set->count; i++)
		sorted[i] = &set->items[i];
	sorted[set->count] = NULL;
	if (set->count)
		qsort(sorted, set->count, sizeof *sorted, by_place);
	return sorted;
}

int coverage_percent(const struct coverage *coverage)
{
	struct cover_share share = coverage_share(&coverage->rows, false);

	return share.all ? (int)(100 * share.hit / share.all) : 100;
}

void coverage_figures(const struct coverage *coverage,
                      void (*figure)(void *arg, const char *name, const char *value), void *arg)
{
	const struct { const char *name; const struct cover_set *set; bool required; } figures[] = {
		{ "rows", &coverage->rows, false }, { "types", &coverage->types, false },
		{ "required", &coverage->fields, true }, { "fields", &coverage->fields, false },
	};

	for (size_t i = 0; i < WEIR_COUNT(figures); i++) {
		struct cover_share share = coverage_share(figures[i].set, figures[i].required);
		char *name = weir_format("%s: %s", coverage->folder->path, figures[i].name);
		char *value = weir_format("%zu of %zu", share.hit, share.all);

		figure(arg, name, value);
		weir_free(name);
		weir_free(value);
	}
}
