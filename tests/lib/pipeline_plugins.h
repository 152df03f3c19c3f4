/* pipeline_plugins.h - the small plugins of pipeline.h, and what their sinks got.
 *
 * The events are {"n":1}, {"n":2} and so on. What happens when is scripted by options and by
 * a hook that sinks call, so that no test waits for a time.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_PIPELINE_PLUGINS_H
#define TESTS_PIPELINE_PLUGINS_H

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>

#include "registry.h"
#include "runtime.h"
#include "trial.h"

/* ---- what sinks got --------------------------------------------------------------- */

#define PIPELINE_LISTS 8

struct pipeline_list {
	char name[32];
	int64_t *items;
	size_t len;
};

struct pipeline {
	struct loop *loop;
	struct store *store;
	struct runtime *runtime;
	struct config *config;
	struct diag *diag;
	pthread_mutex_t lock, names;    /* guard what is in lists, and which there are */
	struct pipeline_list lists[PIPELINE_LISTS];
	/* Called by a sink after each delivery, on its thread, with the rows it got so far. */
	void (*delivered)(const char *sink, size_t rows);
	struct reload_hooks hooks;      /* of the next run */
	atomic_int starts, stops;       /* of sinks */
	atomic_int flushes;
	atomic_bool sink_is_down;       /* process of every sink says RETRY */
	struct replay_sum replayed;     /* without its notes, of the last run */
};

TRIAL struct pipeline pipeline;

TRIAL struct pipeline_list *pipeline_list(const char *name)
{
	struct pipeline_list *list = pipeline.lists;

	pthread_mutex_lock(&pipeline.names);
	while (list->name[0] && strcmp(list->name, name) != 0)
		list++;
	snprintf(list->name, sizeof list->name, "%s", name);
	pthread_mutex_unlock(&pipeline.names);
	return list;
}

/* 1, 2, ... count and nothing else. */
TRIAL bool pipeline_is_whole(const char *name, size_t count)
{
	struct pipeline_list *list = pipeline_list(name);

	for (size_t i = 0; i < list->len; i++) {
		if (list->items[i] != (int64_t)i + 1) {
			fprintf(stderr, "%s: at %zu stands %" PRId64 "\n", name, i, list->items[i]);
			return false;
		}
	}
	if (list->len != count)
		fprintf(stderr, "%s: %zu rows\n", name, list->len);
	return list->len == count;
}

/* ---- source numbers: count events, page of them at a time ------------------------------ */

struct numbers {
	int64_t count, page, refuse, bad, ids;
	bool array;

	struct weir_ctx *ctx;
	int64_t made;
};

TRIAL const struct weir_option numbers_options[] = {
	{ "count", WEIR_AT_INT(struct numbers, count), .preset = "100", .doc = "How many." },
	{ "page", WEIR_AT_INT(struct numbers, page), .preset = "10", .doc = "How many at a time." },
	{ "refuse", WEIR_AT_INT(struct numbers, refuse), .preset = "0",
	  .doc = "How many polls fail at first." },
	{ "bad", WEIR_AT_INT(struct numbers, bad), .preset = "0", .doc = "A number that is no JSON." },
	{ "ids", WEIR_AT_INT(struct numbers, ids), .preset = "1000000000", .min = 1, .max = INT64_MAX,
	  .doc = "How many different ids there are." },
	{ "array", WEIR_AT_BOOL(struct numbers, array), .preset = "false", .doc = "An array." },
	{ 0 },
};

TRIAL enum weir_status numbers_start(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	struct numbers *n = self;

	(void)err;
	n->ctx = ctx;
	n->made = weir_position(ctx) ? strtoll(weir_position(ctx), NULL, 10) : 0;
	return WEIR_OK;
}

TRIAL size_t numbers_write(struct numbers *n, char *page, size_t cap)
{
	size_t len = 0;

	if (n->array)
		page[len++] = '[';
	for (int64_t i = 0; i < n->page && n->made < n->count; i++) {
		++n->made;
		len += (size_t)snprintf(page + len, cap - len,
		                        "{\"n\":%" PRId64 ",\"id\":\"e%" PRId64 "\"%s%s",
		                        n->made, n->made % n->ids,
		                        n->made == n->bad ? "" : "}", n->array ? "," : "\n");
	}
	if (n->array)
		page[len - 1] = ']';
	return len;
}

TRIAL enum weir_status numbers_poll(void *self, struct weir_turn *turn, struct weir_error *err)
{
	struct numbers *n = self;
	size_t cap = 16 + (size_t)n->page * 64, len;
	char position[24], *page;

	if (n->refuse > 0) {
		n->refuse--;
		return weir_fail(err, WEIR_E_UNREACHABLE, "refused on purpose");
	}
	if (n->made >= n->count)
		return WEIR_DONE;
	page = weir_try_alloc(cap + WEIR_PAGE_PADDING);
	if (!page)
		return weir_fail(err, WEIR_E_RESOURCE, "no memory for a page");
	len = numbers_write(n, page, cap);
	memset(page + len, 0, WEIR_PAGE_PADDING);
	weir_batch_page(turn->out, n->array ? WEIR_PAGE_ARRAY : WEIR_PAGE_LINES, page, len);
	snprintf(position, sizeof position, "%" PRId64, n->made);
	weir_batch_position(turn->out, position);
	return WEIR_OK;
}

#define PLUGIN(kind_, name_)                                                                   \
	.abi = WEIR_ABI, .size = sizeof(struct weir_plugin),                                   \
	.option_size = sizeof(struct weir_option), .metric_size = sizeof(struct weir_metric),  \
	.kind = kind_, .name = name_, .version = "1.0.0", .summary = "For tests."

TRIAL const struct weir_plugin numbers_plugin = {
	PLUGIN(WEIR_SOURCE, "numbers"), .options = numbers_options,
	.self_size = sizeof(struct numbers), .position_version = 1,
	.start = numbers_start, .poll = numbers_poll,
};

/* The same, whose events have an id that the core remembers. */
TRIAL const struct weir_plugin ids_plugin = {
	PLUGIN(WEIR_SOURCE, "ids"), .options = numbers_options,
	.self_size = sizeof(struct numbers), .position_version = 1, .id_path = "id",
	.start = numbers_start, .poll = numbers_poll,
};

/* ---- transform edit ---------------------------------------------------------------------- */

struct edit {
	int64_t reject_each, drop_each, twice_each, fail_at, retry;
	const char *field, *reject_schema;
};

TRIAL const struct weir_option edit_options[] = {
	{ "reject_each", WEIR_AT_INT(struct edit, reject_each), .preset = "0",
	  .doc = "Rejects numbers that this divides." },
	{ "drop_each", WEIR_AT_INT(struct edit, drop_each), .preset = "0",
	  .doc = "Drops numbers that this divides." },
	{ "twice_each", WEIR_AT_INT(struct edit, twice_each), .preset = "0",
	  .doc = "Adds a second record to numbers that this divides." },
	{ "fail_at", WEIR_AT_INT(struct edit, fail_at), .preset = "0",
	  .doc = "Refuses a batch that has this number." },
	{ "retry", WEIR_AT_INT(struct edit, retry), .preset = "0",
	  .doc = "How many calls ask to be called again at first." },
	{ "field", WEIR_AT_STRING(struct edit, field), .preset = "edited",
	  .doc = "Name of a field to add." },
	{ "reject_schema", WEIR_AT_STRING(struct edit, reject_schema),
	  .doc = "Rejects records of this schema." },
	{ 0 },
};

TRIAL int64_t pipeline_number(const struct weir_batch *b, size_t row)
{
	int64_t number = 0;

	weir_value_int(weir_value_get(weir_batch_event(b, row), "n"), &number);
	return number;
}

TRIAL void edit_row(struct edit *e, struct weir_batch *b, size_t row)
{
	struct weir_arena *arena = weir_batch_arena(b);
	struct weir_value record = weir_batch_record(b, row);
	struct weir_error err = { 0 };
	int64_t n = pipeline_number(b, row);
	const char *schema = weir_batch_schema(b, row);
	bool rejects = e->reject_schema && schema && strcmp(e->reject_schema, schema) == 0;

	if (weir_is_absent(record))
		record = weir_batch_event(b, row);
	record = weir_value_edit(arena, record);
	weir_object_put(arena, record, weir_bytes(e->field), weir_make_bool(true));
	weir_batch_set(b, row, schema ? schema : "edited", record);
	if (e->twice_each && n % e->twice_each == 0)
		weir_batch_add(b, row, "second", record);
	if (e->drop_each && n % e->drop_each == 0)
		weir_batch_drop(b, row, "on purpose");
	weir_fail(&err, WEIR_E_DATA, "rejected on purpose");
	if (rejects || (e->reject_each && n % e->reject_each == 0))
		weir_batch_reject(b, row, &err);
}

TRIAL enum weir_status edit_process(void *self, struct weir_batch *b, struct weir_error *err)
{
	struct edit *e = self;

	for (size_t i = 0; i < weir_batch_len(b); i++)
		edit_row(e, b, i);
	if (e->retry > 0) {
		e->retry--;
		return weir_fail(err, WEIR_E_RESOURCE, "not yet");
	}
	for (size_t i = 0; e->fail_at && i < weir_batch_len(b); i++) {
		if (pipeline_number(b, i) == e->fail_at)
			return weir_fail(err, WEIR_E_DATA, "cannot take %" PRId64, e->fail_at);
	}
	return WEIR_OK;
}

TRIAL const struct weir_plugin edit_plugin = {
	PLUGIN(WEIR_TRANSFORM, "edit"), .options = edit_options, .self_size = sizeof(struct edit),
	.process = edit_process,
};

/* ---- transform inorder: keeps the last number ----------------------------------------------- */

struct inorder {
	int64_t last;
};

TRIAL enum weir_status inorder_start(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	struct inorder *o = self;

	(void)err;
	o->last = weir_position(ctx) ? strtoll(weir_position(ctx), NULL, 10) : 0;
	return WEIR_OK;
}

TRIAL enum weir_status inorder_process(void *self, struct weir_batch *b, struct weir_error *err)
{
	struct inorder *o = self;

	(void)err;
	for (size_t i = 0; i < weir_batch_len(b); i++) {
		int64_t n = pipeline_number(b, i);

		if (n != o->last + 1)
			weir_batch_drop(b, i, "out of order");
		o->last = n;
	}
	return WEIR_OK;
}

TRIAL enum weir_status inorder_flush(void *self, struct weir_buf *position,
                                     struct weir_error *err)
{
	struct inorder *o = self;

	(void)err;
	weir_buf_printf(position, "%" PRId64, o->last);
	return WEIR_OK;
}

TRIAL const struct weir_plugin inorder_plugin = {
	PLUGIN(WEIR_TRANSFORM, "inorder"), .self_size = sizeof(struct inorder),
	.state = WEIR_ORDERED, .position_version = 1,
	.start = inorder_start, .process = inorder_process, .flush = inorder_flush,
};

/* ---- sink list: keeps the numbers in memory and goes back to a length ------------------------- */

struct list {
	int64_t poison, retry;
	bool closed;
	struct weir_ctx *ctx;
};

TRIAL const struct weir_option list_options[] = {
	{ "poison", WEIR_AT_INT(struct list, poison), .preset = "0",
	  .doc = "Refuses a batch that has this number." },
	{ "retry", WEIR_AT_INT(struct list, retry), .preset = "0",
	  .doc = "How many calls fail at first." },
	{ "closed", WEIR_AT_BOOL(struct list, closed), .preset = "false",
	  .doc = "Never starts." },
	{ 0 },
};

TRIAL enum weir_status list_start(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	struct list *l = self;
	struct pipeline_list *list = pipeline_list(weir_name(ctx));

	l->ctx = ctx;
	if (l->closed)
		return weir_fail(err, WEIR_E_CONFIG, "closed on purpose");
	if (weir_position(ctx)) {
		pthread_mutex_lock(&pipeline.lock);
		list->len = (size_t)strtoull(weir_position(ctx), NULL, 10);
		pthread_mutex_unlock(&pipeline.lock);
	}
	atomic_fetch_add(&pipeline.starts, 1);
	return WEIR_OK;
}

TRIAL bool list_has(const struct weir_batch *b, int64_t number)
{
	for (size_t i = 0; i < weir_batch_len(b); i++) {
		if (pipeline_number(b, i) == number)
			return true;
	}
	return false;
}

TRIAL enum weir_status list_process(void *self, struct weir_batch *b, struct weir_error *err)
{
	struct list *l = self;
	struct pipeline_list *list = pipeline_list(weir_name(l->ctx));
	size_t len = weir_batch_len(b);

	if (l->retry > 0 || atomic_load(&pipeline.sink_is_down)) {
		l->retry--;
		return weir_fail(err, WEIR_E_UNREACHABLE, "down on purpose");
	}
	if (l->poison && list_has(b, l->poison))
		return weir_fail(err, WEIR_E_DATA, "will not have %" PRId64, l->poison);
	pthread_mutex_lock(&pipeline.lock);
	list->items = weir_realloc(list->items, (list->len + len) * sizeof *list->items);
	for (size_t i = 0; i < len; i++) {
		weir_must(weir_batch_text(b, i).data[weir_batch_text(b, i).len] == '\n');
		list->items[list->len++] = pipeline_number(b, i);
	}
	len = list->len;
	pthread_mutex_unlock(&pipeline.lock);
	if (pipeline.delivered)
		pipeline.delivered(weir_name(l->ctx), len);
	return WEIR_OK;
}

TRIAL enum weir_status list_flush(void *self, struct weir_buf *position, struct weir_error *err)
{
	struct list *l = self;

	(void)err;
	atomic_fetch_add(&pipeline.flushes, 1);
	pthread_mutex_lock(&pipeline.lock);
	weir_buf_printf(position, "%zu", pipeline_list(weir_name(l->ctx))->len);
	pthread_mutex_unlock(&pipeline.lock);
	return WEIR_OK;
}

TRIAL void list_stop(void *self)
{
	(void)self;
	atomic_fetch_add(&pipeline.stops, 1);
}

TRIAL const struct weir_plugin list_plugin = {
	PLUGIN(WEIR_SINK, "list"), .options = list_options, .self_size = sizeof(struct list),
	.position_version = 1, .delivery = WEIR_EXACTLY_ONCE,
	.start = list_start, .process = list_process, .flush = list_flush, .stop = list_stop,
};

/* A sink that takes everything and keeps nothing. */
TRIAL enum weir_status spare_process(void *self, struct weir_batch *b, struct weir_error *err)
{
	(void)self;
	(void)b;
	(void)err;
	return WEIR_OK;
}

TRIAL const struct weir_plugin spare_plugin = {
	PLUGIN(WEIR_SINK, "spare"), .self_size = 1, .process = spare_process,
};

#endif
