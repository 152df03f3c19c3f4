/* tree.h - what a YAML file says, with the place of every word.
 *
 * A tree lives in the arena it was read into. It is filled and merged by one thread, then
 * only read. Subtrees may be shared (aliases), so nothing below may be changed once a tree
 * has been merged.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_TREE_H
#define CORE_TREE_H

#include "diag.h"

struct tree_member;

struct tree {
	enum weir_kind_of_value kind; /* of scalars: by YAML's core schema, TEXT when quoted */
	struct weir_where where;      /* path is NULL; width 0 when it spans several lines */
	bool quoted;                  /* scalars: in quotes or a block */
	bool broken;                  /* a variable in it is wrong, which was reported */
	const char *text;             /* scalars; "" for a value that was left out */
	const char *written;          /* the text before variables were put in; NULL: the same */
	size_t count, cap;
	struct tree_member *members;  /* objects, in order */
	const struct tree **items;    /* arrays */
};

struct tree_member {
	const char *key;
	struct weir_where where;      /* of the key */
	const struct tree *value;
};

/* ---- reading (yaml.c, the only file that knows libyaml) ---- */

/* At most this much in one file, counting what aliases repeat. */
enum { TREE_FILE_MAX = 16 << 20, TREE_NODES_MAX = 1 << 20, TREE_DEPTH_MAX = 64 };

/* Strict YAML 1.2: one document, no tags, no duplicate or complex keys, no tabs for indentation.
 * Adds all mistakes but those behind the first syntax error. NULL: nothing could be read. An
 * empty file is a NULL scalar. name is what messages call the file. */
struct tree *yaml_parse(struct weir_arena *arena, const char *name, struct weir_bytes text,
                        struct diag *diag);
struct tree *yaml_read(struct weir_arena *arena, const char *path, struct diag *diag);

/* ---- using ---- */

bool tree_is_scalar(const struct tree *tree);
/* "a map", "a list", "true or false" ... for messages. */
const char *tree_kind_name(const struct tree *tree);
/* NULL when there is none, or tree is NULL or no object. */
const struct tree_member *tree_member(const struct tree *tree, const char *key);
const struct tree *tree_get(const struct tree *tree, const char *key);
/* The subtree at "rules[0]" or "settings.tenant_id"; NULL when there is none. */
const struct tree *tree_find(const struct tree *tree, const char *path);
/* An unquoted scalar of this text; the text is borrowed. */
struct tree *tree_scalar(struct weir_arena *arena, const char *text, struct weir_where where);
/* True for `key: null` and `key: ~`, false for `key:` without a value. */
bool tree_is_null(const struct tree *tree);
/* The kind that an unquoted scalar has. */
enum weir_kind_of_value tree_kind_of(const char *text);
/* Equal in content; places do not count, nor does the order of keys. Either may be NULL. */
bool tree_same(const struct tree *a, const struct tree *b);
/* A copy of an object with the members but those named; children are shared. What was shared
 * with others may be changed once it was copied. */
struct tree *tree_without(struct weir_arena *arena, const struct tree *object,
                          const char *const *keys);
void tree_append(struct weir_arena *arena, struct tree *object, const struct tree_member *member);

/* Built values with places, for options that are maps and for weir_yaml_read. Numbers that
 * JSON does not have (0x1f, +1) are written as JSON has them; 007 and .inf are text. */
struct weir_value tree_value(struct weir_arena *arena, const struct tree *tree);

/* over's maps are merged into base's by key, its other values replace, its nulls remove. Both
 * stay as they are; the result shares with them. A null that removes nothing is suspect. */
const struct tree *tree_merge(struct weir_arena *arena, const struct tree *base,
                              const struct tree *over, struct diag *diag);
/* Lays one member over an object that may be changed. */
void tree_merge_member(struct weir_arena *arena, struct tree *object,
                       const struct tree_member *over, struct diag *diag);
/* ${NAME} and ${NAME:-default} in scalars give the variable's value, $${ gives ${. A variable
 * that is not set is a mistake (false). path is the tree's, "" for a whole file; lookup is
 * getenv but in tests. In place. */
bool tree_expand(struct weir_arena *arena, struct tree *tree, const char *path,
                 const char *(*lookup)(const char *name), struct diag *diag);

#endif
