/* settings.c - mistakes in the settings of a transform.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "set.h"

#include <string.h>

/* How rules use one setting. */
struct uses {
	const char *name;
	bool freely;               /* its value ends up somewhere, so any is right */
	const char **values;       /* that it is compared with, NULL-ended */
	size_t count;
};

static bool is_of(const struct rule_word *word, const char *name)
{
	return (word->op == RULE_CONST || word->op == RULE_NOTHING) && word->setting &&
	       strcmp(word->setting, name) == 0;
}

static void add_value(struct rule_set *set, struct uses *uses, struct weir_bytes value)
{
	for (size_t i = 0; i < uses->count; i++) {
		if (weir_bytes_are(value, uses->values[i]))
			return;
	}
	uses->values = rule_grow(set->arena, uses->values, uses->count + 1, sizeof *uses->values);
	uses->values[uses->count++] = weir_arena_copy(set->arena, value).data;
	uses->values[uses->count] = NULL;
}

static void use_in_word(struct rule_set *set, struct uses *uses, const struct rule_word *word)
{
	size_t from = 0;

	if (is_of(word, uses->name)) {
		uses->freely = true;
		return;
	}
	if (word->op == RULE_PICK && is_of(word->args[0], uses->name)) {
		from = 1;
		uses->freely = uses->freely || word->arg_count > 1;
		for (size_t i = 0; i < word->table->count; i++)
			add_value(set, uses, word->table->entries[i].name);
	}
	for (size_t i = from; i < word->arg_count; i++)
		use_in_word(set, uses, word->args[i]);
	for (size_t i = 0; word->table && i < word->table->count; i++)
		use_in_word(set, uses, word->table->entries[i].word);
}

static void use_in_cases(struct rule_set *set, struct uses *uses, const struct rule_case *cases,
                         size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < cases[i].condition_count; j++) {
			const struct rule_condition *condition = &cases[i].conditions[j];

			if (!is_of(condition->row, uses->name)) {
				use_in_word(set, uses, condition->row);
				continue;
			}
			for (size_t k = 0; k < condition->count; k++)
				add_value(set, uses, condition->texts[k]);
		}
	}
}

static void use_in_schemas(struct rule_set *set, struct uses *uses)
{
	for (const struct schema *const *s = schema_set_all(set->schemas); *s; s++) {
		for (size_t i = 0; i < (*s)->base_count; i++) {
			for (size_t j = 0; j < (*s)->base[i].count; j++) {
				const struct base_part *part = &(*s)->base[i].parts[j];

				if (part->op == BASE_SETTING &&
				    weir_bytes_are(part->text, uses->name))
					uses->freely = true;
			}
		}
	}
}

static const char *list_of(struct rule_set *set, const struct uses *uses)
{
	const char *list = uses->values[0];

	for (size_t i = 1; i < uses->count; i++)
		list = weir_arena_format(set->arena, "%s%s%s", list,
		                         i + 1 == uses->count ? " or " : ", ", uses->values[i]);
	return list;
}

static const char *const *known_names(struct rule_set *set)
{
	const char **names = set->known_settings;
	size_t count = set->known_count;

	for (const struct schema *const *s = schema_set_all(set->schemas); *s; s++) {
		for (size_t i = 0; i < (*s)->base_count; i++) {
			for (size_t j = 0; j < (*s)->base[i].count; j++) {
				if ((*s)->base[i].parts[j].op != BASE_SETTING)
					continue;
				names = rule_grow(set->arena, names, count + 1, sizeof *names);
				names[count++] = (*s)->base[i].parts[j].text.data;
				names[count] = NULL;
			}
		}
	}
	return names;
}

static void check_value(struct rule_set *set, const char *name, struct weir_value v,
                        struct weir_where where)
{
	const char **none = weir_arena_alloc(set->arena, 4 * sizeof *none);
	struct uses uses = { .name = name, .values = none };
	struct weir_buf text = { 0 };
	struct weir_bytes own;

	none[0] = NULL;
	for (size_t i = 0; i < set->count; i++) {
		const struct rule *rule = set->rules[i];

		if (rule->fields)
			use_in_word(set, &uses, rule->fields);
		use_in_cases(set, &uses, rule->cases, rule->case_count);
		use_in_cases(set, &uses, rule->goes_on, rule->goes_on_count);
	}
	use_in_schemas(set, &uses);
	if (uses.freely || uses.count == 0)
		return;
	if (weir_value_text(v, set->arena, &own))
		weir_buf_add(&text, own.data, own.len);
	else
		weir_value_render(v, &text);
	weir_buf_text(&text);
	for (size_t i = 0; i < uses.count; i++) {
		if (strcmp(uses.values[i], text.data) == 0) {
			weir_buf_finish(&text);
			return;
		}
	}
	rule_mistake(set->report, where, "'%s' is none of the values that rules know; write %s",
	             text.data, list_of(set, &uses));
	weir_buf_finish(&text);
}

void settings_check(struct rule_set *set)
{
	struct weir_each each = weir_each(set->settings.map);
	const char *const *names = known_names(set);

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
		while (names && names[i] && strcmp(names[i], name) != 0)
			i++;
		if (!names || !names[i])
			rule_mistake(set->report, where, "no rule and no schema reads this setting%s",
			             names ? rule_did_you_mean(set->arena, name, names) : "");
		else if (!weir_is_nothing(each.value))
			check_value(set, name, each.value, where);
	}
}
