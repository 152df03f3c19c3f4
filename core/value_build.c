/* value_build.c - making and changing values in an arena.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "value_form.h"

#include <math.h>

/* From this many members on, an object is searched by a hash table. */
enum { TABLE_FROM = 16 };

/* ---- scalars ------------------------------------------------------------------------------ */

struct weir_value weir_make_null(void)
{
	return (struct weir_value){ .kind = WEIR_NULL, .form = FORM_WORD };
}

struct weir_value weir_make_bool(bool yes)
{
	return (struct weir_value){ .at = yes, .kind = WEIR_BOOLEAN, .form = FORM_WORD };
}

struct weir_value weir_make_int(struct weir_arena *arena, int64_t number)
{
	int64_t *kept = weir_arena_alloc(arena, sizeof *kept);

	*kept = number;
	return (struct weir_value){ .base = kept, .kind = WEIR_NUMBER, .form = FORM_INT };
}

struct weir_value weir_make_double(struct weir_arena *arena, double number)
{
	double *kept;

	if (!isfinite(number))
		return weir_make_null();
	kept = weir_arena_alloc(arena, sizeof *kept);
	*kept = number;
	return (struct weir_value){ .base = kept, .kind = WEIR_NUMBER, .form = FORM_DOUBLE };
}

/* A string or number as JSON, with room behind it to be read in steps. */
static struct weir_value make_token(struct weir_arena *arena, struct weir_bytes json,
                                    enum weir_kind_of_value kind)
{
	char *kept = weir_arena_alloc(arena, json.len + WEIR_PAGE_PADDING);

	memcpy(kept, json.data, json.len);
	memset(kept + json.len, 0, WEIR_PAGE_PADDING);
	return (struct weir_value){ .base = kept, .at = (uint32_t)json.len, .kind = (uint8_t)kind,
	                            .form = FORM_TOKEN };
}

struct weir_value weir_make_number(struct weir_arena *arena, struct weir_bytes json)
{
	return make_token(arena, json, WEIR_NUMBER);
}

struct weir_value weir_make_text_borrowed(struct weir_arena *arena, struct weir_bytes text)
{
	(void)arena;
	weir_must(text.len <= UINT32_MAX);
	return (struct weir_value){
		.base = text.data ? text.data : "",
		.at = (uint32_t)text.len,
		.kind = WEIR_TEXT,
		.form = FORM_TEXT,
	};
}

struct weir_value weir_make_text(struct weir_arena *arena, struct weir_bytes text)
{
	return weir_make_text_borrowed(arena, weir_arena_copy(arena, text));
}

struct weir_value weir_make_written(struct weir_arena *arena, struct weir_value v)
{
	struct weir_value bare = value_bare(v), token;
	struct weir_buf json = { 0 };

	if (bare.kind != WEIR_TEXT && bare.kind != WEIR_NUMBER)
		return v;
	weir_value_render(bare, &json);
	token = make_token(arena, (struct weir_bytes){ json.data, json.len },
	                   (enum weir_kind_of_value)bare.kind);
	weir_buf_finish(&json);
	return token;
}

/* ---- arrays --------------------------------------------------------------------------------- */

struct weir_value weir_make_array(struct weir_arena *arena)
{
	struct value_array *array = weir_arena_alloc(arena, sizeof *array);

	*array = (struct value_array){ 0 };
	return (struct weir_value){ .base = array, .kind = WEIR_ARRAY, .form = FORM_ARRAY };
}

/* A larger copy of what lies in an arena; the old one stays there. */
static void *grown(struct weir_arena *arena, const void *old, size_t bytes, size_t wanted)
{
	void *larger = weir_arena_alloc(arena, wanted);

	if (bytes)
		memcpy(larger, old, bytes);
	return larger;
}

void weir_array_push(struct weir_arena *arena, struct weir_value array, struct weir_value v)
{
	struct value_array *a;

	array = value_bare(array);
	weir_must(array.form == FORM_ARRAY);
	a = (struct value_array *)array.base;
	if (a->count == a->cap) {
		weir_must(a->cap < UINT32_MAX / 2);
		a->cap = a->cap ? a->cap * 2 : 4;
		a->items = grown(arena, a->items, a->count * sizeof *a->items,
		                 a->cap * sizeof *a->items);
	}
	a->items[a->count++] = v;
}

/* ---- objects ---------------------------------------------------------------------------------- */

const struct weir_key *weir_key_create(struct weir_arena *arena, struct weir_bytes name)
{
	struct weir_key *key = weir_arena_alloc(arena, sizeof *key);
	struct weir_buf json = { 0 };
	char *kept;

	weir_json_quote(name, &json);
	weir_buf_putc(&json, ':');
	kept = weir_arena_alloc(arena, json.len + KEY_PADDING);
	memcpy(kept, json.data, json.len);
	memset(kept + json.len, 0, KEY_PADDING);
	key->name = weir_arena_copy(arena, name);
	key->json = (struct weir_bytes){ kept, json.len };
	key->hash = weir_hash(name);
	weir_buf_finish(&json);
	return key;
}

static struct value_object *make_object(struct weir_arena *arena, size_t cap)
{
	struct value_object *object = weir_arena_alloc(arena, sizeof *object +
	                                                              cap * sizeof *object->members);

	*object = (struct value_object){ .members = (struct value_member *)(object + 1),
	                                 .cap = (uint32_t)cap };
	return object;
}

static struct weir_value object_value(const struct value_object *object)
{
	return (struct weir_value){ .base = object, .kind = WEIR_OBJECT, .form = FORM_OBJECT };
}

struct weir_value weir_make_object(struct weir_arena *arena, size_t expected)
{
	return object_value(make_object(arena, expected < UINT32_MAX / 2 ? expected : 0));
}

struct weir_value weir_make_members(struct weir_arena *arena, const struct weir_key *const *keys,
                                    const struct weir_value *values, size_t count)
{
	struct value_object *object;

	weir_must(count < UINT32_MAX / 2);
	object = make_object(arena, count);
	for (size_t i = 0; i < count; i++) {
		object->members[i].key = keys[i];
		object->members[i].value = values[i];
	}
	object->count = (uint32_t)count;
	return object_value(object);
}

static struct value_object *object_of(struct weir_value v)
{
	v = value_bare(v);
	weir_must(v.form == FORM_OBJECT);
	return (struct value_object *)v.base;
}

static bool key_is(const struct weir_key *key, struct weir_bytes name, uint64_t hash)
{
	return key->hash == hash && weir_bytes_equal(key->name, name);
}

static void table_put(struct value_object *object, uint32_t index)
{
	uint32_t mask = object->table_size - 1;
	uint32_t at = (uint32_t)object->members[index].key->hash & mask;

	while (object->table[at])
		at = (at + 1) & mask;
	object->table[at] = index + 1;
}

static void table_fill(struct value_object *object)
{
	memset(object->table, 0, object->table_size * sizeof *object->table);
	for (uint32_t i = 0; i < object->count; i++)
		table_put(object, i);
}

struct value_member *value_object_find(const struct value_object *object, struct weir_bytes name,
                                       uint64_t hash)
{
	uint32_t mask = object->table_size - 1;

	if (!object->table) {
		for (uint32_t i = object->count; i-- > 0;) {
			if (key_is(object->members[i].key, name, hash))
				return &object->members[i];
		}
		return NULL;
	}
	for (uint32_t at = (uint32_t)hash & mask; object->table[at]; at = (at + 1) & mask) {
		struct value_member *member = &object->members[object->table[at] - 1];

		if (key_is(member->key, name, hash))
			return member;
	}
	return NULL;
}

/* Of a large object that is searched. Kept at most half full. */
static void make_table(struct weir_arena *arena, struct value_object *object)
{
	if (object->table || object->count < TABLE_FROM)
		return;
	object->table_size = TABLE_FROM * 4;
	while (object->count * 4 > object->table_size)
		object->table_size *= 2;
	object->table = weir_arena_alloc(arena, object->table_size * sizeof *object->table);
	table_fill(object);
}

/* The last member is new. A table that is too full is made again when it is needed. */
static void note_member(struct value_object *object)
{
	if (object->count * 2 > object->table_size)
		object->table = NULL;
	else
		table_put(object, object->count - 1);
}

/* For so many more members. */
static void make_room(struct weir_arena *arena, struct value_object *o, size_t more)
{
	size_t cap = o->cap ? (size_t)o->cap * 2 : 8;

	if (o->cap - o->count >= more)
		return;
	if (cap < o->count + more)
		cap = o->count + more;
	weir_must(cap < UINT32_MAX / 2);
	o->members = grown(arena, o->members, o->count * sizeof *o->members,
	                   cap * sizeof *o->members);
	o->cap = (uint32_t)cap;
}

void weir_object_add(struct weir_arena *arena, struct weir_value object,
                     const struct weir_key *key, struct weir_value v)
{
	struct value_object *o = object_of(object);

	if (o->count == o->cap)
		make_room(arena, o, 1);
	o->members[o->count++] = (struct value_member){ key, v };
	if (o->table)
		note_member(o);
}

void weir_object_add_present(struct weir_arena *arena, struct weir_value object,
                             const struct weir_key *const *keys,
                             const struct weir_value *values, size_t count)
{
	struct value_object *o = object_of(object);
	struct value_member *next;

	make_room(arena, o, count);
	next = o->members + o->count;
	/* Which are there is hard to guess, so all are written, and what is absent is written over. */
	for (size_t i = 0; i < count; i++) {
		next->key = keys[i];
		next->value = values[i];
		next += !weir_is_absent(values[i]);
	}
	o->count = (uint32_t)(next - o->members);
	o->table = NULL; /* made again when it is needed */
}

void weir_object_put(struct weir_arena *arena, struct weir_value object, struct weir_bytes name,
                     struct weir_value v)
{
	struct value_object *o = object_of(object);
	struct value_member *member;

	make_table(arena, o);
	member = value_object_find(o, name, weir_hash(name));
	if (member)
		member->value = v;
	else
		weir_object_add(arena, object, weir_key_create(arena, name), v);
}

bool weir_object_remove(struct weir_value object, struct weir_bytes name)
{
	struct value_object *o = object_of(object);
	struct value_member *member = value_object_find(o, name, weir_hash(name));
	size_t behind;

	if (!member)
		return false;
	behind = (size_t)(o->members + o->count - (member + 1));
	memmove(member, member + 1, behind * sizeof *member);
	o->count--;
	if (o->table)
		table_fill(o);
	return true;
}

/* ---- copies ------------------------------------------------------------------------------------- */

struct weir_value weir_value_mark(struct weir_arena *arena, struct weir_value v, int line,
                                  int column)
{
	struct value_marked *marked;

	if (v.kind == WEIR_ABSENT)
		return v;
	marked = weir_arena_alloc(arena, sizeof *marked);
	*marked = (struct value_marked){ value_bare(v), line, column };
	return (struct weir_value){ .base = marked, .kind = v.kind, .form = FORM_MARKED };
}

/* The same place as another value has, if that is marked. */
static struct weir_value marked_as(struct weir_arena *arena, struct weir_value v,
                                   struct weir_value as)
{
	const struct value_marked *mark = as.base;

	return as.form == FORM_MARKED ? weir_value_mark(arena, v, mark->line, mark->column) : v;
}

/* What to do with each child. */
typedef struct weir_value copy_fn(struct weir_arena *arena, struct weir_value v);

/* Of equal keys in a page only the last is taken, at the place of the first. */
static struct weir_value copy_members(struct weir_arena *arena, struct weir_value v,
                                      copy_fn *child)
{
	struct weir_value copy = weir_make_object(arena, weir_value_count(v));
	struct weir_each each = weir_each(v);
	const struct value_object *built = each.of.base;

	while (weir_next(&each)) {
		if (each.of.form == FORM_OBJECT && child == NULL) {
			weir_object_add(arena, copy, built->members[each.state - 1].key, each.value);
			continue;
		}
		weir_object_put(arena, copy, weir_each_key(&each, arena),
		                child ? child(arena, each.value) : each.value);
	}
	return copy;
}

static struct weir_value copy_items(struct weir_arena *arena, struct weir_value v, copy_fn *child)
{
	struct weir_value copy = weir_make_array(arena);
	struct weir_each each = weir_each(v);

	while (weir_next(&each))
		weir_array_push(arena, copy, child ? child(arena, each.value) : each.value);
	return copy;
}

struct weir_value weir_value_edit(struct weir_arena *arena, struct weir_value v)
{
	weir_must(v.kind == WEIR_ARRAY || v.kind == WEIR_OBJECT);
	if (v.kind == WEIR_ARRAY)
		return marked_as(arena, copy_items(arena, v, NULL), v);
	return marked_as(arena, copy_members(arena, v, NULL), v);
}

/* A container of a page: its bytes and its entries, moved to begin at 0. */
static struct weir_value copy_page(struct weir_arena *arena, const struct json_view *from,
                                   uint32_t at)
{
	struct weir_bytes slice = json_slice(from, at);
	struct json_view *view = weir_arena_alloc(arena, sizeof *view);
	uint32_t count = from->link[at] + 1 - at, base = from->index[at];
	uint32_t *index = weir_arena_alloc(arena, (count + JSON_SENTINELS) * sizeof *index);
	uint32_t *link = weir_arena_alloc(arena, count * sizeof *link);
	char *text = weir_arena_alloc(arena, slice.len + WEIR_PAGE_PADDING);
	char *first = weir_arena_alloc(arena, count + JSON_SENTINELS);

	memcpy(text, slice.data, slice.len);
	memset(text + slice.len, 0, WEIR_PAGE_PADDING);
	for (uint32_t i = 0; i < count; i++) {
		index[i] = from->index[at + i] - base;
		link[i] = json_end(from, at + i) - at;
	}
	for (uint32_t i = 0; i < JSON_SENTINELS; i++)
		index[count + i] = (uint32_t)slice.len;
	memcpy(first, from->first + at, count);
	memset(first + count, 0, JSON_SENTINELS);
	*view = *from;
	view->text = text;
	view->index = index;
	view->first = first;
	view->link = link;
	view->count = count;
	return json_page_value(view, 0);
}

static struct weir_value copy_token(struct weir_arena *arena, struct weir_value v)
{
	struct weir_bytes token = value_token(v);

	if (v.kind == WEIR_NULL)
		return weir_make_null();
	if (v.kind == WEIR_BOOLEAN)
		return weir_make_bool(*token.data == 't');
	return make_token(arena, token, (enum weir_kind_of_value)v.kind);
}

static struct weir_value copy_bare(struct weir_arena *arena, struct weir_value v)
{
	if (v.form == FORM_PAGE && (v.kind == WEIR_ARRAY || v.kind == WEIR_OBJECT))
		return copy_page(arena, v.base, v.at);
	if (v.form == FORM_PAGE)
		return copy_token(arena, v);
	switch ((enum value_form)v.form) {
	case FORM_ABSENT:
	case FORM_WORD:
	case FORM_MARKED:
		return v;
	case FORM_TOKEN:
		return copy_token(arena, v);
	case FORM_INT:
		return weir_make_int(arena, *(const int64_t *)v.base);
	case FORM_DOUBLE:
		return weir_make_double(arena, *(const double *)v.base);
	case FORM_TEXT:
		return weir_make_text(arena, (struct weir_bytes){ v.base, v.at });
	case FORM_ARRAY:
		return copy_items(arena, v, weir_value_copy);
	case FORM_OBJECT:
		return copy_members(arena, v, weir_value_copy);
	}
	return v;
}

struct weir_value weir_value_copy(struct weir_arena *arena, struct weir_value v)
{
	return marked_as(arena, copy_bare(arena, value_bare(v)), v);
}
