/* settings.c - the settings of a transform: who reads them, and what they may be.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "set.h"

#include <string.h>

static struct known_setting *know(struct rule_set *set, const char *name)
{
	struct known_setting *known;

	for (size_t i = 0; i < set->known_count; i++) {
		if (strcmp(set->known[i].name, name) == 0)
			return &set->known[i];
	}
	set->known = rule_grow(set->arena, set->known, set->known_count, sizeof *set->known);
	known = &set->known[set->known_count++];
	*known = (struct known_setting){ .name = weir_arena_strdup(set->arena, name) };
	return known;
}

struct weir_value rule_setting(struct rule_set *set, const char *name)
{
	struct weir_value v = weir_value_get(set->settings.map, name);

	know(set, name);
	return weir_is_nothing(v) ? (struct weir_value){ 0 } : v;
}

void rule_setting_choices(struct rule_set *set, const char *name, const struct weir_bytes *texts,
                          size_t count)
{
	struct known_setting *known = know(set, name);

	if (known->count)
		return;
	known->choices = texts;
	known->count = count;
}

static void know_bases(struct rule_set *set)
{
	for (const struct schema *const *s = schema_set_all(set->schemas); *s; s++) {
		for (size_t i = 0; i < (*s)->base_count; i++) {
			for (size_t j = 0; j < (*s)->base[i].count; j++) {
				if ((*s)->base[i].parts[j].op == BASE_SETTING)
					know(set, (*s)->base[i].parts[j].text.data);
			}
		}
	}
}

static const char *const *names_of(const struct rule_set *set)
{
	const char **names = weir_arena_alloc(set->arena, (set->known_count + 1) * sizeof *names);

	for (size_t i = 0; i < set->known_count; i++)
		names[i] = set->known[i].name;
	names[set->known_count] = NULL;
	return names;
}

static const char *list_of(struct rule_set *set, const struct known_setting *known)
{
	const char *list = known->choices[0].data;

	for (size_t i = 1; i < known->count; i++)
		list = weir_arena_format(set->arena, "%s%s%s", list,
		                         i + 1 == known->count ? " or " : ", ",
		                         known->choices[i].data);
	return list;
}

static void check_choice(struct rule_set *set, const struct known_setting *known,
                         struct weir_value v, struct weir_where where)
{
	struct weir_buf text = { 0 };
	struct weir_bytes own;
	size_t i = 0;

	if (weir_value_text(v, set->arena, &own))
		weir_buf_add(&text, own.data, own.len);
	else
		weir_value_render(v, &text);
	while (i < known->count && !weir_bytes_are(known->choices[i], weir_buf_text(&text)))
		i++;
	if (known->count && i == known->count)
		rule_mistake(set->report, where, "'%s' is none of its values; write %s", text.data,
		             list_of(set, known));
	weir_buf_finish(&text);
}

void settings_check(struct rule_set *set)
{
	struct weir_each each = weir_each(set->settings.map);

	know_bases(set);
	while (weir_next(&each)) {
		const char *name =
		        weir_arena_copy(set->arena, weir_each_key(&each, set->arena)).data;
		struct weir_where where = { .path = weir_arena_format(set->arena, "settings.%s",
			                                              name) };
		size_t i = 0;

		if (each.value.kind == WEIR_ARRAY || each.value.kind == WEIR_OBJECT) {
			rule_mistake(set->report, where, "must be a text, a number, true or false");
			continue;
		}
		while (i < set->known_count && strcmp(set->known[i].name, name) != 0)
			i++;
		if (i == set->known_count) {
			where.path = weir_arena_format(set->arena, "settings.%s:", name);
			rule_mistake(set->report, where, "no rule and no schema reads this setting%s",
			             rule_did_you_mean(set->arena, name, names_of(set)));
		} else if (!weir_is_nothing(each.value))
			check_choice(set, &set->known[i], each.value, where);
	}
}
