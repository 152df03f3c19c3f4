/* base.c - the `base` block of a schema: templates of values that weir fills in.
 *
 * Not here: filling them in for an event (record.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "schema_read.h"

#include <string.h>

enum part_wants { WANTS_NOTHING, WANTS_NAME, WANTS_TARGET };

static const struct {
	const char *word;
	enum base_part_op op;
	enum part_wants wants;
} part_words[] = {
	{ "raw", BASE_RAW, WANTS_NOTHING },
	{ "ingest_time", BASE_INGEST_TIME, WANTS_NOTHING },
	{ "normalizer", BASE_NORMALIZER, WANTS_NOTHING },
	{ "source", BASE_SOURCE, WANTS_NOTHING },
	{ "org_host", BASE_ORG_HOST, WANTS_NOTHING },
	{ "schema", BASE_SCHEMA, WANTS_NOTHING },
	{ "setting", BASE_SETTING, WANTS_NAME },
	{ "record", BASE_RECORD, WANTS_TARGET },
	{ "ms", BASE_MS, WANTS_TARGET },
	{ "hash", BASE_HASH, WANTS_TARGET },
};

/* What stands between braces: "word" or "word argument". False, with a report, if it is none. */
static bool read_part(struct schema_reader *reader, struct weir_bytes inside,
                      struct weir_where where, struct base_part *part)
{
	const char *blank = memchr(inside.data, ' ', inside.len);
	size_t len = blank ? (size_t)(blank - inside.data) : inside.len;
	struct weir_bytes word = { inside.data, len };
	struct weir_bytes argument = { blank ? blank + 1 : NULL, blank ? inside.len - len - 1 : 0 };
	size_t i = 0;

	while (i < WEIR_COUNT(part_words) && !weir_bytes_are(word, part_words[i].word))
		i++;
	if (i == WEIR_COUNT(part_words) ||
	    (argument.len > 0) != (part_words[i].wants != WANTS_NOTHING)) {
		rule_mistake(reader->report, where,
		             "'{%.*s}' is no part; write {raw}, {ingest_time}, {normalizer}, "
		             "{source}, {org_host}, {schema}, {setting NAME}, {record TARGET}, "
		             "{ms TARGET} or {hash TARGET}",
		             (int)inside.len, inside.data);
		return false;
	}
	part->op = part_words[i].op;
	part->text = argument.len ? weir_arena_copy(reader->arena, argument) : argument;
	if (part_words[i].wants != WANTS_TARGET)
		return true;
	part->field = schema_resolve(reader->schema->shape, argument);
	if (!part->field || part->field->leaf < 0 ||
	    reader->schema->shape->leaves[part->field->leaf] != part->field) {
		rule_mistake(reader->report, where, "'%s' is no field of this schema",
		             part->text.data);
		return false;
	}
	if (part->op == BASE_MS && part->field->type != SCHEMA_TIME) {
		rule_mistake(reader->report, where, "{ms %s}: the field is no time",
		             part->text.data);
		return false;
	}
	return true;
}

static struct base_part *add_part(struct schema_reader *reader, struct base_entry *entry)
{
	entry->parts = rule_grow(reader->arena, entry->parts, entry->count, sizeof *entry->parts);
	entry->parts[entry->count] = (struct base_part){ .op = BASE_LITERAL };
	return &entry->parts[entry->count++];
}

static void flush_literal(struct schema_reader *reader, struct base_entry *entry,
                          struct weir_buf *literal)
{
	if (literal->len == 0)
		return;
	add_part(reader, entry)->text = weir_arena_copy(
	        reader->arena, (struct weir_bytes){ literal->data, literal->len });
	literal->len = 0;
}

/* "event:{schema}:{{" to parts. */
static bool read_template(struct schema_reader *reader, struct weir_bytes text,
                          struct base_entry *entry)
{
	struct weir_buf literal = { 0 };
	const char *p = text.data, *end = p + text.len, *close;
	bool sound = true;

	while (sound && p < end) {
		if (*p != '{' || (p + 1 < end && p[1] == '{')) {
			weir_buf_putc(&literal, *p);
			p += *p == '{' ? 2 : 1;
			continue;
		}
		close = memchr(p, '}', (size_t)(end - p));
		flush_literal(reader, entry, &literal);
		sound = close != NULL;
		if (!sound)
			rule_mistake(reader->report, entry->where,
			             "a '{' has no '}'; write {{ for a brace");
		else
			sound = read_part(reader,
			                  (struct weir_bytes){ p + 1, (size_t)(close - p - 1) },
			                  entry->where, add_part(reader, entry));
		p = close ? close + 1 : end;
	}
	flush_literal(reader, entry, &literal);
	weir_buf_finish(&literal);
	return sound;
}

void base_write(const struct base_entry *entry, struct weir_buf *text)
{
	for (size_t i = 0; i < entry->count; i++) {
		const struct base_part *part = &entry->parts[i];
		size_t word = 0;

		for (size_t j = 0; part->op == BASE_LITERAL && j < part->text.len; j++) {
			if (part->text.data[j] == '{')
				weir_buf_putc(text, '{');
			weir_buf_putc(text, part->text.data[j]);
		}
		if (part->op == BASE_LITERAL)
			continue;
		while (part_words[word].op != part->op)
			word++;
		weir_buf_printf(text, "{%s%s%.*s}", part_words[word].word,
		                part->text.len ? " " : "", (int)part->text.len,
		                part->text.len ? part->text.data : "");
	}
}

bool schema_has_base(const struct schema *schema, const struct schema_field *target)
{
	for (size_t i = 0; schema && i < schema->base_count; i++) {
		if (schema->base[i].target == target)
			return true;
	}
	return false;
}

static void read_entry(struct schema_reader *reader, struct weir_bytes target, struct weir_value v)
{
	struct schema *schema = reader->schema;
	const char *path = weir_arena_copy(reader->arena, target).data;
	struct base_entry entry = { .where = schema_where(reader, v, path) };
	struct weir_bytes text;

	entry.target = schema_resolve(schema->shape, target);
	if (!entry.target || entry.target->leaf < 0 ||
	    schema->shape->leaves[entry.target->leaf] != entry.target) {
		rule_mistake(reader->report, entry.where, "'%s' is no field of this schema%s", path,
		             rule_did_you_mean(reader->arena, path,
		                               schema_targets(reader->arena, schema->shape)));
		return;
	}
	if (schema_has_base(schema, entry.target))
		return;
	if (!weir_value_text(v, reader->arena, &text)) {
		rule_mistake(reader->report, entry.where,
		             "must be a text with parts in braces; write \"{setting tenant_id}\"");
		return;
	}
	if (!read_template(reader, text, &entry))
		return;
	schema->base = rule_grow(reader->arena, schema->base, schema->base_count,
	                         sizeof *schema->base);
	schema->base[schema->base_count++] = entry;
}

void schema_read_base(struct schema_reader *reader, struct weir_value base)
{
	struct weir_each each = weir_each(base);

	if (!weir_is_absent(base) && base.kind != WEIR_OBJECT)
		rule_mistake(reader->report, schema_where(reader, base, "base"),
		             "must be a map of target to value");
	while (weir_next(&each))
		read_entry(reader, weir_each_key(&each, reader->arena), each.value);
}
