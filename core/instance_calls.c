/* instance_calls.c - what the runtime offers an instance: log, metrics, clock, secrets, HTTP.
 *
 * Lives here: the weir_* calls that take a weir_ctx. Not here: weir_batch_* (batch.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "instance.h"

static struct weir_ctx *origin_of(struct weir_ctx *ctx)
{
	return ctx->origin ? ctx->origin : ctx;
}

void weir_report(struct weir_ctx *ctx, const struct weir_error *mistake)
{
	struct weir_error located = *mistake;

	weir_must(ctx->diag);
	config_locate(ctx->hold->config, ctx->node, &located);
	diag_add(ctx->diag, &located);
}

void weir_report_warning(struct weir_ctx *ctx, const struct weir_error *suspicion)
{
	struct weir_error located = *suspicion;

	weir_must(ctx->diag);
	config_locate(ctx->hold->config, ctx->node, &located);
	diag_warn(ctx->diag, &located);
}

void weir_log(struct weir_ctx *ctx, enum weir_level level, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	/* There what becomes of each event is shown, by whoever tries. */
	if (ctx->host->trial)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	log_line(level, ctx->stage, "%s", text);
	if (ctx->window && level == WEIR_WARN) {
		weir_free(ctx->note);
		ctx->note = weir_strdup(text);
	}
}

void weir_count(struct weir_ctx *ctx, unsigned metric, int64_t by)
{
	struct weir_ctx *origin = origin_of(ctx);

	weir_must(metric < origin->metric_count);
	atomic_fetch_add_explicit(&origin->metrics[metric], by, memory_order_relaxed);
}

void weir_gauge(struct weir_ctx *ctx, unsigned metric, int64_t value)
{
	struct weir_ctx *origin = origin_of(ctx);

	weir_must(metric < origin->metric_count);
	atomic_store_explicit(&origin->metrics[metric], value, memory_order_relaxed);
}

const char *weir_name(const struct weir_ctx *ctx)
{
	return ctx->name;
}

const char *weir_position(const struct weir_ctx *ctx)
{
	return ctx->position;
}

bool weir_stopping(const struct weir_ctx *ctx)
{
	return atomic_load(&ctx->host->stopping) || atomic_load(&ctx->stopping);
}

enum weir_status weir_secrets_reload(struct weir_ctx *ctx, bool *changed,
                                     struct weir_error *err)
{
	struct option_source from = config_options(ctx->hold->config, ctx->node);
	uint64_t stamp = config_secrets_stamp(ctx->hold->config, ctx->node);
	enum weir_status status;

	status = option_reload_secrets(ctx->plugin->options, &from, ctx->self, changed, err);
	if (status == WEIR_OK)
		ctx->secrets_stamp = stamp;
	return status;
}

const struct weir_window *weir_window(const struct weir_ctx *ctx)
{
	return ctx->window;
}

void weir_audit(struct weir_ctx *ctx, int64_t after_ms, double share)
{
	weir_must(ctx->diag && ctx->plugin->windows);
	ctx->audit_after_ms = after_ms;
	ctx->audit_share = share;
}

bool weir_trial(const struct weir_ctx *ctx)
{
	return ctx->host->trial;
}

int64_t weir_now(const struct weir_ctx *ctx)
{
	(void)ctx;
	return clock_now_us();
}

int64_t weir_monotonic_ms(const struct weir_ctx *ctx)
{
	(void)ctx;
	return clock_monotonic_ms();
}

int64_t weir_setting(const struct weir_ctx *ctx, const char *name)
{
	struct core_options core = host_core(ctx->host);
	const struct {
		const char *name;
		int64_t value;
	} settings[] = {
		{ "overlap", core.overlap },
		{ "poison_after", core.poison_after },
		{ "page_max", core.page_max },
		{ "event_max", core.event_max },
		{ "seen_for", core.seen_for },
	};

	for (size_t i = 0; i < WEIR_COUNT(settings); i++) {
		if (strcmp(settings[i].name, name) == 0)
			return settings[i].value;
	}
	weir_must(!"a setting of that name");
	return 0;
}

void *weir_shared(struct weir_ctx *ctx, const char *key, size_t size, void (*finish)(void *))
{
	void *memory = shared_ref(ctx->host, ctx->plugin, key, size, finish);

	ctx->shared = weir_realloc(ctx->shared, (ctx->shared_count + 1) * sizeof *ctx->shared);
	ctx->shared[ctx->shared_count++] = memory;
	return memory;
}

static void take_reply(void *arg, struct weir_reply *reply)
{
	struct weir_ctx *ctx = arg;

	ctx->call = NULL;
	ctx->replied(ctx, reply);
}

enum weir_status weir_http_start(struct weir_ctx *ctx, const struct weir_request *request,
                                 struct weir_error *err)
{
	if (!ctx->replied || !ctx->host->http)
		return weir_fail(err, WEIR_E_CONFIG, "only a running source can start a request");
	if (ctx->call)
		return weir_fail(err, WEIR_E_RESOURCE, "a request is under way already");
	ctx->call = http_start(ctx->host->http, request, take_reply, ctx, err);
	if (ctx->call)
		return WEIR_OK;
	return err->code == WEIR_E_CONFIG ? WEIR_FAIL : WEIR_RETRY;
}
