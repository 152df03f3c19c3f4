/* source/file - reads events from files or standard input: NDJSON or JSON arrays, plain or gzip.
 *
 * Lives here: options, callbacks, filling a page that ends between two events. Not here: one file
 * as a stream (input.c), patterns and positions (inputs.c), borders (cut.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "inputs.h"

#include <string.h>

/* What the JSON reader can take as one event. */
#define EVENT_MOST ((size_t)255 << 20)
#define STDIN_MS   20  /* a pipe cannot wake the loop */
#define OPEN_MOST  256 /* followed files that stay open */

enum format_option { FORMAT_AUTO, FORMAT_NDJSON, FORMAT_ARRAY };

struct file_source {
	/* options */
	const char *path, *origin;
	int format;
	bool follow;
	int64_t poll_interval, page_size;

	/* state */
	struct weir_ctx *ctx;
	struct inputs inputs;
	size_t at;              /* the input whose turn it is */
	bool looked, matched;
	int64_t looked_ms;
};

enum { M_BYTES, M_FILES };

static const char *const formats[] = { "auto", "ndjson", "array", NULL };

static const struct weir_option options[] = {
	{ "path", WEIR_AT_PATH(struct file_source, path), .required = true, .data = true,
	  .doc = "A file, a pattern such as /var/log/okta/*.ndjson, or - for standard input; gzip is "
	         "recognized." },
	{ "format", WEIR_AT_CHOICE(struct file_source, format), .preset = "auto", .choices = formats,
	  .doc = "One event a line, or a JSON array of events; auto goes by the first character of "
	         "each file." },
	{ "follow", WEIR_AT_BOOL(struct file_source, follow), .preset = "false",
	  .doc = "Wait for more at the end, and for new files, instead of ending." },
	{ "origin", WEIR_AT_STRING(struct file_source, origin), .preset = "",
	  .doc = "The org's host that rules see." },
	{ "poll_interval", WEIR_AT_MS(struct file_source, poll_interval), .preset = "1s", .min = 10,
	  .max = 24 * 3600 * 1000, .doc = "How often to look for more when following." },
	{ "page_size", WEIR_AT_SIZE(struct file_source, page_size), .preset = "1MiB", .min = 4096,
	  .max = 64 << 20, .doc = "How much to hand over at once; a longer event is read whole." },
	{ 0 },
};

static const struct weir_metric metrics[] = {
	[M_BYTES] = { "bytes_total", WEIR_COUNTER, "Bytes read, after inflating." },
	[M_FILES] = { "files", WEIR_GAUGE, "Files that the path names." },
	{ 0 },
};

/* ---- filling a page -------------------------------------------------------------------- */

/* Room for the two brackets of an array. */
#define SPARE 2

/* What is read so far: an optional '[', then bytes of the stream from in->offset on. */
struct page {
	char *data;
	size_t base;    /* 1 behind a '[' that is ours, else 0 */
	size_t len, cap;
	size_t scanned; /* bytes that were searched for borders */
	size_t cut;     /* bytes up to the last border between events; 0: none yet */
	bool ended;     /* the array ends at cut */
};

static enum weir_status page_grow(struct page *page, size_t cap, struct weir_error *err)
{
	char *larger = weir_try_realloc(page->data, cap + WEIR_PAGE_PADDING);

	if (!larger)
		return weir_fail(err, WEIR_E_RESOURCE, "no memory for a page of %zu bytes", cap);
	page->data = larger;
	page->cap = cap;
	return WEIR_OK;
}

static enum weir_status page_begin(struct page *page, struct input *in, size_t size,
                                   struct weir_error *err)
{
	size_t needed = in->carry.len + 2 * SPARE;

	*page = (struct page){ 0 };
	if (page_grow(page, size > needed ? size : needed, err) != WEIR_OK)
		return WEIR_RETRY;
	page->base = in->format == INPUT_ARRAY;
	page->data[0] = '[';
	if (in->carry.len)
		memcpy(page->data + page->base, in->carry.data, in->carry.len);
	page->len = page->base + in->carry.len;
	page->scanned = page->base + in->scanned;
	in->carry.len = in->scanned = 0;
	return WEIR_OK;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_blank(const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!is_space(data[i]))
			return false;
	}
	return true;
}

/* At the first character that counts: a bracket opens an array, whose inside is read from
 * there on. False as long as there is no such character. */
static bool decide(const struct file_source *s, struct input *in, struct page *page)
{
	static const char bom[] = "\xef\xbb\xbf";
	size_t at = 0;

	if (in->offset == 0 && page->len >= 3 && memcmp(page->data, bom, 3) == 0)
		at = 3;
	while (at < page->len && is_space(page->data[at]))
		at++;
	if (at == page->len) {
		in->offset += (int64_t)at;
		page->len = page->scanned = 0;
		return false;
	}
	if (s->format == FORMAT_NDJSON || (s->format == FORMAT_AUTO && page->data[at] != '[')) {
		in->format = INPUT_LINES;
	} else {
		in->format = INPUT_ARRAY;
		in->array = (struct cut_array){ 0 };
		at += page->data[at] == '[';
		page->base = 1;
	}
	in->offset += (int64_t)at;
	memmove(page->data + page->base, page->data + at, page->len - at);
	page->len = page->len - at + page->base;
	page->data[0] = page->base ? '[' : page->data[0];
	page->scanned = page->base;
	return true;
}

static void find_cut(struct input *in, struct page *page)
{
	struct weir_bytes fresh = { page->data + page->scanned, page->len - page->scanned };
	size_t comma, end;

	if (in->format == INPUT_LINES) {
		size_t cut = cut_lines(fresh);

		if (cut > 0)
			page->cut = page->scanned + cut;
		page->scanned = page->len;
		return;
	}
	cut_array_read(&in->array, fresh, &comma, &end);
	if (comma != SIZE_MAX)
		page->cut = page->scanned + comma + 1;
	if (end != SIZE_MAX) {
		page->cut = page->scanned + end + 1;
		page->ended = true;
	}
	page->scanned = page->len;
}

/* What stands behind the cut is read again from memory. */
static void page_keep_rest(struct input *in, const struct page *page, size_t from)
{
	in->carry.len = 0;
	weir_buf_add(&in->carry, page->data + from, page->len - from);
	in->scanned = in->format == INPUT_ARRAY ? in->carry.len : 0;
}

enum hand_over { NOTHING, HANDED };

/* Hands over what stands before the cut. An array's last byte becomes the bracket that closes
 * the page. */
static enum hand_over page_hand_over(struct file_source *s, struct input *in, struct page *page,
                                     struct weir_batch *out)
{
	size_t from = page->base, len = page->cut;
	bool array = in->format == INPUT_ARRAY;

	if (page->ended) {
		in->format = INPUT_UNKNOWN;
		in->array = (struct cut_array){ 0 };
	}
	page_keep_rest(in, page, page->cut);
	in->offset += (int64_t)(len - from);
	if (array)
		page->data[len - 1] = ']';
	if (is_blank(page->data + from, len - from - array)) {
		weir_free(page->data);
		return NOTHING;
	}
	if (len < page->cap / 2) {
		char *smaller = weir_try_realloc(page->data, len + WEIR_PAGE_PADDING);

		page->data = smaller ? smaller : page->data;
	}
	/* Read by the reader in whole blocks. */
	memset(page->data + len, ' ', WEIR_PAGE_PADDING);
	weir_count(s->ctx, M_BYTES, (int64_t)(len - from));
	weir_batch_page(out, array ? WEIR_PAGE_ARRAY : WEIR_PAGE_LINES, page->data, len);
	weir_batch_origin(out, s->origin);
	return HANDED;
}

/* Reads until the page is full or nothing more is there. */
static enum weir_status page_fill(struct file_source *s, struct input *in, struct page *page,
                                  struct weir_error *err)
{
	size_t got;

	do {
		if (page->len + SPARE >= page->cap) {
			if (page->cap >= EVENT_MOST)
				return weir_fail(err, WEIR_E_DATA,
				                 "%s: an event at byte %lld is longer than 255 MiB",
				                 in->path, (long long)in->offset);
			if (page_grow(page, page->cap * 2, err) != WEIR_OK)
				return WEIR_RETRY;
		}
		if (input_read(in, page->data + page->len, page->cap - SPARE - page->len, &got,
		               err) != WEIR_OK)
			return WEIR_RETRY;
		page->len += got;
		if (in->format != INPUT_UNKNOWN || decide(s, in, page))
			find_cut(in, page);
	} while (got > 0 && !page->ended && (page->len + SPARE < page->cap || page->cut == 0));
	return WEIR_OK;
}

/* The end of a file that will not grow: what is left is the last event. */
static void page_close(const struct input *in, struct page *page)
{
	if (in->format == INPUT_UNKNOWN || page->cut > page->base)
		return;
	if (is_blank(page->data + page->base, page->len - page->base)) {
		page->len = page->base;
		return;
	}
	if (in->format == INPUT_LINES) {
		page->cut = page->len;
		return;
	}
	/* An array without its end: the reader says what is missing. */
	page->data[page->len++] = ']';
	page->cut = page->len;
}

/* ---- one input ---------------------------------------------------------------------------- */

static enum weir_status open_input(struct file_source *s, struct input *in,
                                   struct weir_error *err)
{
	bool anew;

	if (input_open(in, &anew, err) != WEIR_OK)
		return WEIR_RETRY;
	if (anew)
		weir_log(s->ctx, WEIR_WARN,
		         "%s is another file than the one read before; it is read from its beginning",
		         in->path);
	if (in->format == INPUT_UNKNOWN && in->offset == 0 && s->format == FORMAT_NDJSON)
		in->format = INPUT_LINES;
	return WEIR_OK;
}

static bool may_grow(const struct file_source *s, const struct input *in)
{
	return s->follow && !in->is_stdin && !in->gunzip;
}

static void say_torn(struct file_source *s, struct input *in)
{
	if (in->torn)
		weir_log(s->ctx, WEIR_WARN, "%s: the gzip data ends too early; what could be read "
		                            "was taken", in->path);
	in->torn = false;
}

/* A gzip file that is not sound is read as far as it goes; the other files are not held up. */
static bool gave_up(struct file_source *s, struct input *in, const struct weir_error *err)
{
	if (err->code != WEIR_E_DATA || !in->gunzip)
		return false;
	weir_log(s->ctx, WEIR_WARN, "%s; the rest of it is left out", err->text);
	in->at_end = true;
	return true;
}

/* OK: a page was handed over. IDLE: there is nothing now. */
static enum weir_status read_input(struct file_source *s, struct input *in,
                                   struct weir_batch *out, struct weir_error *err)
{
	struct page page;
	enum weir_status status;

	if (page_begin(&page, in, (size_t)s->page_size, err) != WEIR_OK)
		return WEIR_RETRY;
	status = page_fill(s, in, &page, err);
	if (status != WEIR_OK && gave_up(s, in, err))
		status = WEIR_OK;
	if (status == WEIR_OK && in->at_end && !may_grow(s, in))
		page_close(in, &page);
	if (status != WEIR_OK) {
		/* Bytes of a pipe come once only; an inflater that failed does not go on. */
		if (in->gunzip)
			input_close(in);
		else
			page_keep_rest(in, &page, page.base);
		weir_free(page.data);
		return status;
	}
	if (page.cut <= page.base) {
		page_keep_rest(in, &page, page.base);
		weir_free(page.data);
		return WEIR_IDLE;
	}
	in->at_end = in->at_end && page.cut == page.len;
	return page_hand_over(s, in, &page, out) == HANDED ? WEIR_OK : WEIR_PENDING;
}

static void finish_input(struct file_source *s, struct input *in)
{
	say_torn(s, in);
	if (!s->follow || s->inputs.count > OPEN_MOST)
		input_close(in);
}

/* Like read_input, but never hands over nothing because of blanks. */
static enum weir_status turn_of(struct file_source *s, struct input *in, struct weir_batch *out,
                                struct weir_error *err)
{
	enum weir_status status;

	if (in->fd < 0 && open_input(s, in, err) != WEIR_OK)
		return WEIR_RETRY;
	do {
		status = read_input(s, in, out, err);
	} while (status == WEIR_PENDING);
	if (in->at_end && (status == WEIR_OK || status == WEIR_IDLE))
		finish_input(s, in);
	return status;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static void notice_changes(struct file_source *s)
{
	for (size_t i = 0; i < s->inputs.count; i++) {
		struct input *in = s->inputs.items[i];

		switch (input_look(in)) {
		case INPUT_SAME:
			break;
		case INPUT_GREW:
			in->at_end = false;
			break;
		case INPUT_SHRANK:
			weir_log(s->ctx, WEIR_WARN,
			         "%s was truncated; it is read from its beginning", in->path);
			input_close(in);
			in->offset = in->head_len = 0;
			in->format = INPUT_UNKNOWN;
			in->at_end = false;
			break;
		}
	}
}

static void look(struct file_source *s)
{
	int64_t now_ms = weir_monotonic_ms(s->ctx);

	if (s->looked && (!s->follow || now_ms - s->looked_ms < s->poll_interval))
		return;
	if (s->looked)
		notice_changes(s);
	s->matched = inputs_look(&s->inputs, s->path);
	s->looked = true;
	s->looked_ms = now_ms;
	s->at = 0;
	weir_gauge(s->ctx, M_FILES, (int64_t)s->inputs.count);
}

static void put_position(struct file_source *s, struct weir_batch *out)
{
	struct weir_buf position = { 0 };

	if (s->inputs.count == 1 && s->inputs.items[0]->is_stdin)
		return;
	inputs_position(&s->inputs, &position);
	weir_batch_position(out, weir_buf_text(&position));
	weir_buf_finish(&position);
}

/* Nothing is to be read now. */
static enum weir_status rest(struct file_source *s, struct weir_turn *turn, struct weir_error *err)
{
	bool waiting = false;

	for (size_t i = 0; i < s->inputs.count; i++)
		waiting = waiting || (s->inputs.items[i]->is_stdin && !s->inputs.items[i]->at_end);
	turn->again_ms = waiting ? STDIN_MS : s->poll_interval;
	if (waiting || s->follow)
		return WEIR_IDLE;
	if (s->matched)
		return WEIR_DONE;
	s->looked = false;
	return weir_fail(err, WEIR_E_RESOURCE, "there is no file %s", s->path);
}

static enum weir_status file_poll(void *self, struct weir_turn *turn, struct weir_error *err)
{
	struct file_source *s = self;

	look(s);
	for (; s->at < s->inputs.count; s->at++) {
		struct input *in = s->inputs.items[s->at];
		enum weir_status status;

		if (in->at_end && in->carry.len == 0)
			continue;
		status = turn_of(s, in, turn->out, err);
		if (status == WEIR_OK) {
			put_position(s, turn->out);
			turn->again_ms = 0;
		}
		if (status != WEIR_IDLE)
			return status;
	}
	s->at = 0;
	return rest(s, turn, err);
}

static enum weir_status file_start(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	struct file_source *s = self;

	s->ctx = ctx;
	s->looked = false;
	inputs_finish(&s->inputs);
	if (weir_position(ctx))
		return inputs_restore(&s->inputs, weir_position(ctx), err);
	return WEIR_OK;
}

static void file_stop(void *self)
{
	struct file_source *s = self;

	inputs_finish(&s->inputs);
}

static const struct weir_plugin file = {
	.abi = WEIR_ABI,
	.size = sizeof(struct weir_plugin),
	.option_size = sizeof(struct weir_option),
	.metric_size = sizeof(struct weir_metric),
	.kind = WEIR_SOURCE,
	.name = "file",
	.version = "1.0.0",
	.summary = "Reads events from files or standard input.",
	.options = options,
	.metrics = metrics,
	.self_size = sizeof(struct file_source),
	.position_version = 1,
	.start = file_start,
	.poll = file_poll,
	.stop = file_stop,
	.destroy = file_stop,
};

const struct weir_plugin *weir_plugin(void)
{
	return &file;
}
