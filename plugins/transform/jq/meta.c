/* meta.c - the constant object of a module directive, with the place of all that is in it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "meta.h"

#include <string.h>

struct reader {
	struct weir_arena *arena;
	struct rule_report *report;
	const struct scan *scan;
	size_t at;                   /* the token at hand */
	bool wrong;                  /* reported already */
};

static void wrong(struct reader *r, const char *what)
{
	const struct scan *scan = r->scan;
	struct weir_where where = { .file = scan->file };

	if (r->wrong)
		return;
	r->wrong = true;
	if (scan->count)
		where = scan_where(scan, &scan->tokens[r->at < scan->count ? r->at
		                                                           : scan->count - 1]);
	rule_mistake(r->report, where, "%s", what);
}

static bool take(struct reader *r, char c)
{
	if (!scan_is(r->scan, r->at, c))
		return false;
	r->at++;
	return true;
}

static struct meta *read_value(struct reader *r, int depth);

static void add(struct reader *r, struct meta *meta, struct meta_member member)
{
	meta->members = rule_grow(r->arena, meta->members, meta->count, sizeof *meta->members);
	meta->members[meta->count++] = member;
}

static void read_list(struct reader *r, struct meta *meta, int depth)
{
	meta->kind = WEIR_ARRAY;
	if (take(r, ']'))
		return;
	do {
		const struct meta *element = read_value(r, depth + 1);

		add(r, meta, (struct meta_member){ .where = element->where, .meta = element });
	} while (!r->wrong && take(r, ','));
	if (!take(r, ']'))
		wrong(r, "expected ',' or ']' in this list");
}

static void read_member(struct reader *r, struct meta *meta, int depth)
{
	const struct scan_token *key = &r->scan->tokens[r->at];
	struct meta_member member = { 0 };

	if (r->at >= r->scan->count || !(key->kind == SCAN_NAME ||
	                                 (key->kind == SCAN_STRING && key->plain))) {
		wrong(r, "expected a key: a name, or a text in double quotes");
		return;
	}
	member.where = scan_where(r->scan, key);
	member.name = key->kind == SCAN_NAME ? weir_arena_copy(r->arena, key->text)
	                                     : scan_text(r->arena, key);
	r->at++;
	if (!take(r, ':')) {
		wrong(r, "expected ':' behind the key");
		return;
	}
	if (meta_member(meta, member.name.data))
		rule_mistake(r->report, member.where, "'%s' is written twice in this object",
		             member.name.data);
	member.meta = read_value(r, depth + 1);
	add(r, meta, member);
}

static void read_object(struct reader *r, struct meta *meta, int depth)
{
	meta->kind = WEIR_OBJECT;
	if (take(r, '}'))
		return;
	do {
		read_member(r, meta, depth);
	} while (!r->wrong && take(r, ','));
	if (!take(r, '}'))
		wrong(r, "expected ',' or '}' in this object");
}

/* The token at hand, behind a minus perhaps. */
static void read_number(struct reader *r, struct meta *meta, bool minus)
{
	const struct scan_token *token = &r->scan->tokens[r->at];
	struct weir_error err;

	meta->text = weir_bytes(weir_arena_format(r->arena, "%s%.*s", minus ? "-" : "",
	                                          (int)token->text.len, token->text.data));
	if (!weir_json_parse(r->arena, meta->text, &meta->value, &err))
		wrong(r, "this is no number of JSON");
	meta->kind = WEIR_NUMBER;
	r->at++;
}

static void read_word(struct reader *r, struct meta *meta)
{
	const struct scan_token *token = &r->scan->tokens[r->at];

	if (weir_bytes_are(token->text, "null")) {
		meta->value = weir_make_null();
	} else if (weir_bytes_are(token->text, "true") || weir_bytes_are(token->text, "false")) {
		meta->value = weir_make_bool(weir_bytes_are(token->text, "true"));
		meta->text = weir_arena_copy(r->arena, token->text);
	} else {
		wrong(r, "module takes constants only; write a text in double quotes");
		return;
	}
	meta->kind = (enum weir_kind_of_value)meta->value.kind;
	r->at++;
}

static void read_text(struct reader *r, struct meta *meta)
{
	const struct scan_token *token = &r->scan->tokens[r->at];

	if (!token->plain) {
		wrong(r, "module takes constants only; nothing can be interpolated");
		return;
	}
	meta->kind = WEIR_TEXT;
	meta->text = scan_text(r->arena, token);
	meta->value = weir_make_text_borrowed(r->arena, meta->text);
	r->at++;
}

static struct meta *read_value(struct reader *r, int depth)
{
	enum { DEEPEST = 20 };
	struct meta *meta = weir_arena_alloc(r->arena, sizeof *meta);
	const struct scan_token *token = &r->scan->tokens[r->at];

	*meta = (struct meta){ 0 };
	if (r->at >= r->scan->count || depth > DEEPEST) {
		wrong(r, "expected a constant");
		return meta;
	}
	meta->where = scan_where(r->scan, token);
	if (take(r, '['))
		read_list(r, meta, depth);
	else if (take(r, '{'))
		read_object(r, meta, depth);
	else if (token->kind == SCAN_STRING)
		read_text(r, meta);
	else if (token->kind == SCAN_NAME)
		read_word(r, meta);
	else if (token->kind == SCAN_NUMBER)
		read_number(r, meta, false);
	else if (take(r, '-') && r->at < r->scan->count &&
	         r->scan->tokens[r->at].kind == SCAN_NUMBER)
		read_number(r, meta, true);
	else
		wrong(r, "expected a constant: a text, number, list or object");
	return meta;
}

const struct meta *meta_read(struct weir_arena *arena, struct rule_report *report,
                             const struct scan *scan, size_t *behind)
{
	struct reader r = { .arena = arena, .report = report, .scan = scan, .at = 1 };
	const struct meta *meta;

	*behind = 0;
	if (!scan_is_name(scan, 0, "module"))
		return NULL;
	meta = read_value(&r, 0);
	if (!r.wrong && meta->kind != WEIR_OBJECT) {
		r.at = 1;
		wrong(&r, "module takes an object: module { schema: \"auth\", when: {…} };");
	}
	if (!r.wrong && !take(&r, ';'))
		wrong(&r, "expected ';' behind the module directive");
	*behind = r.at;
	return r.wrong ? NULL : meta;
}

/* ---- asking --------------------------------------------------------------------------------- */

const struct meta *meta_member(const struct meta *meta, const char *name)
{
	for (size_t i = 0; i < meta->count; i++) {
		if (meta->members[i].name.data && weir_bytes_are(meta->members[i].name, name))
			return meta->members[i].meta;
	}
	return NULL;
}

bool meta_texts(struct weir_arena *arena, const struct meta *meta, struct weir_bytes **texts,
                size_t *count)
{
	bool list = meta->kind == WEIR_ARRAY;

	*count = list ? meta->count : 1;
	*texts = weir_arena_alloc(arena, (*count + 1) * sizeof **texts);
	for (size_t i = 0; i < *count; i++) {
		const struct meta *one = list ? meta->members[i].meta : meta;

		if (one->kind != WEIR_TEXT && one->kind != WEIR_NUMBER && one->kind != WEIR_BOOLEAN)
			return false;
		(*texts)[i] = one->text;
	}
	return true;
}
