/* engine.c - loading a set of jq rules.
 *
 * Not here: single files (rule.c, source.c), the plugin (jq.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine.h"

#include <stdio.h>
#include <sys/random.h>

#include "complain.h"

struct engine {
	struct weir_arena *arena;
	struct library library;
	struct program program;
	char rule_set_hash[13];
	char mark[32];               /* no event can know it */
	struct nest *nest;
};

static const struct scan *scan_words(struct weir_arena *arena)
{
	static const char text[] = {
#include "words.inc"
	};

	return scan_create(arena, "words.jq", (struct weir_bytes){ text, sizeof text - 1 });
}

static void make_mark(struct engine *engine)
{
	uint64_t number = 0;

	if (getrandom(&number, sizeof number, 0) != sizeof number)
		number = (uintptr_t)engine;
	snprintf(engine->mark, sizeof engine->mark, "weir:%016llx", (unsigned long long)number);
}

static void load_files(struct library *library)
{
	for (size_t i = 0; i < library->files->folder_count; i++) {
		const struct rule_folder *folder = &library->files->folders[i];

		for (size_t j = 0; folder->names[j]; j++)
			rule_load(library, (unsigned)i, folder->names[j]);
	}
}

struct engine *engine_create(const struct engine_options *options, struct rule_report *report)
{
	struct engine *engine = weir_alloc(sizeof *engine);
	struct rule_settings settings = { .map = options->settings, .version = options->version };
	struct library *library = &engine->library;
	struct rule_files *files;

	engine->arena = weir_arena_create();
	make_mark(engine);
	files = rule_files_create(engine->arena, report, ".jq");
	for (size_t i = 0; options->rules[i]; i++)
		rule_files_add(files, options->rules[i]);
	settings.rule_set_hash = engine->rule_set_hash;
	*library = (struct library){ .arena = engine->arena, .report = report, .files = files,
		                     .words = scan_words(engine->arena),
		                     .settings = weir_make_object(engine->arena, 4),
		                     .tables = weir_make_object(engine->arena, 4) };
	library->set = rule_set_create(engine->arena, report,
	                               rule_files_schema_folders(files, options->schemas),
	                               &settings);
	load_files(library);
	source_settle(library);
	rule_files_hash(files, engine->rule_set_hash);
	rule_set_finish(library->set);
	for (const char *const *f = schema_set_files(rule_set_schemas(library->set)); *f; f++)
		rule_files_note(files, *f);
	program_number(library);
	program_all(&engine->program, library, engine->mark);
	engine->nest = nest_create(options->helper, (struct weir_bytes){
	                                   engine->program.text.data, engine->program.text.len });
	complain_check(library, engine->nest, &engine->program, engine->mark);
	return engine;
}

void engine_destroy(struct engine *engine)
{
	if (!engine)
		return;
	nest_destroy(engine->nest);
	for (size_t i = 0; i < engine->library.rule_count; i++)
		reads_destroy(engine->library.rules[i].reads);
	program_finish(&engine->program);
	rule_set_destroy(engine->library.set);
	weir_arena_destroy(engine->arena);
	weir_free(engine);
}

const struct rule_set *engine_rules(const struct engine *engine)
{
	return engine->library.set;
}

const struct rule_files *engine_files(const struct engine *engine)
{
	return engine->library.files;
}

const struct library *engine_library(const struct engine *engine)
{
	return &engine->library;
}

const char *engine_mark(const struct engine *engine)
{
	return engine->mark;
}

struct nest *engine_nest(const struct engine *engine)
{
	return engine->nest;
}
