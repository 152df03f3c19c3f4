/* test_schema.c - schema files: what they may say, and every mistake in them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "diag.h"
#include "schema.h"
#include "word.h"

struct fixture {
	char folder[64];
	struct weir_arena *arena;
	struct weir_buf mistakes;
	struct rule_report report;
};

static void line(void *user, const struct weir_error *mistake)
{
	struct fixture *f = user;
	struct weir_error short_one = *mistake;

	if (mistake->where.file)
		short_one.where.file = strrchr(mistake->where.file, '/') + 1;
	diag_line(&short_one, &f->mistakes);
	weir_buf_putc(&f->mistakes, '\n');
}

static int setup(void **state)
{
	struct fixture *f = weir_alloc(sizeof *f);

	snprintf(f->folder, sizeof f->folder, "/tmp/weir-schema-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	f->arena = weir_arena_create();
	f->report = (struct rule_report){ line, line, f, 0 };
	*state = f;
	return 0;
}

static const char *const files[] = { "s.yaml", "_enums.yaml", "_part.yaml" };

static int teardown(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < WEIR_COUNT(files); i++) {
		char *path = weir_format("%s/%s", f->folder, files[i]);

		unlink(path);
		weir_free(path);
	}
	rmdir(f->folder);
	weir_arena_destroy(f->arena);
	weir_buf_finish(&f->mistakes);
	weir_free(f);
	return 0;
}

static void put(struct fixture *f, const char *name, const char *text)
{
	char *path = weir_format("%s/%s", f->folder, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	weir_free(path);
}

static const struct schema *load(struct fixture *f)
{
	const char **folders = weir_arena_alloc(f->arena, 2 * sizeof *folders);
	struct schema_set *set;

	folders[0] = f->folder;
	folders[1] = NULL;
	f->mistakes.len = 0;
	set = schema_set_create(f->arena, folders, &f->report);
	return schema_set_get(set, "s", (struct weir_where){ .file = "/r.lua", .line = 1 });
}

static void refuses(struct fixture *f, const char *text, const char *mistakes)
{
	put(f, "s.yaml", text);
	assert_null(load(f));
	assert_string_equal(weir_buf_text(&f->mistakes), mistakes);
}

static void a_schema_is_a_tree_in_the_order_of_the_file(void **state)
{
	struct fixture *f = *state;
	const struct schema *s;
	const struct schema_field *geo, *list;

	put(f, "_enums.yaml", "kind:\n  A: first\n  B: second\n");
	put(f, "_part.yaml", "doc: x\nfields:\n  z: {type: int, doc: x}\n  a: {type: int, doc: other}\n"
	                     "base:\n  z: \"{ms t}\"\n");
	put(f, "s.yaml",
	    "doc: what it is\ninclude: _part.yaml\nfields:\n"
	    "  geo.city.name: {type: text, max: 20, doc: x}\n"
	    "  a: {type: text, required: true, enum: kind, sure: S, doc: own}\n"
	    "  geo.lat: {type: number, doc: x}\n"
	    "  t: {type: time, unit: us, doc: x}\n"
	    "  l[].k: {type: list of ip, doc: x}\n"
	    "  w: {type: text, enum: [p, q], doc: x}\n"
	    "base:\n  geo.city.name: \"{schema}-{setting x}\"\n");
	s = load(f);
	assert_string_equal(weir_buf_text(&f->mistakes), "");
	assert_non_null(s);
	assert_string_equal(s->doc, "what it is");
	assert_int_equal(s->shape->count, 6);
	geo = &s->shape->fields[0];
	assert_string_equal(geo->key, "geo");
	assert_int_equal(geo->type, SCHEMA_NESTED);
	assert_int_equal(geo->shape->count, 2);
	assert_string_equal(geo->shape->fields[1].path, "geo.lat");
	assert_string_equal(s->shape->fields[1].doc, "own");
	assert_true(s->shape->fields[1].required);
	assert_int_equal(schema_enum_find(s->shape->fields[1].words, weir_bytes("B")), 1);
	assert_true(weir_value_is_text(s->shape->fields[1].words->texts[1], "second"));
	list = &s->shape->fields[3];
	assert_true(list->list);
	assert_int_equal(list->shape->leaf_count, 1);
	assert_true(list->shape->fields[0].list);
	assert_string_equal(s->shape->fields[5].key, "z");
	assert_int_equal(s->shape->leaf_count, 7);
	assert_int_equal(s->base_count, 2);
	assert_int_equal(s->base[0].count, 3);
	assert_int_equal(s->base[1].parts[0].op, BASE_MS);
}

static void every_mistake_of_a_field_is_found(void **state)
{
	struct fixture *f = *state;

	refuses(f, "doc: x\nfields:\n"
	           "  a: {type: txt, doc: x}\n"
	           "  b: {typ: text, doc: x}\n"
	           "  c: {type: text}\n"
	           "  d: {type: int, unit: us, doc: x}\n"
	           "  e: {type: time, unit: h, doc: x}\n"
	           "  f: {type: text, required: maybe, doc: x}\n"
	           "  g: {type: int, max: 3, doc: x}\n"
	           "  h: {type: text, max: 0, doc: x}\n"
	           "  i: {type: text, enum: nope, doc: x}\n"
	           "  j: {type: int, enum: [1], doc: x}\n"
	           "  k: text\n",
	        "s.yaml:3:13: a: 'txt' is no type; write text, int, number, bool, time, ip, object, any, or list "
	        "of one of these\n"
	        "s.yaml:4:7: b: unknown key 'typ'; did you mean 'type'?\n"
	        "s.yaml:4:6: b: has no type; write type: text\n"
	        "s.yaml:5:6: c: has no doc; say what the field means\n"
	        "s.yaml:6:24: d: unit goes with type time only\n"
	        "s.yaml:7:25: e: 'h' is no unit; write us, ms, s or text\n"
	        "s.yaml:8:29: f: required must be true or false\n"
	        "s.yaml:9:23: g: max goes with type text only\n"
	        "s.yaml:10:24: h: max must be a number of bytes, at least 1\n"
	        "s.yaml:11:25: i: enum must be a name in _enums.yaml or a list of texts\n"
	        "s.yaml:12:25: j: enum must list texts; write it in quotes\n"
	        "s.yaml:12:24: j: enum goes with type text only\n"
	        "s.yaml:13:6: k: must describe the field; write {type: text, doc: what it means}\n");
}

static void targets_must_make_a_tree(void **state)
{
	struct fixture *f = *state;

	refuses(f, "doc: x\nfields:\n"
	           "  a: {type: text, doc: x}\n"
	           "  a.b: {type: text, doc: x}\n"
	           "  c[].d: {type: text, doc: x}\n"
	           "  c.e: {type: text, doc: x}\n"
	           "  f[]: {type: text, doc: x}\n"
	           "  g..h: {type: text, doc: x}\n",
	        "s.yaml:4:8: a.b: is both a value and an object or list\n"
	        "s.yaml:6:8: c.e: is both a value and an object or list\n"
	        "s.yaml:7:8: f[]: a list of values is written without []; write type: list of text\n"
	        "s.yaml:8:9: g..h: is no target; write names joined by dots\n");
}

static void the_head_is_checked(void **state)
{
	struct fixture *f = *state;

	refuses(f, "fieds: {}\n",
	        "s.yaml:1:1: fieds: unknown key; did you mean 'fields'?\n"
	        "s.yaml:1:1: doc: is missing; say in one line what the schema holds\n"
	        "s.yaml:1:1: fields: is missing; describe at least one field\n");
}

static void includes_must_be_there(void **state)
{
	struct fixture *f = *state;

	put(f, "s.yaml", "doc: x\ninclude: _none.yaml\nfields: {}\n");
	assert_null(load(f));
	assert_non_null(strstr(weir_buf_text(&f->mistakes), "s.yaml:2:10: include: there is no file "));
	refuses(f, "doc: x\ninclude: ../x.yaml\nfields: {}\n",
	        "s.yaml:2:10: include: must be the name of a file in the same folder\n");
}

static void base_values_are_checked(void **state)
{
	struct fixture *f = *state;

	refuses(f, "doc: x\nfields:\n  a: {type: text, doc: x}\n  l[].b: {type: text, doc: x}\n"
	           "base:\n  aa: x\n  a: \"{rw}\"\n  l: x\n",
	        "s.yaml:6:7: aa: 'aa' is no field of this schema\n"
	        "s.yaml:7:6: a: '{rw}' is no part; write {raw}, {ingest_time}, {normalizer}, {source}, "
	        "{org_host}, {schema}, {setting NAME}, {record TARGET}, {ms TARGET} or {hash TARGET}\n");
	refuses(f, "doc: x\nfields:\n  a: {type: text, doc: x}\nbase:\n  a: \"{ms a}\"\n",
	        "s.yaml:5:6: a: {ms a}: the field is no time\n");
	refuses(f, "doc: x\nfields:\n  a: {type: text, doc: x}\nbase:\n  a: \"{hash q}\"\n",
	        "s.yaml:5:6: a: 'q' is no field of this schema\n");
	refuses(f, "doc: x\nfields:\n  a: {type: text, doc: x}\nbase:\n  a: \"{raw\"\n",
	        "s.yaml:5:6: a: a '{' has no '}'; write {{ for a brace\n");
	refuses(f, "doc: x\nfields:\n  a: {type: text, doc: x}\nbase:\n  a: 3\n",
	        "s.yaml:5:6: a: must be a text with parts in braces; write \"{setting tenant_id}\"\n");
}

static void a_missing_schema_is_reported_where_it_is_named(void **state)
{
	struct fixture *f = *state;

	assert_null(load(f));
	assert_string_equal(weir_buf_text(&f->mistakes),
	                    "r.lua:1: there is no schema 's'; write schemas/NAME.yaml in or beside the rule "
	                    "folder, or the name of one that is there\n");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_schema_is_a_tree_in_the_order_of_the_file),
		CASE(every_mistake_of_a_field_is_found),
		CASE(targets_must_make_a_tree),
		CASE(the_head_is_checked),
		CASE(includes_must_be_there),
		CASE(base_values_are_checked),
		CASE(a_missing_schema_is_reported_where_it_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
