/* tree_merge.c - laying one file over another, and putting variables in.
 *
 * Lives here: the two things that change what a tree says. Not here: what the keys mean
 * (config.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tree.h"

#include <string.h>

/* ---- merging ---- */

static struct tree_member *find(struct tree *object, const char *key)
{
	for (size_t i = 0; i < object->count; i++)
		if (strcmp(object->members[i].key, key) == 0)
			return &object->members[i];
	return NULL;
}

static void remove_member(struct tree *object, struct tree_member *member)
{
	size_t after = object->count - (size_t)(member - object->members) - 1;

	memmove(member, member + 1, after * sizeof *member);
	object->count--;
}

void tree_merge_member(struct weir_arena *arena, struct tree *object,
                       const struct tree_member *over, struct diag *diag)
{
	struct tree_member *mine = find(object, over->key);

	if (tree_is_null(over->value)) {
		if (mine)
			remove_member(object, mine);
		else
			diag_warnf(diag, over->where,
			           "%s: null removes nothing here: no earlier file has it",
			           over->key);
	} else if (mine) {
		mine->where = over->where;
		mine->value = tree_merge(arena, mine->value, over->value, diag);
	} else {
		tree_append(arena, object, over);
	}
}

const struct tree *tree_merge(struct weir_arena *arena, const struct tree *base,
                              const struct tree *over, struct diag *diag)
{
	static const char *const none[] = { NULL };
	struct tree *result;

	if (base->kind != WEIR_OBJECT || over->kind != WEIR_OBJECT)
		return over;
	result = tree_without(arena, base, none);
	result->where = over->where;
	for (size_t i = 0; i < over->count; i++)
		tree_merge_member(arena, result, &over->members[i], diag);
	return result;
}

/* ---- variables ---- */

struct expansion {
	struct weir_arena *arena;
	const char *(*lookup)(const char *name);
	struct diag *diag;
	struct weir_where where;
	struct weir_buf text, path; /* path: of the scalar, "sources.acme.org_url" */
	bool failed, broken;        /* anywhere; in this scalar */
};

static size_t name_length(const char *p)
{
	size_t len = 0;

	while ((p[len] >= 'a' && p[len] <= 'z') || (p[len] >= 'A' && p[len] <= 'Z') ||
	       p[len] == '_' || (len && p[len] >= '0' && p[len] <= '9'))
		len++;
	return len;
}

static void mistake(struct expansion *e, const char *what, const char *write)
{
	e->where.path = weir_buf_text(&e->path);
	diag_addf(e->diag, e->where, "%s; %s", what, write);
	e->failed = e->broken = true;
}

static void not_set(struct expansion *e, const char *name)
{
	e->where.path = weir_buf_text(&e->path);
	diag_addf(e->diag, e->where,
	          "environment variable %s is not set; set it, or write ${%s:-default}", name,
	          name);
	e->failed = e->broken = true;
}

static void put_variable(struct expansion *e, const char *name, const char *preset, size_t len)
{
	const char *value = e->lookup(name);

	if (value && (*value || !preset)) {
		weir_buf_puts(&e->text, value);
	} else if (preset) {
		weir_buf_add(&e->text, preset, len);
	} else {
		not_set(e, name);
	}
}

/* p stands behind "${"; returns what follows "}". */
static const char *expand_one(struct expansion *e, const char *p)
{
	size_t len = name_length(p);
	const char *close = strchr(p, '}');
	char *name;

	if (!close) {
		mistake(e, "${ has no }", "write ${NAME}, or $${ for the characters themselves");
		return p + strlen(p);
	}
	if (len == 0 || (p[len] != '}' && strncmp(p + len, ":-", 2) != 0)) {
		mistake(e, "not a variable", "write ${NAME} or ${NAME:-default}");
		return close + 1;
	}
	name = weir_strndup(p, len);
	if (p[len] == '}')
		put_variable(e, name, NULL, 0);
	else
		put_variable(e, name, p + len + 2, (size_t)(close - p) - len - 2);
	weir_free(name);
	return close + 1;
}

static void expand_scalar(struct expansion *e, struct tree *tree)
{
	const char *p = tree->text, *dollar;

	if (tree->written || !strstr(p, "${"))
		return;
	e->where = tree->where;
	e->text.len = 0;
	e->broken = false;
	for (dollar = strchr(p, '$'); dollar; dollar = strchr(p, '$')) {
		weir_buf_add(&e->text, p, (size_t)(dollar - p));
		if (strncmp(dollar, "$${", 3) == 0) {
			weir_buf_puts(&e->text, "${");
			p = dollar + 3;
		} else if (dollar[1] == '{') {
			p = expand_one(e, dollar + 2);
		} else {
			weir_buf_putc(&e->text, '$');
			p = dollar + 1;
		}
	}
	weir_buf_puts(&e->text, p);
	tree->broken = e->broken;
	tree->written = tree->text;
	tree->text = weir_arena_strdup(e->arena, weir_buf_text(&e->text));
	if (!tree->quoted)
		tree->kind = *tree->text ? tree_kind_of(tree->text) : WEIR_TEXT;
}

static void expand_tree(struct expansion *e, struct tree *tree)
{
	size_t len = e->path.len;

	if (tree_is_scalar(tree)) {
		expand_scalar(e, tree);
		return;
	}
	for (size_t i = 0; i < tree->count; i++) {
		if (tree->kind == WEIR_OBJECT) {
			weir_buf_printf(&e->path, "%s%s", len ? "." : "", tree->members[i].key);
			expand_tree(e, (struct tree *)tree->members[i].value);
		} else {
			weir_buf_printf(&e->path, "[%zu]", i);
			expand_tree(e, (struct tree *)tree->items[i]);
		}
		e->path.len = len;
	}
}

bool tree_expand(struct weir_arena *arena, struct tree *tree, const char *path,
                 const char *(*lookup)(const char *name), struct diag *diag)
{
	struct expansion e = { .arena = arena, .lookup = lookup, .diag = diag };

	weir_buf_puts(&e.path, path);
	expand_tree(&e, tree);
	weir_buf_finish(&e.text);
	weir_buf_finish(&e.path);
	return !e.failed;
}
