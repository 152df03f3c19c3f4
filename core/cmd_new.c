/* cmd_new.c - `weir new rule`, `weir new plugin`, `weir new config`: files to begin with.
 *
 * Lives here: what is asked for, and what to do next. Not here: writing files (scaffold.c), the
 * rows of a rule (sketch.c) and its language (a plugin), the templates (tools/scaffold/).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "events.h"
#include "example.h"
#include "file.h"
#include "print.h"
#include "registry.h"
#include "scaffold.h"
#include "schemas.h"
#include "sketch.h"
#include "workbench.h"

extern const struct command cmd_new;

enum { TEMPLATE_MAX = 1 << 20 };

struct making {
	struct workbench bench;
	const char *schema, *type, *language, *events, *name;
	struct scaffold *files;
	struct diag *diag;
	struct weir_error err;
};

static int failed(struct making *m)
{
	if (m->err.text[0])
		diag_add(m->diag, &m->err);
	diag_print(m->diag, stderr, diag_color_of(stderr));
	return EXIT_CONFIG;
}

/* A word on the command line, or what stands for it when it was left out. */
static const char *word(const struct making *m, size_t index, const char *otherwise)
{
	return index < m->bench.words.count ? m->bench.words.items[index] : otherwise;
}

static void print_files(const struct making *m)
{
	for (const char *const *file = scaffold_files(m->files); *file; file++)
		print_format("wrote %s\n", *file);
	print_text("\nnext:\n");
}

/* ---- rule --------------------------------------------------------------------------------------- */

/* The transform that writes rules of a language, named by the plugin or by the suffix of its
 * files. */
static const struct weir_plugin *writer_of(const char *language)
{
	const struct weir_plugin *plugin;

	for (size_t i = 0; (plugin = registry_at(i)); i++) {
		if (!RULES_HAVE(plugin->rules, sketch))
			continue;
		if (strcmp(plugin->name, language) == 0 ||
		    strcmp(plugin->rule_suffix + 1, language) == 0)
			return plugin;
	}
	return NULL;
}

/* "user_session_start" of "user.session.start", "user" of "user.*". */
static const char *file_name(struct making *m)
{
	char *name = weir_arena_strdup(m->bench.arena, m->name ? m->name : m->type);
	size_t len = strlen(name);

	while (len && strchr(".*", name[len - 1]))
		name[--len] = '\0';
	for (char *p = name; *p; p++) {
		if (!isalnum((unsigned char)*p) && *p != '-')
			*p = '_';
	}
	return name[0] ? name : "all";
}

struct finding {
	const struct making *m;
	struct weir_value event;
};

static bool is_of_type(struct weir_value event, const char *wanted)
{
	size_t len = strlen(wanted);
	struct weir_bytes type;
	struct weir_arena *arena = weir_arena_create();
	bool fits = weir_value_text(weir_value_get(event, "eventType"), arena, &type);

	if (fits && len && wanted[len - 1] == '*')
		fits = type.len >= len - 1 && memcmp(type.data, wanted, len - 1) == 0;
	else
		fits = fits && weir_bytes_are(type, wanted);
	weir_arena_destroy(arena);
	return fits || strcmp(wanted, "*") == 0;
}

/* The first event of the type ends the search. */
static bool find_in_page(void *arg, enum weir_page_format format, struct weir_bytes page,
                         struct weir_error *err)
{
	struct finding *f = arg;
	struct weir_arena *arena = f->m->bench.arena;
	struct weir_value v;

	while (page.len && weir_is_absent(f->event)) {
		const char *end = format == WEIR_PAGE_LINES ? memchr(page.data, '\n', page.len) : NULL;
		size_t len = end ? (size_t)(end - page.data) : page.len;
		struct weir_each each;

		if (weir_json_parse(arena, (struct weir_bytes){ page.data, len }, &v, err)) {
			each = weir_each(v);
			while (format == WEIR_PAGE_ARRAY && weir_is_absent(f->event) && weir_next(&each))
				f->event = is_of_type(each.value, f->m->type) ? each.value : f->event;
			if (format == WEIR_PAGE_LINES && is_of_type(v, f->m->type))
				f->event = v;
		}
		len += end ? 1 : 0;
		page = (struct weir_bytes){ page.data + len, page.len - len };
	}
	err->text[0] = '\0';
	return weir_is_absent(f->event);
}

/* An event of the author's, or the template's with the type that is asked for. */
static bool find_event(struct making *m, struct weir_value start, struct weir_value *event)
{
	struct finding f = { .m = m };
	struct weir_arena *arena = m->bench.arena;
	size_t len = strcspn(m->type, "*");

	if (m->events) {
		if (!workbench_read(&m->bench, m->events, find_in_page, &f))
			return false;
		*event = f.event;
		if (weir_is_absent(f.event))
			weir_fail(&m->err, WEIR_E_CONFIG, "%s has no event of type %s", m->events, m->type);
		return !weir_is_absent(f.event);
	}
	*event = weir_value_edit(arena, weir_value_get(start, "event"));
	weir_object_put(arena, *event, weir_bytes("eventType"),
	                weir_make_text(arena, weir_bytes(!m->type[len] ? m->type : len == 0
	                               ? "example" : weir_arena_format(arena, "%.*sexample", (int)len,
	                                                               m->type))));
	return true;
}

/* What the new rule made of its example. */
struct outcome {
	size_t records;
	struct weir_buf why;
};

static void note_outcome(void *arg, const struct dryrun_outcome *dry)
{
	struct outcome *outcome = arg;

	outcome->records += dry->fate == DRYRUN_RECORD;
	if (dry->fate == DRYRUN_REJECTED)
		diag_line(dry->why, &outcome->why);
}

/* Runs the new rule as `weir test --write` does; false unless it makes a record. */
static bool try_rule(struct making *m, const char *path)
{
	struct outcome outcome = { 0 };
	struct golden_folder *folders;
	struct weir_buf why = { 0 };
	struct dryrun *dryrun = NULL;
	bool fine = golden_find(path, m->bench.arena, &folders, m->diag) == 1 &&
	            folders[0].golden_count == 1;

	if (fine) {
		const struct example example = { .golden = &folders[0].goldens[0], .write = true,
			                         .arena = m->bench.arena, .seen = note_outcome,
			                         .arg = &outcome };

		dryrun = example_open(&folders[0], example.golden, (struct weir_value){ 0 },
		                      m->bench.arena, m->diag);
		fine = dryrun && example_run(&example, dryrun, &why);
	}
	if (why.len || outcome.why.len)
		weir_fail(&m->err, WEIR_E_CONFIG, "%s%s", weir_buf_text(&why),
		          weir_buf_text(&outcome.why));
	else if (fine && !outcome.records)
		weir_fail(&m->err, WEIR_E_CONFIG, "the rule makes no record of the event: another rule of "
		          "the folder drops it, or it lacks what the schema requires");
	dryrun_destroy(dryrun);
	weir_buf_finish(&why);
	weir_buf_finish(&outcome.why);
	return fine && outcome.records > 0;
}

static void add_rule(struct making *m, const struct weir_plugin *plugin, const char *stem,
                     struct weir_value rows, struct weir_value event)
{
	const struct weir_rule_sketch sketch = { m->schema, m->type, rows };
	struct weir_buf rule = { 0 }, line = { 0 };
	char *path = weir_format("%s%s", stem, plugin->rule_suffix);
	char *in = weir_format("%s.in.ndjson", stem), *out = weir_format("%s.out.ndjson", stem);

	plugin->rules->sketch(&sketch, &rule);
	weir_value_render(event, &line);
	weir_buf_putc(&line, '\n');
	scaffold_add(m->files, path, (struct weir_bytes){ rule.data, rule.len });
	scaffold_add(m->files, in, (struct weir_bytes){ line.data, line.len });
	scaffold_add(m->files, out, (struct weir_bytes){ "", 0 });
	weir_buf_finish(&rule);
	weir_buf_finish(&line);
	weir_free(path);
	weir_free(in);
	weir_free(out);
}

static bool make_rule(struct making *m, const char *folder, const char *stem)
{
	const char *rules[] = { folder, NULL }, *template;
	struct weir_arena *arena = m->bench.arena;
	struct weir_value schema, start, event;
	const struct weir_plugin *plugin;
	const char *language;

	template = scaffold_template(arena, "rule.yaml", &m->err);
	if (!template || !weir_yaml_read(arena, template, &start, &m->err))
		return false;
	language = m->language ? m->language : schemas_member(arena, start, "language");
	plugin = writer_of(language);
	if (!plugin) {
		weir_fail(&m->err, WEIR_E_CONFIG, "no plugin writes rules in %s; weir describe lists the "
		          "plugins", language);
		return false;
	}
	if (!schemas_get(arena, schemas_folders(arena, rules), m->schema, &schema, m->diag) ||
	    !find_event(m, start, &event))
		return false;
	add_rule(m, plugin, stem, sketch_rows(arena, schema, start, event), event);
	return scaffold_write(m->files, &m->err) && try_rule(m, scaffold_files(m->files)[0]);
}

/* It becomes a text in a rule. */
static bool is_type(const char *type)
{
	for (const char *p = type; *p; p++) {
		if (!isalnum((unsigned char)*p) && !strchr("._-:/*", *p))
			return false;
	}
	return type[0] != '\0';
}

static int new_rule(struct making *m)
{
	const char *folder = word(m, 1, "rules/mine"), *stem;

	if (!m->schema || !m->type || m->bench.words.count > 2)
		return args_wrong(&cmd_new, "write weir new rule --schema auth --event user.session.start "
		                  "[FOLDER]");
	if (!is_type(m->type))
		return args_wrong(&cmd_new, "'%s' is no event type; write a name, \"prefix.*\" or \"*\"",
		                  m->type);
	stem = weir_arena_format(m->bench.arena, "%s/%s", folder, file_name(m));
	if (!make_rule(m, folder, stem))
		return failed(m);
	scaffold_keep(m->files);
	print_files(m);
	print_format("  weir test %s\n"
	       "  weir map %s --explain < %s.in.ndjson\n"
	       "  weir describe schema %s      # the other fields\n"
	       "Put events of your own into %s.in.ndjson; weir test --write accepts what comes out.\n",
	       folder, folder, stem, m->schema, stem);
	return EXIT_DONE;
}

/* ---- plugin --------------------------------------------------------------------------------------- */

static bool is_name(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++) {
		if (!islower((unsigned char)name[i]) && (i == 0 || (name[i] != '_' &&
		    !isdigit((unsigned char)name[i]))))
			return false;
	}
	return len > 0 && len <= 32;
}

/* A template with one word replaced; false: err. */
static bool add_template(struct making *m, const char *template, const char *path,
                         const char *const *words)
{
	const char *from = scaffold_template(m->bench.arena, template, &m->err);
	struct weir_bytes text = { 0 };

	if (!from || !file_read(from, TEMPLATE_MAX, &text, &m->err))
		return false;
	for (; words[0]; words += 2) {
		struct weir_buf out = { 0 };

		scaffold_rename(text, words[0], words[1], &out);
		weir_free((void *)text.data);
		text = (struct weir_bytes){ out.data, out.len };
	}
	scaffold_add(m->files, path, text);
	weir_free((void *)text.data);
	return true;
}

/* The name that a template has: of its first line, "sink/lines - appends ...". */
static const char *template_name(struct making *m, const char *template)
{
	const char *from = scaffold_template(m->bench.arena, template, &m->err), *slash;
	struct weir_bytes text;
	const char *name = NULL;

	if (!from || !file_read(from, TEMPLATE_MAX, &text, &m->err))
		return NULL;
	slash = strchr(text.data + 2, '/');
	if (slash)
		name = weir_arena_format(m->bench.arena, "%.*s", (int)strcspn(slash + 1, " "), slash + 1);
	weir_free((void *)text.data);
	return name;
}

static bool make_plugin(struct making *m, const char *kind, const char *name, const char *folder)
{
	struct weir_arena *arena = m->bench.arena;
	const char *template = weir_arena_format(arena, "plugin/%s.c", kind);
	const char *old = template_name(m, template);
	const char *const code[] = { old, name, NULL };
	const char *const make[] = { "NAME", name, "KIND", kind, NULL };

	return old && add_template(m, template, weir_arena_format(arena, "%s/%s.c", folder, name), code) &&
	       add_template(m, "plugin/Makefile", weir_arena_format(arena, "%s/Makefile", folder), make) &&
	       scaffold_write(m->files, &m->err);
}

static int new_plugin(struct making *m)
{
	const char *kind = word(m, 1, ""), *name = word(m, 2, ""), *folder = word(m, 3, name);
	enum weir_kind of = kind_of_name(kind);

	if (!of || m->bench.words.count < 3 || m->bench.words.count > 4)
		return args_wrong(&cmd_new, "write weir new plugin KIND NAME [FOLDER]; KIND is source, "
		                  "transform or sink");
	if (!is_name(name))
		return args_wrong(&cmd_new, "'%s' is no name for a plugin: write small letters, digits and _, "
		                  "at most 32, a letter first", name);
	if (registry_find(of, name))
		return args_wrong(&cmd_new, "there is a %s %s already", kind_name(of), name);
	if (!make_plugin(m, kind_name(of), name, folder))
		return failed(m);
	scaffold_keep(m->files);
	print_files(m);
	print_format("  make -C %s check      # builds it and shows its options\n"
	       "  weir run --plugins %s -c weir.yaml\n"
	       "It works as it stands; docs/writing-a-plugin.md says what each part is for.\n", folder, folder);
	return EXIT_DONE;
}

/* ---- config --------------------------------------------------------------------------------------- */

static int new_config(struct making *m)
{
	static const char *const none[] = { NULL };
	const char *path = word(m, 1, "weir.yaml");
	const char *template = weir_arena_format(m->bench.arena, "config/%s.yaml",
	                                         m->name ? m->name : "weir");

	if (m->bench.words.count > 2)
		return args_wrong(&cmd_new, "write weir new config [FILE]");
	if (m->name && strcmp(m->name, "weir") != 0 && strcmp(m->name, "file") != 0)
		return args_wrong(&cmd_new, "--name: there is no configuration '%s'; write weir or "
		                  "file", m->name);
	if (!add_template(m, template, path, none) || !scaffold_write(m->files, &m->err))
		return failed(m);
	scaffold_keep(m->files);
	print_files(m);
	print_format("  weir check -c %s\n  weir run -c %s\n", path, path);
	return EXIT_DONE;
}

static int make(struct making *m)
{
	static const struct { const char *what; int (*run)(struct making *m); } kinds[] = {
		{ "rule", new_rule }, { "plugin", new_plugin }, { "config", new_config },
	};
	const char *what = word(m, 0, "");

	for (size_t i = 0; i < WEIR_COUNT(kinds); i++) {
		if (strcmp(kinds[i].what, what) == 0)
			return kinds[i].run(m);
	}
	return args_wrong(&cmd_new, "write weir new rule, weir new plugin or weir new config");
}

static int run(char **argv)
{
	struct making m = { 0 };
	const struct arg rows[] = {
		{ "schema", 0, "NAME", "rule: the schema of its records", .text = &m.schema },
		{ "event", 0, "TYPE", "rule: the eventType that it takes; also prefix.* and *",
		  .text = &m.type },
		{ "lang", 0, "LANGUAGE", "rule: its language", .text = &m.language },
		{ "in", 'i', "FILE", "rule: events of yours, of which the first of the type is the example",
		  .text = &m.events },
		{ "name", 0, "NAME", "rule: of its file; config: which one, weir or file", .text = &m.name },
		WORKBENCH_PLUGINS(m.bench),
		{ 0 },
	};
	int code = EXIT_DONE;

	if (!args_read(&cmd_new, rows, &m.bench.words, argv, &code))
		return code;
	workbench_begin(&m.bench, &cmd_new);
	m.files = scaffold_create();
	m.diag = diag_create();
	code = make(&m);
	scaffold_destroy(m.files);
	diag_destroy(m.diag);
	workbench_finish(&m.bench);
	return code;
}

const struct command cmd_new = {
	.name = "new",
	.summary = "Make a rule, a plugin or a configuration to begin with",
	.usage = "rule --schema NAME --event TYPE [FOLDER] | plugin KIND NAME [FOLDER] | config [FILE]",
	.help = "Nothing is ever written over.\n"
	        "\n"
	        "  weir new rule --schema auth --event user.session.start\n"
	        "          a rule in rules/mine that works, with an example that passes weir test\n"
	        "  weir new plugin sink mine\n"
	        "          a plugin in the folder mine that builds with make, outside weir's source\n"
	        "  weir new config\n"
	        "          weir.yaml for Okta and Taegis; with --name file, one that needs no account\n",
	.run = run,
};
