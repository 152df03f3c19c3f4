/* draft.h - the rows of a new rule, nested as its record is, for the languages of rules.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_DRAFT_H
#define RULE_DRAFT_H

#include <weir/rules.h>

/* A row of a struct weir_rule_sketch. */
struct draft_row {
	const char *target, *type, *doc;
	const char *from;        /* a path, or NULL: value */
	struct weir_value value;
};

struct draft_style {
	const char *between;     /* a key and its value: " = ", ": " */
	const char *comment;     /* begins one: "--", "#" */
	bool brackets;           /* around keys in quotes */
	bool last_comma;         /* behind the last row of an object, too */
	void (*value)(const struct draft_row *row, struct weir_buf *text);
};

/* A line for each row and for each object around them, at an indentation of so many blanks. */
void draft_rows(const struct weir_rule_sketch *sketch, const struct draft_style *style, int indent,
                struct weir_buf *text);

#endif
