// plugin: transform_lua
/* fuzz_rule.c - any bytes as a rule file, its module and an event: never a crash, a hang or a leak.
 *
 * NUL bytes divide the input into a.lua, _m.lua and the event. Whatever is refused must have a reason.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "engine.h"
#include "json.h"
#include "tell.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char schema_text[] =
	"doc: x\nopen: true\nfields:\n"
	"  text: {type: text, max: 9, doc: x}\n  int: {type: int, doc: x}\n  time: {type: time, doc: x}\n"
	"  us: {type: time, unit: us, doc: x}\n  ip: {type: ip, doc: x}\n  bool: {type: bool, doc: x}\n"
	"  word: {type: text, enum: [A, B], doc: x}\n  list[].key: {type: text, doc: x}\n"
	"  texts: {type: list of text, doc: x}\n  deep.a.b: {type: number, doc: x}\n"
	"base:\n  deep.a.b: \"{ms us}\"\n  text: \"{setting s}:{hash word}\"\n";

static char folder[32];

static void remove_folder(void)
{
	static const char *const names[] = { "a.lua", "_m.lua", "schemas/any.yaml", "schemas", "" };
	char path[64];

	for (size_t i = 0; i < WEIR_COUNT(names); i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		remove(path);
	}
}

static void write_file(const char *name, const void *bytes, size_t len)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "wb");
	if (!file || fwrite(bytes, 1, len, file) != len || fclose(file) != 0)
		abort();
}

static void make_folder(void)
{
	char path[64];

	snprintf(folder, sizeof folder, "/tmp/fuzz-rule-XXXXXX");
	if (!mkdtemp(folder))
		abort();
	snprintf(path, sizeof path, "%s/schemas", folder);
	mkdir(path, 0700);
	write_file("schemas/any.yaml", schema_text, sizeof schema_text - 1);
	atexit(remove_folder);
}

static void add_mistake(void *user, const struct weir_error *mistake)
{
	if (!*mistake->text)
		abort();
	diag_add(user, mistake);
}

static void emit(void *user, const char *schema, struct weir_value record)
{
	struct weir_buf *out = user;

	weir_buf_puts(out, schema);
	weir_value_render(record, out);
}

static void run(const struct engine *engine, struct weir_bytes json)
{
	struct rule_event event = { .source_name = "s", .org_host = "h", .ingested = 1 };
	struct json_limits limits = { .event_max = 1 << 20, .depth_max = 100 };
	char *padded = weir_alloc(json.len + WEIR_PAGE_PADDING);
	struct weir_buf out = { 0 };
	struct rule_result result = { .emit = emit, .user = &out };
	struct json_doc *doc = json_doc_create();
	struct weir_arena *arena = weir_arena_create();
	struct worker worker;
	struct weir_error err;

	if (json.len)
		memcpy(padded, json.data, json.len);
	event.source = (struct weir_bytes){ padded, json.len };
	worker_init(&worker, engine);
	worker.run.arena = arena;
	if (json_parse_value(doc, event.source, &limits, &event.event, &err)) {
		rule_set_run(engine_rules(engine), &worker.run, &event, &result);
		event.record = event.event;
		event.record_schema = "any";
		rule_set_run(engine_rules(engine), &worker.run, &event, &result);
		if (result.fate == RULE_REJECTED && !*result.err.text)
			abort();
	}
	worker_finish(&worker);
	weir_arena_destroy(arena);
	json_doc_destroy(doc);
	weir_buf_finish(&out);
	weir_free(padded);
}

/* The bytes up to the next NUL; *rest moves behind it. */
static struct weir_bytes part(struct weir_bytes *rest)
{
	const char *end = rest->len ? memchr(rest->data, '\0', rest->len) : NULL;
	struct weir_bytes first = { rest->data, end ? (size_t)(end - rest->data) : rest->len };

	*rest = (struct weir_bytes){ end ? end + 1 : NULL, end ? rest->len - first.len - 1 : 0 };
	return first;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct weir_bytes rest = { (const char *)data, size }, rule = part(&rest), module = part(&rest);
	struct diag *diag = diag_create();
	struct rule_report report = { add_mistake, add_mistake, diag, 0 };
	const char *const rules[] = { folder, NULL };
	struct engine_options options = { .rules = rules, .version = "0" };
	struct engine *engine;
	FILE *to = fopen("/dev/null", "w");

	if (!*folder)
		make_folder();
	write_file("a.lua", rule.data ? rule.data : "", rule.len);
	write_file("_m.lua", module.data ? module.data : "", module.len);
	engine = engine_create(&options, &report);
	if (report.mistakes == 0) {
		teller_destroy(teller_create(engine_rules(engine)));
		run(engine, part(&rest));
	}
	diag_print(diag, to, DIAG_PLAIN);
	fclose(to);
	engine_destroy(engine);
	diag_destroy(diag);
	return 0;
}
