/* conditions.c - whether a rule wants an event.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "set.h"

#include <string.h>

static bool is_one_of(const struct rule_condition *condition, struct weir_bytes text)
{
	for (size_t i = 0; i < condition->count; i++) {
		if (weir_bytes_equal(condition->texts[i], text))
			return true;
	}
	return false;
}

/* A row that is an error counts as absent. */
static bool holds(struct rule_run *run, const struct rule_condition *condition, enum plan_got *got)
{
	struct plan_cell cell = { 0 };
	struct weir_bytes text;
	bool present;

	*got = plan_eval(run, condition->node, &cell);
	present = *got == PLAN_VALUE || *got == PLAN_TIME;
	switch (condition->holds) {
	case RULE_PRESENT: return present;
	case RULE_ABSENT: return !present;
	case RULE_IS:
		return present && plan_text(run, *got, &cell, &text) && is_one_of(condition, text);
	case RULE_NONE_OF:
		return !present || !plan_text(run, *got, &cell, &text) ||
		       !is_one_of(condition, text);
	}
	return false;
}

bool conditions_hold(struct rule_run *run, const struct rule_case *one, enum plan_got *got)
{
	for (size_t i = 0; i < one->condition_count; i++) {
		if (!holds(run, &one->conditions[i], got) || *got == PLAN_STOP)
			return false;
	}
	*got = PLAN_VALUE;
	return true;
}

void rule_condition_write(const struct rule_condition *condition, struct weir_buf *text)
{
	weir_buf_putc(text, '[');
	if (condition->row->setting)
		weir_buf_printf(text, "setting \"%s\"", condition->row->setting);
	else
		rule_word_write(condition->row, text);
	weir_buf_puts(text, "] = ");
	switch (condition->holds) {
	case RULE_PRESENT: weir_buf_puts(text, "present"); return;
	case RULE_ABSENT: weir_buf_puts(text, "absent"); return;
	case RULE_NONE_OF: weir_buf_puts(text, "none_of "); break;
	case RULE_IS: break;
	}
	weir_buf_puts(text, "{ ");
	for (size_t i = 0; i < condition->count; i++) {
		weir_buf_puts(text, i ? ", " : "");
		weir_json_quote(condition->texts[i], text);
	}
	weir_buf_puts(text, " }");
}

bool conditions_possible(const struct rule_case *one)
{
	for (size_t i = 0; i < one->condition_count; i++) {
		const struct rule_condition *condition = &one->conditions[i];
		struct plan_cell cell = { .value = condition->row->value };
		struct rule_run none = { 0 };
		struct weir_bytes text = { 0 };
		bool present = condition->row->op == RULE_CONST, is;

		if (!present && condition->row->op != RULE_NOTHING)
			continue;
		if (present)
			plan_text(&none, PLAN_VALUE, &cell, &text);
		is = present && is_one_of(condition, text);
		if ((condition->holds == RULE_IS && !is) ||
		    (condition->holds == RULE_NONE_OF && is) ||
		    (condition->holds == RULE_PRESENT && !present) ||
		    (condition->holds == RULE_ABSENT && present))
			return false;
	}
	return true;
}

bool rule_is_event_type(struct weir_bytes type)
{
	const char *star = memchr(type.data, '*', type.len);

	if (!star || weir_bytes_are(type, "*"))
		return type.len > 0;
	return star == type.data + type.len - 1 && type.len > 2 && star[-1] == '.';
}

/* "user.*" is a longer name that begins with "user."; "*" is every event. */
static bool type_fits(struct weir_bytes wanted, struct weir_bytes type)
{
	size_t len = wanted.len;

	if (weir_bytes_are(wanted, "*"))
		return true;
	if (len > 2 && memcmp(wanted.data + len - 2, ".*", 2) == 0)
		return type.len > len - 1 && memcmp(type.data, wanted.data, len - 1) == 0;
	return weir_bytes_equal(wanted, type);
}

bool case_has_type(const struct rule_case *one, struct weir_bytes type)
{
	for (size_t i = 0; i < one->type_count; i++) {
		if (type_fits(one->types[i], type))
			return true;
	}
	return one->type_count == 0;
}
