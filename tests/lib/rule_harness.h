/* rule_harness.h - rule files written for a test, loaded, and run on events; in any language.
 *
 * The tests of a language include it through their own harness.h, which has the language's
 * engine.h and defines struct worker, worker_init, worker_finish, worker_options, worker_run and
 * worker_before.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_HARNESS_H
#define RULE_HARNESS_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "json.h"
#include "witness.h"

struct harness {
	char folder[64];          /* of the test; rules are in folder/rules */
	struct rule_report report;
	struct weir_buf mistakes; /* "auth.lua:3:5: text" lines, folders cut off */
	struct engine *engine;
	struct worker worker;
	struct weir_arena *arena; /* of the batch */
	struct weir_value settings;
	const char *source_name, *org_host;
	int64_t ingested;
	struct weir_buf out;      /* what the last run gave */
	int64_t now_ms;           /* for suspensions */
	bool begun;
};

static inline void harness_line(void *user, const struct weir_error *mistake)
{
	struct harness *h = user;
	struct weir_error short_one = *mistake;
	const char *slash = mistake->where.file ? strrchr(mistake->where.file, '/') : NULL;

	if (slash)
		short_one.where.file = slash + 1;
	witness_said(strstr(mistake->text, "memory"));
	diag_line(&short_one, &h->mistakes);
	weir_buf_putc(&h->mistakes, '\n');
}

static inline int harness_setup(void **state)
{
	struct harness *h = weir_alloc(sizeof *h);

	snprintf(h->folder, sizeof h->folder, "/tmp/weir-rule-XXXXXX");
	weir_must(mkdtemp(h->folder));
	h->arena = weir_arena_create();
	h->source_name = "acme";
	h->org_host = "acme.okta.com";
	h->report = (struct rule_report){ harness_line, harness_line, h, 0 };
	*state = h;
	return 0;
}

static inline void harness_remove(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)) != NULL) {
		char *below = weir_format("%s/%s", path, entry->d_name);

		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			harness_remove(below);
		weir_free(below);
	}
	if (dir)
		closedir(dir);
	remove(path);
}

static inline void harness_unload(struct harness *h)
{
	if (h->begun)
		worker_finish(&h->worker);
	engine_destroy(h->engine);
	h->engine = NULL;
	h->begun = false;
	h->report.mistakes = 0;
	h->mistakes.len = 0;
}

static inline int harness_teardown(void **state)
{
	struct harness *h = *state;

	harness_unload(h);
	harness_remove(h->folder);
	weir_arena_destroy(h->arena);
	weir_buf_finish(&h->mistakes);
	weir_buf_finish(&h->out);
	weir_free(h);
	return 0;
}

/* A file below the folder of the test, which makes the folders it needs. */
static inline void harness_write(struct harness *h, const char *name, const char *text)
{
	char *path = weir_format("%s/%s", h->folder, name);
	FILE *file;

	for (char *p = path + strlen(h->folder) + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		mkdir(path, 0700);
		*p = '/';
	}
	file = fopen(path, "w");
	weir_must(file && fputs(text, file) >= 0 && fclose(file) == 0);
	weir_free(path);
}

static inline void harness_settings(struct harness *h, const char *json)
{
	struct weir_error err;

	assert_true(weir_json_parse(h->arena, weir_bytes(json), &h->settings, &err));
}

/* Loads folders below the test's ("rules" when NULL). True when there are no mistakes. */
static inline bool harness_load_all(struct harness *h, const char *const *names)
{
	static const char *const usual[] = { "rules", NULL };
	const char *paths[8] = { NULL };
	struct engine_options options = { .rules = paths, .version = "0.1.0" };

	worker_options(&options);
	names = names ? names : usual;
	for (size_t i = 0; names[i]; i++)
		paths[i] = weir_arena_format(h->arena, "%s/%s", h->folder, names[i]);
	harness_unload(h);
	options.settings = h->settings;
	h->engine = engine_create(&options, &h->report);
	weir_buf_text(&h->mistakes);
	if (h->report.mistakes)
		return false;
	worker_init(&h->worker, h->engine);
	h->begun = true;
	return true;
}

static inline void harness_load(struct harness *h)
{
	if (!harness_load_all(h, NULL))
		fail_msg("mistakes:\n%s", weir_buf_text(&h->mistakes));
}

/* Loading must fail with exactly these lines. */
static inline void harness_refuses(struct harness *h, const char *mistakes)
{
	harness_load_all(h, NULL);
	assert_string_equal(weir_buf_text(&h->mistakes), mistakes);
}

static inline void harness_emit(void *user, const char *schema, struct weir_value record)
{
	struct harness *h = user;

	weir_buf_printf(&h->out, "%s%s ", h->out.len ? "\n" : "", schema);
	weir_value_render(record, &h->out);
}

/* Runs an event on an earlier stage's record (or NULL): "schema {record}" lines, "dropped: cause",
 * "kept", or "rejected: file:line: path: text". */
static inline const char *harness_run_on(struct harness *h, const char *json, const char *schema,
                                         const char *record)
{
	struct rule_result result = { .emit = harness_emit, .user = h };
	struct rule_event event = { .source_name = h->source_name, .org_host = h->org_host,
		                    .lane = "live",
		                    .ingested = h->ingested, .record_schema = schema };
	size_t len = strlen(json);
	char *padded = weir_arena_alloc(h->arena, len + WEIR_PAGE_PADDING);
	struct json_limits limits = { .event_max = 64 << 20, .depth_max = 1000 };
	struct json_doc *doc = json_doc_create();
	struct weir_error err = { 0 };

	memcpy(padded, json, len);
	memset(padded + len, 0, WEIR_PAGE_PADDING);
	event.source = (struct weir_bytes){ padded, len };
	if (!json_parse_value(doc, event.source, &limits, &event.event, &err))
		fail_msg("event: %s", err.text);
	if (record)
		assert_true(weir_json_parse(h->arena, weir_bytes(record), &event.record, &err));
	h->out.len = 0;
	worker_run(&h->worker)->arena = h->arena;
	worker_before(&h->worker, &event, h->now_ms);
	rule_set_run(engine_rules(h->engine), worker_run(&h->worker), &event, &result);
	if (result.fate == RULE_DROPPED)
		weir_buf_printf(&h->out, "dropped: %s", result.cause);
	if (result.fate == RULE_KEPT)
		weir_buf_puts(&h->out, "kept");
	if (result.fate == RULE_REJECTED) {
		const char *slash = result.err.where.file ? strrchr(result.err.where.file, '/') : 0;

		if (slash)
			result.err.where.file = slash + 1;
		witness_said(strstr(result.err.text, "memory"));
		weir_buf_puts(&h->out, result.breach ? "breach: " : "rejected: ");
		diag_line(&result.err, &h->out);
	}
	json_doc_destroy(doc);
	return weir_buf_text(&h->out);
}

static inline const char *harness_run(struct harness *h, const char *json)
{
	return harness_run_on(h, json, NULL, NULL);
}

/* A schema `any` with one field for each type. */
static inline void harness_schema(struct harness *h)
{
	harness_write(h, "rules/schemas/any.yaml",
	              "doc: one field of each type\n"
	              "fields:\n"
	              "  x:      {type: any, doc: x}\n"
	              "  text:   {type: text, doc: x}\n"
	              "  int:    {type: int, doc: x}\n"
	              "  number: {type: number, doc: x}\n"
	              "  bool:   {type: bool, doc: x}\n"
	              "  time:   {type: time, doc: x}\n"
	              "  us:     {type: time, unit: us, doc: x}\n"
	              "  ms:     {type: time, unit: ms, doc: x}\n"
	              "  s:      {type: time, unit: s, doc: x}\n"
	              "  ip:     {type: ip, doc: x}\n"
	              "  object: {type: object, doc: x}\n"
	              "  texts:  {type: list of text, doc: x}\n"
	              "  word:   {type: text, enum: [A, B], doc: x}\n"
	              "  short:  {type: text, max: 5, doc: x}\n"
	              "  deep.a.b: {type: int, doc: x}\n"
	              "  deep.c:   {type: text, doc: x}\n"
	              "  list[].key:   {type: text, required: true, doc: x}\n"
	              "  list[].value: {type: int, doc: x}\n");
}

#endif
