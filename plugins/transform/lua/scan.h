/* scan.h - places in Lua source text that Lua itself does not tell.
 *
 * Lua knows lines at best; an author wants the column, and Lua keeps silent about a key that is
 * written twice. So the text is cut into tokens once, and tables and calls are found in them.
 * Nothing here judges the syntax: Lua does.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LUA_SCAN_H
#define LUA_SCAN_H

#include <weir/util.h>

enum scan_kind { SCAN_NAME, SCAN_STRING, SCAN_NUMBER, SCAN_SYMBOL };

struct scan_token {
	enum scan_kind kind;
	struct weir_bytes text;   /* as written; of a string its value */
	int line, column, width;  /* in characters, 1-based */
};

/* A key in a table constructor. */
struct scan_key {
	struct weir_bytes name;
	size_t token;             /* of the name */
	size_t value;             /* the first token of the value */
	size_t table;
};

struct scan {
	const char *file;
	bool exact;               /* Lua surely sees the same tokens on the same lines */
	struct scan_token *tokens;
	size_t count;
	struct scan_key *keys;    /* in the order of the text */
	size_t key_count;
	size_t *table_tokens;     /* where each table begins: its '{' */
	size_t table_count;
};

enum { SCAN_NOWHERE = -1 };

/* Everything lives in arena; text must too. */
struct scan *scan_create(struct weir_arena *arena, const char *file, struct weir_bytes text);
/* The first token on a line that is this name; one that is called, if there is any, and a key of
 * a table only if there is nothing else. Or SCAN_NOWHERE. */
ptrdiff_t scan_name(const struct scan *scan, int line, const char *name);
/* The first string with this value on a line or within a few below it; or SCAN_NOWHERE. */
ptrdiff_t scan_string(const struct scan *scan, int line, struct weir_bytes value);
/* The first table that begins at or behind a token; or SCAN_NOWHERE. */
ptrdiff_t scan_table(const struct scan *scan, size_t token);
/* A key of a table, of equal ones the last; or NULL. */
const struct scan_key *scan_key(const struct scan *scan, size_t table, struct weir_bytes name);
/* Whether this symbol comes behind a token, and whether it is the first one of an item of a table. */
bool scan_follows(const struct scan *scan, const struct scan_token *token, const char *symbol);
bool scan_is_item(const struct scan *scan, const struct scan_token *token);
/* Names that are neither fields, keys nor declared anywhere in the file: globals. Calls found
 * for each, once a line. */
void scan_globals(const struct scan *scan, struct weir_arena *arena,
                  void (*found)(void *user, const struct scan_token *token), void *user);

#endif
