/* bench_json.c - what each pass of the JSON reader costs.
 *
 *     bench_json FILE [KIB [ISA]]
 *
 * FILE is NDJSON; it is parsed in pages of KIB kibibytes (256), as the file source does.
 * Prints CPU seconds per million events: the sum of each page's best of many rounds, so that
 * a busy neighbour on the machine does little harm.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_doc.h"

#include <weir/value.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 25 };

/* What the benchmark's mapping reads; tests/bench/peers/MAPPING.md. */
static const char *const wanted[] = {
	"uuid", "published", "eventType", "displayMessage", "severity", "outcome.result",
	"outcome.reason", "actor.id", "actor.type", "actor.alternateId", "actor.displayName",
	"client.ipAddress", "client.geographicalContext.country", "client.geographicalContext.city",
	"client.geographicalContext.geolocation.lat", "client.geographicalContext.geolocation.lon",
	"securityContext.asNumber", "securityContext.isp", "securityContext.isProxy",
	"client.userAgent.rawUserAgent", "client.userAgent.os",
	"authenticationContext.externalSessionId", "transaction.id",
	"authenticationContext.credentialType", "debugContext.debugData.risk", "target",
	"target[type=AppInstance].displayName", "target[0].id", "debugContext.debugData.requestUri",
};

struct bench {
	char *text;
	size_t len, page;
	struct json_doc *doc;
	struct weir_paths *paths;
	const struct weir_key *keys[WEIR_COUNT(wanted)];
	struct weir_arena *key_arena, *arena;
	struct weir_buf out;
	double *best;  /* of each page */
	size_t pages;
	size_t events;
};

static void fail(const char *what)
{
	fprintf(stderr, "bench_json: %s\n", what);
	exit(1);
}

static double cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void read_file(struct bench *b, const char *path)
{
	FILE *f = fopen(path, "rb");

	if (!f)
		fail("cannot open the file");
	fseek(f, 0, SEEK_END);
	b->len = (size_t)ftell(f);
	rewind(f);
	b->text = weir_alloc(b->len + WEIR_PAGE_PADDING);
	if (fread(b->text, 1, b->len, f) != b->len)
		fail("cannot read the file");
	fclose(f);
}

/* Passes; each works on one page. */

static void do_nothing(struct bench *b, struct weir_bytes page)
{
	(void)b;
	(void)page;
}

static void do_index(struct bench *b, struct weir_bytes page)
{
	json_doc_reset(b->doc);
	b->doc->view.text = page.data;
	if (json_index(b->doc, 0, page.len, WEIR_PAGE_LINES) != JSON_INDEXED)
		fail("the file is not sound");
}

static void do_parse(struct bench *b, struct weir_bytes page)
{
	const struct json_limits limits = { 16 << 20, 128 };
	struct weir_error err;
	size_t count;

	if (!json_parse_page(b->doc, WEIR_PAGE_LINES, page, &limits, &err))
		fail(err.text);
	json_events(b->doc, &count);
	b->events += count;
}

static void do_read(struct bench *b, struct weir_bytes page)
{
	struct weir_value slots[WEIR_COUNT(wanted)];
	const struct json_event *events;
	size_t count;

	do_parse(b, page);
	events = json_events(b->doc, &count);
	for (size_t i = 0; i < count; i++)
		weir_paths_read(b->paths, events[i].value, slots);
}

/* As a rule does: a record with as many members as there are paths. */
static void do_record(struct bench *b, struct weir_bytes page)
{
	struct weir_value slots[WEIR_COUNT(wanted)], record;
	const struct json_event *events;
	size_t count;

	do_parse(b, page);
	events = json_events(b->doc, &count);
	b->out.len = 0;
	weir_arena_reset(b->arena, 1 << 20);
	for (size_t i = 0; i < count; i++) {
		weir_paths_read(b->paths, events[i].value, slots);
		record = weir_make_object(b->arena, WEIR_COUNT(wanted));
		for (size_t k = 0; k < WEIR_COUNT(wanted); k++) {
			if (!weir_is_nothing(slots[k]) && slots[k].kind != WEIR_ARRAY)
				weir_object_add(b->arena, record, b->keys[k], slots[k]);
		}
		weir_value_render(record, &b->out);
	}
}

static void do_write(struct bench *b, struct weir_bytes page)
{
	struct weir_value slots[WEIR_COUNT(wanted)];
	const struct json_event *events;
	size_t count;

	do_parse(b, page);
	events = json_events(b->doc, &count);
	b->out.len = 0;
	for (size_t i = 0; i < count; i++) {
		weir_paths_read(b->paths, events[i].value, slots);
		for (size_t k = 0; k < WEIR_COUNT(wanted); k++) {
			if (!weir_is_nothing(slots[k]) && slots[k].kind != WEIR_ARRAY)
				weir_value_render(slots[k], &b->out);
		}
	}
}

static void do_quote(struct bench *b, struct weir_bytes page)
{
	const struct json_event *events;
	size_t count;

	do_parse(b, page);
	events = json_events(b->doc, &count);
	b->out.len = 0;
	for (size_t i = 0; i < count; i++)
		weir_json_quote(events[i].source, &b->out);
}

static void do_identity(struct bench *b, struct weir_bytes page)
{
	const struct json_event *events;
	size_t count;

	do_parse(b, page);
	events = json_events(b->doc, &count);
	b->out.len = 0;
	for (size_t i = 0; i < count; i++)
		weir_value_render(events[i].value, &b->out);
}

static void run(struct bench *b, void (*pass)(struct bench *, struct weir_bytes))
{
	b->pages = 0;
	for (size_t at = 0; at < b->len;) {
		size_t end = at + b->page < b->len ? at + b->page : b->len;
		double start, seconds;

		while (end > at && b->text[end - 1] != '\n')
			end--;
		if (end == at)
			fail("a line is longer than a page");
		start = cpu_seconds();
		pass(b, (struct weir_bytes){ b->text + at, end - at });
		seconds = cpu_seconds() - start;
		if (seconds < b->best[b->pages])
			b->best[b->pages] = seconds;
		b->pages++;
		at = end;
	}
}

static double best_of_rounds(struct bench *b, void (*pass)(struct bench *, struct weir_bytes))
{
	double sum = 0;

	for (size_t i = 0; i < b->pages; i++)
		b->best[i] = 1e9;
	for (int round = 0; round < ROUNDS; round++)
		run(b, pass);
	for (size_t i = 0; i < b->pages; i++)
		sum += b->best[i];
	return sum;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*pass)(struct bench *, struct weir_bytes);
	} passes[] = {
		{ "nothing", do_nothing },
		{ "index", do_index },
		{ "index, link", do_parse },
		{ "index, link, read 29 paths", do_read },
		{ "index, link, read, write them", do_write },
		{ "index, link, read, make a record", do_record },
		{ "index, link, write all", do_identity },
		{ "index, link, quote all", do_quote },
	};
	struct bench b = { .page = (argc > 2 ? strtoul(argv[2], NULL, 10) : 256) << 10 };
	struct weir_error err;
	size_t events;

	if (argc < 2)
		fail("usage: bench_json FILE [KIB [ISA]]");
	if (argc > 3 && !json_isa_use(argv[3]))
		fail("this machine has not got that instruction set");
	read_file(&b, argv[1]);
	b.doc = json_doc_create();
	b.arena = weir_arena_create();
	b.key_arena = weir_arena_create();
	for (size_t k = 0; k < WEIR_COUNT(wanted); k++)
		b.keys[k] = weir_key_create(b.key_arena, weir_bytes(wanted[k]));
	b.paths = weir_paths_create(wanted, WEIR_COUNT(wanted), &err);
	b.best = weir_alloc((b.len / b.page * 2 + 2) * sizeof *b.best);
	run(&b, do_parse);
	events = b.events;
	printf("%s, %zu events of %zu bytes, pages of %zu KiB\n", json_isa(), events,
	       b.len / events, b.page >> 10);
	for (size_t i = 0; i < WEIR_COUNT(passes); i++) {
		double seconds = best_of_rounds(&b, passes[i].pass);

		printf("%-36s %6.3f CPU-s per million\n", passes[i].name,
		       seconds / (double)events * 1e6);
	}
	weir_paths_destroy(b.paths);
	json_doc_destroy(b.doc);
	weir_arena_destroy(b.arena);
	weir_arena_destroy(b.key_arena);
	weir_buf_finish(&b.out);
	weir_free(b.best);
	weir_free(b.text);
	return 0;
}
