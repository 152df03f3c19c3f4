/* words.c - the words that weir computes once a program has run.
 *
 * They are those of rule/eval*.c, so that they do the same as in Lua; here they get their
 * argument from the decoder.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "digest.h"
#include "values.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Words of one argument. */
static const struct {
	const char *name;
	enum rule_op op;
} plain[] = {
	{ "time", RULE_TIME },     { "precision", RULE_PRECISION }, { "ip", RULE_IP },
	{ "int", RULE_INT },       { "number", RULE_NUMBER },       { "bool", RULE_BOOL },
	{ "micros", RULE_TIME },   { "hash", RULE_HASH },           { "raw", RULE_RAW },
	{ "source_json", RULE_JSON },
};

/* A word, and the node that does it. */
struct native {
	struct rule_word word;
	struct plan_node node;
};

struct words {
	struct weir_bytes mark;
	struct plan_node given;          /* gives what the decoder found */
	const struct plan_node *args[1];
	enum plan_got got;
	struct plan_cell cell;
	struct native natives[WEIR_COUNT(plain)];
	const struct weir_key *keys[2];  /* "key", "value" */
};

static enum plan_got eval_given(struct rule_run *run, const struct plan_node *node,
                                struct plan_cell *cell)
{
	/* node is words->given, which is a member of words. */
	const struct words *words =
		(const struct words *)((const char *)node - offsetof(struct words, given));

	(void)run;
	*cell = words->cell;
	return weir_is_nothing(cell->value) ? PLAN_ABSENT : words->got;
}

struct words *words_create(struct weir_arena *arena, const char *mark)
{
	struct words *words = weir_arena_alloc(arena, sizeof *words);

	*words = (struct words){ .mark = weir_bytes(mark) };
	words->given = (struct plan_node){ .eval = eval_given, .memo = -1 };
	words->args[0] = &words->given;
	words->keys[0] = weir_key_create(arena, weir_bytes("key"));
	words->keys[1] = weir_key_create(arena, weir_bytes("value"));
	for (size_t i = 0; i < WEIR_COUNT(plain); i++) {
		struct native *native = &words->natives[i];

		native->word.op = plain[i].op;
		native->node = (struct plan_node){ .eval = plan_eval_of(plain[i].op),
			                           .word = &native->word, .args = words->args,
			                           .arg_count = 1, .memo = -1 };
	}
	return words;
}

struct weir_bytes words_mark(const struct words *words)
{
	return words->mark;
}

/* ---- words of one argument --------------------------------------------------------------------- */

static enum plan_got broken(struct decoder *d)
{
	d->broken = true;
	return PLAN_FAULT;
}

static enum plan_got fault(struct decoder *d, const char *what, struct weir_value value)
{
	return plan_fault(d->run, NULL, what, value);
}

/* hash: the name of the algorithm comes behind the value. */
static bool read_hash(struct decoder *d, struct native *native, uint32_t args)
{
	struct plan_cell name = { 0 };

	return args == 2 && decode(d, &name) == PLAN_VALUE
	       && weir_value_text(name.value, d->run->arena, &native->node.text)
	       && rule_digest_find(native->node.text) >= 0;
}

/* source_json: what is given is a path in the event, as jq's path() tells it. */
static struct weir_value follow(struct decoder *d, struct weir_value path)
{
	struct weir_value at = d->run->event->event;
	struct weir_each step = weir_each(path);

	while (weir_next(&step)) {
		struct weir_bytes name;
		int64_t index;

		if (weir_value_text(step.value, d->run->arena, &name))
			at = weir_value_member(at, name);
		else if (weir_value_int(step.value, &index) && index >= 0)
			at = weir_value_at(at, (size_t)index);
		else
			return (struct weir_value){ 0 };
	}
	return at;
}

static enum plan_got do_plain(struct decoder *d, size_t number, uint32_t args,
                              struct plan_cell *cell)
{
	struct words *words = d->words;
	struct native *native = &words->natives[number];
	struct plan_cell given = { 0 };
	enum plan_got got = PLAN_ABSENT;

	if (args > 0)
		got = decode(d, &given);
	if (got >= PLAN_FAULT)
		return got;
	if (plain[number].op == RULE_HASH && !read_hash(d, native, args))
		return fault(d, "no such hash; there are sha256, sha1 and md5",
		             (struct weir_value){ 0 });
	if (plain[number].op == RULE_JSON)
		given.value = follow(d, given.value);
	words->got = got;
	words->cell = given;
	got = native->node.eval(d->run, &native->node, cell);
	d->run->fault.node = NULL;
	if (got == PLAN_TIME && strcmp(plain[number].name, "micros") == 0) {
		cell->value = weir_make_int(d->run->arena, cell->micros);
		got = PLAN_VALUE;
	}
	return got;
}

/* ---- choices --------------------------------------------------------------------------------------- */

static bool is_there(enum plan_got got, const struct plan_cell *cell)
{
	return got == PLAN_TIME || (got == PLAN_VALUE && !weir_is_nothing(cell->value));
}

/* Decodes the next value, and passes over all of it whatever comes out. */
static enum plan_got decode_whole(struct decoder *d, struct plan_cell *cell)
{
	struct decoder ahead = *d;
	enum plan_got got;

	if (!decode_skip(&ahead))
		return broken(d);
	got = decode(d, cell);
	d->at = ahead.at;
	d->depth = ahead.depth;
	return got;
}

static enum plan_got do_maybe(struct decoder *d, struct plan_cell *cell)
{
	enum plan_got got = decode_whole(d, cell);

	if (got != PLAN_FAULT || d->broken)
		return got;
	d->run->fault = (struct rule_fault){ 0 };
	d->run->wrong_in_maybe++;
	return PLAN_ABSENT;
}

static enum plan_got do_first(struct decoder *d, struct plan_cell *cell)
{
	enum plan_got chosen = PLAN_ABSENT;
	uint32_t count;
	char tag = *d->at;

	d->at++;
	if (tag != WIRE_ARRAY || !decode_count(d, &count))
		return broken(d);
	for (uint32_t i = 0; i < count; i++) {
		struct plan_cell one = { 0 };
		enum plan_got got;

		if (chosen != PLAN_ABSENT) {
			if (!decode_skip(d))
				return broken(d);
			continue;
		}
		got = decode(d, &one);
		if (got >= PLAN_FAULT)
			return got;
		if (is_there(got, &one)) {
			chosen = got;
			*cell = one;
		}
	}
	return chosen;
}

/* given (or unless) the first argument is there, the second. */
static enum plan_got do_given(struct decoder *d, bool wanted, struct plan_cell *cell)
{
	struct plan_cell when = { 0 };
	enum plan_got got = decode(d, &when);
	bool given, yes;

	if (got >= PLAN_FAULT)
		return got;
	given = is_there(got, &when) && !(weir_value_bool(when.value, &yes) && !yes);
	if (given == wanted)
		return decode(d, cell);
	return decode_skip(d) ? PLAN_ABSENT : broken(d);
}

/* ---- keyed ------------------------------------------------------------------------------------------ */

struct pair {
	struct weir_bytes key;
	const char *hash;         /* in key, where the place in a list goes; or NULL */
	uint32_t place;
	struct weir_value value;
};

struct pairs {
	struct pair *items;
	size_t count;
};

static int by_key(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order = rule_bytes_compare(x->key, y->key);

	return order ? order : (x->place > y->place) - (x->place < y->place);
}

/* Texts as they are, numbers and booleans as text, the rest as JSON. */
static struct weir_value pair_text(struct decoder *d, enum plan_got got,
                                   const struct plan_cell *cell)
{
	struct weir_bytes text;
	struct weir_buf json = { 0 };

	if (!plan_text(d->run, got, cell, &text)) {
		weir_value_render(cell->value, &json);
		text = weir_arena_copy(d->run->arena, (struct weir_bytes){ json.data, json.len });
		weir_buf_finish(&json);
	}
	return weir_make_text_borrowed(d->run->arena, text);
}

static struct weir_bytes full_key(struct weir_arena *arena, const struct pair *pair)
{
	const char *key = pair->key.data, *end = key + pair->key.len;

	if (!pair->hash)
		return pair->key;
	return weir_bytes(weir_arena_format(arena, "%.*s%u%.*s", (int)(pair->hash - key), key,
	                                    (unsigned)pair->place, (int)(end - pair->hash - 1),
	                                    pair->hash + 1));
}

static enum plan_got make_list(struct decoder *d, struct pairs *pairs, struct plan_cell *cell)
{
	struct weir_arena *arena = d->run->arena;

	if (pairs->count == 0)
		return PLAN_ABSENT;
	qsort(pairs->items, pairs->count, sizeof *pairs->items, by_key);
	cell->value = weir_make_array(arena);
	for (size_t i = 0; i < pairs->count; i++) {
		struct weir_value pair = weir_make_object(arena, 2);

		weir_object_add(arena, pair, d->words->keys[0],
		                weir_make_text_borrowed(arena, full_key(arena, &pairs->items[i])));
		weir_object_add(arena, pair, d->words->keys[1], pairs->items[i].value);
		weir_array_push(arena, cell->value, pair);
	}
	return PLAN_VALUE;
}

/* One value, which makes a pair if it is there. */
static enum plan_got add_pair(struct decoder *d, struct pairs *pairs, const struct pair *of)
{
	struct plan_cell one = { 0 };
	enum plan_got got = decode(d, &one);
	struct pair pair = *of;

	if (got >= PLAN_FAULT || !is_there(got, &one))
		return got;
	pair.value = pair_text(d, got, &one);
	pairs->items = rule_grow(d->run->arena, pairs->items, pairs->count, sizeof *pairs->items);
	pairs->items[pairs->count++] = pair;
	return got;
}

/* A pair for each element; the name's '#' is its place. */
static enum plan_got add_numbered(struct decoder *d, struct pairs *pairs, struct pair of)
{
	enum plan_got got = PLAN_ABSENT;
	uint32_t count;

	if (d->at >= d->end || *d->at != WIRE_ARRAY)
		return fault(d, "a name with # needs a list", (struct weir_value){ 0 });
	d->at++;
	if (!decode_count(d, &count))
		return broken(d);
	for (of.place = 0; of.place < count && got < PLAN_FAULT; of.place++)
		got = add_pair(d, pairs, &of);
	return got;
}

static enum plan_got do_keyed(struct decoder *d, struct plan_cell *cell)
{
	char tag = d->at < d->end ? *d->at++ : WIRE_NULL;
	struct pairs pairs = { 0 };
	uint32_t count;

	if (tag != WIRE_OBJECT)
		return fault(d, "keyed needs an object", (struct weir_value){ 0 });
	if (!decode_count(d, &count))
		return broken(d);
	for (uint32_t i = 0; i < count; i++) {
		struct pair pair = { 0 };
		enum plan_got got;

		if (!decode_text(d, &pair.key))
			return broken(d);
		pair.hash = memchr(pair.key.data, '#', pair.key.len);
		got = pair.hash ? add_numbered(d, &pairs, pair) : add_pair(d, &pairs, &pair);
		if (got >= PLAN_FAULT)
			return got;
	}
	return make_list(d, &pairs, cell);
}

/* ---- all --------------------------------------------------------------------------------------------- */

static enum plan_got do_verdict(struct decoder *d, enum rule_stop stop)
{
	struct plan_cell reason = { 0 };
	enum plan_got got = decode(d, &reason);
	struct weir_bytes text = { "", 0 };

	if (got >= PLAN_FAULT)
		return got;
	plan_text(d->run, got, &reason, &text);
	d->run->stop = stop;
	d->run->stop_text = weir_arena_copy(d->run->arena, text).data;
	return PLAN_STOP;
}

enum plan_got words_do(struct decoder *d, struct plan_cell *cell)
{
	struct weir_bytes name;
	uint32_t count;
	char tag = d->at < d->end ? *d->at++ : WIRE_NULL;

	if (tag != WIRE_ARRAY || !decode_count(d, &count) || count == 0 || d->at >= d->end ||
	    *d->at++ != WIRE_TEXT || !decode_text(d, &name))
		return broken(d);
	for (size_t i = 0; i < WEIR_COUNT(plain); i++) {
		if (weir_bytes_are(name, plain[i].name))
			return do_plain(d, i, count - 1, cell);
	}
	if (count < 2 || d->at >= d->end)
		return broken(d);
	if (weir_bytes_are(name, "maybe"))
		return do_maybe(d, cell);
	if (weir_bytes_are(name, "first"))
		return do_first(d, cell);
	if (weir_bytes_are(name, "keyed"))
		return do_keyed(d, cell);
	if (weir_bytes_are(name, "drop") || weir_bytes_are(name, "reject"))
		return do_verdict(d, *name.data == 'd' ? RULE_STOP_DROP : RULE_STOP_REJECT);
	if (count == 3 && (weir_bytes_are(name, "given") || weir_bytes_are(name, "unless")))
		return do_given(d, *name.data == 'g', cell);
	return broken(d);
}
