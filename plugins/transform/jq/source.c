/* source.c - rule files and modules: what they import, refused words, what they ask for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "front.h"

#include <string.h>

/* What no rule may use. The process could do little harm with it, but an author should know. */
static const char *const refused_names[] = {
	"env", "input", "inputs", "input_filename", "input_line_number", "debug", "stderr", "halt",
	"halt_error", "modulemeta", "get_search_list", "now", "localtime", "strflocaltime", NULL,
};
static const char *const refused_variables[] = { "ENV", "__prog_args", NULL };

static bool is_one_of(struct weir_bytes text, const char *const *list)
{
	while (*list && !weir_bytes_are(text, *list))
		list++;
	return *list != NULL;
}

static void check_tokens(struct library *library, struct source *source)
{
	const struct scan *scan = source->scan;

	for (size_t i = source->body; i < scan->count; i++) {
		const struct scan_token *token = &scan->tokens[i];
		bool name = token->kind == SCAN_NAME && !token->key;
		bool variable = token->kind == SCAN_VARIABLE ||
		                (token->kind == SCAN_NAME && scan_is(scan, i - 1, '$'));

		if ((name && !variable && is_one_of(token->text, refused_names)) ||
		    (variable && is_one_of(token->text, refused_variables))) {
			rule_mistake(library->report, scan_where(scan, token),
			             "%s'%.*s' is not for rules: they see the event, $record and "
			             "settings, and give the same on every machine and day",
			             variable ? "variable " : "", (int)token->text.len,
			             token->text.data);
			source->sound = false;
		} else if ((name || variable) && token->text.len > 6 &&
		           (memcmp(token->text.data, "weir__", 6) == 0)) {
			rule_mistake(library->report, scan_where(scan, token),
			             "names that begin with weir__ are weir's own");
			source->sound = false;
		}
	}
}

/* Of brackets jq would only say where it gave up. */
static void check_brackets(struct library *library, struct source *source)
{
	enum { DEEPEST = 256 };
	static const char opening[] = "([{", closing[] = ")]}";
	const struct scan_token *open[DEEPEST], *token = &source->scan->tokens[source->body];
	const struct scan_token *end = source->scan->tokens + source->scan->count;
	size_t depth = 0;

	for (; token < end && depth < DEEPEST; token++) {
		char c = token->kind == SCAN_OTHER ? *token->text.data : ' ', due;

		if (strchr(opening, c))
			open[depth++] = token;
		if (!strchr(closing, c))
			continue;
		due = depth ? closing[strchr(opening, *open[depth - 1]->text.data) - opening] : c;
		if (depth > 0 && c == due) {
			depth--;
			continue;
		}
		source->sound = false;
		if (depth == 0)
			rule_mistake(library->report, scan_where(source->scan, token),
			             "there is nothing open that this '%c' closes", c);
		else
			rule_mistake(library->report, scan_where(source->scan, token),
			             "the '%c' of line %d is still open; write '%c' before this '%c'",
			             *open[depth - 1]->text.data, open[depth - 1]->line, due, c);
		return;
	}
	if (depth > 0 && depth < DEEPEST) {
		source->sound = false;
		rule_mistake(library->report, scan_where(source->scan, open[depth - 1]),
		             "this '%c' is never closed", *open[depth - 1]->text.data);
	}
}

/* Of a missing quote jq says where the text ends. It is missing where a text first leaves its line. */
static void check_quotes(struct library *library, struct source *source)
{
	const struct scan *scan = source->scan;
	const struct scan_token *spread = NULL, *last = NULL;
	struct weir_where where;

	for (size_t i = source->body; i < scan->count; i++) {
		const struct scan_token *token = &scan->tokens[i];

		if (token->kind != SCAN_STRING)
			continue;
		last = token;
		if (!spread && memchr(token->text.data, '\n', token->text.len))
			spread = token;
	}
	if (!last || (last->text.len > 1 && last->text.data[last->text.len - 1] == '"'))
		return;
	where = scan_where(scan, spread ? spread : last);
	where.width = 1;
	rule_mistake(library->report, where, "the quote that closes this text is missing");
	source->sound = false;
}

/* ---- imports ---------------------------------------------------------------------------------- */

static bool refuse(struct library *library, struct source *source, size_t token, const char *why)
{
	const struct scan *scan = source->scan;
	size_t last = token < scan->count ? token : scan->count - 1;

	rule_mistake(library->report, scan_where(scan, &scan->tokens[last]), "%s", why);
	source->sound = false;
	return false;
}

static const struct source *module_of(struct library *library, struct source *source,
                                      unsigned folder, size_t token, struct weir_bytes name)
{
	const struct scan *scan = source->scan;
	const char *path;
	struct source *module;

	if (!rule_files_is_module(name.data)) {
		refuse(library, source, token,
		       weir_nearest(name.data, (const char *const[]){ "weir", NULL })
		               ? "there is no such module; did you mean \"weir\"?"
		               : "only weir and modules of the rule folder can be imported, whose "
		                 "names begin with _: import \"_okta\" as okta;");
		return NULL;
	}
	path = rule_files_find(library->files, library->arena, folder,
	                       weir_arena_format(library->arena, "%s.jq", name.data));
	if (!path) {
		refuse(library, source, token,
		       weir_arena_format(library->arena, "there is no %s.jq in the rule folder",
		                         name.data));
		return NULL;
	}
	module = source_read(library, folder, path, scan_where(scan, &scan->tokens[token]));
	if (module && module->open) {
		refuse(library, source, token, "modules import each other in a circle");
		return NULL;
	}
	source->sound = source->sound && module && module->sound;
	return module;
}

/* import "x" as y; or include "x"; with the keyword at *at, which moves behind it. */
static bool read_import(struct library *library, struct source *source, unsigned folder, size_t *at)
{
	const struct scan *scan = source->scan;
	bool include = scan_is_name(scan, *at, "include");
	size_t name = *at + 1, behind = *at + 2;
	struct import import = { 0 };
	struct weir_bytes text;

	if (name >= scan->count || scan->tokens[name].kind != SCAN_STRING ||
	    !scan->tokens[name].plain)
		return refuse(library, source, name, "expected the name of a module in quotes");
	text = scan_text(library->arena, &scan->tokens[name]);
	if (!include) {
		if (!scan_is_name(scan, behind, "as"))
			return refuse(library, source, behind, "expected `as` and a name");
		if (behind + 1 < scan->count && scan->tokens[behind + 1].kind == SCAN_VARIABLE)
			return refuse(library, source, behind + 1,
			              "data files cannot be imported; lookup(\"file.yaml\") reads a "
			              "table");
		if (behind + 1 >= scan->count || scan->tokens[behind + 1].kind != SCAN_NAME)
			return refuse(library, source, behind + 1, "expected a name");
		import.alias = scan->tokens[behind + 1].text;
		behind += 2;
	}
	if (!scan_is(scan, behind, ';'))
		return refuse(library, source, behind,
		              scan_is(scan, behind, '{')
		                      ? "modules are sought in the rule folder only; `search` is "
		                        "not for rules"
		                      : "expected ';'");
	*at = behind + 1;
	if (!weir_bytes_are(text, "weir")) {
		import.module = module_of(library, source, folder, name, text);
		if (!import.module)
			return true;
	}
	source->imports = rule_grow(library->arena, source->imports, source->import_count,
	                            sizeof *source->imports);
	source->imports[source->import_count++] = import;
	return true;
}

/* Behind `module {…};`, which rule.c reads, whatever is in it. */
static size_t skip_directive(const struct scan *scan)
{
	size_t at = 0;

	if (!scan_is_name(scan, 0, "module"))
		return 0;
	while (at < scan->count && !(scan_is(scan, at, ';') && scan->tokens[at].depth == 0))
		at++;
	return at + (at < scan->count);
}

struct source *source_read(struct library *library, unsigned folder, const char *path,
                           struct weir_where where)
{
	struct rule_file *file = rule_files_read(library->files, path, where);
	struct source *source;
	size_t at;

	for (source = library->sources; source; source = source->next) {
		if (source->file == file)
			return source;
	}
	if (!file)
		return NULL;
	source = weir_arena_alloc(library->arena, sizeof *source);
	*source = (struct source){ .file = file, .sound = true, .open = true,
		                   .scan = scan_create(library->arena, file->path, file->text),
		                   .next = library->sources };
	library->sources = source;
	if (memchr(file->text.data, '\0', file->text.len)) {
		rule_mistake(library->report, (struct weir_where){ .file = file->path },
		             "holds a zero byte");
		source->sound = false;
	}
	at = skip_directive(source->scan);
	while (scan_is_name(source->scan, at, "import") || scan_is_name(source->scan, at, "include")) {
		if (!read_import(library, source, folder, &at))
			break;
	}
	source->body = at;
	source->open = false;
	check_tokens(library, source);
	check_quotes(library, source);
	if (source->sound)
		check_brackets(library, source);
	return source;
}

bool source_has_words(const struct source *source)
{
	for (size_t i = 0; i < source->import_count; i++) {
		const struct import *import = &source->imports[i];

		if (!import->alias.len && (!import->module || source_has_words(import->module)))
			return true;
	}
	return false;
}

/* ---- functions ---------------------------------------------------------------------------------- */

size_t source_arity(const struct scan *scan, size_t token)
{
	size_t arity = 1, at = token + 1;
	int depth;

	if (!scan_is(scan, at, '('))
		return 0;
	depth = scan->tokens[at].depth;
	for (at++; at < scan->count && scan->tokens[at].depth > depth; at++)
		arity += scan_is(scan, at, ';') && scan->tokens[at].depth == depth + 1;
	return arity;
}

size_t source_definitions(const struct source *source, struct definition **found)
{
	const struct scan *scan = source->scan;
	size_t count = 0;
	int nested = 0;

	*found = NULL;
	for (size_t i = source->body; i < scan->count; i++) {
		if (scan->tokens[i].depth > 0)
			continue;
		if (scan_is(scan, i, ';') && nested > 0) {
			nested--;
		} else if (scan_is_name(scan, i, "def") && i + 1 < scan->count && nested++ == 0) {
			*found = weir_realloc(*found, (count + 1) * sizeof **found);
			(*found)[count++] = (struct definition){ scan->tokens[i + 1].text,
				                                 source_arity(scan, i + 1) };
		}
	}
	return count;
}

/* ---- what a file asks for ------------------------------------------------------------------------ */

/* The name behind an alias: "known" of "weir::known". */
static struct weir_bytes bare(struct weir_bytes name)
{
	for (size_t i = name.len; i-- > 1;) {
		if (name.data[i] == ':')
			return (struct weir_bytes){ name.data + i + 1, name.len - i - 1 };
	}
	return name;
}

static void want_table(struct library *library, unsigned folder, const struct scan *scan,
                       const struct scan_token *token, const char *name)
{
	const char *path = rule_files_find(library->files, library->arena, folder, name);
	struct weir_where where = scan_where(scan, token);
	struct weir_error err = { 0 };
	struct weir_value table;

	if (!weir_is_absent(weir_value_get(library->tables, name)))
		return;
	if (!path) {
		rule_mistake(library->report, where, "there is no %s in the rule folder", name);
		return;
	}
	rule_files_note(library->files, path);
	if (!weir_yaml_read(library->arena, path, &table, &err))
		rule_mistake_error(library->report, where, &err);
	else if (table.kind != WEIR_OBJECT)
		rule_mistake(library->report, where, "%s must be a map of text to text", name);
	else
		weir_object_put(library->arena, library->tables, weir_bytes(name), table);
}

static void want_setting(struct library *library, const char *name)
{
	struct weir_value v = rule_setting(library->set, name);

	for (size_t i = 0; weir_is_absent(v) && i < library->preset_count; i++) {
		if (strcmp(library->presets[i].name, name) == 0)
			v = library->presets[i].value;
	}
	if (!weir_is_absent(v))
		weir_object_put(library->arena, library->settings, weir_bytes(name), v);
}

/* lookup("x.yaml") and setting("x") are known at load. */
static void want_argument(struct library *library, unsigned folder, const struct scan *scan,
                          size_t at, bool setting)
{
	const struct scan_token *token = &scan->tokens[at + 2];
	const char *text;

	if (!scan_is(scan, at + 1, '(') || at + 2 >= scan->count)
		return;
	if (token->kind != SCAN_STRING || !token->plain) {
		if (setting)
			rule_mistake(library->report, scan_where(scan, token),
			             "a setting is known at load: write its name in quotes");
		return;
	}
	text = scan_text(library->arena, token).data;
	if (setting)
		want_setting(library, text);
	else
		want_table(library, folder, scan, token, text);
}

static void settle(struct library *library, struct source *source, unsigned folder)
{
	const struct scan *scan = source->scan;
	bool words = false;

	for (size_t i = 0; i < source->import_count; i++)
		words = words || !source->imports[i].module;
	for (size_t i = source->body; i < scan->count; i++) {
		const struct scan_token *token = &scan->tokens[i];
		struct weir_bytes name = bare(token->text);

		if (token->kind == SCAN_VARIABLE && weir_bytes_are(token->text, "record"))
			source->wants_record = true;
		if (token->kind != SCAN_NAME || token->key || !words)
			continue;
		if (weir_bytes_are(name, "org_host"))
			source->wants_org = true;
		else if (weir_bytes_are(name, "source_name"))
			source->wants_source = true;
		else if (weir_bytes_are(name, "lane"))
			source->wants_lane = true;
		else if (weir_bytes_are(name, "lookup") || weir_bytes_are(name, "setting"))
			want_argument(library, folder, scan, i, weir_bytes_are(name, "setting"));
	}
}

static void inherit(struct source *source)
{
	for (size_t i = 0; i < source->import_count; i++) {
		struct source *module = (struct source *)source->imports[i].module;

		if (!module)
			continue;
		inherit(module);
		source->wants_record = source->wants_record || module->wants_record;
		source->wants_org = source->wants_org || module->wants_org;
		source->wants_source = source->wants_source || module->wants_source;
		source->wants_lane = source->wants_lane || module->wants_lane;
	}
}

/* The folder of a rule, or of a module: where its path begins with. */
static unsigned folder_of(const struct library *library, const struct source *source)
{
	const char *slash = strrchr(source->file->path, '/');
	size_t len = slash ? (size_t)(slash - source->file->path) : 0;

	for (size_t i = 0; i < library->files->folder_count; i++) {
		if (strlen(library->files->folders[i].path) == len &&
		    memcmp(library->files->folders[i].path, source->file->path, len) == 0)
			return (unsigned)i;
	}
	return 0;
}

void source_settle(struct library *library)
{
	for (struct source *s = library->sources; s; s = s->next)
		settle(library, s, folder_of(library, s));
	for (struct source *s = library->sources; s; s = s->next)
		inherit(s);
}
