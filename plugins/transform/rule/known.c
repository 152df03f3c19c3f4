/* known.c - names that events are known to have, to tell misspelled ones.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "known.h"

#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct names {
	const char **items;          /* NULL-ended */
	size_t count;
};

struct known {
	struct weir_arena *arena;
	const char *const *folders;
	struct names types, members;
	bool read;
};

struct known *known_create(struct weir_arena *arena, const char *const *schema_folders)
{
	struct known *known = weir_arena_alloc(arena, sizeof *known);

	*known = (struct known){ .arena = arena, .folders = schema_folders };
	return known;
}

/* ---- the lists ------------------------------------------------------------------------------ */

/* Room for as many as rule_grow leaves alone. */
static struct names no_names(struct known *known)
{
	struct names names = { .items = weir_arena_alloc(known->arena, 4 * sizeof *names.items) };

	names.items[0] = NULL;
	return names;
}

static void add(struct known *known, struct names *names, const char *name)
{
	names->items = rule_grow(known->arena, names->items, names->count + 1, sizeof *names->items);
	names->items[names->count++] = name;
	names->items[names->count] = NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The first column of a file; without the file there are no names. */
static void read_names(struct known *known, const char *file, struct names *names)
{
	FILE *stream = NULL;
	char *line = NULL;
	size_t size = 0;

	*names = no_names(known);
	for (size_t i = 0; known->folders[i] && !stream; i++) {
		char *path = weir_format("%s/../okta/%s", known->folders[i], file);

		stream = fopen(path, "re");
		weir_free(path);
	}
	while (stream && getline(&line, &size, stream) > 0) {
		line[strcspn(line, "\t\r\n")] = '\0';
		if (*line && *line != '#')
			add(known, names, weir_arena_strdup(known->arena, line));
	}
	free(line);
	if (stream)
		fclose(stream);
	qsort(names->items, names->count, sizeof *names->items, by_name);
}

static void read_lists(struct known *known)
{
	if (known->read)
		return;
	known->read = true;
	read_names(known, "event-types.tsv", &known->types);
	read_names(known, "event-members.txt", &known->members);
}

/* ---- types ---------------------------------------------------------------------------------- */

bool known_has_type(struct known *known, struct weir_bytes type)
{
	char *name = weir_strndup(type.data, type.len);
	bool found;

	read_lists(known);
	found = bsearch(&name, known->types.items, known->types.count, sizeof *known->types.items,
	                by_name) != NULL;
	weir_free(name);
	return found;
}

/* Whether one word between dots differs, and is like the other's. */
static bool is_like(const char *name, const char *other)
{
	const char *word = NULL, *meant = NULL;
	size_t a, b, word_len = 0, meant_len = 0;
	char *copies[2];
	bool alike;

	for (;; name += a + 1, other += b + 1) {
		a = strcspn(name, ".");
		b = strcspn(other, ".");
		if (a != b || memcmp(name, other, a) != 0) {
			if (word)
				return false;
			word = name, word_len = a;
			meant = other, meant_len = b;
		}
		if (!name[a] || !other[b])
			break;
	}
	if (name[a] != other[b] || !word)
		return false;
	copies[0] = weir_strndup(word, word_len);
	copies[1] = weir_strndup(meant, meant_len);
	alike = weir_nearest(copies[0], (const char *const[]){ copies[1], NULL }) != NULL;
	weir_free(copies[0]);
	weir_free(copies[1]);
	return alike;
}

const char *known_type(struct known *known, struct weir_bytes type)
{
	const char *found = NULL;
	char *name;

	if (known_has_type(known, type))
		return NULL;
	name = weir_strndup(type.data, type.len);
	for (size_t i = 0; i < known->types.count && !found; i++) {
		if (is_like(name, known->types.items[i]))
			found = known->types.items[i];
	}
	weir_free(name);
	return found;
}

/* ---- paths ---------------------------------------------------------------------------------- */

/* A path without what is in brackets; NULL when names are. */
static char *plain_path(struct weir_arena *arena, const char *path)
{
	char *plain = weir_arena_strdup(arena, path), *to = plain;

	for (const char *p = path; *p; p++) {
		if (*p != '[') {
			*to++ = *p;
			continue;
		}
		p = strchr(p, ']');
		if (!p || strchr(path, '"'))
			return NULL;
	}
	*to = '\0';
	return plain;
}

/* What may stand behind the first len bytes of a path, once each; NULL when anything may. */
static const char *const *members_of(struct known *known, const char *path, size_t len)
{
	struct names names = no_names(known);

	for (size_t i = 0; i < known->members.count; i++) {
		const char *member = known->members.items[i], *last;
		size_t width;

		if (strncmp(member, path, len) != 0)
			continue;
		width = strcspn(member + len, ".");
		if (member[len] == '*')
			return NULL;
		last = names.count ? names.items[names.count - 1] : "";
		if (strlen(last) != width || memcmp(last, member + len, width) != 0)
			add(known, &names, weir_arena_copy(known->arena, (struct weir_bytes){
			                           member + len, width }).data);
	}
	return names.items;
}

const char *known_path(struct known *known, const char *path)
{
	char *plain = plain_path(known->arena, path), *word = plain;

	read_lists(known);
	while (word && *word) {
		const char *const *members = members_of(known, plain, (size_t)(word - plain));
		size_t width = strcspn(word, "."), i = 0;
		char *name = weir_arena_strdup(known->arena, word);
		const char *near;

		name[width] = '\0';
		while (members && members[i] && strcmp(members[i], name) != 0)
			i++;
		if (!members)
			return NULL;
		near = members[i] ? NULL : weir_nearest(name, members);
		if (!members[i])
			return near ? weir_arena_format(known->arena, "%.*s%s%s",
			                                (int)(word - plain), plain, near,
			                                word + width)
			            : NULL;
		if (!word[width])
			return NULL;
		word += width + 1;
	}
	return NULL;
}
