/* probe.c - how far instances get with their peers, step by step.
 *
 * Lives here: many probes on one loop, their steps, whose turn it is to be told. Not here: the
 * way to a peer (probe_way.c), how it looks (probe_show.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "probe.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "instance.h"
#include "registry.h"

enum { CONNECTIONS_MAX = 128, AT_ONCE = 64 };

struct probe_list {
	struct host host;
	const struct probe_view *view;
	struct probe *probes;
	size_t count;
	size_t begun, running;
	size_t told;   /* all before it were told whole; its own steps are told as they come */
	bool told_begin, beginning;
};

bool probe_can(const struct config_node *node)
{
	return node->plugin && node->plugin->probe;
}

/* ---- telling --------------------------------------------------------------------- */

static void tell(struct probe_list *list)
{
	while (list->told < list->count) {
		struct probe *probe = &list->probes[list->told];

		if (!list->told_begin)
			list->view->begin(list->view->arg, probe->ctx->node);
		list->told_begin = true;
		while (probe->told < probe->count)
			list->view->step(list->view->arg, &probe->steps[probe->told++]);
		if (!probe->done)
			return;
		list->view->end(list->view->arg, !probe->bad);
		list->told_begin = false;
		list->told++;
	}
}

void probe_add_step(struct probe *probe, const struct probe_step *step)
{
	probe->steps = weir_realloc(probe->steps, (probe->count + 1) * sizeof *probe->steps);
	probe->steps[probe->count++] = (struct probe_step){
		weir_arena_strdup(probe->arena, step->name), step->good,
		weir_arena_strdup(probe->arena, step->text),
		step->cure ? weir_arena_strdup(probe->arena, step->cure) : NULL,
	};
	probe->bad = probe->bad || !step->good;
	tell(probe->list);
}

void probe_add_error(struct probe *probe, const char *name, const struct weir_error *err,
                     const char *about)
{
	const char *cure = strstr(err->text, "; ");
	size_t len = cure ? (size_t)(cure - err->text) : strlen(err->text);
	struct probe_step step = {
		.name = name,
		.text = weir_arena_format(probe->arena, "%.*s%s%s%s", (int)len, err->text,
		                          about ? " (" : "", about ? about : "", about ? ")" : ""),
		.cure = cure ? cure + 2 : NULL,
	};

	probe_add_step(probe, &step);
}

void weir_step_good(struct weir_ctx *ctx, const char *step, const char *fmt, ...)
{
	char text[480];
	va_list args;

	weir_must(ctx->probe);
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	probe_add_step(ctx->probe, &(struct probe_step){ step, true, text, NULL });
}

void weir_step_bad(struct weir_ctx *ctx, const char *step, const struct weir_error *err)
{
	weir_must(ctx->probe);
	probe_add_error(ctx->probe, step, err, NULL);
}

/* ---- going on ----------------------------------------------------------------------- */

static void begin_more(struct probe_list *list);

void probe_end(struct probe *probe)
{
	struct probe_list *list = probe->list;

	instance_cancel(probe->ctx);
	probe->done = true;
	list->running--;
	tell(list);
	begin_more(list);
}

static void ask(struct probe *probe, const struct weir_reply *reply)
{
	struct weir_ctx *ctx = probe->ctx;
	struct weir_error err = { 0 };
	enum weir_status status;

	instance_enter(ctx, "probe");
	status = ctx->plugin->probe(ctx->self, ctx, reply, &err);
	instance_leave();
	if (status == WEIR_PENDING && ctx->call)
		return;
	if (status == WEIR_PENDING)
		weir_fail(&err, WEIR_E_RESOURCE, "waits for a reply, but asked nothing");
	if (status != WEIR_OK)
		probe_add_error(probe, ctx->plugin->name, &err, NULL);
	probe_end(probe);
}

void probe_go_on(struct probe *probe)
{
	ask(probe, NULL);
}

static void replied(void *arg, const struct weir_reply *reply)
{
	struct weir_ctx *ctx = arg;

	ask(ctx->probe, reply);
}

/* A probe that ends at once comes here again, from within the loop. */
static void begin_more(struct probe_list *list)
{
	if (list->beginning)
		return;
	list->beginning = true;
	while (list->begun < list->count && list->running < AT_ONCE) {
		struct probe *probe = &list->probes[list->begun++];

		list->running++;
		ask(probe, NULL);
	}
	list->beginning = false;
	if (!list->running && list->begun == list->count)
		loop_stop(list->host.loop);
}

/* ---- life ------------------------------------------------------------------------------ */

/* Its instance, or none: create's mistakes are in diag then. */
static void add(struct probe_list *list, struct config_hold *hold,
                const struct config_node *node, struct diag *diag)
{
	size_t mistakes = diag_errors(diag);
	struct weir_ctx *ctx = instance_create(&list->host, hold, node, 1, diag);

	if (diag_errors(diag) != mistakes) {
		instance_unref(ctx);
		return;
	}
	list->probes[list->count++] = (struct probe){
		.list = list, .ctx = ctx, .arena = weir_arena_create(),
	};
	ctx->replied = replied;
}

static void make(struct probe_list *list, struct config *config,
                 const struct config_node *const *nodes, struct diag *diag)
{
	struct config_hold *hold = config_hold_create(config);
	size_t count = 0;

	hold->borrowed = true;
	while (nodes[count])
		count++;
	list->probes = weir_alloc((count + 1) * sizeof *list->probes);
	for (size_t i = 0; i < count; i++) {
		if (nodes[i]->sound && probe_can(nodes[i]))
			add(list, hold, nodes[i], diag);
	}
	/* They stay where they are from here on. */
	for (size_t i = 0; i < list->count; i++)
		list->probes[i].ctx->probe = &list->probes[i];
	config_hold_unref(hold);
}

static size_t finish(struct probe_list *list)
{
	size_t bad = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct probe *probe = &list->probes[i];

		bad += probe->bad;
		instance_unref(probe->ctx);
		weir_arena_destroy(probe->arena);
		weir_free(probe->steps);
	}
	weir_free(list->probes);
	host_finish(&list->host);
	return bad;
}

bool probe_run(struct config *config, const struct config_node *const *nodes,
               const struct probe_view *view, struct diag *diag, size_t *bad,
               struct weir_error *err)
{
	struct probe_list list = { .view = view };
	bool ok;

	host_init(&list.host, &config->core);
	make(&list, config, nodes, diag);
	list.host.loop = loop_create(err);
	if (list.host.loop)
		list.host.http = http_create(list.host.loop, CONNECTIONS_MAX);
	ok = list.host.http != NULL;
	if (ok && list.count) {
		begin_more(&list);
		loop_run(list.host.loop);
	}
	*bad = finish(&list);
	http_destroy(list.host.http);
	loop_destroy(list.host.loop);
	return ok;
}
