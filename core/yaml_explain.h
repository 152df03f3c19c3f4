/* yaml_explain.h - the YAML parser's complaints, in words that say what to write.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_YAML_EXPLAIN_H
#define CORE_YAML_EXPLAIN_H

#include <weir/plugin.h>

/* As libyaml gives it; lines and columns from 1. */
struct yaml_complaint {
	const char *problem, *context; /* either may be NULL */
	int line, column;
	int context_line, context_column;
	const size_t *offset; /* of a byte that is no text; NULL: the places above hold */
};

/* Fills text, line and column of err; the rest is left. Pure. */
void yaml_explain(const struct yaml_complaint *complaint, struct weir_bytes text,
                  struct weir_error *err);

#endif
