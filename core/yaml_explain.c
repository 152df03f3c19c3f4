/* yaml_explain.c - the YAML parser's complaints, in words that say what to write.
 *
 * Lives here: one row for each complaint that operators meet. Not here: reading (yaml.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "yaml_explain.h"

#include <string.h>

enum spot { AT_PROBLEM, AT_CONTEXT };

struct row {
	const char *problem; /* as it begins */
	const char *context; /* as it begins; NULL: any */
	enum spot spot;
	const char *text;    /* %d is the line of the context */
};

/* The first that fits counts. */
static const struct row rows[] = {
	{ "mapping values are not allowed", NULL, AT_PROBLEM,
	  "a ':' where none can be; put quotes around a value that holds ': ', and check the "
	  "indentation" },
	{ "could not find expected ':'", NULL, AT_CONTEXT,
	  "no ':' behind this key; write it as key: value" },
	{ "did not find expected key", "while parsing a block mapping", AT_PROBLEM,
	  "no key here, where one must be; the keys of the map from line %d start in one column" },
	{ "did not find expected key", NULL, AT_PROBLEM, "no key here, where one must be" },
	{ "did not find expected '-' indicator", NULL, AT_PROBLEM,
	  "no '-' here; the items of the list from line %d start in one column" },
	{ "block sequence entries are not allowed", NULL, AT_PROBLEM,
	  "an item of a list where none can be; start it on a new line" },
	{ "mapping keys are not allowed", NULL, AT_PROBLEM,
	  "a key where none can be; start it on a new line" },
	{ "did not find expected <document start>", NULL, AT_PROBLEM,
	  "the value ended before this; check the indentation" },
	{ "did not find expected ',' or ']'", NULL, AT_PROBLEM,
	  "no ',' or ']' here, though the '[' of line %d is open" },
	{ "did not find expected ',' or '}'", NULL, AT_PROBLEM,
	  "no ',' or '}' here, though the '{' of line %d is open; put quotes around a value "
	  "that holds any of { } [ ] ," },
	{ "did not find expected node content", "while parsing a flow", AT_PROBLEM,
	  "no value here; put quotes around one that starts with this character" },
	{ "did not find expected alphabetic or numeric character", "while scanning an alias",
	  AT_CONTEXT, "'*' starts an alias in YAML; put quotes around a pattern, as in '*'" },
	{ "did not find expected alphabetic or numeric character", "while scanning an anchor",
	  AT_CONTEXT, "'&' starts an anchor in YAML; put quotes around the value" },
	{ "found unexpected end of stream", "while scanning a quoted scalar", AT_CONTEXT,
	  "this quote is never closed" },
	{ "found unexpected document indicator", "while scanning a quoted scalar", AT_CONTEXT,
	  "this quote is never closed" },
	{ "found unknown escape character", NULL, AT_PROBLEM,
	  "no such escape; write \\\\ for a backslash, or use single quotes" },
	{ "did not find expected hexdecimal number", NULL, AT_PROBLEM,
	  "not enough hexadecimal digits behind the backslash" },
	{ "found a tab character", NULL, AT_PROBLEM, "a tab; indent with spaces" },
	{ "found duplicate %YAML directive", NULL, AT_PROBLEM, "a second %%YAML line" },
	{ "found incompatible YAML document", NULL, AT_PROBLEM, "not YAML 1.1 or 1.2" },
	{ "found undefined tag handle", NULL, AT_PROBLEM,
	  "'!' starts a tag in YAML; put quotes around the value" },
	{ "control characters are not allowed", NULL, AT_PROBLEM,
	  "a control character; in double quotes write it as an escape, such as \\x1b" },
};

static bool begins(const char *text, const char *with)
{
	return text && strncmp(text, with, strlen(with)) == 0;
}

/* The character at a place, or 0. */
static char character_at(struct weir_bytes text, int line, int column)
{
	const char *p = text.data, *end = text.data + text.len;

	for (; line > 1 && p < end; p++)
		line -= *p == '\n';
	for (; column > 1 && p < end; column--)
		for (p++; p < end && ((unsigned char)*p & 0xc0) == 0x80; p++)
			;
	return p < end ? *p : '\0';
}

static void place_offset(struct weir_bytes text, size_t offset, struct weir_where *where)
{
	where->line = where->column = 1;
	for (size_t i = 0; i < offset && i < text.len; i++) {
		if (text.data[i] == '\n') {
			where->line++;
			where->column = 1;
		} else if (((unsigned char)text.data[i] & 0xc0) != 0x80) {
			where->column++;
		}
	}
}

static void explain_character(const struct yaml_complaint *c, struct weir_bytes text,
                              struct weir_error *err)
{
	char at = character_at(text, c->line, c->column);

	if (at == '\t')
		weir_fail(err, WEIR_E_CONFIG, "a tab; indent with spaces");
	else
		weir_fail(err, WEIR_E_CONFIG,
		          "no value can start with '%c'; put quotes around it", at);
	err->where.line = c->line;
	err->where.column = c->column;
}

static void explain_row(const struct row *row, const struct yaml_complaint *c,
                        struct weir_error *err)
{
	const char *number = strstr(row->text, "%d");

	if (number)
		weir_fail(err, WEIR_E_CONFIG, "%.*s%d%s", (int)(number - row->text), row->text,
		          c->context_line, number + 2);
	else
		weir_fail(err, WEIR_E_CONFIG, "%s", row->text);
	err->where.line = row->spot == AT_CONTEXT ? c->context_line : c->line;
	err->where.column = row->spot == AT_CONTEXT ? c->context_column : c->column;
}

static void explain_bytes(const struct yaml_complaint *c, struct weir_bytes text,
                          struct weir_error *err)
{
	if (begins(c->problem, "control characters"))
		weir_fail(err, WEIR_E_CONFIG, "a control character; in double quotes write it as "
		          "an escape, such as \\x1b");
	else
		weir_fail(err, WEIR_E_CONFIG, "not UTF-8; save it as UTF-8");
	place_offset(text, *c->offset, &err->where);
}

void yaml_explain(const struct yaml_complaint *c, struct weir_bytes text, struct weir_error *err)
{
	if (c->offset) {
		explain_bytes(c, text, err);
		return;
	}
	if (begins(c->problem, "found character that cannot start any token")) {
		explain_character(c, text, err);
		return;
	}
	for (size_t i = 0; i < WEIR_COUNT(rows); i++) {
		if (begins(c->problem, rows[i].problem) &&
		    (!rows[i].context || begins(c->context, rows[i].context))) {
			explain_row(&rows[i], c, err);
			return;
		}
	}
	weir_fail(err, WEIR_E_CONFIG, "not YAML: %s", c->problem ? c->problem : "unknown problem");
	err->where.line = c->line;
	err->where.column = c->column;
}
