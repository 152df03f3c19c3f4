/* paths_read.c - one walk over a value that finds all paths of a set.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "paths.h"


/* The step of a name, or PATHS_NONE. */
static inline uint32_t step_of(const struct paths_step *step, const struct paths_key *key)
{
	uint32_t at = paths_hash(key) & step->table_mask, i;

	while ((i = step->table[at]) != 0) {
		const struct paths_key *other = &step->keys[i - 1];

		if (other->head == key->head && other->len == key->len &&
		    other->tail == key->tail &&
		    (key->len <= 16 || memcmp(other->name, key->name, key->len) == 0))
			return other->step;
		at = (at + 1) & step->table_mask;
	}
	return PATHS_NONE;
}

/* A name that may have escapes, or too few bytes behind it to be read by eights. */
static uint32_t step_of_text(const struct paths_step *step, struct weir_bytes raw)
{
	for (uint32_t i = 0; i < step->key_count; i++) {
		const struct paths_key *key = &step->keys[i];

		if (json_text_equal(raw, (struct weir_bytes){ key->name, key->len }))
			return key->step;
	}
	return PATHS_NONE;
}

static uint32_t step_of_bytes(const struct paths_step *step, struct weir_bytes name)
{
	for (uint32_t i = 0; i < step->key_count; i++) {
		const struct paths_key *key = &step->keys[i];

		if (weir_bytes_equal(name, (struct weir_bytes){ key->name, key->len }))
			return key->step;
	}
	return PATHS_NONE;
}

/* What an earlier member with the same name left, below as well. */
static void clear(const struct paths_walk *w, uint32_t at)
{
	const struct paths_step *step = &w->paths->steps[at];

	for (uint32_t slot = step->slot; slot != PATHS_NONE; slot = w->paths->next_slot[slot])
		w->slots[slot] = (struct weir_value){ 0 };
	for (uint32_t i = 0; i < step->key_count; i++)
		clear(w, step->keys[i].step);
	for (uint32_t i = 0; i < step->pick_count; i++)
		clear(w, step->picks[i].step);
}

/* ---- a value of a page ---------------------------------------------------------------------- */

static inline uint32_t step_of_entry(const struct paths_step *step, const struct json_view *view,
                                     uint32_t at)
{
	const char *name = view->text + view->index[at] + 1;
	const char *colon = view->text + view->index[at + 1];
	struct paths_key key;

	if (__builtin_expect(view->escaped_keys || colon[-1] != '"', 0))
		return step_of_text(step, json_inner(view, at));
	key = paths_key_of(name, (size_t)(colon - 1 - name));
	return step_of(step, &key);
}

static void walk_page_keys(const struct paths_walk *w, const struct paths_step *step,
                           const struct json_view *view, uint32_t object)
{
	uint32_t end = view->link[object];
	uint64_t seen = 0;

	for (uint32_t at = object + 1; at < end; at = view->link[at + 2] + 2) {
		uint32_t to = step_of_entry(step, view, at);
		uint64_t bit;

		if (to == PATHS_NONE)
			continue;
		/* Of equal keys the last counts; two steps may share a bit, at no harm. */
		bit = 1ULL << (to & 63);
		if (seen & bit)
			clear(w, to);
		seen |= bit;
		paths_walk(w, to, json_page_value(view, at + 2));
	}
}

/* ---- any value --------------------------------------------------------------------------------- */

static void walk_built_keys(const struct paths_walk *w, const struct paths_step *step,
                            const struct value_object *object)
{
	for (uint32_t i = 0; i < object->count; i++) {
		uint32_t to = step_of_bytes(step, object->members[i].key->name);

		if (to == PATHS_NONE)
			continue;
		clear(w, to);
		paths_walk(w, to, object->members[i].value);
	}
}

static bool picks(const struct paths_pick *pick, size_t word, struct weir_value v)
{
	struct weir_value member = value_bare(weir_value_member(v, pick->member));
	struct weir_bytes inner;

	if (member.kind != WEIR_TEXT)
		return false;
	if (!value_has_token(member))
		return weir_bytes_equal((struct weir_bytes){ member.base, member.at },
		                        pick->words[word]);
	inner = value_token(member);
	inner.data++;
	inner.len -= 2;
	return json_text_equal(inner, pick->words[word]);
}

/* The first element with the first word, else the first with the second, and so on. */
static struct weir_value pick_by_word(const struct paths_pick *pick, struct weir_value v)
{
	struct weir_value found = { 0 };
	size_t best = pick->word_count;
	struct weir_each each = weir_each(v);

	if (v.kind == WEIR_OBJECT) {
		for (size_t i = 0; i < pick->word_count; i++) {
			if (picks(pick, i, v))
				return v;
		}
		return found;
	}
	while (best > 0 && weir_next(&each)) {
		for (size_t i = 0; i < best; i++) {
			if (picks(pick, i, each.value)) {
				found = each.value;
				best = i;
			}
		}
	}
	return found;
}

static struct weir_value pick_by_index(const struct paths_pick *pick, struct weir_value v)
{
	size_t count;

	if (pick->index >= 0)
		return weir_value_at(v, (size_t)pick->index);
	count = v.kind == WEIR_ARRAY ? weir_value_count(v) : 0;
	if ((size_t)-pick->index > count)
		return (struct weir_value){ 0 };
	return weir_value_at(v, count - (size_t)-pick->index);
}

static void walk_picks(const struct paths_walk *w, const struct paths_step *step, struct weir_value v)
{
	for (uint32_t i = 0; i < step->pick_count; i++) {
		const struct paths_pick *pick = &step->picks[i];

		paths_walk(w, pick->step,
		           pick->word_count ? pick_by_word(pick, v) : pick_by_index(pick, v));
	}
}

void paths_walk(const struct paths_walk *w, uint32_t at, struct weir_value v)
{
	const struct paths_step *step = &w->paths->steps[at];

	for (uint32_t slot = step->slot; slot != PATHS_NONE; slot = w->paths->next_slot[slot])
		w->slots[slot] = v;
	if (v.kind != WEIR_OBJECT && v.kind != WEIR_ARRAY)
		return;
	v = value_bare(v);
	if (step->key_count && v.kind == WEIR_OBJECT) {
		if (v.form == FORM_PAGE)
			walk_page_keys(w, step, v.base, v.at);
		else
			walk_built_keys(w, step, v.base);
	}
	if (step->pick_count)
		walk_picks(w, step, v);
}

void weir_paths_read(const struct weir_paths *paths, struct weir_value v,
                     struct weir_value *slots)
{
	struct paths_walk w = { paths, slots };

	memset(slots, 0, paths->slot_count * sizeof *slots);
	paths_walk(&w, 0, v);
}
