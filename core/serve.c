/* serve.c - what a running weir answers on its control socket.
 *
 * Lives here: the commands. Not here: the socket (control.c), the snapshot (runtime_status.c),
 * reloads (rebuild.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "serve.h"

#include <inttypes.h>

#include "dead_talk.h"
#include "lane.h"

struct serve {
	struct control *control;
	struct runtime *runtime;
};

static void answer_status(void *arg, struct weir_value request, struct weir_buf *answer)
{
	struct serve *serve = arg;
	struct weir_arena *arena = weir_arena_create();

	(void)request;
	weir_buf_puts(answer, "{\"ok\":true,\"status\":");
	weir_value_render(runtime_status(serve->runtime, arena), answer);
	weir_buf_putc(answer, '}');
	weir_arena_destroy(arena);
}

static void answer_prometheus(void *arg, struct weir_value request, struct weir_buf *answer)
{
	struct serve *serve = arg;
	struct weir_buf text = { 0 };

	(void)request;
	runtime_prometheus(serve->runtime, &text);
	weir_buf_puts(answer, "{\"ok\":true,\"text\":");
	weir_json_quote((struct weir_bytes){ text.data, text.len }, answer);
	weir_buf_putc(answer, '}');
	weir_buf_finish(&text);
}

static void answer_reload(void *arg, bool ok, struct diag *diag)
{
	struct weir_buf answer = { 0 };

	weir_buf_putc(&answer, '{');
	if (!ok)
		weir_buf_puts(&answer, "\"error\":\"reload refused; nothing changed\",");
	diag_json(diag, &answer); /* says ok, too: a refusal has a mistake */
	weir_buf_putc(&answer, '}');
	control_answer(arg, (struct weir_bytes){ answer.data, answer.len });
	weir_buf_finish(&answer);
}

static void begin_reload(void *arg, struct weir_value request, struct control_call *call)
{
	struct serve *serve = arg;

	(void)request;
	runtime_reload(serve->runtime, answer_reload, call);
}

static const char *text_of(struct weir_value request, const char *name, struct weir_arena *arena)
{
	struct weir_bytes text = { 0 };

	weir_value_text(weir_value_get(request, name), arena, &text);
	return weir_arena_format(arena, "%.*s", (int)text.len, text.data ? text.data : "");
}

static void answer_ok(bool ok, const struct weir_error *err, struct weir_buf *answer)
{
	if (ok) {
		weir_buf_puts(answer, "{\"ok\":true}");
		return;
	}
	weir_buf_puts(answer, "{\"ok\":false,\"error\":");
	weir_json_quote(weir_bytes(err->text), answer);
	weir_buf_putc(answer, '}');
}

static void answer_accept(void *arg, struct weir_value request, struct weir_buf *answer)
{
	struct serve *serve = arg;
	struct weir_arena *arena = weir_arena_create();
	struct weir_error err = { 0 };

	answer_ok(runtime_accept(serve->runtime, text_of(request, "sink", arena), &err), &err, answer);
	weir_arena_destroy(arena);
}

/* ---- backfills ---------------------------------------------------------------------- */

static void answer_backfill(void *arg, struct weir_value request, struct weir_buf *answer)
{
	struct serve *serve = arg;
	struct weir_arena *arena = weir_arena_create();
	struct weir_error err = { 0 };
	struct lane_ask ask = { 0 };
	bool ok;

	weir_value_double(weir_value_get(request, "share"), &ask.share);
	weir_value_bool(weir_value_get(request, "dry_run"), &ask.dry);
	ok = weir_time_parse(weir_bytes(text_of(request, "since", arena)), &ask.since_us)
	     && weir_time_parse(weir_bytes(text_of(request, "until", arena)), &ask.until_us);
	if (!ok)
		weir_fail(&err, WEIR_E_CONFIG, "since and until must be timestamps");
	else
		ok = runtime_backfill(serve->runtime, text_of(request, "source", arena), &ask, &err);
	answer_ok(ok, &err, answer);
	weir_arena_destroy(arena);
}

static void answer_backfill_cancel(void *arg, struct weir_value request, struct weir_buf *answer)
{
	struct serve *serve = arg;
	struct weir_arena *arena = weir_arena_create();
	struct weir_error err = { 0 };
	bool ok = runtime_backfill_cancel(serve->runtime, text_of(request, "source", arena), &err);

	answer_ok(ok, &err, answer);
	weir_arena_destroy(arena);
}

static void answer_backfills(void *arg, struct weir_value request, struct weir_buf *answer)
{
	struct serve *serve = arg;
	struct weir_arena *arena = weir_arena_create();

	(void)request;
	weir_buf_puts(answer, "{\"ok\":true,\"backfills\":");
	weir_value_render(runtime_backfills(serve->runtime, arena), answer);
	weir_buf_putc(answer, '}');
	weir_arena_destroy(arena);
}

static void answer_forget(void *arg, struct weir_value request, struct weir_buf *answer)
{
	struct serve *serve = arg;
	struct weir_arena *arena = weir_arena_create();
	struct weir_bytes name = { 0 };
	struct weir_error err = { 0 };
	bool later = false;

	weir_value_text(weir_value_get(request, "source"), arena, &name);
	if (runtime_forget(serve->runtime, weir_arena_format(arena, "%.*s", (int)name.len, name.data),
	                   &later, &err)) {
		weir_buf_printf(answer, "{\"ok\":true,\"later\":%s}", later ? "true" : "false");
	} else {
		weir_buf_puts(answer, "{\"ok\":false,\"error\":");
		weir_json_quote(weir_bytes(err.text), answer);
		weir_buf_putc(answer, '}');
	}
	weir_arena_destroy(arena);
}

/* ---- dead letters ------------------------------------------------------------------------ */

static void answer_replay(void *arg, const struct replay_sum *sum)
{
	struct weir_buf answer = { 0 };

	dead_talk_put_sum(sum, &answer);
	control_answer(arg, (struct weir_bytes){ answer.data, answer.len });
	weir_buf_finish(&answer);
}

/* Who asks waits until it is over. */
static void begin_replay(void *arg, struct weir_value request, struct control_call *call)
{
	struct serve *serve = arg;
	struct weir_arena *arena = weir_arena_create();
	struct replay_sum none = { 0 };
	struct store_dead_query query;

	if (dead_talk_read_query(request, arena, &query, &none.why))
		runtime_replay(serve->runtime, &query, answer_replay, call);
	else
		answer_replay(call, &none);
	weir_arena_destroy(arena);
}

static void answer_replay_cancel(void *arg, struct weir_value request, struct weir_buf *answer)
{
	struct serve *serve = arg;
	struct weir_error err = { 0 };

	(void)request;
	answer_ok(runtime_replay_cancel(serve->runtime, &err), &err, answer);
}

static void answer_drop(void *arg, int64_t dropped, const struct weir_error *why)
{
	struct weir_buf answer = { 0 };

	weir_buf_printf(&answer, "{\"ok\":%s,\"dropped\":%" PRId64, why ? "false" : "true", dropped);
	if (why) {
		weir_buf_puts(&answer, ",\"error\":");
		weir_json_quote(weir_bytes(why->text), &answer);
	}
	weir_buf_putc(&answer, '}');
	control_answer(arg, (struct weir_bytes){ answer.data, answer.len });
	weir_buf_finish(&answer);
}

static void begin_drop(void *arg, struct weir_value request, struct control_call *call)
{
	struct serve *serve = arg;
	struct weir_arena *arena = weir_arena_create();
	struct store_dead_query query;
	struct weir_error err = { 0 };

	if (dead_talk_read_query(request, arena, &query, &err))
		runtime_drop_dead(serve->runtime, &query, answer_drop, call);
	else
		answer_drop(call, 0, &err);
	weir_arena_destroy(arena);
}

static const struct control_command commands[] = {
	{ .name = "status", .run = answer_status },
	{ .name = "prometheus", .run = answer_prometheus },
	{ .name = "reload", .begin = begin_reload },
	{ .name = "accept", .run = answer_accept },
	{ .name = "replay", .begin = begin_replay },
	{ .name = "replay_cancel", .run = answer_replay_cancel },
	{ .name = "drop", .begin = begin_drop },
	{ .name = "backfill", .run = answer_backfill },
	{ .name = "backfill_cancel", .run = answer_backfill_cancel },
	{ .name = "backfills", .run = answer_backfills },
	{ .name = "forget", .run = answer_forget },
	{ 0 },
};

struct serve *serve_create(struct loop *loop, const char *state_dir, struct runtime *runtime,
                           struct weir_error *err)
{
	struct serve *serve = weir_alloc(sizeof *serve);

	serve->runtime = runtime;
	serve->control = control_listen(loop, state_dir, commands, serve, err);
	if (serve->control)
		return serve;
	weir_free(serve);
	return NULL;
}

void serve_destroy(struct serve *serve)
{
	if (!serve)
		return;
	control_close(serve->control);
	weir_free(serve);
}
