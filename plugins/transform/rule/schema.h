/* schema.h - what a record may hold: rules/schemas/<name>.yaml, checked and compiled.
 *
 * docs/schemas.md is the format. A schema never changes once it is loaded, so threads share it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_SCHEMA_H
#define RULE_SCHEMA_H

#include "report.h"

enum schema_type {
	SCHEMA_TEXT,
	SCHEMA_INT,
	SCHEMA_NUMBER,
	SCHEMA_BOOL,
	SCHEMA_TIME,
	SCHEMA_IP,
	SCHEMA_OBJECT, /* any object */
	SCHEMA_ANY,
	SCHEMA_NESTED, /* an object whose members are described: shape */
};

enum schema_unit { SCHEMA_UNIT_TEXT, SCHEMA_UNIT_S, SCHEMA_UNIT_MS, SCHEMA_UNIT_US };

/* Tokens that rules use, and the texts that are written. */
struct schema_enum {
	const char *name;              /* "auth.action", or NULL for a list in the field itself */
	const char *file;              /* where it stands */
	const char *const *tokens;     /* ends in NULL */
	const struct weir_value *texts;
	size_t count;
};

struct schema_field {
	const char *key;
	size_t key_len;
	const struct weir_key *json_key;
	const char *path;              /* "event_metadata.record[].key" */
	enum schema_type type;
	enum schema_unit unit;
	bool list;                     /* a list of that type */
	bool required;
	int64_t max;                   /* bytes of a text, 0: any */
	const struct schema_enum *words;
	const char *sure, *doc;
	struct schema_shape *shape;    /* of NESTED; of a list's elements too */
	int leaf;                      /* its place among the values of a shape; -1 for an
	                                  object, whose members have places */
	size_t run;                    /* how many fields from this one on have places in a row */
	struct weir_where where;
};

/* The members of an object, in the order in which they are written. Members of objects in
 * it have their places in the same row of values; elements of lists have a shape and values
 * of their own. */
struct schema_shape {
	struct schema_field *fields;
	const struct weir_key **keys;  /* of the fields, as they are written */
	size_t count;
	struct schema_shape *top;      /* whose leaf_count counts */
	size_t leaf_count;
	const struct schema_field **leaves; /* of top: the field of each place */
	int *required;                 /* of top: the places that must be filled */
	size_t required_count;
};

enum base_part_op {
	BASE_LITERAL,
	BASE_RAW,
	BASE_INGEST_TIME,
	BASE_NORMALIZER,
	BASE_SOURCE,
	BASE_ORG_HOST,
	BASE_SCHEMA,
	BASE_SETTING,
	BASE_RECORD,
	BASE_MS,
	BASE_HASH,
};

struct base_part {
	enum base_part_op op;
	struct weir_bytes text;           /* literal, or the setting's name */
	const struct schema_field *field; /* RECORD, MS, HASH */
};

/* A value that weir fills in. One part alone keeps its type. */
struct base_entry {
	const struct schema_field *target;
	struct base_part *parts;
	size_t count;
	struct weir_where where;
};

struct schema {
	const char *name, *doc, *file;
	bool open;                     /* members that are not described are written as they are */
	struct schema_shape *shape;
	struct base_entry *base;
	size_t base_count;
};

/* Whether weir fills a field in; schema may be NULL. */
bool schema_has_base(const struct schema *schema, const struct schema_field *target);
/* A base value as it is written: "event:{schema}". */
void base_write(const struct base_entry *entry, struct weir_buf *text);

/* What loads schemas: each once. */
struct schema_set;

/* Schemas are sought in folders, in their order (NULL-ended; kept by reference). Everything
 * lives in arena. */
struct schema_set *schema_set_create(struct weir_arena *arena, const char *const *folders,
                                     struct rule_report *report);
/* NULL when there is none of that name or it is wrong; that was reported at where. */
const struct schema *schema_set_get(struct schema_set *set, const char *name,
                                    struct weir_where where);
/* The same, but NULL without a report when there is no such file. */
const struct schema *schema_set_find(struct schema_set *set, const char *name);
/* The schemas loaded so far, NULL-ended. */
const struct schema *const *schema_set_all(const struct schema_set *set);
/* The files that were read, for whoever watches them; NULL-ended. */
const char *const *schema_set_files(const struct schema_set *set);

/* The field of a key among the members of shape, or NULL. */
const struct schema_field *schema_member(const struct schema_shape *shape, struct weir_bytes key);
/* The same when the last one found is `after` (or NULL): the next is looked at first, because
 * members mostly come in order. */
const struct schema_field *schema_member_after(const struct schema_shape *shape,
                                               const struct schema_field *after,
                                               struct weir_bytes key);
/* The names of all described targets below shape, NULL-ended, to suggest one. */
const char *const *schema_targets(struct weir_arena *arena, const struct schema_shape *shape);
/* The place of a token in an enumeration, or -1. */
int schema_enum_find(const struct schema_enum *words, struct weir_bytes token);
/* As a schema file writes it: "list of text"; the unit of a time: "us". */
const char *schema_type_word(const struct schema_field *field, struct weir_arena *arena);
const char *schema_unit_word(const struct schema_field *field);
/* "a text", "a list of int": for messages. */
const char *schema_type_text(struct weir_arena *arena, const struct schema_field *field);
/* Whether a row that gives these kinds (enum rule_gives) could ever fit. */
bool schema_could_fit(const struct schema_field *field, unsigned gives);

#endif
