/* value_render.c - values as JSON text.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "value_form.h"

/* Short pieces are copied in one or two steps of this size, reading and writing past their
 * end: pages, tokens and keys are padded, and so is the room. */
enum { PIECE = 32 };

static inline char *room(struct weir_buf *json, size_t len)
{
	if (json->cap - json->len >= len)
		return json->data + json->len;
	return weir_buf_room(json, len);
}

static inline char *put_padded(char *out, struct weir_bytes bytes)
{
	if (bytes.len > 2 * PIECE) {
		memcpy(out, bytes.data, bytes.len);
		return out + bytes.len;
	}
	memcpy(out, bytes.data, PIECE);
	if (bytes.len > PIECE)
		memcpy(out + PIECE, bytes.data + PIECE, PIECE);
	return out + bytes.len;
}

static void add_padded(struct weir_buf *json, struct weir_bytes bytes)
{
	put_padded(room(json, bytes.len + PIECE), bytes);
	json->len += bytes.len;
}

/* With blanks between its tokens, which are left out. */
static void render_spaced(const struct json_view *view, uint32_t at, struct weir_buf *json)
{
	for (size_t end = json_end(view, at); at <= end; at++)
		add_padded(json, json_token(view, at));
}

static void render_page(const struct json_view *view, uint32_t at, struct weir_buf *json)
{
	if (view->spaced)
		render_spaced(view, at, json);
	else
		add_padded(json, json_slice(view, at));
}

static void render_number(struct weir_value v, struct weir_buf *json)
{
	char *out = weir_buf_room(json, VALUE_NUMBER_MAX);

	if (v.form == FORM_INT)
		json->len += value_print_int(*(const int64_t *)v.base, out);
	else
		json->len += value_print_double(*(const double *)v.base, out);
}

static void render_scalar(struct weir_value v, struct weir_buf *json)
{
	if (v.form == FORM_TOKEN)
		add_padded(json, value_token(v));
	else if (v.kind == WEIR_TEXT)
		weir_json_quote((struct weir_bytes){ v.base, v.at }, json);
	else if (v.kind == WEIR_NUMBER)
		render_number(v, json);
	else
		weir_buf_puts(json, v.kind == WEIR_NULL ? "null" : v.at ? "true" : "false");
}

static bool is_token(struct weir_value v)
{
	return v.form == FORM_TOKEN || (v.form == FORM_PAGE && v.kind < WEIR_ARRAY);
}

/* What most members of most records are, in one go. */
static void render_token_member(char separator, const struct value_member *member,
                                struct weir_buf *json)
{
	struct weir_bytes key = member->key->json, token = value_token(member->value);
	char *out = room(json, 1 + key.len + token.len + PIECE);

	*out = separator;
	out = put_padded(out + 1, key);
	json->len = (size_t)(put_padded(out, token) - json->data);
}

static void put(struct weir_buf *json, char c)
{
	*room(json, 1) = c;
	json->len++;
}

static void render_object(const struct value_object *object, struct weir_buf *json)
{
	if (!object->count)
		put(json, '{');
	for (uint32_t i = 0; i < object->count; i++) {
		const struct value_member *member = &object->members[i];
		char separator = i ? ',' : '{';

		if (is_token(member->value)) {
			render_token_member(separator, member, json);
			continue;
		}
		put(json, separator);
		add_padded(json, member->key->json);
		weir_value_render(member->value, json);
	}
	put(json, '}');
}

static void render_array(const struct value_array *array, struct weir_buf *json)
{
	put(json, '[');
	for (uint32_t i = 0; i < array->count; i++) {
		if (i)
			put(json, ',');
		if (array->items[i].form == FORM_OBJECT)
			render_object(array->items[i].base, json);
		else
			weir_value_render(array->items[i], json);
	}
	put(json, ']');
}

void weir_value_render(struct weir_value v, struct weir_buf *json)
{
	v = value_bare(v);
	weir_must(v.kind != WEIR_ABSENT);
	if (v.form == FORM_PAGE)
		render_page(v.base, v.at, json);
	else if (v.form == FORM_OBJECT)
		render_object(v.base, json);
	else if (v.form == FORM_ARRAY)
		render_array(v.base, json);
	else
		render_scalar(v, json);
}

/* ---- for people ------------------------------------------------------------------------- */

static void new_line(struct weir_buf *json, unsigned level)
{
	size_t len = 2 * (size_t)level;

	weir_buf_putc(json, '\n');
	memset(weir_buf_room(json, len), ' ', len);
	json->len += len;
}

static void render_indented(struct weir_value v, unsigned level, struct weir_buf *json)
{
	struct weir_each each = weir_each(v);
	bool object = v.kind == WEIR_OBJECT, first = true;

	if (weir_value_count(v) == 0) {
		weir_value_render(v, json);
		return;
	}
	weir_buf_putc(json, object ? '{' : '[');
	for (; weir_next(&each); first = false) {
		if (!first)
			weir_buf_putc(json, ',');
		new_line(json, level + 1);
		if (object) {
			weir_buf_putc(json, '"');
			weir_buf_add(json, each.raw_key.data, each.raw_key.len);
			weir_buf_puts(json, "\": ");
		}
		render_indented(each.value, level + 1, json);
	}
	new_line(json, level);
	weir_buf_putc(json, object ? '}' : ']');
}

void weir_value_render_pretty(struct weir_value v, struct weir_buf *json)
{
	render_indented(v, 0, json);
}
