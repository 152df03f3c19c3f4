/* catalogue.c - the event types that a source may send, as a file lists them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"

enum { FILE_MOST = 16 << 20 };

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct catalogue_type *)a)->name,
	              ((const struct catalogue_type *)b)->name);
}

/* Cuts a field off; what is behind the last tab is the last one. */
static const char *cut(char **rest)
{
	char *field = *rest, *tab = field ? strchr(field, '\t') : NULL;

	*rest = tab ? tab + 1 : NULL;
	if (tab)
		*tab = '\0';
	return field;
}

static bool take_line(struct catalogue *catalogue, char *line)
{
	struct catalogue_type *type = &catalogue->types[catalogue->count];

	if (!*line || *line == '#')
		return true;
	type->name = cut(&line);
	type->release = cut(&line);
	type->description = cut(&line);
	catalogue->count++;
	return *type->name && type->release && type->description;
}

static bool take_lines(struct catalogue *catalogue, char *text, const char *path,
                       struct weir_error *err)
{
	int number = 0;

	for (char *line = text, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		number++;
		if (take_line(catalogue, line))
			continue;
		weir_fail(err, WEIR_E_CONFIG,
		          "a line is a type, its release and a description, with tabs between");
		err->where = (struct weir_where){ .file = path, .line = number };
		return false;
	}
	return true;
}

static size_t lines_of(struct weir_bytes bytes)
{
	size_t lines = 1;

	for (size_t i = 0; i < bytes.len; i++)
		lines += bytes.data[i] == '\n';
	return lines;
}

bool catalogue_read(const char *path, struct weir_arena *arena, struct catalogue *catalogue,
                    struct weir_error *err)
{
	struct weir_bytes bytes;
	char *text;

	*catalogue = (struct catalogue){ 0 };
	if (!file_read(path, FILE_MOST, &bytes, err))
		return false;
	text = weir_arena_format(arena, "%s", bytes.data);
	catalogue->types = weir_arena_alloc(arena, lines_of(bytes) * sizeof *catalogue->types);
	weir_free((char *)bytes.data);
	if (!take_lines(catalogue, text, path, err))
		return false;
	if (catalogue->count)
		qsort(catalogue->types, catalogue->count, sizeof *catalogue->types, by_name);
	return true;
}

bool catalogue_has(const struct catalogue *catalogue, const char *name)
{
	const struct catalogue_type key = { .name = name };

	return catalogue->count
	       && bsearch(&key, catalogue->types, catalogue->count, sizeof key, by_name);
}
