/* test_paths_read.c - core/paths_read.c: a set of paths in one walk finds what step after step
 * finds, in random documents.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_case.h"

enum { PATHS = 24, STEPS = 4 };

static const char *const names[] = { "a", "b", "id", "type", "longer than eight",
	                             "longer than eighT", "a.b", "sixteen bytes it",
	                             "exactly8", "q\"uote", "a_name_of_more_than_16_bytes",
	                             "a_name_0f_more_than_16_bytes", "credentialType",
	                             "credentialTyp2" };
/* The same as they may stand in a page. */
static const char *const spelled[] = { "a", "b", "i\\u0064", "type", "longer than eight",
	                               "longer than eighT", "a\\u002eb", "sixteen bytes it",
	                               "exactly8", "q\\\"uote", "a_name_of_more_than_16_bytes",
	                               "a_name_0f_more_than_16_bytes", "credentialType",
	                             "credentialTyp2" };
enum { NAMES = WEIR_COUNT(names) };

/* One step: a name, a position, or type=User|b. */
struct step {
	enum { NAME, POSITION, CHOICE } kind;
	int which;
};

struct path {
	struct step steps[STEPS];
	int count;
};

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void write_value(struct weir_buf *out, uint32_t *seed, int depth)
{
	static const char *const scalars[] = { "1", "null", "\"User\"", "\"b\"", "\"b\"", "true" };
	uint32_t kind = next_random(seed) % (depth > 0 ? 6 : 2), count = next_random(seed) % 7;
	/* Pages differ in having escapes and blanks at all. */
	bool escapes = *seed & 0x10000000, blanks = *seed & 0x20000000;

	if (kind < 2) {
		weir_buf_puts(out, scalars[next_random(seed) % WEIR_COUNT(scalars)]);
		return;
	}
	weir_buf_putc(out, kind < 4 ? '[' : '{');
	for (uint32_t i = 0; i < count; i++) {
		uint32_t name = next_random(seed) % NAMES;

		/* This one cannot be without, and then the whole page is read another way. */
		if (name == 9 && !escapes)
			name = 0;
		if (i)
			weir_buf_puts(out, blanks ? " , " : ",");
		if (kind >= 4)
			weir_buf_printf(out, "\"%s\"%s:", escapes ? spelled[name] : names[name],
			                blanks ? " " : "");
		write_value(out, seed, depth - 1);
	}
	weir_buf_putc(out, kind < 4 ? ']' : '}');
}

static struct path random_path(uint32_t *seed)
{
	struct path p = { .count = 1 + (int)(next_random(seed) % STEPS) };

	for (int i = 0; i < p.count; i++) {
		uint32_t kind = next_random(seed) % 5;

		p.steps[i].kind = kind < 3 ? NAME : kind == 3 ? POSITION : CHOICE;
		p.steps[i].which = (int)(next_random(seed) % NAMES);
		if (p.steps[i].kind == POSITION)
			p.steps[i].which = p.steps[i].which % 6 - 3;
	}
	return p;
}

static char *path_text(const struct path *p)
{
	struct weir_buf out = { 0 };

	for (int i = 0; i < p->count; i++) {
		const struct step *step = &p->steps[i];

		if (step->kind == POSITION)
			weir_buf_printf(&out, "[%d]", step->which);
		else if (step->kind == CHOICE)
			weir_buf_puts(&out, "[type=User|b]");
		else if (strpbrk(names[step->which], ".\""))
			weir_buf_printf(&out, "[\"%s\"]",
			                step->which == 9 ? "q\\\"uote" : names[step->which]);
		else
			weir_buf_printf(&out, "%s%s", i ? "." : "", names[step->which]);
	}
	weir_buf_text(&out);
	return out.data;
}

static struct weir_value chosen(struct weir_value v)
{
	static const char *const words[] = { "User", "b" };

	for (size_t w = 0; w < WEIR_COUNT(words); w++) {
		struct weir_each each = weir_each(v);

		if (v.kind == WEIR_OBJECT && weir_value_is_text(weir_value_get(v, "type"), words[w]))
			return v;
		while (v.kind == WEIR_ARRAY && weir_next(&each)) {
			if (weir_value_is_text(weir_value_get(each.value, "type"), words[w]))
				return each.value;
		}
	}
	return (struct weir_value){ 0 };
}

static struct weir_value step_by_step(struct weir_value v, const struct path *p)
{
	for (int i = 0; i < p->count; i++) {
		const struct step *step = &p->steps[i];
		size_t count = weir_value_count(v);

		if (step->kind == NAME)
			v = weir_value_get(v, names[step->which]);
		else if (step->kind == CHOICE)
			v = chosen(v);
		else if (step->which < 0)
			v = weir_value_at(v, count - (size_t)-step->which);
		else
			v = weir_value_at(v, (size_t)step->which);
	}
	return v;
}

static void check(struct weir_arena *arena, struct weir_value v, uint32_t *seed)
{
	struct path paths[PATHS];
	char *texts[PATHS];
	struct weir_value slots[PATHS];
	struct weir_error err = { 0 };
	struct weir_paths *set;

	for (int i = 0; i < PATHS; i++) {
		paths[i] = random_path(seed);
		texts[i] = path_text(&paths[i]);
	}
	set = weir_paths_create((const char *const *)texts, PATHS, &err);
	if (!set)
		fail_msg("%s", err.text);
	/* A page, and values of a page in a built one. */
	for (int built = 0; built < 2; built++) {
		if (built && v.kind == WEIR_OBJECT)
			v = weir_value_edit(arena, v);
		weir_paths_read(set, v, slots);
		for (int i = 0; i < PATHS; i++) {
			struct weir_value expected = step_by_step(v, &paths[i]);

			if (!weir_value_equal(slots[i], expected))
				fail_msg("%s differs", texts[i]);
		}
	}
	weir_paths_destroy(set);
	for (int i = 0; i < PATHS; i++)
		weir_free(texts[i]);
}

static void one_walk_finds_what_step_after_step_finds(void **state)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_buf json = { 0 };
	uint32_t seed = 11;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		json.len = 0;
		while (json.len < 20) {
			json.len = 0;
			write_value(&json, &seed, 5);
		}
		check(arena, value_of(arena, weir_buf_text(&json)), &seed);
		weir_arena_reset(arena, 1 << 20);
	}
	weir_buf_finish(&json);
	weir_arena_destroy(arena);
}

static void slots_are_cleared_by_each_reading(void **state)
{
	static const char *const list[] = { "a", "b.c" };
	struct weir_arena *arena = weir_arena_create();
	struct weir_error err;
	struct weir_paths *paths = weir_paths_create(list, WEIR_COUNT(list), &err);
	struct weir_value slots[WEIR_COUNT(list)];

	(void)state;
	weir_paths_read(paths, value_of(arena, "{\"a\":1,\"b\":{\"c\":2}}"), slots);
	weir_paths_read(paths, value_of(arena, "{\"b\":3}"), slots);
	assert_true(weir_is_absent(slots[0]));
	assert_true(weir_is_absent(slots[1]));
	weir_paths_read(paths, (struct weir_value){ 0 }, slots);
	assert_true(weir_is_absent(slots[0]));
	weir_paths_destroy(paths);
	weir_arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_walk_finds_what_step_after_step_finds),
		cmocka_unit_test(slots_are_cleared_by_each_reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
