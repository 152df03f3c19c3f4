/* eval_text.c - evaluating words on text, numbers and times.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "plan.h"

#include "digest.h"
#include "pattern.h"
#include "text.h"
#include "timestamp.h"

#include <string.h>

/* The steps that a pattern may take on one text, beside a few for each byte of it. */
enum { PATTERN_STEPS = 100000, PATTERN_STEPS_PER_BYTE = 20 };

/* The value of the first argument, as text. PLAN_VALUE when there is one. */
static enum plan_got text_of(struct rule_run *run, const struct plan_node *node,
                             struct plan_cell *cell, struct weir_bytes *text)
{
	enum plan_got got = plan_eval(run, node->args[0], cell);

	if (got != PLAN_VALUE && got != PLAN_TIME)
		return got;
	if (!plan_text(run, got, cell, text))
		return plan_fault(run, node, "not a text", cell->value);
	return PLAN_VALUE;
}

static enum plan_got give_text(struct rule_run *run, struct plan_cell *cell, struct weir_bytes text)
{
	if (text.len == 0)
		return PLAN_ABSENT;
	cell->value = weir_make_text_borrowed(run->arena, text);
	return PLAN_VALUE;
}

/* The same value when it is text already, so that its token goes through as it is. */
static enum plan_got give_same(struct rule_run *run, struct plan_cell *cell, struct weir_bytes text)
{
	if (cell->value.kind != WEIR_TEXT)
		cell->value = weir_make_text_borrowed(run->arena, text);
	return PLAN_VALUE;
}

/* ---- times -------------------------------------------------------------------------------- */

static enum plan_got read_time(struct rule_run *run, const struct plan_node *node,
                               struct plan_cell *cell, struct rule_time *time)
{
	enum plan_got got = plan_eval(run, node->args[0], cell);
	struct weir_bytes text;

	if (got != PLAN_VALUE)
		return got;
	if (!weir_value_text(cell->value, run->arena, &text) || !rule_time_read(text, time))
		return plan_fault(run, node, "not a time", cell->value);
	return PLAN_VALUE;
}

static enum plan_got eval_time(struct rule_run *run, const struct plan_node *node,
                               struct plan_cell *cell)
{
	struct rule_time time;
	enum plan_got got = read_time(run, node, cell, &time);

	if (got != PLAN_VALUE)
		return got;
	cell->micros = rule_time_micros(&time);
	return PLAN_TIME;
}

static enum plan_got eval_precision(struct rule_run *run, const struct plan_node *node,
                                    struct plan_cell *cell)
{
	struct rule_time time;
	struct weir_bytes text;
	enum plan_got got = read_time(run, node, cell, &time);

	if (got == PLAN_TIME && weir_value_text(cell->value, run->arena, &text) &&
	    rule_time_read(text, &time))
		got = PLAN_VALUE;
	if (got != PLAN_VALUE)
		return got;
	return give_text(run, cell, weir_bytes(rule_time_precision(&time)));
}

/* ---- conversions ------------------------------------------------------------------------------ */

static enum plan_got eval_ip(struct rule_run *run, const struct plan_node *node,
                             struct plan_cell *cell)
{
	enum plan_got got = plan_untimed(run, plan_eval(run, node->args[0], cell), cell);

	return got == PLAN_VALUE ? plan_fit_ip(run, node, cell) : got;
}

/* Digits as JSON writes them: "-007" is -7. */
static struct weir_value number_of_digits(struct rule_run *run, struct weir_bytes digits)
{
	bool negative = *digits.data == '-';
	size_t zeros = negative;

	while (zeros + 1 < digits.len && digits.data[zeros] == '0')
		zeros++;
	if (zeros == (size_t)negative)
		return weir_make_number(run->arena, digits);
	run->scratch.len = 0;
	if (negative && digits.data[zeros] != '0')
		weir_buf_putc(&run->scratch, '-');
	weir_buf_add(&run->scratch, digits.data + zeros, digits.len - zeros);
	return weir_make_number(run->arena,
	                        (struct weir_bytes){ run->scratch.data, run->scratch.len });
}

static enum plan_got eval_int(struct rule_run *run, const struct plan_node *node,
                              struct plan_cell *cell)
{
	struct weir_bytes text;
	enum plan_got got = plan_eval(run, node->args[0], cell);

	if (got != PLAN_VALUE)
		return got;
	if (cell->value.kind == WEIR_BOOLEAN || !plan_text(run, got, cell, &text) ||
	    !rule_is_int(text))
		return plan_fault(run, node, "not an integer", cell->value);
	if (cell->value.kind != WEIR_NUMBER)
		cell->value = number_of_digits(run, text);
	return PLAN_VALUE;
}

static enum plan_got eval_number(struct rule_run *run, const struct plan_node *node,
                                 struct plan_cell *cell)
{
	enum plan_got got = plan_eval(run, node->args[0], cell);
	struct weir_bytes text;

	if (got != PLAN_VALUE || cell->value.kind == WEIR_NUMBER)
		return got;
	if (!weir_value_text(cell->value, run->arena, &text) || !rule_is_number(text))
		return plan_fault(run, node, "not a number", cell->value);
	cell->value = weir_make_number(run->arena, text);
	return PLAN_VALUE;
}

static enum plan_got eval_bool(struct rule_run *run, const struct plan_node *node,
                               struct plan_cell *cell)
{
	enum plan_got got = plan_eval(run, node->args[0], cell);
	struct weir_bytes text = { 0 };
	bool yes;

	if (got != PLAN_VALUE || cell->value.kind == WEIR_BOOLEAN)
		return got;
	weir_value_text(cell->value, run->arena, &text);
	yes = weir_bytes_equal_nocase(text, weir_bytes("true"));
	if (!yes && !weir_bytes_equal_nocase(text, weir_bytes("false")))
		return plan_fault(run, node, "neither true nor false", cell->value);
	cell->value = weir_make_bool(yes);
	return PLAN_VALUE;
}

/* ---- letters ------------------------------------------------------------------------------------- */

static enum plan_got change_case(struct rule_run *run, const struct plan_node *node,
                                 struct plan_cell *cell, char first)
{
	struct weir_bytes text;
	enum plan_got got = text_of(run, node, cell, &text);
	char *changed;
	size_t i = 0;

	if (got != PLAN_VALUE)
		return got;
	while (i < text.len && (unsigned char)(text.data[i] - first) > 'z' - 'a')
		i++;
	if (i == text.len)
		return give_same(run, cell, text);
	changed = weir_arena_alloc(run->arena, text.len);
	for (i = 0; i < text.len; i++)
		changed[i] = (char)(text.data[i] ^
		                    ((unsigned char)(text.data[i] - first) <= 'z' - 'a' ? 0x20 : 0));
	return give_text(run, cell, (struct weir_bytes){ changed, text.len });
}

static enum plan_got eval_lower(struct rule_run *run, const struct plan_node *node,
                                struct plan_cell *cell)
{
	return change_case(run, node, cell, 'A');
}

static enum plan_got eval_upper(struct rule_run *run, const struct plan_node *node,
                                struct plan_cell *cell)
{
	return change_case(run, node, cell, 'a');
}

static enum plan_got eval_trim(struct rule_run *run, const struct plan_node *node,
                               struct plan_cell *cell)
{
	struct weir_bytes text, trimmed;
	enum plan_got got = text_of(run, node, cell, &text);

	if (got != PLAN_VALUE)
		return got;
	trimmed = weir_bytes_trim(text);
	if (trimmed.len && trimmed.len == text.len)
		return give_same(run, cell, text);
	return give_text(run, cell, trimmed);
}

static enum plan_got eval_known(struct rule_run *run, const struct plan_node *node,
                                struct plan_cell *cell)
{
	enum plan_got got = plan_eval(run, node->args[0], cell);
	struct weir_bytes text;

	if (got != PLAN_VALUE)
		return got;
	if (cell->value.kind == WEIR_OBJECT || cell->value.kind == WEIR_ARRAY)
		return PLAN_ABSENT;
	if (cell->value.kind != WEIR_TEXT || !rule_may_be_placeholder(weir_value_raw(cell->value)))
		return PLAN_VALUE;
	weir_value_text(cell->value, run->arena, &text);
	return rule_is_placeholder(text) ? PLAN_ABSENT : PLAN_VALUE;
}

/* ---- parts ------------------------------------------------------------------------------------------ */

static enum plan_got eval_after(struct rule_run *run, const struct plan_node *node,
                                struct plan_cell *cell)
{
	struct weir_bytes text;
	enum plan_got got = text_of(run, node, cell, &text);

	return got == PLAN_VALUE ? give_text(run, cell, rule_after(text, node->text)) : got;
}

static enum plan_got eval_capture(struct rule_run *run, const struct plan_node *node,
                                  struct plan_cell *cell)
{
	struct weir_bytes text, found;
	enum plan_got got = text_of(run, node, cell, &text);
	struct rule_match match;
	int64_t steps;

	if (got != PLAN_VALUE)
		return got;
	if (node->needs >= 0 && (!text.len || !memchr(text.data, node->needs, text.len)))
		return PLAN_ABSENT;
	steps = PATTERN_STEPS + (int64_t)text.len * PATTERN_STEPS_PER_BYTE;
	switch (rule_pattern_find(node->text, text, 0, &steps, &match)) {
	case RULE_NO_MATCH: return PLAN_ABSENT;
	case RULE_MATCH_TOO_LONG:
		return plan_fault(run, node, "the pattern takes too many steps", cell->value);
	case RULE_MATCH_MALFORMED: return plan_fault(run, node, match.why, cell->value);
	case RULE_MATCH: break;
	}
	found = match.count ? (struct weir_bytes){ match.captures[0].start, match.captures[0].len }
	                    : (struct weir_bytes){ match.start, (size_t)(match.end - match.start) };
	/* Patterns count bytes, so they may cut a character in two. */
	if (!rule_is_utf8(found))
		return plan_fault(run, node, "the pattern cuts a character in two", cell->value);
	return give_text(run, cell, found);
}

/* PLAN_VALUE when the first argument is a text map; what is none is absent. */
static enum plan_got begin_textmap(struct rule_run *run, const struct plan_node *node,
                                   struct plan_cell *cell, struct rule_textmap *map)
{
	enum plan_got got = plan_eval(run, node->args[0], cell);
	struct weir_bytes text;

	if (got >= PLAN_FAULT)
		return got;
	return got == PLAN_VALUE && weir_value_text(cell->value, run->arena, &text) &&
	       rule_textmap_begin(map, text) ? PLAN_VALUE : PLAN_ABSENT;
}

static enum plan_got eval_textmap(struct rule_run *run, const struct plan_node *node,
                                  struct plan_cell *cell)
{
	struct weir_bytes found = { 0 };
	struct rule_textmap map;
	enum plan_got got = begin_textmap(run, node, cell, &map);

	if (got != PLAN_VALUE)
		return got;
	while (rule_textmap_next(&map)) {
		if (weir_bytes_equal(map.name, node->text))
			found = map.value;
	}
	return give_text(run, cell, found);
}

static enum plan_got eval_textmap_names(struct rule_run *run, const struct plan_node *node,
                                        struct plan_cell *cell)
{
	struct rule_textmap map;
	enum plan_got got = begin_textmap(run, node, cell, &map);

	if (got != PLAN_VALUE)
		return got;
	run->scratch.len = 0;
	while (rule_textmap_next(&map)) {
		if (!weir_bytes_equal(map.value, node->text))
			continue;
		if (run->scratch.len)
			weir_buf_add(&run->scratch, node->more.data, node->more.len);
		weir_buf_add(&run->scratch, map.name.data, map.name.len);
	}
	return run->scratch.len ? give_text(run, cell, plan_scratch(run)) : PLAN_ABSENT;
}

/* ---- made of others -------------------------------------------------------------------------------- */

static enum plan_got eval_hash(struct rule_run *run, const struct plan_node *node,
                               struct plan_cell *cell)
{
	struct weir_bytes text;
	enum plan_got got = text_of(run, node, cell, &text);
	char hex[RULE_HEX_MAX];

	if (got != PLAN_VALUE)
		return got;
	rule_digest(rule_digest_find(node->text), text, hex);
	return give_text(run, cell, weir_arena_copy(run->arena, weir_bytes(hex)));
}

static enum plan_got eval_json(struct rule_run *run, const struct plan_node *node,
                               struct plan_cell *cell)
{
	enum plan_got got = plan_eval(run, node->args[0], cell);

	if (got != PLAN_VALUE)
		return got;
	run->scratch.len = 0;
	weir_value_render(cell->value, &run->scratch);
	return give_text(run, cell, plan_scratch(run));
}

/* Texts are collected first, because an argument may need the scratch buffer itself. */
static enum plan_got eval_format(struct rule_run *run, const struct plan_node *node,
                                 struct plan_cell *cell)
{
	struct weir_bytes *texts = weir_arena_alloc(run->arena, node->arg_count * sizeof *texts);
	const char *p = node->text.data, *end = p + node->text.len;
	size_t next = 0;

	for (uint32_t i = 0; i < node->arg_count; i++) {
		enum plan_got got = plan_eval(run, node->args[i], cell);

		if (got != PLAN_VALUE && got != PLAN_TIME)
			return got;
		if (!plan_text(run, got, cell, &texts[i]))
			return plan_fault(run, node, "not a text", cell->value);
	}
	run->scratch.len = 0;
	for (; p < end; p++) {
		if (*p != '%') {
			weir_buf_putc(&run->scratch, *p);
		} else if (*++p == 's') {
			weir_buf_add(&run->scratch, texts[next].data, texts[next].len);
			next++;
		} else {
			weir_buf_putc(&run->scratch, '%');
		}
	}
	return give_text(run, cell, plan_scratch(run));
}

plan_eval_fn *const plan_text_evals[RULE_OPS] = {
	[RULE_TIME] = eval_time,
	[RULE_PRECISION] = eval_precision,
	[RULE_IP] = eval_ip,
	[RULE_INT] = eval_int,
	[RULE_NUMBER] = eval_number,
	[RULE_BOOL] = eval_bool,
	[RULE_LOWER] = eval_lower,
	[RULE_UPPER] = eval_upper,
	[RULE_TRIM] = eval_trim,
	[RULE_KNOWN] = eval_known,
	[RULE_AFTER] = eval_after,
	[RULE_CAPTURE] = eval_capture,
	[RULE_TEXTMAP] = eval_textmap,
	[RULE_TEXTMAP_NAMES] = eval_textmap_names,
	[RULE_HASH] = eval_hash,
	[RULE_JSON] = eval_json,
	[RULE_FORMAT] = eval_format,
};
