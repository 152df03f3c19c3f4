/* sink/stdout - writes records to standard output, one per line.
 *
 * For pipes and for looking: what was written cannot be taken back, so delivery is at least once.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <weir/plugin.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WAIT_MS 100
/* A pipe that poll calls writable takes so much without blocking (pipe(7)). */
#define PIPE_CHUNK 4096

struct out {
	struct weir_ctx *ctx;
	int fd;
	bool never_blocks;  /* a file, or a device such as /dev/null */
	size_t done_rows;  /* of the batch that comes again */
	size_t done_bytes; /* of the row after them */
};

enum { M_BYTES };

static const struct weir_metric metrics[] = {
	[M_BYTES] = { "bytes_total", WEIR_COUNTER, "Bytes written." },
	{ 0 },
};

static enum weir_status out_start(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	struct out *o = self;
	struct stat st;

	o->ctx = ctx;
	o->fd = STDOUT_FILENO;
	o->done_rows = o->done_bytes = 0;
	if (fstat(o->fd, &st) != 0)
		return weir_fail(err, WEIR_E_UNREACHABLE, "standard output is closed");
	o->never_blocks = S_ISREG(st.st_mode) || (S_ISCHR(st.st_mode) && !isatty(o->fd));
	return WEIR_OK;
}

/* True when something can be written; false when weir stops first. */
static bool wait_writable(const struct out *o)
{
	struct pollfd fd = { .fd = o->fd, .events = POLLOUT };

	while (poll(&fd, 1, WAIT_MS) <= 0) {
		if (weir_stopping(o->ctx))
			return false;
	}
	return true;
}

/* Writes as much as it can; *done is how much. */
static enum weir_status write_run(const struct out *o, struct weir_bytes run, size_t *done,
                                  struct weir_error *err)
{
	bool wait = !o->never_blocks;

	*done = 0;
	while (*done < run.len) {
		size_t len = run.len - *done;
		ssize_t n;

		if (wait && len > PIPE_CHUNK)
			len = PIPE_CHUNK;
		if (wait && !wait_writable(o))
			return weir_fail(err, WEIR_E_UNREACHABLE, "nobody reads standard output");
		n = write(o->fd, run.data + *done, len);
		if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
			wait = true;
			continue;
		}
		if (n < 0 && errno == EPIPE)
			return weir_fail(err, WEIR_E_UNREACHABLE,
			                 "the reader of standard output has gone");
		if (n < 0)
			return weir_fail(err, WEIR_E_RESOURCE, "write standard output: %s",
			                 strerror(errno));
		*done += (size_t)n;
	}
	return WEIR_OK;
}

/* The rows from `row` on that lie one behind the other in memory; *rows is how many. */
static struct weir_bytes run_from(const struct weir_batch *b, size_t row, size_t *rows)
{
	struct weir_bytes run = weir_batch_text(b, row);

	run.len++;
	for (*rows = 1; row + *rows < weir_batch_len(b); ++*rows) {
		struct weir_bytes next = weir_batch_text(b, row + *rows);

		if (next.data != run.data + run.len)
			break;
		run.len += next.len + 1;
	}
	return run;
}

/* Notes how far a run came, so that nothing of it is written twice. */
static void note(struct out *o, const struct weir_batch *b, size_t done)
{
	o->done_bytes += done;
	while (o->done_rows < weir_batch_len(b) &&
	       o->done_bytes >= weir_batch_text(b, o->done_rows).len + 1) {
		o->done_bytes -= weir_batch_text(b, o->done_rows).len + 1;
		o->done_rows++;
	}
}

static enum weir_status out_process(void *self, struct weir_batch *b, struct weir_error *err)
{
	struct out *o = self;
	enum weir_status status = WEIR_OK;

	while (status == WEIR_OK && o->done_rows < weir_batch_len(b)) {
		size_t rows, done;
		struct weir_bytes run = run_from(b, o->done_rows, &rows);

		run.data += o->done_bytes;
		run.len -= o->done_bytes;
		status = write_run(o, run, &done, err);
		note(o, b, done);
		weir_count(o->ctx, M_BYTES, (int64_t)done);
	}
	if (status == WEIR_OK)
		o->done_rows = o->done_bytes = 0;
	return status;
}

static const struct weir_plugin out = {
	.abi = WEIR_ABI,
	.size = sizeof(struct weir_plugin),
	.option_size = sizeof(struct weir_option),
	.metric_size = sizeof(struct weir_metric),
	.kind = WEIR_SINK,
	.name = "stdout",
	.version = "1.0.0",
	.summary = "Writes records to standard output, one per line.",
	.metrics = metrics,
	.self_size = sizeof(struct out),
	.delivery = WEIR_AT_LEAST_ONCE,
	.start = out_start,
	.process = out_process,
};

const struct weir_plugin *weir_plugin(void)
{
	return &out;
}
