/* dryrun.c - a rule folder run by hand on some events, without a pipeline around it.
 *
 * Lives here: an instance of the transform that has these rules, and pages pushed through it.
 * Not here: threads, tickets, sinks (the runtime has them), what to do with the records
 * (cmd_test.c, cmd_map.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "dryrun.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "file_near.h"
#include "instance.h"
#include "registry.h"

struct dryrun {
	struct host host;
	struct config config;
	struct config_node node;
	struct config_hold *hold;
	struct weir_ctx *ctx;
	struct dryrun *next;          /* the stage behind it */
	struct dryrun_tracer tracer;
	const struct view *view;      /* in process */
	size_t told_row, told_event, told_nth; /* that was told of last, in it */
};

/* ---- making ------------------------------------------------------------------- */

const char *dryrun_rules(struct weir_arena *arena, const char *path)
{
	const char *folder = registry_data_dir(), *installed;

	if (!folder || path[0] == '/' || access(path, F_OK) == 0)
		return path;
	installed = weir_arena_format(arena, "%s/%s", folder, path);
	return access(installed, F_OK) == 0 ? installed : path;
}

void dryrun_no_rules(const char *path, struct diag *diag)
{
	struct weir_arena *arena = weir_arena_create();
	const char *near = file_near(arena, weir_bytes(""), registry_data_dir(), path);

	diag_addf(diag, (struct weir_where){ .file = path },
	          near ? "there is no such rule file or folder; did you mean %s?"
	               : "there is no such rule file or folder", near);
	weir_arena_destroy(arena);
}

/* The transform that runs the rule files of the folder. NULL: there is none, or there are several,
 * and *other is the second. */
static const struct weir_plugin *plugin_of(const char *path, const struct weir_plugin **other)
{
	const struct weir_plugin *plugin = registry_find_by_suffix(path), *found;
	struct dirent *entry;
	DIR *dir;

	*other = NULL;
	if (plugin)
		return plugin;
	dir = opendir(path);
	while (dir && !*other && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '_' || entry->d_name[0] == '.' ||
		    (found = registry_find_by_suffix(entry->d_name)) == NULL)
			continue;
		if (plugin && found != plugin)
			*other = found;
		plugin = found;
	}
	if (dir)
		closedir(dir);
	return *other ? NULL : plugin;
}

/* The options as somebody would have written them in weir.yaml. JSON is YAML. */
static const struct tree *options_of(struct weir_arena *arena, const char *const *rules,
                                     struct weir_value settings, struct diag *diag)
{
	struct weir_buf text = { 0 };
	const struct tree *tree;

	weir_buf_puts(&text, "{\"rules\":[");
	for (size_t i = 0; rules[i]; i++) {
		if (i)
			weir_buf_putc(&text, ',');
		weir_json_quote(weir_bytes(rules[i]), &text);
	}
	weir_buf_putc(&text, ']');
	if (!weir_is_nothing(settings)) {
		weir_buf_puts(&text, ",\"settings\":");
		weir_value_render(settings, &text);
	}
	weir_buf_putc(&text, '}');
	tree = yaml_parse(arena, "", (struct weir_bytes){ text.data, text.len }, diag);
	weir_buf_finish(&text);
	return tree;
}

static void set_limits(struct core_options *core)
{
	const struct option_source none = { .path = "" };
	struct weir_arena *arena = weir_arena_create();
	struct diag *diag = diag_create();

	option_fill(config_core_rows(), &none, core, arena, diag);
	core->state_dir = "";
	diag_destroy(diag);
	weir_arena_destroy(arena);
}

struct dryrun *dryrun_create(const char *const *rules, struct weir_value settings,
                           struct diag *diag)
{
	const struct weir_plugin *other, *plugin = plugin_of(rules[0], &other);
	struct dryrun *dryrun;

	if (!plugin && !other && access(rules[0], F_OK) != 0) {
		dryrun_no_rules(rules[0], diag);
		return NULL;
	}
	if (!plugin) {
		diag_addf(diag, (struct weir_where){ .file = rules[0] },
		          other ? "holds rules in two languages; give each a folder of its own"
		          : "holds no rule file that a plugin runs; weir describe lists the plugins");
		return NULL;
	}
	dryrun = weir_alloc(sizeof *dryrun);
	set_limits(&dryrun->config.core);
	dryrun->config.arena = weir_arena_create();
	dryrun->config.nodes = &dryrun->node;
	dryrun->config.node_count = 1;
	dryrun->node = (struct config_node){ .kind = WEIR_TRANSFORM, .name = "test",
		.plugin_name = plugin->name, .plugin = plugin, .sound = true,
		.where = { .path = "" },
		.options = options_of(dryrun->config.arena, rules, settings, diag) };
	host_init(&dryrun->host, &dryrun->config.core);
	dryrun->host.trial = true;
	dryrun->hold = config_hold_create(&dryrun->config);
	dryrun->hold->borrowed = true;
	dryrun->ctx = instance_create(&dryrun->host, dryrun->hold, &dryrun->node, 1, diag);
	if (diag_errors(diag) == 0)
		return dryrun;
	dryrun_destroy(dryrun);
	return NULL;
}

void dryrun_destroy(struct dryrun *dryrun)
{
	if (!dryrun)
		return;
	dryrun_destroy(dryrun->next);
	instance_unref(dryrun->ctx);
	config_hold_unref(dryrun->hold);
	host_finish(&dryrun->host);
	weir_arena_destroy(dryrun->config.arena);
	weir_free(dryrun);
}

struct dryrun *dryrun_last(struct dryrun *dryrun)
{
	while (dryrun->next)
		dryrun = dryrun->next;
	return dryrun;
}

struct dryrun *dryrun_next(struct dryrun *dryrun)
{
	return dryrun->next;
}

void dryrun_then(struct dryrun *dryrun, struct dryrun *stage)
{
	dryrun_last(dryrun)->next = stage;
}

/* ---- what rules tell ------------------------------------------------------------ */

static const struct weir_rules *rules_of(const struct dryrun *dryrun)
{
	return dryrun->ctx->plugin->rules;
}

/* Which event a row belongs to, and which of its rows it is. */
static void find_row(struct dryrun *dryrun, size_t row)
{
	const struct row *rows = dryrun->view->live.items;

	if (row == dryrun->told_row)
		return;
	dryrun->told_row = row;
	dryrun->told_event = rows[row].event;
	dryrun->told_nth = 0;
	for (size_t i = 0; i < row; i++)
		dryrun->told_nth += rows[i].event == rows[row].event;
}

static void on_tried(void *user, size_t row, const struct weir_rule_tried *tried)
{
	struct dryrun *dryrun = user;

	find_row(dryrun, row);
	dryrun->tracer.tried(dryrun->tracer.user, dryrun->told_event, dryrun->told_nth, tried);
}

static void on_wrote(void *user, size_t row, const struct weir_rule_row *wrote, const char *from)
{
	struct dryrun *dryrun = user;

	find_row(dryrun, row);
	dryrun->tracer.wrote(dryrun->tracer.user, dryrun->told_event, dryrun->told_nth, wrote,
	                     from);
}

bool dryrun_trace(struct dryrun *dryrun, const struct dryrun_tracer *tracer)
{
	const struct weir_rules *rules = rules_of(dryrun);

	if (!RULES_HAVE(rules, trace))
		return false;
	dryrun->tracer = *tracer;
	rules->trace(dryrun->ctx->self, &(struct weir_rule_tracer){ on_tried, on_wrote, dryrun });
	return true;
}

size_t dryrun_rows(const struct dryrun *dryrun, const struct weir_rule_row **rows)
{
	const struct weir_rules *rules = rules_of(dryrun);

	*rows = NULL;
	return RULES_HAVE(rules, rows) ? rules->rows(dryrun->ctx->self, rows) : 0;
}

void dryrun_route(const struct dryrun *dryrun, const char *type, weir_rule_told *told, void *user)
{
	const struct weir_rules *rules = rules_of(dryrun);

	if (RULES_HAVE(rules, route))
		rules->route(dryrun->ctx->self, type, told, user);
}

/* ---- mapping -------------------------------------------------------------------- */

static struct page *make_page(struct dryrun *dryrun, enum weir_page_format format,
                              struct weir_bytes text, struct weir_error *err)
{
	struct json_limits limits = host_json(&dryrun->host);
	char *data = weir_try_alloc(text.len + WEIR_PAGE_PADDING);
	struct page *page;

	if (!data) {
		weir_fail(err, WEIR_E_RESOURCE, "no memory for %zu bytes of events", text.len);
		return NULL;
	}
	if (text.len)
		memcpy(data, text.data, text.len);
	memset(data + text.len, 0, WEIR_PAGE_PADDING);
	page = page_create();
	page_adopt(page, format, data, text.len);
	page->source_name = "test";
	page->source_stage = "sources.test";
	page->origin = weir_strdup("example.okta.com");
	if (page_parse(page, &limits, PAGE_STRICT, err))
		return page;
	page_unref(page);
	return NULL;
}

/* An outcome and where it belongs: by event, then in the order it came about. */
struct entry {
	struct dryrun_outcome outcome;
	size_t order;
};

struct entries {
	struct entry *items;
	size_t count;
	const struct page *page;
};

static struct dryrun_outcome *add(struct entries *entries, size_t event, enum dryrun_fate fate)
{
	struct entry *entry = &entries->items[entries->count];

	*entry = (struct entry){ .order = entries->count++ };
	entry->outcome.event = event;
	entry->outcome.source = entries->page->events[event].source;
	entry->outcome.offset = (size_t)(entry->outcome.source.data - entries->page->data);
	entry->outcome.fate = fate;
	return &entry->outcome;
}

static void add_rows(struct entries *entries, const struct view *view)
{
	for (size_t i = 0; i < view->live.len; i++) {
		const struct row *row = &view->live.items[i];
		struct dryrun_outcome *outcome = add(entries, row->event, DRYRUN_RECORD);

		outcome->schema = row->schema;
		outcome->record = row->record;
		outcome->text = view_text(view, i);
	}
	for (size_t i = 0; i < view->ended.len; i++) {
		const struct row *row = &view->ended.items[i];

		if (row->state == ROW_DROPPED)
			add(entries, row->event, DRYRUN_DROPPED)->cause = row->cause;
	}
}

static void add_refused(struct entries *entries, const struct dead_list *dead)
{
	for (size_t i = 0; i < entries->page->event_count; i++) {
		if (entries->page->events[i].error)
			add(entries, i, DRYRUN_REJECTED)->why = entries->page->events[i].error;
	}
	for (const struct dead *letter = dead->first; letter; letter = letter->next)
		add(entries, letter->event, DRYRUN_REJECTED)->why = &letter->letter.why;
}

static int by_event(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	if (a->outcome.event != b->outcome.event)
		return a->outcome.event < b->outcome.event ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

static void show(const struct view *view, const struct dead_list *dead,
                 void (*each)(void *arg, const struct dryrun_outcome *), void *arg)
{
	struct entries entries = { .page = view->page };
	size_t most = view->live.len + view->ended.len + view->page->event_count + dead->count;

	entries.items = weir_alloc((most + 1) * sizeof *entries.items);
	add_rows(&entries, view);
	add_refused(&entries, dead);
	qsort(entries.items, entries.count, sizeof *entries.items, by_event);
	for (size_t i = 0; i < entries.count; i++)
		each(arg, &entries.items[i].outcome);
	weir_free(entries.items);
}

static enum weir_status run_stage(struct dryrun *dryrun, struct view *view,
                                  struct dead_list *dead, struct weir_error *err)
{
	struct weir_batch batch = { .page = view->page, .view = view, .len = view->live.len,
		                    .stage = dryrun->ctx->stage, .dead = *dead };
	enum weir_status status;

	dryrun->view = view;
	dryrun->told_row = SIZE_MAX;
	instance_enter(dryrun->ctx, "process");
	status = dryrun->ctx->plugin->process(dryrun->ctx->self, &batch, err);
	instance_leave();
	dryrun->view = NULL;
	*dead = batch.dead;
	if (status == WEIR_OK)
		view_settle(view);
	return status;
}

bool dryrun_map(struct dryrun *dryrun, enum weir_page_format format, struct weir_bytes text,
               void (*each)(void *arg, const struct dryrun_outcome *), void *arg,
               struct weir_error *err)
{
	struct page *page = make_page(dryrun, format, text, err);
	struct dead_list dead = { 0 };
	enum weir_status status = WEIR_OK;
	struct view *view;

	if (!page)
		return false;
	view = view_create(page);
	for (; dryrun && status == WEIR_OK; dryrun = dryrun->next)
		status = run_stage(dryrun, view, &dead, err);
	if (status == WEIR_OK) {
		view_render(view);
		show(view, &dead, each, arg);
	}
	dead_finish(&dead);
	view_destroy(view);
	page_unref(page);
	return status == WEIR_OK;
}
