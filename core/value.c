/* value.c - reading values, whether they lie in a page or were built.
 *
 * Not here: numbers (value_number.c), equality (value_equal.c), building (value_build.c),
 * text (value_render.c), paths (paths.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "value_form.h"

const uint8_t json_kinds[256] = {
	['{'] = WEIR_OBJECT, ['['] = WEIR_ARRAY, ['"'] = WEIR_TEXT,
	['t'] = WEIR_BOOLEAN, ['f'] = WEIR_BOOLEAN, ['n'] = WEIR_NULL,
	['-'] = WEIR_NUMBER, ['0'] = WEIR_NUMBER, ['1'] = WEIR_NUMBER, ['2'] = WEIR_NUMBER,
	['3'] = WEIR_NUMBER, ['4'] = WEIR_NUMBER, ['5'] = WEIR_NUMBER, ['6'] = WEIR_NUMBER,
	['7'] = WEIR_NUMBER, ['8'] = WEIR_NUMBER, ['9'] = WEIR_NUMBER,
};

static const struct weir_value absent;

/* ---- members and elements ------------------------------------------------------------- */

struct weir_value weir_value_member(struct weir_value v, struct weir_bytes key)
{
	v = value_bare(v);
	if (v.kind != WEIR_OBJECT)
		return absent;
	if (v.form == FORM_PAGE) {
		uint32_t at = json_find(v.base, v.at, key);

		return at ? json_page_value(v.base, at) : absent;
	}
	struct value_member *member = value_object_find(v.base, key, weir_hash(key));

	return member ? member->value : absent;
}

struct weir_value weir_value_get(struct weir_value v, const char *key)
{
	return weir_value_member(v, weir_bytes(key));
}

struct weir_value weir_value_at(struct weir_value v, size_t index)
{
	const struct value_array *array;

	v = value_bare(v);
	if (v.kind != WEIR_ARRAY)
		return absent;
	if (v.form == FORM_PAGE) {
		const struct json_view *view = v.base;
		uint32_t end = view->link[v.at], at = v.at + 1;

		for (; at < end && index > 0; index--)
			at = json_end(view, at) + 2;
		return at < end ? json_page_value(view, at) : absent;
	}
	array = v.base;
	return index < array->count ? array->items[index] : absent;
}

size_t weir_value_count(struct weir_value v)
{
	v = value_bare(v);
	if (v.kind != WEIR_ARRAY && v.kind != WEIR_OBJECT)
		return 0;
	if (v.form == FORM_PAGE) {
		const struct json_view *view = v.base;
		uint32_t skip = v.kind == WEIR_OBJECT ? 2 : 0, end = view->link[v.at];
		size_t count = 0;

		for (uint32_t at = v.at + 1; at < end; at = json_end(view, at + skip) + 2)
			count++;
		return count;
	}
	if (v.kind == WEIR_ARRAY)
		return ((const struct value_array *)v.base)->count;
	return ((const struct value_object *)v.base)->count;
}

/* ---- iteration --------------------------------------------------------------------------- */

struct weir_each weir_each(struct weir_value v)
{
	struct weir_each each = { .of = value_bare(v) };

	if (v.kind != WEIR_ARRAY && v.kind != WEIR_OBJECT)
		return each;
	if (each.of.form == FORM_PAGE) {
		const struct json_view *view = each.of.base;

		each.state = each.of.at + 1;
		each.end = view->link[each.of.at];
	} else {
		each.end = (uint32_t)weir_value_count(v);
	}
	return each;
}

static void next_in_page(struct weir_each *each)
{
	const struct json_view *view = each->of.base;
	uint32_t at = each->state;

	if (each->of.kind == WEIR_OBJECT) {
		each->raw_key = json_inner(view, at);
		at += 2;
	}
	each->value = json_page_value(view, at);
	each->state = json_end(view, at) + 2;
}

bool weir_next(struct weir_each *each)
{
	if (each->state >= each->end)
		return false;
	if (each->of.form == FORM_PAGE) {
		next_in_page(each);
	} else if (each->of.kind == WEIR_ARRAY) {
		const struct value_array *array = each->of.base;

		each->value = array->items[each->state++];
	} else {
		const struct value_object *object = each->of.base;
		const struct value_member *member = &object->members[each->state++];

		each->raw_key = (struct weir_bytes){ member->key->json.data + 1,
		                                     member->key->json.len - 3 };
		each->value = member->value;
	}
	return true;
}

struct weir_bytes weir_each_key(const struct weir_each *each, struct weir_arena *arena)
{
	if (each->of.kind != WEIR_OBJECT)
		return (struct weir_bytes){ 0 };
	if (each->of.form != FORM_PAGE) {
		const struct value_object *object = each->of.base;

		return object->members[each->state - 1].key->name;
	}
	if (!((const struct json_view *)each->of.base)->escaped_keys)
		return each->raw_key;
	return json_plain_text(each->raw_key, arena);
}

/* ---- scalars ---------------------------------------------------------------------------------- */

static struct weir_bytes inner_of(struct weir_value v)
{
	struct weir_bytes token = value_token(v);

	return (struct weir_bytes){ token.data + 1, token.len - 2 };
}

bool weir_value_text(struct weir_value v, struct weir_arena *arena, struct weir_bytes *text)
{
	if (v.kind != WEIR_TEXT)
		return false;
	v = value_bare(v);
	if (!value_has_token(v)) {
		*text = (struct weir_bytes){ v.base, v.at };
		return true;
	}
	*text = inner_of(v);
	if (v.form == FORM_TOKEN || ((const struct json_view *)v.base)->escapes)
		*text = json_plain_text(*text, arena);
	return true;
}

bool weir_value_is_text(struct weir_value v, const char *text)
{
	if (v.kind != WEIR_TEXT)
		return false;
	v = value_bare(v);
	if (value_has_token(v))
		return json_text_equal(inner_of(v), weir_bytes(text));
	return weir_bytes_are((struct weir_bytes){ v.base, v.at }, text);
}

bool weir_value_bool(struct weir_value v, bool *yes)
{
	if (v.kind != WEIR_BOOLEAN)
		return false;
	v = value_bare(v);
	*yes = v.form == FORM_WORD ? v.at != 0 : *value_token(v).data == 't';
	return true;
}

struct weir_bytes weir_value_raw(struct weir_value v)
{
	v = value_bare(v);
	if (v.form == FORM_PAGE)
		return json_slice(v.base, v.at);
	if (v.form == FORM_TOKEN)
		return value_token(v);
	return (struct weir_bytes){ 0 };
}

bool weir_value_entry(struct weir_value of, struct weir_value v, uint32_t *entry)
{
	if (v.form != FORM_PAGE || of.form != FORM_PAGE || v.base != of.base)
		return false;
	*entry = v.at;
	return true;
}

struct weir_value weir_value_of_entry(struct weir_value of, uint32_t entry)
{
	weir_must(of.form == FORM_PAGE);
	return json_page_value(of.base, entry);
}

bool weir_value_place(struct weir_value v, int *line, int *column)
{
	const struct json_view *view;
	const char *p, *end, *next;

	if (v.form == FORM_MARKED) {
		const struct value_marked *marked = v.base;

		*line = marked->line;
		*column = marked->column;
		return true;
	}
	if (v.form != FORM_PAGE)
		return false;
	view = v.base;
	p = view->text;
	end = p + view->index[v.at];
	for (*line = 1; (next = memchr(p, '\n', (size_t)(end - p))) != NULL; p = next + 1)
		++*line;
	*column = (int)(end - p) + 1;
	return true;
}
