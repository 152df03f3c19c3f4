/* starter.c - a new rule file in Lua.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "starter.h"

#include "draft.h"

#include <string.h>

/* `known "actor.id"`: the word that makes a value of the field's type of what is at a path. */
static void put_value(const struct draft_row *row, struct weir_buf *text)
{
	static const char *const words[][2] = { { "text", "known " }, { "time", "time " },
		                                { "ip", "ip " }, { "int", "int " },
		                                { "number", "number " }, { "bool", "bool " } };

	for (size_t i = 0; row->from && i < WEIR_COUNT(words); i++) {
		if (strcmp(row->type, words[i][0]) == 0)
			weir_buf_puts(text, words[i][1]);
	}
	if (row->from) {
		weir_json_quote(weir_bytes(row->from), text);
	} else if (row->value.kind == WEIR_ARRAY) {
		weir_buf_puts(text, "function() return { ");
		weir_value_render(weir_value_at(row->value, 0), text);
		weir_buf_puts(text, " } end");
	} else if (row->value.kind == WEIR_TEXT) {
		weir_buf_puts(text, "const ");
		weir_value_render(row->value, text);
	} else {
		weir_buf_puts(text, "const(");
		weir_value_render(row->value, text);
		weir_buf_putc(text, ')');
	}
}

void starter_write(const struct weir_rule_sketch *sketch, struct weir_buf *text)
{
	static const struct draft_style style = { " = ", "--", true, true, put_value };

	weir_buf_printf(text, "-- Events of type %s as records of %s.\n"
	                "-- Left is a field of the record, right where it comes from: a path, or a word around one.\n"
	                "\n"
	                "return map {\n"
	                "  schema = \"%s\",\n"
	                "  when   = { eventType = \"%s\" },\n"
	                "\n", sketch->type, sketch->schema, sketch->schema, sketch->type);
	if (weir_value_count(sketch->rows)) {
		weir_buf_puts(text, "  fields = {\n");
		draft_rows(sketch, &style, 4, text);
		weir_buf_puts(text, "  },\n}\n");
	} else {
		weir_buf_puts(text, "  fields = \".\",\n}\n");
	}
}
