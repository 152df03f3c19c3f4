/* place.c - templates of paths.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "place.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum part_kind { LITERAL, SCHEMA, SOURCE };

struct part {
	enum part_kind kind;
	char *text; /* LITERAL */
};

struct place {
	struct part parts[16];
	size_t count;
	char *path;
};

static const char *const names[] = { "schema", "source", NULL };

static void refuse(struct weir_error *err, const char *fmt, const char *a, const char *b)
{
	weir_fail(err, WEIR_E_CONFIG, fmt, a, b);
	err->where.path = "path";
}

static bool add(struct place *place, enum part_kind kind, const char *text, size_t len)
{
	if (kind == LITERAL && len == 0)
		return true;
	if (place->count == WEIR_COUNT(place->parts))
		return false;
	place->parts[place->count++] = (struct part){
		kind, kind == LITERAL ? weir_strndup(text, len) : NULL };
	return true;
}

static bool add_placeholder(struct place *place, const char *name, size_t len,
                            struct weir_error *err)
{
	char word[32];

	snprintf(word, sizeof word, "%.*s", (int)(len < 31 ? len : 31), name);
	for (int i = 0; names[i]; i++) {
		if (strcmp(word, names[i]) == 0)
			return add(place, i == 0 ? SCHEMA : SOURCE, NULL, 0);
	}
	if (weir_nearest(word, names))
		refuse(err, "there is no placeholder {%s}; did you mean {%s}?", word,
		       weir_nearest(word, names));
	else
		refuse(err, "there is no placeholder {%s}; write {schema} or {source}%s", word, "");
	return false;
}

static bool parse(struct place *place, const char *path, struct weir_error *err)
{
	while (*path) {
		const char *open = strchr(path, '{'), *close;

		if (!open)
			return add(place, LITERAL, path, strlen(path));
		close = strchr(open, '}');
		if (!close) {
			refuse(err, "the '{' of '%s' has no '}'%s", path, "");
			return false;
		}
		if (!add(place, LITERAL, path, (size_t)(open - path)) ||
		    !add_placeholder(place, open + 1, (size_t)(close - open - 1), err))
			return false;
		path = close + 1;
	}
	return true;
}

static bool begins_with_a_folder(const struct place *place)
{
	const char *slash;

	if (place_is_fixed(place))
		return true;
	if (place->parts[0].kind != LITERAL)
		return false;
	slash = strrchr(place->parts[0].text, '/');
	return slash && slash != place->parts[0].text;
}

struct place *place_create(const char *path, struct weir_error *err)
{
	struct place *place = weir_alloc(sizeof *place);
	size_t len = strlen(path);

	*err = (struct weir_error){ 0 };
	place->path = weir_strdup(path);
	if (len == 0 || path[len - 1] == '/') {
		refuse(err, "'%s' names a folder; write a file in it, such as %s{schema}.ndjson",
		       path, path);
		goto fail;
	}
	if (!parse(place, path, err)) {
		if (!err->code)
			refuse(err, "'%s' has too many placeholders%s", path, "");
		goto fail;
	}
	if (!begins_with_a_folder(place)) {
		refuse(err, "'%s' must begin with a fixed folder other than /; write "
		            "/var/lib/weir/out/{schema}.ndjson%s", path, "");
		goto fail;
	}
	return place;

fail:
	place_destroy(place);
	return NULL;
}

void place_destroy(struct place *place)
{
	if (!place)
		return;
	for (size_t i = 0; i < place->count; i++)
		weir_free(place->parts[i].text);
	weir_free(place->path);
	weir_free(place);
}

bool place_is_fixed(const struct place *place)
{
	return place->count == 1 && place->parts[0].kind == LITERAL;
}

void place_path(const struct place *place, const char *schema, const char *source,
                struct weir_buf *path)
{
	for (size_t i = 0; i < place->count; i++) {
		switch (place->parts[i].kind) {
		case LITERAL:
			weir_buf_puts(path, place->parts[i].text);
			break;
		case SCHEMA:
			weir_file_name(schema && *schema ? schema : "none", path);
			break;
		case SOURCE:
			weir_file_name(source && *source ? source : "none", path);
			break;
		}
	}
}

static bool matches_from(const struct place *place, size_t part, const char *path)
{
	size_t len;

	if (part == place->count)
		return *path == '\0';
	if (place->parts[part].kind == LITERAL) {
		len = strlen(place->parts[part].text);
		return strncmp(path, place->parts[part].text, len) == 0 &&
		       matches_from(place, part + 1, path + len);
	}
	for (; *path && *path != '/'; path++) {
		if (matches_from(place, part + 1, path + 1))
			return true;
	}
	return false;
}

bool place_matches(const struct place *place, const char *path)
{
	return matches_from(place, 0, path);
}

/* NULL when there is none but the root. */
static char *folder_of(const char *path, size_t len)
{
	while (len > 0 && path[len - 1] != '/')
		len--;
	while (len > 0 && path[len - 1] == '/')
		len--;
	return len > 0 ? weir_strndup(path, len) : NULL;
}

/* Missing is fine: it will be made. */
static bool may_write(const char *folder)
{
	return access(folder, W_OK) == 0 || errno == ENOENT;
}

char *place_folder(const struct place *place)
{
	const char *prefix = place->parts[0].text;
	char *folder = folder_of(prefix, strlen(prefix));

	return folder ? folder : weir_strdup(prefix[0] == '/' ? "/" : ".");
}

char *place_side_folder(const struct place *place)
{
	const char *prefix = place->parts[0].text;
	size_t len = strlen(prefix);
	char *folder = folder_of(prefix, len), *above;

	if (!folder)
		return place_folder(place);
	if (prefix[len - 1] != '/')
		return folder;
	/* In the outputs' own folder it would begin like them. */
	above = folder_of(folder, strlen(folder));
	if (!above && folder[0] != '/')
		above = weir_strdup(".");
	if (above && may_write(above)) {
		weir_free(folder);
		return above;
	}
	weir_free(above);
	return folder;
}
