/* reads.c - the paths of a rule's `reads`, as a tree.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "reads.h"

#include "front.h"

#include <string.h>

/* The next member of a path, which begins at *p; false when it is no plain member. */
static bool next_member(struct weir_arena *arena, const char **p, struct weir_bytes *name)
{
	const char *start = *p, *end;
	struct weir_error err;
	struct weir_value v;

	if (*start == '[') {
		end = strstr(start, "\"]");
		if (start[1] != '"' || !end)
			return false;
		if (!weir_json_parse(arena, (struct weir_bytes){ start + 1,
		                                                 (size_t)(end - start) },
		                     &v, &err) ||
		    !weir_value_text(v, arena, name))
			return false;
		*p = end + 2;
	} else {
		*name = (struct weir_bytes){ start, strcspn(start, ".[") };
		if (name->len == 0)
			return false;
		*p = start + name->len;
	}
	if (**p == '.')
		++*p;
	return true;
}

static struct reads_node *child(struct weir_arena *arena, struct reads_node *node,
                                struct weir_bytes name)
{
	for (size_t i = 0; i < node->count; i++) {
		if (weir_bytes_equal(node->children[i].name, name))
			return &node->children[i];
	}
	node->children = rule_grow(arena, node->children, node->count, sizeof *node->children);
	node->children[node->count] = (struct reads_node){ .name = name, .slot = -1 };
	return &node->children[node->count++];
}

static bool add_path(struct weir_arena *arena, struct reads *reads, const char *path)
{
	struct reads_node *node = &reads->top;
	const char *p = path;
	struct weir_bytes name;

	while (*p) {
		if (!next_member(arena, &p, &name))
			return false;
		node = child(arena, node, name);
	}
	if (node == &reads->top)
		return false;
	if (node->slot >= 0)
		return true;
	node->slot = (int)reads->slot_count;
	reads->names = rule_grow(arena, reads->names, reads->slot_count, sizeof *reads->names);
	reads->names[reads->slot_count++] = path;
	return true;
}

struct reads *reads_create(struct library *library, const struct meta *meta)
{
	struct reads *reads = weir_arena_alloc(library->arena, sizeof *reads);
	struct weir_error err = { 0 };
	struct weir_bytes *texts;
	size_t count, mistakes = library->report->mistakes;

	*reads = (struct reads){ .top = { .slot = -1 } };
	if (meta->kind != WEIR_ARRAY || !meta_texts(library->arena, meta, &texts, &count)) {
		rule_mistake(library->report, meta->where,
		             "reads is a list of paths: [\"actor.id\", \"target\"]");
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		if (add_path(library->arena, reads, texts[i].data))
			continue;
		if (strchr(texts[i].data, '['))
			rule_mistake(library->report, meta->members[i].meta->where,
			             "reads takes paths of members, without [0] and [type=User]: "
			             "write the list itself, \"target\"");
		else
			rule_mistake(library->report, meta->members[i].meta->where,
			             "'%s' is no path; write members joined by dots: \"actor.id\"",
			             texts[i].data);
	}
	if (library->report->mistakes > mistakes)
		return NULL;
	reads->paths = weir_paths_create(reads->names, reads->slot_count, &err);
	if (!reads->paths)
		rule_mistake_error(library->report, meta->where, &err);
	return reads->paths ? reads : NULL;
}

void reads_destroy(struct reads *reads)
{
	if (reads)
		weir_paths_destroy(reads->paths);
}
