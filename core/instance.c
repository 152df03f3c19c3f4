/* instance.c - struct weir_ctx: one running instance of a plugin.
 *
 * Lives here: the life of an instance, from its options to destroy. Not here: what it may ask
 * of the runtime (instance_calls.c), when it is called (driver.c, chain.c, outlet.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "instance.h"

#include "lane_record.h"
#include "registry.h"

/* ---- configurations -------------------------------------------------------- */

struct config_hold *config_hold_create(struct config *config)
{
	struct config_hold *hold = weir_alloc(sizeof *hold);

	hold->config = config;
	hold->refs = 1;
	return hold;
}

void config_hold_ref(struct config_hold *hold)
{
	atomic_fetch_add(&hold->refs, 1);
}

void config_hold_unref(struct config_hold *hold)
{
	if (!hold || atomic_fetch_sub(&hold->refs, 1) > 1)
		return;
	if (!hold->borrowed)
		config_destroy(hold->config);
	weir_free(hold);
}

/* ---- making ------------------------------------------------------------------ */

static struct weir_ctx *make(struct host *host, struct config_hold *hold,
                             const struct config_node *node)
{
	struct weir_ctx *ctx = weir_alloc(sizeof *ctx);

	ctx->host = host;
	ctx->hold = hold;
	config_hold_ref(hold);
	ctx->node = node;
	ctx->plugin = node->plugin;
	ctx->name = node->name;
	ctx->refs = 1;
	ctx->arena = weir_arena_create();
	ctx->stage = weir_arena_format(ctx->arena, "%ss.%s", kind_name(node->kind), node->name);
	trouble_init(&ctx->trouble, ctx->stage);
	pthread_mutex_init(&ctx->position_lock, NULL);
	ctx->self = weir_alloc(ctx->plugin->self_size + 1);
	return ctx;
}

static void count_metrics(struct weir_ctx *ctx)
{
	const struct weir_metric *row = ctx->plugin->metrics;

	while (row && row[ctx->metric_count].name)
		ctx->metric_count++;
	ctx->metrics = weir_alloc((ctx->metric_count + 1) * sizeof *ctx->metrics);
}

static bool fill(struct weir_ctx *ctx, struct diag *diag)
{
	struct option_source from = config_options(ctx->hold->config, ctx->node);

	/* Before they are read: a change in between is one. */
	ctx->secrets_stamp = config_secrets_stamp(ctx->hold->config, ctx->node);
	return option_fill(ctx->plugin->options, &from, ctx->self, ctx->arena, diag);
}

/* create, or what stands for it: reports what is wrong with the place of the option. */
static bool report(struct weir_ctx *ctx, enum weir_status status, struct weir_error *err)
{
	if (status == WEIR_OK)
		return true;
	if (err->text[0])
		weir_report(ctx, err);
	return false;
}

static bool create(struct weir_ctx *ctx, struct diag *diag)
{
	const struct weir_plugin *plugin = ctx->plugin;
	size_t mistakes = diag_errors(diag);
	struct weir_error err = { 0 };
	enum weir_status status = WEIR_OK;

	ctx->diag = diag;
	instance_enter(ctx, "create");
	if (plugin->create)
		status = plugin->create(ctx->self, ctx, &err);
	instance_leave();
	report(ctx, status, &err);
	ctx->diag = NULL;
	return status == WEIR_OK && diag_errors(diag) == mistakes;
}

static bool add_clone(struct weir_ctx *origin, struct diag *diag)
{
	struct weir_ctx *ctx = make(origin->host, origin->hold, origin->node);
	struct weir_error err = { 0 };
	enum weir_status status;
	bool ok;

	ctx->origin = origin;
	origin->clones[origin->clone_count++] = ctx;
	if (!fill(ctx, diag))
		return false;
	if (!ctx->plugin->clone)
		return create(ctx, diag);
	ctx->diag = diag;
	instance_enter(ctx, "clone");
	status = ctx->plugin->clone(ctx->self, origin->self, ctx, &err);
	instance_leave();
	ok = report(ctx, status, &err);
	ctx->diag = NULL;
	return ok;
}

static void clone_for_workers(struct weir_ctx *ctx, size_t workers, struct diag *diag)
{
	if (ctx->node->kind != WEIR_TRANSFORM || ctx->plugin->state != WEIR_STATELESS)
		return;
	ctx->clones = weir_alloc(workers * sizeof *ctx->clones);
	while (ctx->clone_count + 1 < workers && add_clone(ctx, diag))
		;
}

static void compile_id_path(struct weir_ctx *ctx, struct diag *diag)
{
	struct weir_error err = { 0 };

	if (ctx->node->kind != WEIR_SOURCE || !ctx->plugin->id_path)
		return;
	ctx->id_path = weir_paths_create(&ctx->plugin->id_path, 1, &err);
	if (!ctx->id_path)
		diag_add(diag, &err);
}

struct weir_ctx *instance_create(struct host *host, struct config_hold *hold,
                                 const struct config_node *node, size_t workers,
                                 struct diag *diag)
{
	struct weir_ctx *ctx = make(host, hold, node);

	count_metrics(ctx);
	compile_id_path(ctx, diag);
	ctx->created = fill(ctx, diag) && create(ctx, diag);
	if (ctx->created)
		clone_for_workers(ctx, workers, diag);
	return ctx;
}

struct weir_ctx *instance_create_lane(struct weir_ctx *source, const struct weir_window *window,
                                      struct diag *diag)
{
	struct weir_ctx *ctx = make(source->host, source->hold, source->node);

	ctx->origin = source;
	ctx->window = window;
	ctx->stage = weir_arena_format(ctx->arena, "%s.%s", source->stage, lane_name(window->lane));
	ctx->trouble.who = ctx->stage;
	if (fill(ctx, diag))
		create(ctx, diag);
	return ctx;
}

/* ---- unmaking ------------------------------------------------------------------- */

void instance_ref(struct weir_ctx *ctx)
{
	atomic_fetch_add(&ctx->refs, 1);
}

static void destroy(struct weir_ctx *ctx)
{
	instance_cancel(ctx);
	instance_stop(ctx);
	instance_enter(ctx, "destroy");
	if (ctx->plugin->destroy)
		ctx->plugin->destroy(ctx->self);
	instance_leave();
	for (size_t i = 0; i < ctx->shared_count; i++)
		shared_unref(ctx->host, ctx->shared[i]);
	option_wipe(ctx->plugin->options, ctx->self);
	weir_paths_destroy(ctx->id_path);
	weir_free(ctx->shared);
	weir_free(ctx->self);
	weir_free(ctx->position);
	weir_free(ctx->committed);
	weir_free(ctx->note);
	weir_free(ctx->clones);
	weir_free((void *)ctx->metrics);
	trouble_finish(&ctx->trouble);
	pthread_mutex_destroy(&ctx->position_lock);
	weir_arena_destroy(ctx->arena);
	config_hold_unref(ctx->hold);
	weir_free(ctx);
}

void instance_unref(struct weir_ctx *ctx)
{
	if (!ctx || atomic_fetch_sub(&ctx->refs, 1) > 1)
		return;
	if (ctx->dispose)
		ctx->dispose(ctx);
	for (size_t i = 0; i < ctx->clone_count; i++)
		destroy(ctx->clones[i]);
	destroy(ctx);
}

/* ---- running -------------------------------------------------------------------- */

struct weir_ctx *instance_of_worker(struct weir_ctx *ctx, size_t worker)
{
	if (worker == 0 || !ctx->clone_count)
		return ctx;
	weir_must(worker <= ctx->clone_count);
	return ctx->clones[worker - 1];
}

enum weir_status instance_start(struct weir_ctx *ctx, struct weir_error *err)
{
	enum weir_status status = WEIR_OK;

	if (ctx->started)
		return WEIR_OK;
	instance_enter(ctx, "start");
	if (ctx->plugin->start)
		status = ctx->plugin->start(ctx->self, ctx, err);
	instance_leave();
	ctx->started = status == WEIR_OK;
	return status;
}

enum weir_status instance_flush(struct weir_ctx *ctx, struct weir_buf *position,
                                struct weir_error *err)
{
	enum weir_status status;

	instance_enter(ctx, "flush");
	status = ctx->plugin->flush(ctx->self, position, err);
	instance_leave();
	return status;
}

void instance_stop(struct weir_ctx *ctx)
{
	instance_enter(ctx, "stop");
	if (ctx->started && ctx->plugin->stop)
		ctx->plugin->stop(ctx->self);
	instance_leave();
	ctx->started = false;
}

bool instance_wait(struct weir_ctx *ctx, const atomic_bool *flag, const struct weir_error *err)
{
	struct retry_limits limits = host_retry(ctx->host);
	struct weir_error why = *err;

	if (!why.text[0])
		weir_fail(&why, WEIR_E_RESOURCE, "failed, and did not say why");
	return host_wait(ctx->host, flag, trouble_begin(&ctx->trouble, &limits, &why));
}

void instance_committed(struct weir_ctx *ctx, const char *position)
{
	pthread_mutex_lock(&ctx->position_lock);
	weir_free(ctx->committed);
	ctx->committed = weir_strdup(position);
	ctx->position_is_old = true;
	pthread_mutex_unlock(&ctx->position_lock);
}

void instance_show_position(struct weir_ctx *ctx)
{
	pthread_mutex_lock(&ctx->position_lock);
	if (ctx->position_is_old) {
		weir_free(ctx->position);
		ctx->position = weir_strdup(ctx->committed);
	}
	ctx->position_is_old = false;
	pthread_mutex_unlock(&ctx->position_lock);
}

void instance_cancel(struct weir_ctx *ctx)
{
	if (ctx->call)
		http_cancel(ctx->call);
	ctx->call = NULL;
}

int64_t instance_metric(const struct weir_ctx *ctx, size_t metric)
{
	return atomic_load(&ctx->metrics[metric]);
}
