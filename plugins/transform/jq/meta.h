/* meta.h - the constant object of a module directive, with the place of all that is in it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JQ_META_H
#define JQ_META_H

#include "report.h"
#include "scan.h"

struct meta {
	enum weir_kind_of_value kind;
	struct weir_where where;
	struct weir_value value;       /* text, number, boolean, null */
	struct weir_bytes text;        /* of a text; of a number or boolean as it is written */
	struct meta_member {
		struct weir_bytes name;
		struct weir_where where;
		const struct meta *meta;
	} *members;                    /* of an object; elements of a list have no name */
	size_t count;
};

/* The directive of a rule file, `module {…};`, which begins at the first token; *behind is the
 * token after its semicolon. NULL when there is none (*behind is 0) or when it is wrong, which
 * was reported. */
const struct meta *meta_read(struct weir_arena *arena, struct rule_report *report,
                             const struct scan *scan, size_t *behind);
/* A member, or NULL. */
const struct meta *meta_member(const struct meta *meta, const char *name);
/* Texts, numbers and booleans of a list, or one alone, as texts. False: something else. */
bool meta_texts(struct weir_arena *arena, const struct meta *meta, struct weir_bytes **texts,
                size_t *count);

#endif
