/* scan.h - the tokens of a rule file, with their places.
 *
 * jq itself judges the grammar; this is for what must be known beside it: the module directive,
 * imports, words that are refused, and the column of what jq complains of by line only.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JQ_SCAN_H
#define JQ_SCAN_H

#include <weir/plugin.h>

enum scan_kind {
	SCAN_NAME,     /* known, weir::known, if */
	SCAN_FIELD,    /* .actor */
	SCAN_VARIABLE, /* $record; its text is without the $ */
	SCAN_STRING,   /* "text": the whole literal, with what is interpolated */
	SCAN_NUMBER,
	SCAN_OTHER,    /* one character */
};

struct scan_token {
	enum scan_kind kind;
	struct weir_bytes text;
	size_t at;                /* its first byte in the file */
	int line, column, width;
	int depth;                /* of brackets and interpolations around it */
	bool plain;               /* of a string: nothing is interpolated */
	bool key;                 /* a name or string on the left of ':' in an object, or alone there */
};

struct scan {
	const char *file;
	struct weir_bytes text;
	struct scan_token *tokens; /* those of interpolations follow their string */
	size_t count;
};

/* All in arena; file and text are kept by reference. */
struct scan *scan_create(struct weir_arena *arena, const char *file, struct weir_bytes text);
struct weir_where scan_where(const struct scan *scan, const struct scan_token *token);
/* Whether a token is this one character. */
bool scan_is(const struct scan *scan, size_t token, char c);
bool scan_is_name(const struct scan *scan, size_t token, const char *name);
/* The first token behind the one at `from` that is not inside of it (a string has its
 * interpolations behind it). */
size_t scan_next(const struct scan *scan, size_t from);
/* The text of a plain string. */
struct weir_bytes scan_text(struct weir_arena *arena, const struct scan_token *token);

#endif
