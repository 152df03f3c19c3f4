/* engine.c - loading a set of Lua rules.
 *
 * Not here: single files (load.c), the plugin (lua.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine.h"

#include "front.h"

struct engine {
	struct weir_arena *arena;
	struct rule_report *report;
	struct library *library;
	struct rule_set *set;
	bool has_functions;
	char rule_set_hash[13];
};

static void load_files(struct engine *engine)
{
	struct library *library = engine->library;
	struct script *script = script_create(library, SCRIPT_LOADING, engine->arena,
	                                      engine->report);

	if (!script) {
		rule_mistake(engine->report, (struct weir_where){ 0 }, "no memory for Lua");
		return;
	}
	for (size_t i = 0; i < library->files->folder_count; i++) {
		const struct rule_folder *folder = &library->files->folders[i];

		for (size_t j = 0; folder->names[j]; j++) {
			struct rule *rule = script_load(script, (unsigned)i, folder->names[j]);

			if (!rule)
				continue;
			rule_set_add(engine->set, rule);
			engine->has_functions = engine->has_functions || rule->function_count > 0;
		}
	}
	script_destroy(script);
}

struct engine *engine_create(const struct engine_options *options, struct rule_report *report)
{
	struct engine *engine = weir_alloc(sizeof *engine);
	struct rule_settings settings = { .map = options->settings, .version = options->version };
	struct rule_files *files;

	engine->report = report;
	engine->arena = weir_arena_create();
	engine->library = weir_arena_alloc(engine->arena, sizeof *engine->library);
	*engine->library = (struct library){ .arena = engine->arena, .report = report,
		                             .settings = options->settings };
	files = rule_files_create(engine->arena, report, ".lua");
	engine->library->files = files;
	for (size_t i = 0; options->rules[i]; i++)
		rule_files_add(files, options->rules[i]);
	settings.rule_set_hash = engine->rule_set_hash;
	engine->set = rule_set_create(engine->arena, report,
	                              rule_files_schema_folders(files, options->schemas),
	                              &settings);
	engine->library->set = engine->set;
	load_files(engine);
	rule_files_hash(files, engine->rule_set_hash);
	rule_set_finish(engine->set);
	for (const char *const *f = schema_set_files(rule_set_schemas(engine->set)); *f; f++)
		rule_files_note(files, *f);
	return engine;
}

void engine_destroy(struct engine *engine)
{
	if (!engine)
		return;
	rule_set_destroy(engine->set);
	weir_arena_destroy(engine->arena);
	weir_free(engine);
}

const struct rule_set *engine_rules(const struct engine *engine)
{
	return engine->set;
}

const struct rule_files *engine_files(const struct engine *engine)
{
	return engine->library->files;
}

/* ---- workers -------------------------------------------------------------------------------- */

void worker_init(struct worker *worker, const struct engine *engine)
{
	*worker = (struct worker){ .caller = NULL };
	rule_run_prepare(&worker->run, engine->set);
	if (engine->has_functions) {
		worker->caller = caller_create(engine->library);
		worker->run.host = caller_host(worker->caller);
	}
}

void worker_finish(struct worker *worker)
{
	rule_run_finish(&worker->run);
	caller_destroy(worker->caller);
	worker->caller = NULL;
}
