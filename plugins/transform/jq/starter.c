/* starter.c - a new rule file in jq.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "starter.h"

#include "draft.h"

#include <string.h>

/* `(.actor.id | known)`: the word that makes a value of the field's type of what is at a path. */
static void put_value(const struct draft_row *row, struct weir_buf *text)
{
	static const char *const words[][2] = { { "text", "known" }, { "time", "time" }, { "ip", "ip" },
		                                { "int", "int" }, { "number", "number" },
		                                { "bool", "bool" } };
	const char *word = NULL;

	if (!row->from) {
		weir_value_render(row->value, text);
		return;
	}
	for (size_t i = 0; i < WEIR_COUNT(words); i++) {
		if (strcmp(row->type, words[i][0]) == 0)
			word = words[i][1];
	}
	if (strcmp(row->from, ".") == 0)
		weir_buf_putc(text, '.');
	else
		weir_buf_printf(text, word ? "(.%s | %s)" : ".%s", row->from, word);
}

void starter_write(const struct weir_rule_sketch *sketch, struct weir_buf *text)
{
	static const struct draft_style style = { ": ", "#", false, false, put_value };

	weir_buf_printf(text, "# Events of type %s as records of %s.\n"
	                "# The program sees the event as `.`; left is a field of the record, right where it comes from.\n"
	                "\n"
	                "module { schema: \"%s\", when: { eventType: \"%s\" } };\n"
	                "\n"
	                "include \"weir\";   # known, time, ip and the other words\n"
	                "\n", sketch->type, sketch->schema, sketch->schema, sketch->type);
	if (!weir_value_count(sketch->rows)) {
		weir_buf_puts(text, ".\n");
		return;
	}
	weir_buf_puts(text, "{\n");
	draft_rows(sketch, &style, 2, text);
	weir_buf_puts(text, "}\n");
}
