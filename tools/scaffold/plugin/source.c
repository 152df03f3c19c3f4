/* source/ticks - counts from 1 to `count`, ten events a page, and goes on after a restart.
 *
 * Lives here: making pages and naming positions. Not here: storing them (the runtime does it).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <weir/plugin.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ticks {
	/* options */
	int64_t count;

	/* state */
	int64_t made;
};

static const struct weir_option options[] = {
	{ "count", WEIR_AT_INT(struct ticks, count), .preset = "100", .min = 0, .max = 100000000,
	  .doc = "How many events to make in all." },
	{ 0 },
};

static enum weir_status ticks_start(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	struct ticks *t = self;
	const char *position = weir_position(ctx);

	(void)err;
	t->made = position ? strtoll(position, NULL, 10) : 0;
	return WEIR_OK;
}

static enum weir_status ticks_poll(void *self, struct weir_turn *turn, struct weir_error *err)
{
	struct ticks *t = self;
	char position[24];
	size_t cap = 10 * 40, len = 0;
	char *page;

	if (t->made >= t->count)
		return WEIR_DONE;
	page = weir_try_alloc(cap + WEIR_PAGE_PADDING);
	if (!page)
		return weir_fail(err, WEIR_E_RESOURCE, "no memory for a page");
	for (int i = 0; i < 10 && t->made < t->count; i++)
		len += (size_t)snprintf(page + len, cap - len, "{\"n\":%" PRId64 "}\n", ++t->made);
	memset(page + len, 0, WEIR_PAGE_PADDING);
	weir_batch_page(turn->out, WEIR_PAGE_LINES, page, len);
	snprintf(position, sizeof position, "%" PRId64, t->made);
	weir_batch_position(turn->out, position);
	return WEIR_OK;
}

static const struct weir_plugin ticks = {
	.abi = WEIR_ABI,
	.size = sizeof(struct weir_plugin),
	.option_size = sizeof(struct weir_option),
	.metric_size = sizeof(struct weir_metric),
	.kind = WEIR_SOURCE,
	.name = "ticks",
	.version = "1.0.0",
	.summary = "Counts, for trying pipelines out.",
	.options = options,
	.self_size = sizeof(struct ticks),
	.position_version = 1,
	.start = ticks_start,
	.poll = ticks_poll,
};

const struct weir_plugin *weir_plugin(void)
{
	return &ticks;
}
