/* cmd_diff.c - `weir diff OLD NEW`: what a change of rules does to events, before it is live.
 *
 * Lives here: two rule folders side by side. Not here: running rules (dryrun.c), comparing two
 * records (difference.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "difference.h"
#include "print.h"
#include "workbench.h"

/* What one side made of a page: by event, its outcomes as JSON values. */
struct side {
	struct dryrun *dryrun;
	struct weir_arena *arena;
	struct outcomes {
		struct weir_value list;  /* an array of records and of reasons */
		struct weir_bytes source;
	} *events;
	size_t count;
};

struct diffing {
	struct side old, new;
	enum diag_color color;
	size_t events, changed;
};

static void reach(struct side *side, size_t event)
{
	size_t count = event + 1;

	if (count <= side->count)
		return;
	side->events = weir_realloc(side->events, count * sizeof *side->events);
	memset(side->events + side->count, 0, (count - side->count) * sizeof *side->events);
	for (size_t i = side->count; i < count; i++)
		side->events[i].list = weir_make_array(side->arena);
	side->count = count;
}

/* A reason stands in the place of a record, so that it is compared like one. */
static struct weir_value reason(struct weir_arena *arena, const char *fate, const char *why)
{
	struct weir_value object = weir_make_object(arena, 1);

	weir_object_put(arena, object, weir_bytes(fate), weir_make_text(arena, weir_bytes(why)));
	return object;
}

static void keep(void *arg, const struct dryrun_outcome *outcome)
{
	struct side *side = arg;
	struct outcomes *event;
	struct weir_value v;

	reach(side, outcome->event);
	event = &side->events[outcome->event];
	event->source = weir_arena_copy(side->arena, outcome->source);
	switch (outcome->fate) {
	case DRYRUN_RECORD:
		v = weir_value_copy(side->arena, outcome->record);
		break;
	case DRYRUN_DROPPED:
		v = reason(side->arena, "dropped", outcome->cause);
		break;
	case DRYRUN_REJECTED:
		v = reason(side->arena, "rejected", outcome->why->text);
		break;
	}
	weir_array_push(side->arena, event->list, v);
}

/* "user.session.start 3d2f..." of an event that has them. */
static void print_event(struct weir_arena *arena, struct weir_bytes source)
{
	struct weir_bytes type = { 0 }, id = { 0 };
	struct weir_value event;
	struct weir_error ignored;

	if (weir_json_parse(arena, source, &event, &ignored)) {
		weir_value_text(weir_value_get(event, "eventType"), arena, &type);
		weir_value_text(weir_value_get(event, "uuid"), arena, &id);
	}
	print_format("%.*s %.*s\n", (int)type.len, type.data ? type.data : "", (int)id.len,
	       id.data ? id.data : "");
}

static void compare(struct diffing *d)
{
	size_t count = d->old.count > d->new.count ? d->old.count : d->new.count;

	if (count == 0)
		return;
	reach(&d->old, count - 1);
	reach(&d->new, count - 1);
	for (size_t i = 0; i < count; i++) {
		struct weir_buf text = { 0 };

		d->events++;
		if (difference_list(d->old.events[i].list, d->new.events[i].list, d->color, &text)) {
			d->changed++;
			print_event(d->new.arena, d->new.events[i].source);
			print_buf(&text);
		}
		weir_buf_finish(&text);
	}
}

static void forget(struct side *side)
{
	weir_free(side->events);
	side->events = NULL;
	side->count = 0;
	weir_arena_reset(side->arena, 1 << 20);
}

static bool diff_page(void *arg, enum weir_page_format format, struct weir_bytes page,
                      struct weir_error *err)
{
	struct diffing *d = arg;
	bool fine = dryrun_map(d->old.dryrun, format, page, keep, &d->old, err) &&
	            dryrun_map(d->new.dryrun, format, page, keep, &d->new, err);

	if (fine)
		compare(d);
	forget(&d->old);
	forget(&d->new);
	return fine && print_flush();
}

static int diff_all(struct diffing *d, struct workbench *bench, const char *path)
{
	bool fine = workbench_read(bench, path, diff_page, d);

	fprintf(stderr, "%zu of %zu events change\n", d->changed, d->events);
	return fine ? EXIT_DONE : EXIT_FAILED;
}

extern const struct command cmd_diff;

static bool open_side(struct side *side, struct workbench *bench, const char *rules)
{
	const char *folders[] = { rules, NULL };

	side->arena = weir_arena_create();
	side->dryrun = workbench_open(bench, folders);
	return side->dryrun != NULL;
}

static void close_side(struct side *side)
{
	dryrun_destroy(side->dryrun);
	weir_free(side->events);
	weir_arena_destroy(side->arena);
}

static int run(char **argv)
{
	struct workbench bench = { 0 };
	struct diffing d = { 0 };
	const char *path = "-";
	const struct arg rows[] = {
		{ "in", 'i', "FILE", "events; standard input when left out", .text = &path },
		WORKBENCH_SET(bench),
		WORKBENCH_PLUGINS(bench),
		{ 0 },
	};
	int code = EXIT_DONE;
	bool fine;

	if (!args_read(&cmd_diff, rows, &bench.words, argv, &code))
		return code;
	if (bench.words.count != 2) {
		workbench_finish(&bench);
		return args_wrong(&cmd_diff, "name two rule folders: weir diff old/ new/ < events.ndjson");
	}
	workbench_begin(&bench, &cmd_diff);
	d.color = diag_color_of(stdout);
	fine = open_side(&d.old, &bench, bench.words.items[0]);
	fine = open_side(&d.new, &bench, bench.words.items[1]) && fine;
	code = fine ? diff_all(&d, &bench, path) : EXIT_CONFIG;
	close_side(&d.old);
	close_side(&d.new);
	workbench_finish(&bench);
	return code;
}

const struct command cmd_diff = {
	.name = "diff",
	.summary = "Show field by field what a change of rules does to events",
	.usage = "OLD NEW [--set NAME=VALUE]... [-i FILE]",
	.help = "OLD and NEW are rule folders; events come from standard input, as for weir map.\n"
	        "\n"
	        "  weir diff rules/taegis rules/mine < events.ndjson\n",
	.run = run,
};
