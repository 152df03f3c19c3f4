/* yaml.c - YAML text to a tree with places: the only file that knows libyaml.
 *
 * Lives here: composing events into a tree, and what is refused on the way. Not here: the
 * parser's own complaints in words that help (yaml_explain.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tree.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "file.h"
#include "yaml_explain.h"

struct anchor {
	const char *name;
	const struct tree *tree;
	size_t weight; /* nodes, with what its own aliases repeat */
};

struct reader {
	yaml_parser_t parser;
	yaml_event_t event; /* the one being looked at; zeroed when there is none */
	struct weir_arena *arena;
	struct weir_bytes text;
	const char *name;
	struct diag *diag;
	struct anchor *anchors;
	size_t anchor_count;
	size_t nodes;
	int depth;
};

static struct weir_where place(const struct reader *r, yaml_mark_t start, yaml_mark_t end)
{
	struct weir_where where = { r->name, (int)start.line + 1, (int)start.column + 1 };

	if (start.line == end.line && end.column > start.column)
		where.width = (int)(end.column - start.column);
	return where;
}

static struct weir_where here(const struct reader *r)
{
	return place(r, r->event.start_mark, r->event.end_mark);
}

/* A line that does not parse is shown as it stands, unless its key sounds like a secret's. */
static void hide_secret(const struct reader *r, int line)
{
	static const char *const sounds[] = { "key", "token", "secret", "passw", "credential" };
	const char *p = r->text.data, *end = p + r->text.len, *colon;
	char *key;

	for (int i = 1; p && i < line; i++) {
		p = memchr(p, '\n', (size_t)(end - p));
		p = p ? p + 1 : NULL;
	}
	colon = p ? memchr(p, ':', (size_t)(end - p)) : NULL;
	if (!colon || memchr(p, '\n', (size_t)(colon - p)))
		return;
	key = weir_strndup(p, (size_t)(colon - p));
	for (size_t i = 0; i < WEIR_COUNT(sounds); i++)
		if (strcasestr(key, sounds[i]))
			diag_hide(r->diag, (struct weir_where){ r->name, line,
			                                        (int)(colon - p) + 2, INT_MAX / 2 });
	weir_free(key);
}

static void no_memory(struct reader *r)
{
	struct weir_error err;

	weir_fail(&err, WEIR_E_RESOURCE, "no memory to read it");
	err.where.file = r->name;
	diag_add(r->diag, &err);
}

static void syntax_error(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;
	struct yaml_complaint complaint = {
		.problem = p->problem,
		.context = p->context,
		.line = (int)p->problem_mark.line + 1,
		.column = (int)p->problem_mark.column + 1,
		.context_line = (int)p->context_mark.line + 1,
		.context_column = (int)p->context_mark.column + 1,
	};
	struct weir_error err = { .code = WEIR_E_CONFIG };

	if (p->error == YAML_READER_ERROR)
		complaint.offset = &p->problem_offset;
	yaml_explain(&complaint, r->text, &err);
	err.where.file = r->name;
	diag_add(r->diag, &err);
	hide_secret(r, err.where.line);
}

/* False at a syntax error, which is reported: nothing behind it can be trusted. */
static bool next(struct reader *r)
{
	yaml_event_delete(&r->event);
	memset(&r->event, 0, sizeof r->event);
	if (yaml_parser_parse(&r->parser, &r->event))
		return true;
	memset(&r->event, 0, sizeof r->event);
	/* Where libyaml cannot copy a tag it names no error at all. */
	if (r->parser.error == YAML_MEMORY_ERROR || r->parser.error == YAML_NO_ERROR)
		no_memory(r);
	else
		syntax_error(r);
	return false;
}

static bool count_nodes(struct reader *r, size_t more)
{
	if (more <= TREE_NODES_MAX - r->nodes) {
		r->nodes += more;
		return true;
	}
	diag_addf(r->diag, here(r), "more than %d values in one file, counting what aliases repeat",
	          (int)TREE_NODES_MAX);
	return false;
}

static const struct anchor *find_anchor(const struct reader *r, const char *name)
{
	for (size_t i = r->anchor_count; i > 0; i--)
		if (strcmp(r->anchors[i - 1].name, name) == 0)
			return &r->anchors[i - 1];
	return NULL;
}

static void add_anchor(struct reader *r, const char *name, const struct tree *tree, size_t weight)
{
	size_t count = r->anchor_count;

	/* Grows by doubling without a capacity of its own. */
	if ((count & (count - 1)) == 0)
		r->anchors = weir_realloc(r->anchors,
		                          (count ? count * 2 : 1) * sizeof *r->anchors);
	r->anchors[r->anchor_count++] = (struct anchor){ name, tree, weight };
}

static struct tree *new_tree(struct reader *r, enum weir_kind_of_value kind)
{
	struct tree *tree = weir_arena_alloc(r->arena, sizeof *tree);

	*tree = (struct tree){ .kind = kind, .where = here(r), .text = "" };
	return tree;
}

static void check_tag(struct reader *r, const yaml_char_t *tag)
{
	if (tag)
		diag_addf(r->diag, here(r),
		          "tags such as %s are not taken; leave it out, and quote "
		          "the value if it must be text",
		          (const char *)tag);
}

static const char *copy_scalar(struct reader *r)
{
	struct weir_bytes text = { (const char *)r->event.data.scalar.value,
		                   r->event.data.scalar.length };

	if (memchr(text.data, '\0', text.len))
		diag_addf(r->diag, here(r), "holds a NUL character");
	return weir_arena_copy(r->arena, text).data;
}

static struct tree *compose_scalar(struct reader *r)
{
	struct tree *tree = new_tree(r, WEIR_TEXT);

	check_tag(r, r->event.data.scalar.tag);
	tree->text = copy_scalar(r);
	tree->quoted = r->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	if (!tree->quoted)
		tree->kind = tree_kind_of(tree->text);
	return tree;
}

static struct tree *compose_alias(struct reader *r)
{
	const char *name = (const char *)r->event.data.alias.anchor;
	const struct anchor *anchor = find_anchor(r, name);
	struct tree *tree = new_tree(r, WEIR_NULL);

	if (!anchor)
		diag_addf(r->diag, here(r),
		          "no anchor &%s before this; quote '*%s' if it is a pattern", name, name);
	else if (!count_nodes(r, anchor->weight))
		return NULL;
	return anchor ? (struct tree *)anchor->tree : tree;
}

static struct tree *compose(struct reader *r);

static struct tree *compose_list(struct reader *r)
{
	struct tree *tree = new_tree(r, WEIR_ARRAY);

	check_tag(r, r->event.data.sequence_start.tag);
	for (;;) {
		struct tree *item;

		if (!next(r))
			return NULL;
		if (r->event.type == YAML_SEQUENCE_END_EVENT)
			return tree;
		item = compose(r);
		if (!item)
			return NULL;
		if (tree->count == tree->cap) {
			size_t cap = tree->cap ? tree->cap * 2 : 4;
			const struct tree **room = weir_arena_alloc(r->arena, cap * sizeof(*room));

			if (tree->count)
				memcpy(room, tree->items, tree->count * sizeof *room);
			tree->items = room;
			tree->cap = cap;
		}
		tree->items[tree->count++] = item;
	}
}

/* A key that is no scalar is a mistake; it is read all the same, to go on behind it. */
static bool compose_key(struct reader *r, struct tree_member *member)
{
	*member = (struct tree_member){ .key = "", .where = here(r) };
	if (r->event.type != YAML_SCALAR_EVENT) {
		diag_addf(r->diag, member->where, "a key must be a single word");
		return compose(r) != NULL;
	}
	if (r->event.data.scalar.anchor || r->event.data.scalar.tag)
		diag_addf(r->diag, member->where, "a key takes no anchor and no tag");
	member->key = copy_scalar(r);
	if (strcmp(member->key, "<<") == 0)
		diag_addf(r->diag, member->where,
		          "merge keys are not taken; write the keys out, or "
		          "lay a second file over this one with -c");
	return true;
}

static int compare_members(const void *left, const void *right)
{
	const struct tree_member *a = *(const struct tree_member *const *)left;
	const struct tree_member *b = *(const struct tree_member *const *)right;
	int order = strcmp(a->key, b->key);

	return order ? order : (a < b ? -1 : a > b);
}

static void report_duplicates(struct reader *r, const struct tree *tree)
{
	const struct tree_member **sorted = weir_alloc((tree->count + 1) * sizeof *sorted);

	for (size_t i = 0; i < tree->count; i++)
		sorted[i] = &tree->members[i];
	qsort(sorted, tree->count, sizeof *sorted, compare_members);
	/* The second value is checked by nobody; it may be a secret in the wrong place. */
	for (size_t i = 1; i < tree->count; i++) {
		if (strcmp(sorted[i - 1]->key, sorted[i]->key) != 0 || !*sorted[i]->key)
			continue;
		if (tree_is_scalar(sorted[i]->value))
			diag_hide(r->diag, sorted[i]->value->where);
		diag_addf(r->diag, sorted[i]->where, "%s: is given twice; the first is in line %d",
		          sorted[i]->key, sorted[i - 1]->where.line);
	}
	weir_free(sorted);
}

static struct tree *compose_map(struct reader *r)
{
	struct tree *tree = new_tree(r, WEIR_OBJECT);

	check_tag(r, r->event.data.mapping_start.tag);
	for (;;) {
		struct tree_member member;

		if (!next(r))
			return NULL;
		if (r->event.type == YAML_MAPPING_END_EVENT)
			break;
		if (!compose_key(r, &member) || !next(r))
			return NULL;
		member.value = compose(r);
		if (!member.value)
			return NULL;
		tree_append(r->arena, tree, &member);
	}
	report_duplicates(r, tree);
	return tree;
}

static struct tree *compose_content(struct reader *r)
{
	switch (r->event.type) {
	case YAML_ALIAS_EVENT:
		return compose_alias(r);
	case YAML_SEQUENCE_START_EVENT:
		return compose_list(r);
	case YAML_MAPPING_START_EVENT:
		return compose_map(r);
	default:
		weir_must(r->event.type == YAML_SCALAR_EVENT);
		return compose_scalar(r);
	}
}

static const char *anchor_of(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return (const char *)event->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return (const char *)event->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return (const char *)event->data.mapping_start.anchor;
	default:
		return NULL;
	}
}

/* The node that the current event begins; NULL when reading must end. */
static struct tree *compose(struct reader *r)
{
	const char *anchor = anchor_of(&r->event);
	size_t before = r->nodes;
	struct tree *tree;

	if (!count_nodes(r, 1))
		return NULL;
	if (r->depth >= TREE_DEPTH_MAX) {
		diag_addf(r->diag, here(r), "nested more than %d levels deep", (int)TREE_DEPTH_MAX);
		return NULL;
	}
	if (anchor)
		anchor = weir_arena_strdup(r->arena, anchor);
	r->depth++;
	tree = compose_content(r);
	r->depth--;
	if (tree && anchor)
		add_anchor(r, anchor, tree, r->nodes - before);
	return tree;
}

/* What stands behind the first document: nothing may. */
static void check_end(struct reader *r)
{
	while (next(r)) {
		if (r->event.type == YAML_STREAM_END_EVENT)
			return;
		if (r->event.type == YAML_DOCUMENT_START_EVENT) {
			diag_addf(r->diag, here(r), "a second document; write one file for each");
			return;
		}
	}
}

static struct tree *compose_document(struct reader *r)
{
	struct tree *tree;

	if (!next(r) || !next(r)) /* stream start; document start */
		return NULL;
	if (r->event.type == YAML_STREAM_END_EVENT) {
		tree = new_tree(r, WEIR_NULL);
		tree->where = (struct weir_where){ r->name, 1, 1, 0, NULL };
		return tree;
	}
	if (!next(r))
		return NULL;
	tree = compose(r);
	if (tree)
		check_end(r);
	return tree;
}

struct tree *yaml_parse(struct weir_arena *arena, const char *name, struct weir_bytes text,
                        struct diag *diag)
{
	static const char mark[] = "\xef\xbb\xbf"; /* some editors begin a file with it */
	struct reader r = { .arena = arena, .diag = diag };
	struct tree *tree;

	if (text.len >= 3 && memcmp(text.data, mark, 3) == 0) {
		text.data += 3;
		text.len -= 3;
	}
	r.text = text;

	r.name = weir_arena_strdup(arena, name);
	if (!yaml_parser_initialize(&r.parser)) {
		no_memory(&r);
		return NULL;
	}
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text.data, text.len);
	tree = compose_document(&r);
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	weir_free(r.anchors);
	return tree;
}

struct tree *yaml_read(struct weir_arena *arena, const char *path, struct diag *diag)
{
	struct weir_error err;
	struct weir_bytes text;
	struct tree *tree;

	if (!file_read(path, TREE_FILE_MAX, &text, &err)) {
		diag_add(diag, &err);
		return NULL;
	}
	tree = yaml_parse(arena, path, text, diag);
	weir_free((char *)text.data);
	return tree;
}

bool weir_yaml_read(struct weir_arena *arena, const char *path, struct weir_value *v,
                    struct weir_error *err)
{
	struct diag *diag = diag_create();
	struct tree *tree = yaml_read(arena, path, diag);
	bool ok = tree && diag_errors(diag) == 0;

	if (ok) {
		*v = tree_value(arena, tree);
	} else {
		*err = *diag_at(diag, 0, NULL);
		if (err->where.file)
			err->where.file = weir_arena_strdup(arena, err->where.file);
		if (err->where.path)
			err->where.path = weir_arena_strdup(arena, err->where.path);
	}
	diag_destroy(diag);
	return ok;
}
