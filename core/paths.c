/* paths.c - compiling a set of paths.
 *
 * Lives here: the grammar of paths, and the tree of steps. Not here: reading with it
 * (paths_read.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "paths.h"

/* One path while it is read. */
struct reader {
	struct weir_paths *paths;
	const char *path, *p;
	struct weir_error *err;
};

static bool wrong(struct reader *r, const char *at, const char *why)
{
	weir_fail(r->err, WEIR_E_CONFIG, "path '%s', character %d: %s", r->path,
	          (int)(at - r->path) + 1, why);
	return false;
}

/* ---- the tree ----------------------------------------------------------------------------- */

static uint32_t add_step(struct weir_paths *paths)
{
	if (paths->step_count == paths->step_cap) {
		paths->step_cap = paths->step_cap ? paths->step_cap * 2 : 16;
		paths->steps = weir_realloc(paths->steps, paths->step_cap * sizeof *paths->steps);
	}
	paths->steps[paths->step_count] = (struct paths_step){ .slot = PATHS_NONE };
	return (uint32_t)paths->step_count++;
}

/* False if two keys want the same place, save those that look alike. */
static bool place_keys(struct paths_step *step, struct paths_key *table, size_t size)
{
	/* No name is as long as a free place says it is. */
	const struct paths_key free_place = { .len = UINT32_MAX, .step = PATHS_NONE };

	for (size_t i = 0; i < size; i++)
		table[i] = free_place;
	for (uint32_t i = 0; i < step->key_count; i++) {
		struct paths_key *key = &step->keys[i];
		struct paths_key *place =
			&table[paths_hash(key->head, key->len, step->table_factor, step->table_shift)];

		key->alike = NULL;
		if (place->name) {
			if (place->head != key->head || place->len != key->len)
				return false;
			/* The one that was there stays reachable behind the new one. */
			for (uint32_t k = 0; k < i; k++) {
				if (step->keys[k].name == place->name)
					key->alike = &step->keys[k];
			}
		}
		*place = *key;
	}
	return true;
}

/* Tries factors until every key has a place of its own, so that a name is looked for in one
 * place only; larger tables find one sooner. */
static void fill_table(struct weir_paths *paths, struct paths_step *step)
{
	enum { TRIES = 100 };
	uint32_t bits = 2;

	while (1u << bits < step->key_count * 2)
		bits++;
	for (;; bits++) {
		size_t size = (size_t)1 << bits;
		struct paths_key *table = weir_arena_alloc(paths->arena, size * sizeof *table);

		step->table_shift = 64 - bits;
		step->table_factor = 0x9e3779b97f4a7c15ULL;
		for (int i = 0; i < TRIES; i++, step->table_factor *= 0xd1342543de82ef95ULL) {
			if (place_keys(step, table, size)) {
				step->table = table;
				return;
			}
		}
	}
}

/* The step that a name leads to from another one; made if there is none yet. */
static uint32_t follow_key(struct weir_paths *paths, uint32_t from, struct weir_bytes name)
{
	struct paths_step *step = &paths->steps[from];
	struct paths_key *keys;
	uint32_t to;
	char *copy;

	for (uint32_t i = 0; i < step->key_count; i++) {
		struct weir_bytes other = { step->keys[i].name, step->keys[i].len };

		if (weir_bytes_equal(other, name))
			return step->keys[i].step;
	}
	to = add_step(paths);
	step = &paths->steps[from];
	copy = weir_arena_alloc(paths->arena, name.len + 8);
	memset(copy, 0, name.len + 8);
	memcpy(copy, name.data, name.len);
	keys = weir_arena_alloc(paths->arena, (step->key_count + 1) * sizeof *keys);
	if (step->key_count)
		memcpy(keys, step->keys, step->key_count * sizeof *keys);
	keys[step->key_count] = (struct paths_key){ .head = paths_head(copy, name.len),
	                                            .len = (uint32_t)name.len,
	                                            .step = to,
	                                            .slot = PATHS_NONE,
	                                            .name = copy };
	keys[step->key_count].tail = paths_tail(copy, name.len, keys[step->key_count].head);
	step->key_count++;
	step->keys = keys;
	return to;
}

static bool same_pick(const struct paths_pick *a, const struct paths_pick *b)
{
	if (a->index != b->index || a->word_count != b->word_count ||
	    !weir_bytes_equal(a->member, b->member))
		return false;
	for (size_t i = 0; i < a->word_count; i++) {
		if (!weir_bytes_equal(a->words[i], b->words[i]))
			return false;
	}
	return true;
}

static uint32_t follow_pick(struct weir_paths *paths, uint32_t from, struct paths_pick pick)
{
	struct paths_step *step = &paths->steps[from];
	struct paths_pick *picks;

	for (uint32_t i = 0; i < step->pick_count; i++) {
		if (same_pick(&step->picks[i], &pick))
			return step->picks[i].step;
	}
	pick.step = add_step(paths);
	step = &paths->steps[from];
	picks = weir_arena_alloc(paths->arena, (step->pick_count + 1) * sizeof *picks);
	if (step->pick_count)
		memcpy(picks, step->picks, step->pick_count * sizeof *picks);
	picks[step->pick_count++] = pick;
	step->picks = picks;
	return pick.step;
}

/* The slot of a step that is one slot and nothing else. */
static uint32_t only_slot(const struct weir_paths *paths, const struct paths_step *step)
{
	if (step->key_count || step->pick_count || step->slot == PATHS_NONE ||
	    paths->next_slot[step->slot] != PATHS_NONE)
		return PATHS_NONE;
	return step->slot;
}

/* Once the tree is whole. */
static void finish_steps(struct weir_paths *paths)
{
	for (size_t i = 0; i < paths->step_count; i++) {
		struct paths_step *step = &paths->steps[i];

		step->keys_only = step->slot == PATHS_NONE && step->pick_count == 0;
		for (uint32_t k = 0; k < step->key_count; k++)
			step->keys[k].slot = only_slot(paths, &paths->steps[step->keys[k].step]);
		if (step->key_count)
			fill_table(paths, step);
	}
}

static void set_slot(struct weir_paths *paths, uint32_t step, uint32_t slot)
{
	paths->next_slot[slot] = paths->steps[step].slot;
	paths->steps[step].slot = slot;
}

/* ---- the grammar ---------------------------------------------------------------------------- */

/* A bare name ends at a dot or bracket. */
static bool read_name(struct reader *r, uint32_t *step)
{
	size_t len = strcspn(r->p, ".[]\"");

	if (len == 0)
		return wrong(r, r->p, "a name is missing");
	if (r->p[len] == ']' || r->p[len] == '"')
		return wrong(r, r->p + len, "write names with dots, quotes or brackets as [\"name\"]");
	*step = follow_key(r->paths, *step, (struct weir_bytes){ r->p, len });
	r->p += len;
	return true;
}

static bool end_bracket(struct reader *r)
{
	if (*r->p != ']')
		return wrong(r, r->p, "']' is missing");
	r->p++;
	return true;
}

/* ["name"], in which \" and \\ stand for a quote and a backslash. */
static bool read_quoted(struct reader *r, uint32_t *step)
{
	const char *start = r->p++;
	struct weir_buf name = { 0 };

	for (; *r->p && *r->p != '"'; r->p++) {
		if (*r->p == '\\' && (r->p[1] == '"' || r->p[1] == '\\'))
			r->p++;
		weir_buf_putc(&name, *r->p);
	}
	if (*r->p != '"') {
		weir_buf_finish(&name);
		return wrong(r, start, "the quote is not closed");
	}
	r->p++;
	*step = follow_key(r->paths, *step, (struct weir_bytes){ name.data ? name.data : "", name.len });
	weir_buf_finish(&name);
	return end_bracket(r);
}

/* [0] or [-1]; nine digits are enough for any page. */
static bool read_index(struct reader *r, uint32_t *step)
{
	struct paths_pick pick = { 0 };
	bool negative = *r->p == '-';
	const char *start = r->p;
	size_t digits;

	r->p += negative;
	digits = strspn(r->p, "0123456789");
	if (digits == 0 || digits > 9)
		return wrong(r, start, "a position has one to nine digits");
	for (size_t i = 0; i < digits; i++)
		pick.index = pick.index * 10 + (*r->p++ - '0');
	if (negative && pick.index == 0)
		return wrong(r, start, "positions from the end begin at -1");
	if (negative)
		pick.index = -pick.index;
	*step = follow_pick(r->paths, *step, pick);
	return end_bracket(r);
}

/* [member=word|word]. */
static bool read_match(struct reader *r, uint32_t *step)
{
	struct weir_arena *arena = r->paths->arena;
	size_t member = strcspn(r->p, "=[]\"");
	struct paths_pick pick = { 0 };
	size_t most = 1;

	if (r->p[member] != '=' || member == 0)
		return wrong(r, r->p, "write a position as [0], a choice as [member=word], "
		                      "a name as [\"name\"]");
	pick.member = weir_arena_copy(arena, (struct weir_bytes){ r->p, member });
	r->p += member + 1;
	for (const char *p = r->p; *p && *p != ']'; p++)
		most += *p == '|';
	pick.words = weir_arena_alloc(arena, most * sizeof *pick.words);
	for (;; r->p++) {
		size_t len = strcspn(r->p, "|]");

		if (len == 0)
			return wrong(r, r->p, "a word is missing");
		pick.words[pick.word_count++] =
			weir_arena_copy(arena, (struct weir_bytes){ r->p, len });
		r->p += len;
		if (*r->p != '|')
			break;
	}
	*step = follow_pick(r->paths, *step, pick);
	return end_bracket(r);
}

static bool read_bracket(struct reader *r, uint32_t *step)
{
	r->p++;
	if (*r->p == ']')
		return wrong(r, r->p, "[] names a list of values, which only words for lists take");
	if (*r->p == '"')
		return read_quoted(r, step);
	if (*r->p == '-' || (*r->p >= '0' && *r->p <= '9'))
		return read_index(r, step);
	return read_match(r, step);
}

static bool read_path(struct reader *r, uint32_t slot)
{
	uint32_t step = 0;

	if (strcmp(r->path, ".") == 0) {
		set_slot(r->paths, 0, slot);
		return true;
	}
	if (*r->p != '[' && !read_name(r, &step))
		return false;
	while (*r->p) {
		if (*r->p == '[') {
			if (!read_bracket(r, &step))
				return false;
			continue;
		}
		if (*r->p != '.')
			return wrong(r, r->p, "'.' or '[' is missing before this");
		r->p++;
		if (!read_name(r, &step))
			return false;
	}
	set_slot(r->paths, step, slot);
	return true;
}

/* ---- the entrances ---------------------------------------------------------------------------- */

struct weir_paths *weir_paths_create(const char *const *list, size_t count,
                                     struct weir_error *err)
{
	struct weir_paths *paths = weir_alloc(sizeof *paths);

	paths->arena = weir_arena_create();
	paths->next_slot = weir_alloc((count + 1) * sizeof *paths->next_slot);
	paths->slot_count = count;
	add_step(paths);
	for (size_t i = 0; i < count; i++) {
		struct reader r = { paths, list[i], list[i], err };

		if (!read_path(&r, (uint32_t)i)) {
			weir_paths_destroy(paths);
			return NULL;
		}
	}
	finish_steps(paths);
	return paths;
}

void weir_paths_destroy(struct weir_paths *paths)
{
	if (!paths)
		return;
	weir_free(paths->steps);
	weir_free(paths->next_slot);
	weir_arena_destroy(paths->arena);
	weir_free(paths);
}
