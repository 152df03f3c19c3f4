/* paths_read.c - one walk over a value that finds all paths of a set.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "paths.h"

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define FIRST(n) (UINT64_MAX >> (64 - 8 * (n)))
#else
#define FIRST(n) (UINT64_MAX << (64 - 8 * (n)))
#endif

const uint64_t paths_head_masks[9] = {
	0, FIRST(1), FIRST(2), FIRST(3), FIRST(4), FIRST(5), FIRST(6), FIRST(7), FIRST(8),
};

/* With the same head and length. */
static ALWAYS_INLINE bool is_key(const struct paths_key *key, const char *name, size_t len)
{
	return key->tail == paths_tail(name, len, key->head) &&
	       (len <= 16 || memcmp(key->name, name, len) == 0);
}

__attribute__((noinline)) static const struct paths_key *find_alike(const struct paths_key *key,
                                                                    const char *name, size_t len)
{
	while (key && !is_key(key, name, len))
		key = key->alike;
	return key;
}

/* The key that a name is, or NULL. It may be read eight bytes past its end. */
static ALWAYS_INLINE const struct paths_key *find(const struct paths_step *step,
                                                  const char *name, size_t len)
{
	uint64_t head = paths_head(name, len);
	const struct paths_key *key =
		&step->table[paths_hash(head, len, step->table_factor, step->table_shift)];

	if (key->head != head || key->len != len)
		return NULL;
	if (__builtin_expect(is_key(key, name, len), 1))
		return key;
	return find_alike(key->alike, name, len);
}

/* The same for a name of any place, and for one with escapes. */
static const struct paths_key *find_bytes(const struct paths_step *step, struct weir_bytes name)
{
	for (uint32_t i = 0; i < step->key_count; i++) {
		const struct paths_key *key = &step->keys[i];

		if (weir_bytes_equal(name, (struct weir_bytes){ key->name, key->len }))
			return key;
	}
	return NULL;
}

static const struct paths_key *find_raw(const struct paths_step *step, struct weir_bytes raw)
{
	for (uint32_t i = 0; i < step->key_count; i++) {
		const struct paths_key *key = &step->keys[i];

		if (json_text_equal(raw, (struct weir_bytes){ key->name, key->len }))
			return key;
	}
	return NULL;
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

/* The hot loop of every mapping: kept by itself, so that its variables stay in registers. */
__attribute__((noinline)) static void walk_page_keys(const struct paths_walk *w,
                                                     const struct paths_step *step,
                                                     const struct json_view *view,
                                                     uint32_t object)
{
	const uint32_t *index = view->index;
	const char *text = view->text, *first = view->first;
	size_t end = view->link[object];
	uint64_t seen = 0;

	for (size_t at = object + 1; at < end; at = json_end(view, at + 2) + 2) {
		const char *name = text + index[at] + 1;
		size_t len = index[at + 1] - index[at] - 2;
		const struct paths_key *key;
		const struct paths_step *child;
		uint64_t bit;

		if (__builtin_expect(name[len] != '"', 0))
			len = json_inner(view, (uint32_t)at).len;
		key = find(step, name, len);
		if (!key)
			continue;
		if (key->slot != PATHS_NONE) {
			json_set_value(&w->slots[key->slot], view, (uint32_t)at + 2);
			continue;
		}
		/* Of equal keys the last counts; two steps may share a bit, at no harm. */
		bit = 1ULL << (key->step & 63);
		if (seen & bit)
			clear(w, key->step);
		seen |= bit;
		child = &w->paths->steps[key->step];
		if (child->keys_only && first[at + 2] == '{')
			walk_page_keys(w, child, view, (uint32_t)at + 2);
		else
			paths_walk(w, key->step, json_page_value(view, (uint32_t)at + 2));
	}
}

/* ---- any value --------------------------------------------------------------------------------- */

static void walk_built_keys(const struct paths_walk *w, const struct paths_step *step,
                            const struct value_object *object)
{
	for (uint32_t i = 0; i < object->count; i++) {
		const struct paths_key *key = find_bytes(step, object->members[i].key->name);

		if (!key)
			continue;
		clear(w, key->step);
		paths_walk(w, key->step, object->members[i].value);
	}
}

/* A page in which some name has escapes. */
static void walk_escaped_keys(const struct paths_walk *w, const struct paths_step *step,
                              struct weir_value object)
{
	struct weir_each each = weir_each(object);

	while (weir_next(&each)) {
		const struct paths_key *key = find_raw(step, each.raw_key);

		if (!key)
			continue;
		clear(w, key->step);
		paths_walk(w, key->step, each.value);
	}
}

static void walk_keys(const struct paths_walk *w, const struct paths_step *step,
                      struct weir_value v)
{
	const struct json_view *view = v.base;

	if (v.form != FORM_PAGE)
		walk_built_keys(w, step, v.base);
	else if (view->escaped_keys)
		walk_escaped_keys(w, step, v);
	else
		walk_page_keys(w, step, view, v.at);
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
	if (step->key_count && v.kind == WEIR_OBJECT)
		walk_keys(w, step, v);
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
