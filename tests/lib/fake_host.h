/* fake_host.h - what the runtime offers a plugin, for the test of one plugin.
 *
 * A test that includes this defines the runtime's calls itself; the linker takes the test's in
 * place of the core's. Nothing here runs a pipeline: the test calls the plugin.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_FAKE_HOST_H
#define TESTS_FAKE_HOST_H

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/plugin.h>

#include "witness.h"

struct weir_ctx {
	const char *name;
	char *position;       /* what weir_position gives; fake_commit sets it */
	int64_t now_us, monotonic_ms;
	bool stopping;
	struct weir_buf log;  /* all lines */
	pthread_mutex_t lock;
	int64_t counts[16];
	struct weir_error report; /* the last mistake or suspicion */
};

/* One batch: rows for a sink, a page from a source. */
struct weir_batch {
	const char *source;
	struct fake_row {
		const char *schema;
		struct weir_bytes text;
	} *rows;
	size_t len;
	char *store;
	struct weir_arena *arena;  /* of the records that somebody looked at */

	enum weir_page_format format;
	char *page;
	size_t page_len;
	char *position, *origin;
};

static inline struct weir_ctx *fake_ctx(const char *name)
{
	struct weir_ctx *ctx = weir_alloc(sizeof *ctx);

	ctx->name = name;
	ctx->now_us = 1770740377769000;
	pthread_mutex_init(&ctx->lock, NULL);
	return ctx;
}

static inline void fake_ctx_free(struct weir_ctx *ctx)
{
	weir_free(ctx->position);
	weir_buf_finish(&ctx->log);
	pthread_mutex_destroy(&ctx->lock);
	weir_free(ctx);
}

static inline void fake_commit(struct weir_ctx *ctx, const char *position)
{
	weir_free(ctx->position);
	ctx->position = weir_strdup(position);
}

static inline bool fake_said(struct weir_ctx *ctx, const char *words)
{
	bool said;

	pthread_mutex_lock(&ctx->lock);
	said = strstr(weir_buf_text(&ctx->log), words) != NULL;
	pthread_mutex_unlock(&ctx->lock);
	return said;
}

/* Self with the plugin's presets left at zero: the test fills the options. */
static inline void *fake_self(void)
{
	return weir_alloc(weir_plugin()->self_size);
}

/* ---- batches for sinks ---------------------------------------------------------------- */

/* lines: "schema text\n..." pairs; texts lie one behind the other, as the runtime's do. */
static inline struct weir_batch *fake_rows(const char *source, const char *const *pairs)
{
	struct weir_batch *b = weir_alloc(sizeof *b);
	size_t bytes = 0, at = 0;

	b->source = source;
	while (pairs[2 * b->len]) {
		bytes += strlen(pairs[2 * b->len + 1]) + 1;
		b->len++;
	}
	b->rows = weir_alloc((b->len + 1) * sizeof *b->rows);
	b->store = weir_alloc(bytes + 1);
	for (size_t i = 0; i < b->len; i++) {
		size_t len = strlen(pairs[2 * i + 1]);

		memcpy(b->store + at, pairs[2 * i + 1], len);
		b->store[at + len] = '\n';
		b->rows[i].schema = *pairs[2 * i] ? pairs[2 * i] : NULL;
		b->rows[i].text = (struct weir_bytes){ b->store + at, len };
		at += len + 1;
	}
	return b;
}

static inline void fake_batch_free(struct weir_batch *b)
{
	weir_free(b->rows);
	weir_free(b->store);
	weir_arena_destroy(b->arena);
	free(b->page);
	weir_free(b->position);
	weir_free(b->origin);
	weir_free(b);
}

/* ---- the runtime's calls ---------------------------------------------------------------- */

/* The text, read. */
struct weir_value weir_batch_record(const struct weir_batch *b, size_t row)
{
	struct weir_batch *own = (struct weir_batch *)b;
	struct weir_value record = { 0 };
	struct weir_error err;

	if (!own->arena)
		own->arena = weir_arena_create();
	weir_json_parse(own->arena, b->rows[row].text, &record, &err);
	return record;
}

/* The member "id" of the record, if it is a text. */
struct weir_bytes weir_batch_id(const struct weir_batch *b, size_t row)
{
	struct weir_value id = weir_value_get(weir_batch_record(b, row), "id");
	struct weir_bytes text = { 0 };

	weir_value_text(id, b->arena, &text);
	return text;
}

size_t weir_batch_len(const struct weir_batch *b)
{
	return b->len;
}

const char *weir_batch_schema(const struct weir_batch *b, size_t row)
{
	return b->rows[row].schema;
}

const char *weir_batch_source(const struct weir_batch *b)
{
	return b->source;
}

struct weir_bytes weir_batch_text(const struct weir_batch *b, size_t row)
{
	return b->rows[row].text;
}

void weir_batch_page(struct weir_batch *out, enum weir_page_format format, char *data, size_t len)
{
	free(out->page);
	out->format = format;
	out->page = data;
	out->page_len = len;
}

void weir_batch_position(struct weir_batch *out, const char *position)
{
	weir_free(out->position);
	out->position = weir_strdup(position);
}

void weir_batch_origin(struct weir_batch *out, const char *origin)
{
	weir_free(out->origin);
	out->origin = weir_strdup(origin);
}

void weir_log(struct weir_ctx *ctx, enum weir_level level, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	if (level >= WEIR_WARN)
		witness_said(false);
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	pthread_mutex_lock(&ctx->lock);
	weir_buf_printf(&ctx->log, "%s\n", text);
	pthread_mutex_unlock(&ctx->lock);
}

void weir_count(struct weir_ctx *ctx, unsigned metric, int64_t by)
{
	ctx->counts[metric] += by;
}

void weir_gauge(struct weir_ctx *ctx, unsigned metric, int64_t value)
{
	ctx->counts[metric] = value;
}

void weir_report(struct weir_ctx *ctx, const struct weir_error *mistake)
{
	ctx->report = *mistake;
}

void weir_report_warning(struct weir_ctx *ctx, const struct weir_error *suspicion)
{
	ctx->report = *suspicion;
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
	return ctx->stopping;
}

int64_t weir_now(const struct weir_ctx *ctx)
{
	return ctx->now_us;
}

int64_t weir_monotonic_ms(const struct weir_ctx *ctx)
{
	return ctx->monotonic_ms;
}

#endif
