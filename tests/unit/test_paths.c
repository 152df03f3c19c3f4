/* test_paths.c - core/paths.c and core/paths_read.c through value.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_case.h"

#include <weir/value.h>

static const char event[] =
	"{\"uuid\":\"u1\",\"actor\":{\"id\":\"a1\",\"type\":\"User\",\"nested\":{\"x\":[1,2]}},"
	"\"target\":[{\"type\":\"AppInstance\",\"id\":\"t0\"},{\"id\":\"t1\",\"type\":\"User\"},"
	"{\"type\":\"User\",\"id\":\"t2\"},{\"type\":\"AppUser\",\"id\":\"t3\"}],"
	"\"nothing\":null,\"a.b\":{\"c\\\"d\":5},\"averyveryverylongname\":6,"
	"\"averyveryveryl0ngname\":7,\"chain\":[{\"ip\":\"1\"},{\"ip\":\"2\"}]}";

/* Each path with the bytes that it finds; NULL: absent. */
static const struct {
	const char *path, *found;
} cases[] = {
	{ "uuid", "\"u1\"" },
	{ "actor.id", "\"a1\"" },
	{ "actor", "{\"id\":\"a1\",\"type\":\"User\",\"nested\":{\"x\":[1,2]}}" },
	{ "actor.nested.x[1]", "2" },
	{ "actor.nested.x[-1]", "2" },
	{ "actor.nested.x[-2]", "1" },
	{ "actor.nested.x[-3]", NULL },
	{ "actor.nested.x[2]", NULL },
	{ "actor.nested.y", NULL },
	{ "actor.id.deeper", NULL },
	{ "actor.id[0]", NULL },
	{ "nothing", "null" },
	{ "nothing.more", NULL },
	{ "absent", NULL },
	{ "target[0].id", "\"t0\"" },
	{ "target[type=User].id", "\"t1\"" },
	{ "target[type=AppUser|User].id", "\"t3\"" },
	{ "target[type=Other|AppInstance].id", "\"t0\"" },
	{ "target[type=Other].id", NULL },
	{ "target.id", NULL },
	{ "actor[type=User].id", "\"a1\"" },
	{ "actor[type=Other|User].id", "\"a1\"" },
	{ "actor[type=Other].id", NULL },
	{ "[\"a.b\"][\"c\\\"d\"]", "5" },
	{ "averyveryverylongname", "6" },
	{ "averyveryveryl0ngname", "7" },
	{ "averyveryvery_ongname", NULL },
	{ "uuid", "\"u1\"" },
	{ "chain[-1].ip", "\"2\"" },
	{ ".", event },
};

static void check_all(struct weir_value v)
{
	const char *list[WEIR_COUNT(cases)];
	struct weir_value slots[WEIR_COUNT(cases)];
	struct weir_error err = { 0 };
	struct weir_paths *paths;

	for (size_t i = 0; i < WEIR_COUNT(cases); i++)
		list[i] = cases[i].path;
	paths = weir_paths_create(list, WEIR_COUNT(cases), &err);
	if (!paths)
		fail_msg("%s", err.text);
	memset(slots, 0xff, sizeof slots);
	weir_paths_read(paths, v, slots);
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		if (!cases[i].found && !weir_is_absent(slots[i]))
			fail_msg("%s is there", list[i]);
		if (!cases[i].found)
			continue;
		if (weir_is_absent(slots[i]))
			fail_msg("%s is absent", list[i]);
		assert_renders(slots[i], cases[i].found);
	}
	weir_paths_destroy(paths);
}

static void paths_find_what_they_name_in_a_page(void **state)
{
	struct weir_arena *arena = weir_arena_create();

	(void)state;
	check_all(value_of(arena, event));
	weir_arena_destroy(arena);
}

static struct weir_value rebuilt(struct weir_arena *arena, struct weir_value v)
{
	struct weir_each each = weir_each(v);
	struct weir_value made;

	if (v.kind == WEIR_OBJECT) {
		made = weir_make_object(arena, 0);
		while (weir_next(&each))
			weir_object_put(arena, made, weir_each_key(&each, arena),
			                rebuilt(arena, each.value));
		return made;
	}
	if (v.kind == WEIR_ARRAY) {
		made = weir_make_array(arena);
		while (weir_next(&each))
			weir_array_push(arena, made, rebuilt(arena, each.value));
		return weir_value_mark(arena, made, 1, 1);
	}
	if (v.kind == WEIR_TEXT) {
		struct weir_bytes text;

		weir_value_text(v, arena, &text);
		return weir_make_text(arena, text);
	}
	return v;
}

static void paths_find_the_same_in_a_built_value(void **state)
{
	struct weir_arena *arena = weir_arena_create();

	(void)state;
	check_all(rebuilt(arena, value_of(arena, event)));
	weir_arena_destroy(arena);
}

static void of_equal_keys_the_last_counts_as_a_whole(void **state)
{
	static const char *const list[] = { "a.b", "a.c", "a", "l[0]", "l[k=v].x" };
	struct weir_arena *arena = weir_arena_create();
	struct weir_error err;
	struct weir_paths *paths = weir_paths_create(list, WEIR_COUNT(list), &err);
	struct weir_value slots[WEIR_COUNT(list)];

	(void)state;
	weir_paths_read(paths,
	                value_of(arena, "{\"a\":{\"b\":1},\"l\":[{\"k\":\"v\",\"x\":1}],"
	                                "\"a\":{\"c\":2},\"l\":2}"),
	                slots);
	assert_true(weir_is_absent(slots[0]));
	assert_bytes(weir_value_raw(slots[1]), "2");
	assert_bytes(weir_value_raw(slots[2]), "{\"c\":2}");
	assert_true(weir_is_absent(slots[3]));
	assert_true(weir_is_absent(slots[4]));
	weir_paths_destroy(paths);
	weir_arena_destroy(arena);
}

static void keys_with_escapes_are_matched(void **state)
{
	static const char *const list[] = { "ab.c", "plain", "\\u0061b" };
	struct weir_arena *arena = weir_arena_create();
	struct weir_error err;
	struct weir_paths *paths = weir_paths_create(list, WEIR_COUNT(list), &err);
	struct weir_value slots[WEIR_COUNT(list)];

	(void)state;
	weir_paths_read(paths, value_of(arena, "{\"\\u0061b\":{\"\\u0063\":1}, \"plain\" :2}"), slots);
	assert_bytes(weir_value_raw(slots[0]), "1");
	assert_bytes(weir_value_raw(slots[1]), "2");
	assert_true(weir_is_absent(slots[2]));
	weir_paths_destroy(paths);
	weir_arena_destroy(arena);
}

static void many_names_in_one_object_are_told_apart(void **state)
{
	enum { MANY = 300 };
	static char names[MANY][8];
	const char *list[MANY];
	struct weir_value slots[MANY];
	struct weir_arena *arena = weir_arena_create();
	struct weir_buf json = { 0 };
	struct weir_error err;
	struct weir_paths *paths;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof names[i], "k%d", i);
		list[i] = names[i];
		weir_buf_printf(&json, "%c\"k%d\":%d", i ? ',' : '{', MANY - i, MANY - i);
	}
	weir_buf_putc(&json, '}');
	paths = weir_paths_create(list, MANY, &err);
	weir_paths_read(paths, value_of(arena, weir_buf_text(&json)), slots);
	assert_true(weir_is_absent(slots[0]));
	for (int i = 1; i < MANY; i++)
		assert_bytes(weir_value_raw(slots[i]), names[i] + 1);
	weir_paths_destroy(paths);
	weir_buf_finish(&json);
	weir_arena_destroy(arena);
}

static void a_malformed_path_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *path, *text;
	} bad[] = {
		{ "", "path '', character 1: a name is missing" },
		{ "a.", "path 'a.', character 3: a name is missing" },
		{ ".a", "path '.a', character 1: a name is missing" },
		{ "a..b", "path 'a..b', character 3: a name is missing" },
		{ "a[", NULL },
		{ "a[0", "path 'a[0', character 4: ']' is missing" },
		{ "a[0]b", "path 'a[0]b', character 5: '.' or '[' is missing before this" },
		{ "a[-0]", "path 'a[-0]', character 3: positions from the end begin at -1" },
		{ "a[1x]", NULL },
		{ "a[]", NULL },
		{ "a[x]", NULL },
		{ "a[=x]", NULL },
		{ "a[x=]", "path 'a[x=]', character 5: a word is missing" },
		{ "a[x=y|]", NULL },
		{ "a[\"x]", "path 'a[\"x]', character 3: the quote is not closed" },
		{ "a]", NULL },
		{ "a\"b", NULL },
		{ "a[1234567890]", NULL },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(bad); i++) {
		struct weir_error err = { 0 };

		if (weir_paths_create(&bad[i].path, 1, &err))
			fail_msg("took %s", bad[i].path);
		assert_int_equal(err.code, WEIR_E_CONFIG);
		if (bad[i].text)
			assert_string_equal(err.text, bad[i].text);
	}
	weir_paths_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_find_what_they_name_in_a_page),
		cmocka_unit_test(paths_find_the_same_in_a_built_value),
		cmocka_unit_test(of_equal_keys_the_last_counts_as_a_whole),
		cmocka_unit_test(keys_with_escapes_are_matched),
		cmocka_unit_test(many_names_in_one_object_are_told_apart),
		cmocka_unit_test(a_malformed_path_is_refused_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
