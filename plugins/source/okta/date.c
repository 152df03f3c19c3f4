/* date.c - HTTP dates, RFC 9110 section 5.6.7: all three forms.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "date.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

#define YEAR_US (INT64_C(31556952) * 1000000)

struct parts {
	int year, month, day, hour, minute, second;
};

static bool read_number(struct text *text, size_t digits, int *number)
{
	*number = 0;
	if ((size_t)(text->end - text->p) < digits)
		return false;
	for (; digits > 0; digits--, text->p++) {
		if (*text->p < '0' || *text->p > '9')
			return false;
		*number = 10 * *number + (*text->p - '0');
	}
	return true;
}

static bool read_month(struct text *text, int *month)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	if (text->end - text->p < 3)
		return false;
	for (*month = 1; *month <= 12; ++*month) {
		if (memcmp(text->p, names + 3 * (*month - 1), 3) == 0) {
			text->p += 3;
			return true;
		}
	}
	return false;
}

static bool read_clock(struct text *text, struct parts *at)
{
	return read_number(text, 2, &at->hour) && text_take(text, ':')
	       && read_number(text, 2, &at->minute) && text_take(text, ':')
	       && read_number(text, 2, &at->second);
}

static bool read_word(struct text *text, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(text->end - text->p) < len || memcmp(text->p, word, len) != 0)
		return false;
	text->p += len;
	return true;
}

/* "06 Nov 1994 08:49:37 GMT" */
static bool read_fixed(struct text *text, struct parts *at)
{
	return read_number(text, 2, &at->day) && text_take(text, ' ')
	       && read_month(text, &at->month) && text_take(text, ' ')
	       && read_number(text, 4, &at->year) && text_take(text, ' ')
	       && read_clock(text, at) && read_word(text, " GMT");
}

/* "06-Nov-94 08:49:37 GMT" */
static bool read_rfc850(struct text *text, struct parts *at)
{
	return read_number(text, 2, &at->day) && text_take(text, '-')
	       && read_month(text, &at->month) && text_take(text, '-')
	       && read_number(text, 2, &at->year) && text_take(text, ' ')
	       && read_clock(text, at) && read_word(text, " GMT");
}

/* "Nov  6 08:49:37 1994" */
static bool read_asctime(struct text *text, struct parts *at)
{
	if (!read_month(text, &at->month) || !text_take(text, ' '))
		return false;
	return read_number(text, text_take(text, ' ') ? 1 : 2, &at->day) && text_take(text, ' ')
	       && read_clock(text, at) && text_take(text, ' ')
	       && read_number(text, 4, &at->year);
}

static bool micros_of(const struct parts *at, int64_t *micros)
{
	char text[40];

	snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", at->year, at->month, at->day,
	         at->hour, at->minute, at->second);
	return weir_time_parse(weir_bytes(text), micros);
}

/* A date that seems over 50 years ahead is the latest year in the past with those digits. */
static bool with_century(struct parts *at, int64_t now_us, int64_t *micros)
{
	char now[25];

	weir_time_format(now_us, now);
	at->year += 100 * (10 * (now[0] - '0') + (now[1] - '0'));
	if (!micros_of(at, micros))
		return false;
	if (*micros > now_us + 50 * YEAR_US)
		at->year -= 100;
	return micros_of(at, micros);
}

bool date_parse(struct weir_bytes bytes, int64_t now_us, int64_t *micros)
{
	struct text text = text_of(bytes);
	struct parts at;
	bool old, ok;

	/* The day's name says which form it is; whether it is the right name is of no use. */
	while (text.p < text.end && *text.p != ',' && *text.p != ' ')
		text.p++;
	old = text.p - bytes.data > 3;
	if (!read_word(&text, ", ")) {
		ok = text_take(&text, ' ') && read_asctime(&text, &at);
		return ok && text.p == text.end && micros_of(&at, micros);
	}
	ok = old ? read_rfc850(&text, &at) : read_fixed(&text, &at);
	if (!ok || text.p != text.end)
		return false;
	return old ? with_century(&at, now_us, micros) : micros_of(&at, micros);
}
