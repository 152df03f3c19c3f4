/* schemas.c - the schemas of rules: asked of the plugins that read them.
 *
 * Not here: how they are shown (schemas_text.c, schemas_json.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "schemas.h"

#include <string.h>

#include <weir/rules.h>

#include "dryrun.h"
#include "registry.h"

const char *schemas_member(struct weir_arena *arena, struct weir_value of, const char *key)
{
	struct weir_bytes text;

	if (!weir_value_text(weir_value_get(of, key), arena, &text))
		return "";
	return weir_arena_copy(arena, text).data;
}

const char *const *schemas_folders(struct weir_arena *arena, const char *const *rules)
{
	size_t count = 0, at = 0;
	const char **folders;

	while (rules && rules[count])
		count++;
	folders = weir_arena_alloc(arena, (2 * count + 2) * sizeof *folders);
	for (size_t i = count; i-- > 0;) {
		const char *path = dryrun_rules(arena, rules[i]);

		folders[at++] = weir_arena_format(arena, "%s/schemas", path);
		folders[at++] = weir_arena_format(arena, "%s/../schemas", path);
	}
	folders[at++] = dryrun_rules(arena, "rules/schemas");
	folders[at] = NULL;
	return folders;
}

/* All that read schemas read the same, so the first is asked. */
static const struct weir_rules *reader(struct diag *diag)
{
	const struct weir_plugin *plugin;

	for (size_t i = 0; (plugin = registry_at(i)); i++) {
		if (RULES_HAVE(plugin->rules, schema))
			return plugin->rules;
	}
	diag_addf(diag, (struct weir_where){ 0 }, "no plugin that reads schemas is loaded; weir "
	          "describe lists the plugins");
	return NULL;
}

static void add_mistake(void *user, const struct weir_error *mistake)
{
	diag_add(user, mistake);
}

static bool ask(struct weir_arena *arena, const char *const *folders, const char *name,
                struct weir_value *told, struct diag *diag)
{
	const struct weir_schema_query query = { folders, name, add_mistake, diag };
	const struct weir_rules *rules = reader(diag);

	*told = (struct weir_value){ 0 };
	return rules && rules->schema(&query, arena, told);
}

bool schemas_list(struct weir_arena *arena, const char *const *folders, struct weir_value *list,
                  struct diag *diag)
{
	struct weir_value names;
	struct weir_each each;

	if (!ask(arena, folders, NULL, &names, diag))
		return false;
	*list = weir_make_array(arena);
	for (each = weir_each(names); weir_next(&each);) {
		struct weir_value one = weir_value_edit(arena, each.value), schema;

		if (ask(arena, folders, schemas_member(arena, one, "name"), &schema, diag))
			weir_object_put(arena, one, weir_bytes("doc"), weir_value_get(schema, "doc"));
		weir_array_push(arena, *list, one);
	}
	return true;
}

/* The nearest of the names in a list, or NULL. */
static const char *nearest(struct weir_arena *arena, const char *name, struct weir_value list)
{
	const char **names = weir_arena_alloc(arena, (weir_value_count(list) + 1) * sizeof *names);
	struct weir_each each = weir_each(list);
	size_t count = 0;

	while (weir_next(&each))
		names[count++] = schemas_member(arena, each.value, "name");
	names[count] = NULL;
	return weir_nearest(name, names);
}

bool schemas_get(struct weir_arena *arena, const char *const *folders, const char *name,
                 struct weir_value *schema, struct diag *diag)
{
	struct weir_value list;
	struct weir_each each;
	const char *near;

	if (!ask(arena, folders, NULL, &list, diag))
		return false;
	for (each = weir_each(list); weir_next(&each);) {
		if (weir_value_is_text(weir_value_get(each.value, "name"), name))
			return ask(arena, folders, name, schema, diag);
	}
	near = nearest(arena, name, list);
	if (near)
		diag_addf(diag, (struct weir_where){ 0 }, "no schema '%s'; did you mean %s?", name,
		          near);
	else
		diag_addf(diag, (struct weir_where){ 0 },
		          "no schema '%s'; weir describe schema lists them", name);
	return false;
}
