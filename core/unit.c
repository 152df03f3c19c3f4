/* unit.c - what operators write as a number: durations, sizes, shares, times.
 *
 * Lives here: text to number and back. Not here: ranges of an option (option.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "unit.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct scale {
	const char *suffix;
	int64_t factor;
	const char *write; /* the suffix to write instead of this one; NULL: it is right */
};

#define SECOND ((int64_t)1000)
#define DAY    (86400 * SECOND)

static const struct scale durations[] = {
	{ "ms", 1 }, { "s", SECOND }, { "m", 60 * SECOND }, { "h", 3600 * SECOND }, { "d", DAY },
	{ "msec", 1, "ms" }, { "millisecond", 1, "ms" }, { "milliseconds", 1, "ms" },
	{ "sec", SECOND, "s" }, { "secs", SECOND, "s" }, { "second", SECOND, "s" },
	{ "seconds", SECOND, "s" }, { "min", 0, "m" }, { "mins", 0, "m" }, { "minute", 0, "m" },
	{ "minutes", 0, "m" }, { "hr", 0, "h" }, { "hrs", 0, "h" }, { "hour", 0, "h" },
	{ "hours", 0, "h" }, { "day", DAY, "d" }, { "days", DAY, "d" },
	{ NULL },
};

static const struct scale sizes[] = {
	{ "B", 1 }, { "KiB", 1 << 10 }, { "MiB", 1 << 20 }, { "GiB", 1 << 30 },
	{ "TiB", (int64_t)1 << 40 }, { "kB", 1000 }, { "MB", 1000000 }, { "GB", 1000000000 },
	{ "KB", 1000 }, { "b", 1, "B" }, { "K", 0, "KiB" }, { "k", 0, "KiB" }, { "M", 0, "MiB" },
	{ "G", 0, "GiB" }, { "T", 0, "TiB" }, { "Ki", 0, "KiB" }, { "Mi", 0, "MiB" },
	{ "Gi", 0, "GiB" }, { "byte", 1, "B" }, { "bytes", 1, "B" },
	{ NULL },
};

static bool wrong(struct weir_error *err, const char *text, const char *what, const char *write)
{
	weir_fail(err, WEIR_E_CONFIG, "'%s' is not %s; write %s", text, what, write);
	return false;
}

/* ---- plain ---- */

bool unit_bool(const char *text, bool *yes, struct weir_error *err)
{
	static const char *const for_true[] = { "yes", "on", "y", "1", NULL };
	static const char *const for_false[] = { "no", "off", "n", "0", NULL };

	*yes = strcasecmp(text, "true") == 0;
	if (*yes || strcasecmp(text, "false") == 0)
		return true;
	for (size_t i = 0; for_true[i]; i++) {
		if (strcasecmp(text, for_true[i]) == 0)
			return wrong(err, text, "true or false", "true");
		if (strcasecmp(text, for_false[i]) == 0)
			return wrong(err, text, "true or false", "false");
	}
	return wrong(err, text, "true or false", "one of them");
}

bool unit_int(const char *text, int64_t *number, struct weir_error *err)
{
	size_t sign = text[0] == '-' || text[0] == '+';
	size_t digits = strspn(text + sign, "0123456789");

	if (digits == 0 || text[sign + digits])
		return wrong(err, text, "a whole number", "digits only, such as 1000");
	errno = 0;
	*number = strtoll(text, NULL, 10);
	if (errno == ERANGE)
		return wrong(err, text, "a number that fits into 64 bits", "a smaller one");
	return true;
}

bool unit_float(const char *text, double *number, struct weir_error *err)
{
	char *end = NULL;

	if (text[strspn(text, "0123456789+-.eE")] == '\0')
		*number = strtod(text, &end);
	if (!end || end == text || *end || !isfinite(*number))
		return wrong(err, text, "a number", "it as 0.5 or 12");
	return true;
}

/* ---- a number and its unit ---- */

/* A non-negative decimal as whole + fraction / scale, kept exact. */
struct decimal {
	int64_t whole, fraction, scale;
};

static const char *read_decimal(const char *text, struct decimal *d)
{
	const char *p = text;

	*d = (struct decimal){ 0, 0, 1 };
	for (; *p >= '0' && *p <= '9'; p++) {
		if (p - text > 14)
			return NULL;
		d->whole = d->whole * 10 + (*p - '0');
	}
	if (p == text)
		return NULL;
	if (*p != '.')
		return p;
	for (p++; *p >= '0' && *p <= '9'; p++) {
		if (d->scale >= 1000000)
			return NULL;
		d->fraction = d->fraction * 10 + (*p - '0');
		d->scale *= 10;
	}
	return p[-1] == '.' ? NULL : p;
}

static size_t letters(const char *text)
{
	size_t len = 0;

	while ((text[len] >= 'a' && text[len] <= 'z') || (text[len] >= 'A' && text[len] <= 'Z'))
		len++;
	return len;
}

static const struct scale *find_scale(const struct scale *scales, struct weir_bytes suffix)
{
	for (const struct scale *s = scales; s->suffix; s++)
		if (weir_bytes_are(suffix, s->suffix))
			return s;
	for (const struct scale *s = scales; s->suffix; s++)
		if (weir_bytes_equal_nocase(suffix, weir_bytes(s->suffix)))
			return s;
	return NULL;
}

/* Adds number * factor; false when it does not fit or is no whole number of the base unit. */
static bool add_scaled(int64_t *total, const struct decimal *d, int64_t factor)
{
	int64_t whole, part;

	if (__builtin_mul_overflow(d->whole, factor, &whole) ||
	    __builtin_mul_overflow(d->fraction, factor, &part) || part % d->scale)
		return false;
	return !__builtin_add_overflow(*total, whole, total) &&
	       !__builtin_add_overflow(*total, part / d->scale, total);
}

enum part { PART_READ, PART_MISSPELT, PART_WRONG };

/* Reads one number with its unit at *text and moves behind it. */
static enum part read_part(const char **text, const struct scale *scales, int64_t *total,
                           const char **suffix)
{
	struct weir_bytes word;
	const struct scale *scale;
	struct decimal d;
	const char *p = read_decimal(*text, &d);

	if (!p)
		return PART_WRONG;
	while (*p == ' ')
		p++;
	word = (struct weir_bytes){ p, letters(p) };
	scale = find_scale(scales, word);
	if (!scale)
		return PART_WRONG;
	if (scale->write || p[-1] == ' ' || !weir_bytes_are(word, scale->suffix)) {
		*suffix = scale->write ? scale->write : scale->suffix;
		return PART_MISSPELT;
	}
	*text = p + word.len;
	return add_scaled(total, &d, scale->factor) ? PART_READ : PART_WRONG;
}

bool unit_duration(const char *text, int64_t *ms, struct weir_error *err)
{
	size_t digits = strspn(text, "0123456789.");
	const char *p = text, *suffix;

	*ms = 0;
	if (strcmp(text, "0") == 0)
		return true;
	if (digits && !text[digits]) {
		weir_fail(err, WEIR_E_CONFIG, "'%s' has no unit; write %ss, %sm or %sms", text,
		          text, text, text);
		return false;
	}
	do {
		switch (read_part(&p, durations, ms, &suffix)) {
		case PART_READ:
			break;
		case PART_MISSPELT:
			weir_fail(err, WEIR_E_CONFIG, "'%s' is not a duration; write %.*s%s", text,
			          (int)(p - text + (ptrdiff_t)strspn(p, "0123456789.")), text,
			          suffix);
			return false;
		case PART_WRONG:
			return wrong(err, text, "a duration", "30s, 5m, 2h or 7d");
		}
	} while (*p);
	return true;
}

bool unit_size(const char *text, int64_t *bytes, struct weir_error *err)
{
	size_t digits = strspn(text, "0123456789.");
	const char *p = text, *suffix;

	*bytes = 0;
	if (strcmp(text, "0") == 0)
		return true;
	if (digits && !text[digits]) {
		weir_fail(err, WEIR_E_CONFIG, "'%s' has no unit; write %sB, %sKiB or %sMiB", text,
		          text, text, text);
		return false;
	}
	switch (read_part(&p, sizes, bytes, &suffix)) {
	case PART_READ:
		if (!*p)
			return true;
		break;
	case PART_MISSPELT:
		weir_fail(err, WEIR_E_CONFIG, "'%s' is not a size; write %.*s%s", text, (int)digits,
		          text, suffix);
		return false;
	case PART_WRONG:
		break;
	}
	return wrong(err, text, "a size", "512B, 64KiB, 8MiB or 2GiB");
}

bool unit_percent(const char *text, double *share, struct weir_error *err)
{
	struct decimal d;
	const char *p = read_decimal(text, &d);

	*share = p ? ((double)d.whole + (double)d.fraction / (double)d.scale) / 100 : 0;
	if (strcmp(text, "0") == 0)
		return true;
	if (p && !*p && *share <= 0.01) {
		weir_fail(err, WEIR_E_CONFIG, "'%s' is not a share; write %g%%", text,
		          *share * 1e4);
		return false;
	}
	if (p && !*p && *share <= 1) {
		weir_fail(err, WEIR_E_CONFIG, "'%s' has no unit; write %s%%", text, text);
		return false;
	}
	if (!p || strcmp(p, "%") != 0 || *share > 1)
		return wrong(err, text, "a share", "0% to 100%, such as 5%");
	return true;
}

/* ---- times ---- */

static bool is_date(const char *text)
{
	for (size_t i = 0; i < 10; i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';

		if (i == 4 || i == 7 ? text[i] != '-' : !digit)
			return false;
	}
	return true;
}

static bool not_a_time(const char *text, struct weir_error *err)
{
	if (is_date(text) && !text[10])
		weir_fail(err, WEIR_E_CONFIG, "'%s' has no time of day; write %sT00:00:00Z", text,
		          text);
	else if (is_date(text))
		wrong(err, text, "a time with its zone", "2026-01-31T00:00:00Z");
	else
		wrong(err, text, "a time", "now, earliest, -24h or 2026-01-31T00:00:00Z");
	return false;
}

static bool time_ago(const char *text, struct weir_time *time, struct weir_error *err)
{
	int64_t ms;

	if (!unit_duration(text + 1, &ms, err)) {
		wrong(err, text, "a time", "so long ago: -30m, -24h or -7d");
		return false;
	}
	if (ms > INT64_MAX / 1000)
		return not_a_time(text, err);
	*time = (struct weir_time){ WEIR_WHEN_AGO, ms * 1000 };
	return true;
}

bool unit_time(const char *text, struct weir_time *time, struct weir_error *err)
{
	int64_t ms;

	*time = (struct weir_time){ 0 };
	if (strcmp(text, "now") == 0)
		time->when = WEIR_WHEN_NOW;
	else if (strcmp(text, "earliest") == 0)
		time->when = WEIR_WHEN_EARLIEST;
	if (time->when)
		return true;
	if (text[0] == '-')
		return time_ago(text, time, err);
	if (weir_time_parse(weir_bytes(text), &time->micros)) {
		time->when = WEIR_WHEN_AT;
		return true;
	}
	if (unit_duration(text, &ms, err)) {
		weir_fail(err, WEIR_E_CONFIG, "'%s' has no direction; write -%s for so long ago",
		          text, text);
		return false;
	}
	return not_a_time(text, err);
}

/* ---- back to text ---- */

static void put_scaled(int64_t number, const struct scale *scales, struct weir_buf *text)
{
	const struct scale *best = &scales[0];

	for (const struct scale *s = scales; s->suffix; s++)
		if (!s->write && number && number % s->factor == 0 && s->factor > best->factor)
			best = s;
	if (number == 0)
		weir_buf_putc(text, '0');
	else
		weir_buf_printf(text, "%lld%s", (long long)(number / best->factor), best->suffix);
}

void unit_put_duration(int64_t ms, struct weir_buf *text)
{
	put_scaled(ms, durations, text);
}

void unit_put_size(int64_t bytes, struct weir_buf *text)
{
	put_scaled(bytes, sizes, text);
}
