/* sink/lines - appends every record, one per line, to a file.
 *
 * Lives here: opening, appending, syncing. Not here: order, retry, counting what was delivered
 * (the runtime does it), rotation (the sink `file` does it).
 * SPDX-License-Identifier: Apache-2.0
 */
#define _POSIX_C_SOURCE 200809L

#include <weir/plugin.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct lines {
	/* options */
	const char *path;
	bool sync;

	/* state */
	struct weir_ctx *ctx;
	FILE *file;
};

enum { M_BYTES };

static const struct weir_option options[] = {
	{ "path", WEIR_AT_PATH(struct lines, path), .required = true, .data = true,
	  .doc = "File to append to; created if missing." },
	{ "sync", WEIR_AT_BOOL(struct lines, sync), .preset = "true",
	  .doc = "Call fsync before a record counts as delivered." },
	{ 0 },
};

static const struct weir_metric metrics[] = {
	[M_BYTES] = { "bytes_total", WEIR_COUNTER, .doc = "Bytes appended." },
	{ 0 },
};

static enum weir_status lines_start(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	struct lines *l = self;

	l->ctx = ctx;
	l->file = fopen(l->path, "ab");
	if (!l->file)
		return weir_fail(err, WEIR_E_RESOURCE, "open %s: %s", l->path, strerror(errno));
	return WEIR_OK;
}

static enum weir_status lines_process(void *self, struct weir_batch *b, struct weir_error *err)
{
	struct lines *l = self;
	int64_t bytes = 0;

	for (size_t i = 0; i < weir_batch_len(b); i++) {
		struct weir_bytes text = weir_batch_text(b, i);

		fwrite(text.data, 1, text.len, l->file);
		putc('\n', l->file);
		bytes += (int64_t)text.len + 1;
	}
	if (ferror(l->file)) {
		clearerr(l->file);
		return weir_fail(err, WEIR_E_RESOURCE, "write %s: %s", l->path, strerror(errno));
	}
	weir_count(l->ctx, M_BYTES, bytes);
	return WEIR_OK;
}

static enum weir_status lines_flush(void *self, struct weir_buf *position, struct weir_error *err)
{
	struct lines *l = self;

	(void)position; /* without one, what was written since the last commit may come again */
	if (fflush(l->file) != 0 || (l->sync && fsync(fileno(l->file)) != 0))
		return weir_fail(err, WEIR_E_RESOURCE, "sync %s: %s", l->path, strerror(errno));
	return WEIR_OK;
}

static void lines_stop(void *self)
{
	struct lines *l = self;

	if (l->file)
		fclose(l->file);
	l->file = NULL;
}

static const struct weir_plugin lines = {
	.abi = WEIR_ABI,
	.size = sizeof(struct weir_plugin),
	.option_size = sizeof(struct weir_option),
	.metric_size = sizeof(struct weir_metric),
	.kind = WEIR_SINK,
	.name = "lines",
	.version = "1.0.0",
	.summary = "Appends records to a file, one per line.",
	.options = options,
	.metrics = metrics,
	.self_size = sizeof(struct lines),
	.delivery = WEIR_AT_LEAST_ONCE,
	.start = lines_start,
	.process = lines_process,
	.flush = lines_flush,
	.stop = lines_stop,
};

const struct weir_plugin *weir_plugin(void)
{
	return &lines;
}
