/* json_doc.h - how a parsed page lies in memory.
 *
 * For core/json_*.c, value*.c and paths*.c; everybody else uses json.h and value.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_JSON_DOC_H
#define CORE_JSON_DOC_H

#include "json.h"
#include "json_isa.h"

#include <string.h>

/* What a page value's base points to. An entry is a token: one of {}[]:, (and, in a page of
 * lines, the line end), or the first byte of a string, a number or a word. */
struct json_view {
	const char *text;
	const uint32_t *index; /* offset of each entry; index[count..count+3] are the length */
	const char *first;     /* the byte at each entry; first[count..count+3] are 0 */
	const uint32_t *link;  /* of an entry that begins a container: the entry that ends it */
	uint32_t count;
	bool spaced;           /* blanks outside strings */
	bool escapes;          /* a backslash somewhere */
	bool escaped_keys;     /* a backslash in some key */
};

enum { JSON_SENTINELS = 4 };


struct json_doc {
	struct json_view view;
	uint32_t *index, *link;    /* the view's, to be written */
	char *first;
	size_t index_cap, link_cap, first_cap;
	uint32_t *escaped;         /* offsets of the 64-byte blocks that hold a backslash */
	size_t escaped_count, escaped_cap;
	struct json_event *events;
	size_t event_count, event_cap;
	struct weir_arena *arena;  /* errors of events */
};

/* ---- walking a page: an entry is known to begin a value ---------------------------- */

static inline bool json_is_white(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* { or [, which bit 5 alone tells apart from each other. */
static inline bool json_opens(char first)
{
	return (first | ('{' ^ '[')) == '{';
}

/* The entry that ends the value that begins at one. */
static inline size_t json_end(const struct json_view *v, size_t at)
{
	return json_opens(v->first[at]) ? v->link[at] : at;
}

/* enum value_form; the others are value_form.h's. */
enum { FORM_PAGE = 1 };

/* The kind of a value that begins with a byte. */
extern const uint8_t json_kinds[256];

/* Member by member: cheaper than the whole struct where it lies in memory. */
static inline void json_set_value(struct weir_value *value, const struct json_view *v, uint32_t at)
{
	value->base = v;
	value->at = at;
	value->kind = json_kinds[(unsigned char)v->first[at]];
	value->form = FORM_PAGE;
	value->flags = 0;
}

static inline struct weir_value json_page_value(const struct json_view *v, uint32_t at)
{
	struct weir_value value;

	json_set_value(&value, v, at);
	return value;
}

/* A string (with its quotes), number or word. */
static inline struct weir_bytes json_token(const struct json_view *v, uint32_t at)
{
	const char *start = v->text + v->index[at];
	const char *end = v->text + v->index[at + 1];

	while (json_is_white(end[-1]))
		end--;
	return (struct weir_bytes){ start, (size_t)(end - start) };
}

/* The bytes of any value. */
static inline struct weir_bytes json_slice(const struct json_view *v, uint32_t at)
{
	const char *start = v->text + v->index[at];

	if (!json_opens(v->first[at]))
		return json_token(v, at);
	return (struct weir_bytes){ start, v->index[v->link[at]] + 1 - v->index[at] };
}

/* What stands between the quotes of the string at an entry. */
static inline struct weir_bytes json_inner(const struct json_view *v, uint32_t at)
{
	struct weir_bytes token = json_token(v, at);

	return (struct weir_bytes){ token.data + 1, token.len - 2 };
}

/* ---- json_text.c --------------------------------------------------------------------- */

/* Undoes the escapes of what stands between quotes. out has room for raw.len bytes. */
size_t json_unescape(struct weir_bytes raw, char *out);
/* The same as raw when it has no escapes, else unescaped into arena. */
struct weir_bytes json_plain_text(struct weir_bytes raw, struct weir_arena *arena);
/* Whether what stands between quotes means this text. */
bool json_text_equal(struct weir_bytes raw, struct weir_bytes text);
/* The entry of the value of a key of the object at an entry, the last of equal ones; 0: none. */
uint32_t json_find(const struct json_view *v, uint32_t object, struct weir_bytes key);

/* ---- json_index.c ---------------------------------------------------------------------- */

enum json_indexed { JSON_INDEXED, JSON_FAULTY, JSON_NO_MEMORY };
/* Appends the entries of a slice of the page to doc->index: [from, to). */
enum json_indexed json_index(struct json_doc *doc, size_t from, size_t to,
                             enum weir_page_format format);

/* ---- json_link.c ------------------------------------------------------------------------- */

struct json_linker {
	struct json_view *view;
	uint32_t *link;
	const uint32_t *escaped, *escaped_end; /* blocks with a backslash, ascending */
	uint32_t at;           /* the next entry */
	uint32_t depth_max;
	bool deep;             /* the last value nested deeper than that */
};

/* Checks and links the value at linker->at and moves behind it; false if it is none. */
bool json_link_value(struct json_linker *linker);

/* ---- json_page.c ----------------------------------------------------------------------------- */

/* Forgets the page before. False if text is larger than offsets can say. */
bool json_begin(struct json_doc *doc, struct weir_bytes text, struct weir_error *err);
/* Parses the bytes [from, to) of the page alone and adds them as an event, sound or not,
 * unless they are blank. False without memory. */
bool json_parse_slice(struct json_doc *doc, size_t from, size_t to,
                      const struct json_limits *limits);
/* Both fill err and return false. refuse says why text is no JSON, or otherwise if it is. */
bool json_no_memory(struct weir_error *err, size_t len);
bool json_refuse(struct weir_bytes text, const char *otherwise, struct weir_error *err);

/* ---- json_explain.c ------------------------------------------------------------------------ */

struct json_fault {
	size_t offset;
	char why[120]; /* "expected ':' after a name, found '}'" */
};

/* Why a text is not one JSON document. False if it is one. */
bool json_explain(struct weir_bytes text, struct json_fault *fault);

#endif
