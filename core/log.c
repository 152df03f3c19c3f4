/* log.c - lines to stderr.
 *
 * Lives here: the two formats, holding back what was just said. Not here: who says what, and
 * the mistakes of a configuration (diag.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "log.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

#define QUIET_MS 60000
#define TEXT_MAX 2048

/* A text that was said lately. The table is small on purpose: what is pushed out of it is
 * merely said again. */
struct said {
	uint64_t hash;
	int64_t at_ms;
	int64_t held_back;
};

static struct {
	pthread_mutex_t lock;
	enum weir_level level;
	enum log_format format;
	struct said said[256];
} log_state = { .lock = PTHREAD_MUTEX_INITIALIZER, .level = WEIR_INFO };

static const char *const level_names[] = {
	[WEIR_DEBUG] = "debug", [WEIR_INFO] = "info", [WEIR_WARN] = "warn",
};

void log_setup(enum weir_level level, enum log_format format)
{
	pthread_mutex_lock(&log_state.lock);
	log_state.level = level;
	log_state.format = format;
	memset(log_state.said, 0, sizeof log_state.said);
	pthread_mutex_unlock(&log_state.lock);
}

/* True when it is to be said now; *held_back is how often it was not since the last time. */
static bool may_say(uint64_t hash, int64_t now_ms, int64_t *held_back)
{
	struct said *place = &log_state.said[hash % WEIR_COUNT(log_state.said)];

	*held_back = 0;
	if (place->hash == hash && place->at_ms != 0) {
		if (now_ms - place->at_ms < QUIET_MS) {
			place->held_back++;
			return false;
		}
		*held_back = place->held_back;
	}
	*place = (struct said){ .hash = hash, .at_ms = now_ms ? now_ms : 1 };
	return true;
}

/* A line stays one line whatever the text holds, and a terminal is never steered by it. */
static void add_plain(struct weir_buf *line, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p < 0x20 || *p == 0x7f)
			weir_buf_printf(line, "\\x%02x", *p);
		else
			weir_buf_putc(line, (char)*p);
	}
}

static void add_quoted(struct weir_buf *line, const char *text)
{
	weir_buf_putc(line, '"');
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p == '"' || *p == '\\')
			weir_buf_printf(line, "\\%c", *p);
		else if (*p < 0x20 || *p == 0x7f)
			weir_buf_printf(line, "\\u%04x", *p);
		else
			weir_buf_putc(line, (char)*p);
	}
	weir_buf_putc(line, '"');
}

static void render(struct weir_buf *line, enum weir_level level, const char *who,
                   const char *text, int64_t held_back)
{
	char when[25];

	weir_time_format(clock_now_us(), when);
	if (log_state.format == LOG_JSON) {
		weir_buf_printf(line, "{\"time\":\"%s\",\"level\":\"%s\",\"who\":", when,
		                level_names[level]);
		add_quoted(line, who);
		weir_buf_puts(line, ",\"text\":");
		add_quoted(line, text);
		if (held_back > 0)
			weir_buf_printf(line, ",\"held_back\":%lld", (long long)held_back);
		weir_buf_puts(line, "}\n");
		return;
	}
	weir_buf_printf(line, "%s %-5s ", when, level_names[level]);
	add_plain(line, who);
	weir_buf_puts(line, ": ");
	add_plain(line, text);
	if (held_back > 0)
		weir_buf_printf(line, " (and %lld times before)", (long long)held_back);
	weir_buf_putc(line, '\n');
}

static void write_out(const struct weir_buf *line)
{
	size_t done = 0;

	while (done < line->len) {
		ssize_t n = write(STDERR_FILENO, line->data + done, line->len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return; /* nowhere left to complain */
		done += (size_t)n;
	}
}

static void say(enum weir_level level, const char *who, const char *text)
{
	struct weir_buf line = { 0 };
	int64_t held_back;
	uint64_t hash = weir_hash(weir_bytes(text)) ^ weir_hash(weir_bytes(who)) * 31;

	pthread_mutex_lock(&log_state.lock);
	if (level >= log_state.level && may_say(hash, clock_monotonic_ms(), &held_back)) {
		render(&line, level, who, text, held_back);
		write_out(&line);
	}
	pthread_mutex_unlock(&log_state.lock);
	weir_buf_finish(&line);
}

void log_line(enum weir_level level, const char *who, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	say(level, who, text);
}

void log_error(enum weir_level level, const char *who, const struct weir_error *err)
{
	const struct weir_where *where = &err->where;
	struct weir_buf text = { 0 };

	if (where->file)
		weir_buf_puts(&text, where->file);
	if (where->file && where->line > 0)
		weir_buf_printf(&text, ":%d", where->line);
	if (where->file && where->line > 0 && where->column > 0)
		weir_buf_printf(&text, ":%d", where->column);
	if (where->file)
		weir_buf_puts(&text, ": ");
	if (where->path)
		weir_buf_printf(&text, "%s: ", where->path);
	weir_buf_puts(&text, err->text);
	say(level, who, weir_buf_text(&text));
	weir_buf_finish(&text);
}
