/* engine.c - loading a set of Lua rules.
 *
 * Not here: single files (load.c), the plugin (lua.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "engine.h"

#include "digest.h"
#include "front.h"

#include <string.h>

struct engine {
	struct weir_arena *arena;
	struct rule_report *report;
	struct library *library;
	struct rule_set *set;
	bool has_functions;
	char rule_set_hash[13];
};

static void add_text(struct weir_arena *arena, const char ***list, size_t *count, const char *text)
{
	*list = rule_grow(arena, *list, *count + 1, sizeof **list);
	(*list)[(*count)++] = text;
	(*list)[*count] = NULL;
}

/* In and beside each rule folder, later folders first; then the option. */
static const char *const *schema_folders(const struct engine *engine,
                                         const struct engine_options *options)
{
	const struct library *library = engine->library;
	struct weir_arena *arena = engine->arena;
	const char **folders = weir_arena_alloc(arena, 4 * sizeof *folders);
	size_t count = 0;

	folders[0] = NULL;
	for (size_t i = library->folder_count; i-- > 0;) {
		const char *path = library->folders[i].path;

		add_text(arena, &folders, &count, weir_arena_format(arena, "%s/schemas", path));
		add_text(arena, &folders, &count, weir_arena_format(arena, "%s/../schemas", path));
	}
	for (size_t i = 0; options->schemas && options->schemas[i]; i++)
		add_text(arena, &folders, &count, options->schemas[i]);
	return folders;
}

static void load_files(struct engine *engine)
{
	struct library *library = engine->library;
	struct script *script = script_create(library, SCRIPT_LOADING, engine->arena,
	                                      engine->report);

	if (!script) {
		rule_mistake(engine->report, (struct weir_where){ 0 }, "no memory for Lua");
		return;
	}
	for (size_t i = 0; i < library->folder_count; i++) {
		const struct folder *folder = &library->folders[i];

		for (size_t j = 0; folder->files[j]; j++) {
			struct rule *rule = script_load(script, (unsigned)i, folder->files[j]);

			if (!rule)
				continue;
			rule_set_add(engine->set, rule);
			engine->has_functions = engine->has_functions || rule->function_count > 0;
		}
	}
	script_destroy(script);
}

/* Files are named relative to nothing in particular, so only their content counts. */
static void hash_files(struct engine *engine)
{
	char hex[RULE_HEX_MAX];
	struct weir_buf all = { 0 };

	for (const struct source *s = engine->library->sources; s; s = s->next) {
		rule_digest(0, s->text, hex);
		weir_buf_puts(&all, hex);
	}
	rule_digest(0, (struct weir_bytes){ all.data, all.len }, hex);
	memcpy(engine->rule_set_hash, hex, 12);
	weir_buf_finish(&all);
}

struct engine *engine_create(const struct engine_options *options, struct rule_report *report)
{
	struct engine *engine = weir_alloc(sizeof *engine);
	struct rule_settings settings = { .map = options->settings, .version = options->version };

	engine->report = report;
	engine->arena = weir_arena_create();
	engine->library = library_create(engine->arena, report);
	for (size_t i = 0; options->rules[i]; i++)
		library_add(engine->library, options->rules[i]);
	settings.rule_set_hash = engine->rule_set_hash;
	engine->set = rule_set_create(engine->arena, report, schema_folders(engine, options),
	                              &settings);
	engine->library->set = engine->set;
	engine->library->settings = options->settings;
	load_files(engine);
	hash_files(engine);
	rule_set_finish(engine->set);
	for (const char *const *f = schema_set_files(rule_set_schemas(engine->set)); *f; f++)
		library_note(engine->library, *f);
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

const char *const *engine_files(const struct engine *engine)
{
	return engine->library->files;
}

uint64_t engine_fingerprint(const struct engine *engine)
{
	return engine->library->content;
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
