/* option.c - option rows x a tree of values -> a struct; all mistakes, with places.
 *
 * Lives here: which options were given, which are missing or unknown, presets, secrets. Not
 * here: reading one value (option_convert.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "option.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "option_convert.h"
#include "secret.h"

struct filling {
	const struct weir_option *rows;
	const struct option_source *from;
	char *self;
	struct weir_arena *arena;
	struct diag *diag;
	bool failed;
};

const struct weir_option *option_row(const struct weir_option *rows, const char *name)
{
	for (; rows && rows->name; rows++)
		if (strcmp(rows->name, name) == 0)
			return rows;
	return NULL;
}

static char *path_of(const struct filling *f, const char *option)
{
	return weir_format("%s%s%s", f->from->path, *f->from->path ? "." : "", option);
}

static void report(struct filling *f, const char *option, struct weir_where where,
                   struct weir_error *err)
{
	char *path = path_of(f, option);

	err->where = where;
	err->where.path = path;
	diag_add(f->diag, err);
	weir_free(path);
	f->failed = true;
}

/* ---- unknown keys ---- */

static bool is_other(const struct filling *f, const char *key)
{
	const char *const *others = f->from->others;

	for (; others && *others; others++)
		if (strcmp(*others, key) == 0)
			return true;
	return false;
}

static const char *nearest_key(const struct filling *f, const char *key)
{
	const char *const *others = f->from->others;
	size_t count = 0, rows = 0;
	const char **names;
	const char *nearest;

	while (f->rows && f->rows[rows].name)
		rows++;
	while (others && others[count])
		count++;
	names = weir_alloc((rows + count + 1) * sizeof *names);
	for (size_t i = 0; i < rows; i++)
		names[i] = f->rows[i].name;
	for (size_t i = 0; i < count; i++)
		names[rows + i] = others[i];
	nearest = weir_nearest(key, names);
	weir_free(names);
	return nearest;
}

/* What stands behind a key that nobody knows may be a secret under a mistyped name. */
static void hide(struct diag *diag, const struct tree *tree)
{
	if (tree_is_scalar(tree))
		diag_hide(diag, tree->where);
	for (size_t i = 0; i < tree->count; i++)
		hide(diag, tree->kind == WEIR_OBJECT ? tree->members[i].value : tree->items[i]);
}

static void report_unknown(struct filling *f, const struct tree_member *member)
{
	const char *nearest = nearest_key(f, member->key);
	struct weir_error err;

	if (nearest)
		weir_fail(&err, WEIR_E_CONFIG, "unknown option; did you mean %s?", nearest);
	else if (f->from->hint)
		weir_fail(&err, WEIR_E_CONFIG, "unknown option; %s lists those there are",
		          f->from->hint);
	else
		weir_fail(&err, WEIR_E_CONFIG, "unknown option");
	hide(f->diag, member->value);
	report(f, member->key, member->where, &err);
}

static void find_unknown(struct filling *f)
{
	const struct tree *options = f->from->options;

	for (size_t i = 0; options && i < options->count; i++)
		if (!option_row(f->rows, options->members[i].key) &&
		    !is_other(f, options->members[i].key))
			report_unknown(f, &options->members[i]);
}

/* ---- secrets ---- */

static bool looks_like_path(const char *text)
{
	const char *end = strrchr(text, '.');

	return !strchr(text, '\n') && strlen(text) < 200 &&
	       (text[0] == '/' || strncmp(text, "./", 2) == 0 || strncmp(text, "../", 3) == 0 ||
	        (end && (strcmp(end, ".pem") == 0 || strcmp(end, ".key") == 0 ||
	                 strcmp(end, ".jwk") == 0)));
}

/* Never shows the text, which is the secret itself more often than not. */
static void explain_secret(const struct tree *value, struct weir_error *err)
{
	const char *written = value->written ? value->written : "";
	size_t len = strlen(written);

	if (strncmp(written, "${", 2) == 0 && strchr(written, '}') == written + len - 1)
		weir_fail(err, WEIR_E_CONFIG, "a secret is never filled in; write env:%.*s",
		          (int)(strcspn(written + 2, ":}")), written + 2);
	else if (!value->written && looks_like_path(value->text))
		weir_fail(err, WEIR_E_CONFIG, "a secret's place, not a path; write file:%s",
		          value->text);
	else
		weir_fail(err, WEIR_E_CONFIG,
		          "a secret is never written here; put it into a file of "
		          "mode 0600 and write file:PATH, or env:NAME, or cred:NAME");
}

static void fill_secret(struct filling *f, const struct weir_option *row,
                        const struct tree *value)
{
	char **member = (char **)(void *)(f->self + row->offset);
	struct weir_error err;

	if (!tree_is_scalar(value) || !secret_is_reference(value->text)) {
		hide(f->diag, value);
		explain_secret(value, &err);
		report(f, row->name, value->where, &err);
		return;
	}
	switch (secret_read(value->text, file_folder(value->where.file), NULL, member, &err)) {
	case SECRET_READ:
		return;
	case SECRET_SUSPECT:
		err.where = value->where;
		err.where.path = path_of(f, row->name);
		diag_warn(f->diag, &err);
		weir_free((char *)err.where.path);
		return;
	case SECRET_REFUSED:
		report(f, row->name, value->where, &err);
		return;
	}
}

/* ---- values ---- */

/* What a variable held may be a secret; the message shows what stands in the file instead. */
static void show_as_written(const struct tree *value, struct weir_error *err)
{
	size_t len = value->text ? strlen(value->text) : 0;
	char text[sizeof err->text] = "";
	size_t used = 0;
	const char *p = err->text, *found;

	if (!value->written || len == 0)
		return;
	for (found = strstr(p, value->text); found; found = strstr(p, value->text)) {
		used += (size_t)snprintf(text + used, sizeof text - used, "%.*s%s",
		                         (int)(found - p), p, value->written);
		if (used >= sizeof text)
			break;
		p = found + len;
	}
	if (used < sizeof text)
		snprintf(text + used, sizeof text - used, "%s", p);
	snprintf(err->text, sizeof err->text, "%s", text);
}

static void fill_value(struct filling *f, const struct weir_option *row,
                       const struct tree *value)
{
	struct convert convert = { f->arena, f->from->data_dir, row, NULL, false };
	struct weir_error err;

	if (value->broken) {
		f->failed = true;
	} else if (value->kind == WEIR_NULL && !*value->text) {
		weir_fail(&err, WEIR_E_CONFIG, "has no value; write one, or leave the option out");
		report(f, row->name, value->where, &err);
	} else if (row->type == WEIR_SECRET) {
		fill_secret(f, row, value);
	} else if (!convert_value(&convert, value, f->self + row->offset, &err)) {
		show_as_written(convert.at, &err);
		report(f, row->name, convert.at->where, &err);
	}
}

/* The row's doc as the end of a sentence: "The app's id." -> "the app's id". */
static void put_doc(const char *doc, struct weir_buf *text)
{
	size_t len = strlen(doc);

	if (len && doc[len - 1] == '.')
		len--;
	if (len > 1 && isupper((unsigned char)doc[0]) && !isupper((unsigned char)doc[1])) {
		weir_buf_putc(text, (char)tolower((unsigned char)doc[0]));
		doc++;
		len--;
	}
	weir_buf_add(text, doc, len);
}

/* The mistyped key is told already; that its option is missing is the same mistake. */
static bool is_mistyped(const struct filling *f, const struct weir_option *row)
{
	const struct tree *options = f->from->options;

	for (size_t i = 0; options && i < options->count; i++) {
		const char *key = options->members[i].key;
		const char *nearest;

		if (option_row(f->rows, key) || is_other(f, key))
			continue;
		nearest = nearest_key(f, key);
		if (nearest && strcmp(nearest, row->name) == 0)
			return true;
	}
	return false;
}

static void report_missing(struct filling *f, const struct weir_option *row)
{
	struct weir_buf doc = { 0 };
	struct weir_error err;

	f->failed = true;
	if (f->from->partial || is_mistyped(f, row))
		return;
	put_doc(row->doc, &doc);
	weir_fail(&err, WEIR_E_CONFIG, "is missing; write %s: <%s>", row->name,
	          weir_buf_text(&doc));
	weir_buf_finish(&doc);
	report(f, row->name, f->from->where, &err);
}

/* Lists and maps are written as YAML; all else is the text itself. */
static const struct tree *preset_tree(const struct weir_option *row, struct weir_arena *arena,
                                      struct diag *diag)
{
	struct tree *tree;

	if (row->type == WEIR_LIST || row->type == WEIR_PATHS || row->type == WEIR_MAP) {
		tree = yaml_parse(arena, "preset", weir_bytes(row->preset), diag);
		if (tree && row->type == WEIR_PATHS)
			for (size_t i = 0; i < tree->count; i++)
				((struct tree *)tree->items[i])->where.file = NULL;
		return tree;
	}
	tree = tree_scalar(arena, row->preset, (struct weir_where){ 0 });
	tree->kind = WEIR_TEXT;
	return tree;
}

static void fill_preset(struct filling *f, const struct weir_option *row)
{
	static const char *const empty[] = { NULL };
	struct convert convert = { f->arena, f->from->data_dir, row, NULL, true };
	const struct tree *preset;
	struct weir_error err;

	if (row->type == WEIR_LIST || row->type == WEIR_PATHS)
		*(const char *const **)(void *)(f->self + row->offset) = empty;
	if (!row->preset)
		return;
	preset = preset_tree(row, f->arena, f->diag);
	/* It was read when the plugin was loaded: there is no memory to read it again. */
	if (!preset)
		f->failed = true;
	else
		weir_must(convert_value(&convert, preset, f->self + row->offset, &err));
}

bool option_check_preset(const struct weir_option *row, struct weir_error *err)
{
	struct weir_arena *arena = weir_arena_create();
	struct diag *diag = diag_create();
	struct convert convert = { arena, NULL, row, NULL, true };
	union {
		struct weir_value value;
		struct weir_time time;
		double number;
	} member;
	const struct tree *preset = preset_tree(row, arena, diag);
	bool ok = preset && diag_errors(diag) == 0 && convert_value(&convert, preset, &member, err);

	if (!preset || diag_errors(diag))
		weir_fail(err, WEIR_E_CONFIG, "%s", diag_at(diag, 0, NULL)->text);
	diag_destroy(diag);
	weir_arena_destroy(arena);
	return ok;
}

bool option_fill(const struct weir_option *rows, const struct option_source *from, void *self,
                 struct weir_arena *arena, struct diag *diag)
{
	struct filling f = { rows, from, self, arena, diag, false };

	find_unknown(&f);
	for (const struct weir_option *row = rows; row && row->name; row++) {
		const struct tree *value = tree_get(from->options, row->name);

		fill_preset(&f, row);
		if (value && !tree_is_null(value))
			fill_value(&f, row, value);
		else if (row->required)
			report_missing(&f, row);
	}
	return !f.failed;
}

/* ---- afterwards ---- */

static char **secret_member(const struct weir_option *row, void *self)
{
	return (char **)(void *)((char *)self + row->offset);
}

void option_wipe(const struct weir_option *rows, void *self)
{
	for (const struct weir_option *row = rows; row && row->name; row++) {
		if (row->type != WEIR_SECRET)
			continue;
		secret_free(*secret_member(row, self));
		*secret_member(row, self) = NULL;
	}
}

/* The secret as it is now; NULL and no failure when the option was not given. */
static bool read_again(const struct weir_option *row, const struct option_source *from,
                       char **secret, struct weir_error *err)
{
	const struct tree *value = tree_get(from->options, row->name);

	*secret = NULL;
	if (!value || tree_is_null(value))
		return true;
	if (secret_read(value->text, file_folder(value->where.file), NULL, secret, err) !=
	    SECRET_REFUSED)
		return true;
	weir_while(err, "%s", row->name);
	return false;
}

enum weir_status option_reload_secrets(const struct weir_option *rows,
                                       const struct option_source *from, void *self,
                                       bool *changed, struct weir_error *err)
{
	char **fresh;
	size_t count = 0, done = 0;
	bool ok = true;

	while (rows && rows[count].name)
		count++;
	fresh = weir_alloc((count + 1) * sizeof *fresh);
	*changed = false;
	for (; ok && done < count; done++)
		if (rows[done].type == WEIR_SECRET)
			ok = read_again(&rows[done], from, &fresh[done], err);
	for (size_t i = 0; i < done; i++) {
		char **member = secret_member(&rows[i], self);

		if (!ok || !fresh[i] || (*member && strcmp(*member, fresh[i]) == 0)) {
			secret_free(fresh[i]);
			continue;
		}
		secret_free(*member);
		*member = fresh[i];
		*changed = true;
	}
	weir_free(fresh);
	return ok ? WEIR_OK : WEIR_RETRY;
}

void option_each_secret_file(const struct weir_option *rows, const struct option_source *from,
                             void (*each)(void *arg, const char *path), void *arg)
{
	struct weir_arena *arena = weir_arena_create();

	for (; rows && rows->name; rows++) {
		const struct tree *value = tree_get(from->options, rows->name);
		const char *path = NULL;

		if (rows->type == WEIR_SECRET && value && tree_is_scalar(value)
		    && !tree_is_null(value))
			path = secret_file(value->text, file_folder(value->where.file), NULL, arena);
		if (path)
			each(arg, path);
	}
	weir_arena_destroy(arena);
}

bool option_same(const struct tree *a, const struct tree *b)
{
	static const struct tree empty = { .kind = WEIR_OBJECT };

	return tree_same(a ? a : &empty, b ? b : &empty);
}
