/* record.c - the base values of a record, and its last checks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "set.h"

#include "digest.h"
#include "timestamp.h"
#include "trace.h"

#include <string.h>

enum { HASH_DIGITS = 32 };

static bool text_leaf(struct rule_run *run, const struct schema_field *field,
                      const struct weir_value *leaves, struct weir_bytes *text)
{
	struct plan_cell cell = { .value = leaves[field->leaf] };

	return !weir_is_nothing(cell.value) && plan_text(run, PLAN_VALUE, &cell, text);
}

/* A time field in whole milliseconds, rounded down. */
static bool milliseconds(struct rule_run *run, const struct schema_field *field,
                         struct weir_value v, int64_t *ms)
{
	struct weir_bytes text;
	struct rule_time time;
	int64_t number;

	if (field->unit == SCHEMA_UNIT_TEXT) {
		if (!weir_value_text(v, run->arena, &text) || !rule_time_read(text, &time))
			return false;
		number = rule_time_micros(&time);
	} else if (!weir_value_int(v, &number)) {
		return false;
	}
	switch (field->unit) {
	case SCHEMA_UNIT_S: return !__builtin_mul_overflow(number, 1000, ms);
	case SCHEMA_UNIT_MS: *ms = number; return true;
	case SCHEMA_UNIT_TEXT:
	case SCHEMA_UNIT_US: break;
	}
	*ms = number / 1000 - (number % 1000 < 0);
	return true;
}

static struct weir_value make_text(struct rule_run *run, const char *text)
{
	if (!text || !*text)
		return (struct weir_value){ 0 };
	return weir_make_text_borrowed(run->arena, weir_bytes(text));
}

static struct weir_value hash_of(struct rule_run *run, const char *schema, struct weir_bytes text)
{
	char hex[RULE_HEX_MAX];

	run->scratch.len = 0;
	weir_buf_puts(&run->scratch, schema);
	weir_buf_putc(&run->scratch, '\n');
	weir_buf_add(&run->scratch, text.data, text.len);
	rule_digest(0, (struct weir_bytes){ run->scratch.data, run->scratch.len }, hex);
	return weir_make_text(run->arena, (struct weir_bytes){ hex, HASH_DIGITS });
}

/* A part on its own, with its type; PLAN_TIME for the ingest time. */
static enum plan_got part_value(struct rule_run *run, const struct schema *schema,
                                const struct base_part *part, const struct weir_value *leaves,
                                struct plan_cell *cell)
{
	const struct rule_event *event = run->event;
	struct weir_bytes text;
	int64_t ms;

	cell->value = (struct weir_value){ 0 };
	switch (part->op) {
	case BASE_LITERAL: cell->value = weir_make_text_borrowed(run->arena, part->text); break;
	case BASE_RAW: cell->value = weir_make_text_borrowed(run->arena, event->source); break;
	case BASE_INGEST_TIME: cell->micros = event->ingested; return PLAN_TIME;
	case BASE_NORMALIZER:
		cell->value = make_text(run, event->ingested ? run->normalizer : "weir/test");
		break;
	case BASE_SOURCE: cell->value = make_text(run, event->source_name); break;
	case BASE_ORG_HOST: cell->value = make_text(run, event->org_host); break;
	case BASE_SCHEMA: cell->value = make_text(run, schema->name); break;
	case BASE_SETTING:
		cell->value = weir_value_member(run->settings, part->text);
		if (!weir_is_nothing(cell->value) && plan_text(run, PLAN_VALUE, cell, &text))
			cell->value = weir_make_text_borrowed(run->arena, text);
		break;
	case BASE_RECORD: cell->value = leaves[part->field->leaf]; break;
	case BASE_MS:
		if (!weir_is_absent(leaves[part->field->leaf]) &&
		    milliseconds(run, part->field, leaves[part->field->leaf], &ms))
			cell->value = weir_make_int(run->arena, ms);
		break;
	case BASE_HASH:
		if (text_leaf(run, part->field, leaves, &text))
			cell->value = hash_of(run, schema->name, text);
		break;
	}
	return weir_is_nothing(cell->value) ? PLAN_ABSENT : PLAN_VALUE;
}

/* Several parts are text, in which no part may be absent. */
static enum plan_got entry_value(struct rule_run *run, const struct schema *schema,
                                 const struct base_entry *entry, const struct weir_value *leaves,
                                 struct plan_cell *cell)
{
	struct weir_bytes *texts;
	size_t len = 0;
	char *all, *p;

	if (entry->count == 1)
		return part_value(run, schema, &entry->parts[0], leaves, cell);
	texts = weir_arena_alloc(run->arena, (entry->count + 1) * sizeof *texts);
	for (size_t i = 0; i < entry->count; i++) {
		enum plan_got got = part_value(run, schema, &entry->parts[i], leaves, cell);

		if (got == PLAN_ABSENT || !plan_text(run, got, cell, &texts[i]))
			return PLAN_ABSENT;
		len += texts[i].len;
	}
	p = all = weir_arena_alloc(run->arena, len + 1);
	for (size_t i = 0; i < entry->count; i++) {
		if (texts[i].len)
			memcpy(p, texts[i].data, texts[i].len);
		p += texts[i].len;
	}
	cell->value = weir_make_text_borrowed(run->arena, (struct weir_bytes){ all, len });
	return PLAN_VALUE;
}

enum rows_made plan_finish_record(struct rule_run *run, const struct schema *schema,
                                  struct weir_value *leaves, struct weir_value *record)
{
	for (size_t i = 0; i < schema->base_count; i++) {
		const struct base_entry *entry = &schema->base[i];
		struct plan_cell cell = { 0 };
		enum plan_got got;

		if (!weir_is_absent(leaves[entry->target->leaf]))
			continue;
		got = entry_value(run, schema, entry, leaves, &cell);
		got = plan_fit(run, entry->target, NULL, &cell, got);
		if (got == PLAN_FAULT) {
			run->fault.where = entry->where;
			return ROWS_FAULT;
		}
		if (got == PLAN_VALUE)
			leaves[entry->target->leaf] = cell.value;
		if (got == PLAN_VALUE && run->tracer)
			trace_base(run, i);
	}
	for (size_t i = 0; i < schema->shape->required_count; i++) {
		if (weir_is_absent(leaves[schema->shape->required[i]])) {
			run->lacking = schema->shape->leaves[schema->shape->required[i]];
			return ROWS_LACKING;
		}
	}
	*record = plan_build(run, schema->shape, leaves);
	if (weir_is_absent(*record))
		*record = weir_make_object(run->arena, 0);
	return ROWS_MADE;
}
