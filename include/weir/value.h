/* value.h - reading and building JSON values.
 *
 * An event is a read-only view of the source's page: its values point into the page and
 * cost nothing until they are read. What a stage writes is a small tree in the batch's
 * arena, whose leaves may be values of the page. Both are struct weir_value, passed by value.
 *
 * LIFETIME  A value lives as long as the batch (or document) that it came from.
 * THREADS   Reading is free on any thread that may see the batch; building is for the
 *           one call that owns the arena.
 * NUMBERS   stay text until somebody computes: 64-bit integers are exact, a number is
 *           written as it was read.
 * KEYS      keep their order; of equal keys the last one counts.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WEIR_VALUE_H
#define WEIR_VALUE_H

#include <weir/util.h>

#pragma GCC visibility push(default)

struct weir_error;

enum weir_kind_of_value {
	WEIR_ABSENT,   /* no such member; all bytes of the struct are zero */
	WEIR_NULL,
	WEIR_BOOLEAN,
	WEIR_NUMBER,
	WEIR_TEXT,
	WEIR_ARRAY,
	WEIR_OBJECT,
};

/* Only kind is for the reader; the rest belongs to core/value.c. */
struct weir_value {
	const void *base;
	uint32_t at;
	uint8_t kind;  /* enum weir_kind_of_value */
	uint8_t form;
	uint16_t flags;
};

/* ---- reading -------------------------------------------------------------- */

static inline bool weir_is_absent(struct weir_value v)
{
	return v.kind == WEIR_ABSENT;
}

/* Absent or null: what a rule calls "not there". */
static inline bool weir_is_nothing(struct weir_value v)
{
	return v.kind <= WEIR_NULL;
}

/* A member of an object, an element of an array; absent when there is none or v is
 * something else. */
struct weir_value weir_value_get(struct weir_value v, const char *key);
struct weir_value weir_value_member(struct weir_value v, struct weir_bytes key);
struct weir_value weir_value_at(struct weir_value v, size_t index);
size_t weir_value_count(struct weir_value v);  /* members or elements, else 0 */

/* Iterates over members or elements in order (equal keys: each is shown):
 *   struct weir_each each = weir_each(v);
 *   while (weir_next(&each)) ... each.key (objects, unescaped if it has no escape), each.value */
struct weir_each {
	struct weir_value of, value;
	struct weir_bytes raw_key;  /* as it stands in the page, between the quotes */
	uint32_t state, end;
};
struct weir_each weir_each(struct weir_value v);
bool weir_next(struct weir_each *each);
/* The key with its escapes undone; into arena only if it has any. */
struct weir_bytes weir_each_key(const struct weir_each *each, struct weir_arena *arena);

/* The text of a WEIR_TEXT with escapes undone; points into the page when there are none,
 * else into arena. False for any other kind. A lone surrogate comes out as U+FFFD. */
bool weir_value_text(struct weir_value v, struct weir_arena *arena, struct weir_bytes *text);
/* Equal to a word, without allocation. */
bool weir_value_is_text(struct weir_value v, const char *text);
bool weir_value_bool(struct weir_value v, bool *yes);
/* An integer without fraction or exponent within int64_t. */
bool weir_value_int(struct weir_value v, int64_t *number);
bool weir_value_double(struct weir_value v, double *number);
/* The token or container exactly as it stands in the page (text with its quotes);
 * none for built values. */
struct weir_bytes weir_value_raw(struct weir_value v);
/* Deep equality: numbers by value, objects regardless of order. */
bool weir_value_equal(struct weir_value a, struct weir_value b);
/* A value as a number that finds it again among the values of the same page, of which `of` is
 * any: for whoever can keep a number only. False for what is of no page, or of another. */
bool weir_value_entry(struct weir_value of, struct weir_value v, uint32_t *entry);
struct weir_value weir_value_of_entry(struct weir_value of, uint32_t entry);
/* Where it stands: 1-based line and column of its page or YAML file; false if unknown. */
bool weir_value_place(struct weir_value v, int *line, int *column);

/* ---- compiled sets of paths ------------------------------------------------- */

/* A path is keys joined by dots, each followed by any number of selectors:
 *   client.geographicalContext.geolocation.lat
 *   target[0].id   target[-1].id          an element, from the start or the end
 *   target[type=User].displayName         the first element whose member has that text
 *   debugContext.debugData["a.b"]         a key that holds a dot
 *   .                                     the value itself
 * All paths of a set are read in one walk that skips what none of them names. */
struct weir_paths;
/* On a malformed path: NULL, and err says which path, at which character, and why. */
struct weir_paths *weir_paths_create(const char *const *paths, size_t count,
                                     struct weir_error *err);
void weir_paths_destroy(struct weir_paths *paths);
/* Fills slots[i] for path i; absent where there is nothing. Any thread. */
void weir_paths_read(const struct weir_paths *paths, struct weir_value v,
                     struct weir_value *slots);

/* ---- building ----------------------------------------------------------------- */

struct weir_value weir_make_null(void);
struct weir_value weir_make_bool(bool yes);
struct weir_value weir_make_int(struct weir_arena *arena, int64_t number);
struct weir_value weir_make_double(struct weir_arena *arena, double number); /* NaN, inf: null */
/* A number by its JSON text, which is copied: it is written as it was spelled. */
struct weir_value weir_make_number(struct weir_arena *arena, struct weir_bytes json);
/* Unescaped UTF-8; copied, or borrowed for as long as the value lives. */
struct weir_value weir_make_text(struct weir_arena *arena, struct weir_bytes text);
struct weir_value weir_make_text_borrowed(struct weir_arena *arena, struct weir_bytes text);
/* The same text or number in the form that is written with a copy: for constants. Other values
 * are returned as they are. */
struct weir_value weir_make_written(struct weir_arena *arena, struct weir_value v);
struct weir_value weir_make_array(struct weir_arena *arena);
struct weir_value weir_make_object(struct weir_arena *arena, size_t expected);

/* A key prepared once (at load) and used for every event. */
struct weir_key;
const struct weir_key *weir_key_create(struct weir_arena *arena, struct weir_bytes name);
/* An object of these members: keys differ, values are not absent. */
struct weir_value weir_make_members(struct weir_arena *arena, const struct weir_key *const *keys,
                                    const struct weir_value *values, size_t count);

/* Arrays and objects that were built, not those of a page. add trusts that the key
 * is new; put replaces the value of an equal key. */
void weir_array_push(struct weir_arena *arena, struct weir_value array, struct weir_value v);
void weir_object_add(struct weir_arena *arena, struct weir_value object,
                     const struct weir_key *key, struct weir_value v);
/* The same for each of count values that is not absent. */
void weir_object_add_present(struct weir_arena *arena, struct weir_value object,
                             const struct weir_key *const *keys,
                             const struct weir_value *values, size_t count);
void weir_object_put(struct weir_arena *arena, struct weir_value object,
                     struct weir_bytes name, struct weir_value v);
bool weir_object_remove(struct weir_value object, struct weir_bytes name);
/* An object or array that may be changed, with the same content; children are shared. */
struct weir_value weir_value_edit(struct weir_arena *arena, struct weir_value v);
/* Everything copied into arena, so that it outlives the page. */
struct weir_value weir_value_copy(struct weir_arena *arena, struct weir_value v);
/* Remembers a place for weir_value_place; returns the value with it. */
struct weir_value weir_value_mark(struct weir_arena *arena, struct weir_value v, int line,
                                  int column);

/* ---- text ---------------------------------------------------------------------- */

/* Compact JSON, tokens of the page byte for byte; doubles shortest round-trip. */
void weir_value_render(struct weir_value v, struct weir_buf *json);
/* The same in two-space indentation for people. */
void weir_value_render_pretty(struct weir_value v, struct weir_buf *json);
/* Appends text as a JSON string, quotes included. */
void weir_json_quote(struct weir_bytes text, struct weir_buf *json);

/* Parses one document, copied into arena. WEIR_E_DATA with offset and reason if refused. */
bool weir_json_parse(struct weir_arena *arena, struct weir_bytes json, struct weir_value *v,
                     struct weir_error *err);
/* Reads a YAML file (JSON is YAML) into built values with places: strict, no anchors to
 * outside, no duplicate keys; core schema scalars. err.where is filled on failure. */
bool weir_yaml_read(struct weir_arena *arena, const char *path, struct weir_value *v,
                    struct weir_error *err);

#pragma GCC visibility pop

#endif
