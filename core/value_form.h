/* value_form.h - how values lie in memory.
 *
 * For core/value*.c and paths*.c only.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_VALUE_FORM_H
#define CORE_VALUE_FORM_H

#include "json_doc.h"

/* FORM_PAGE comes between: base: struct json_view; at: entry. */
enum value_form {
	FORM_ABSENT,
	FORM_WORD = FORM_PAGE + 1,   /* null, or a boolean in at */
	FORM_INT,    /* base: int64_t */
	FORM_DOUBLE, /* base: double, finite */
	FORM_TEXT,   /* base: bytes without escapes; at: how many */
	FORM_TOKEN,  /* base: a string or number as JSON; at: how many bytes */
	FORM_ARRAY,  /* base: struct value_array */
	FORM_OBJECT, /* base: struct value_object */
	FORM_MARKED, /* base: struct value_marked; kind is the inner one's */
};

struct value_array {
	struct weir_value *items;
	uint32_t count, cap;
};

struct weir_key {
	struct weir_bytes name;
	struct weir_bytes json; /* "name": with its quotes; KEY_PADDING readable bytes follow */
	uint64_t hash;          /* of the name */
};

/* As far as a copy in fixed steps may read too much; see value_render.c. */
enum { KEY_PADDING = 32 };

struct value_member {
	const struct weir_key *key;
	struct weir_value value;
};

struct value_object {
	struct value_member *members;
	uint32_t count, cap;
	uint32_t *table;     /* of members by hash, 0 is free, else index + 1; NULL if there is none */
	uint32_t table_size; /* a power of two */
};

struct value_marked {
	struct weir_value inner;
	int line, column;
};

/* The value without the place that it may be marked with. */
static inline struct weir_value value_bare(struct weir_value v)
{
	return v.form == FORM_MARKED ? ((const struct value_marked *)v.base)->inner : v;
}

/* A string, number or word of a page, or a token; v is bare and no container. */
static inline struct weir_bytes value_token(struct weir_value v)
{
	if (v.form == FORM_PAGE)
		return json_token(v.base, v.at);
	return (struct weir_bytes){ v.base, v.at };
}

static inline bool value_has_token(struct weir_value v)
{
	return v.form == FORM_PAGE || v.form == FORM_TOKEN;
}

/* The member of a built object with this name, or NULL. */
struct value_member *value_object_find(const struct value_object *object, struct weir_bytes name,
                                       uint64_t hash);

/* ---- value_number.c ---------------------------------------------------------------------- */

/* Enough for any int64_t, and for any double that is printed shortest. */
enum { VALUE_NUMBER_MAX = 32 };
size_t value_print_int(int64_t number, char *out);
size_t value_print_double(double number, char *out);
/* Equal as decimal numbers of any size; both are JSON numbers. */
bool value_decimal_equal(struct weir_bytes a, struct weir_bytes b);
/* A number's text: its token, or printed into scratch. */
struct weir_bytes value_number_text(struct weir_value v, char scratch[VALUE_NUMBER_MAX]);

#endif
