/* timestamp.c - reading and writing times.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "timestamp.h"

#include <string.h>

enum { DATE_AND_TIME = 19, DAY_S = 86400 };

/* Two digits at p, or -1. */
static int two(const char *p)
{
	unsigned tens = (unsigned)(p[0] - '0'), ones = (unsigned)(p[1] - '0');

	return tens > 9 || ones > 9 ? -1 : (int)(tens * 10 + ones);
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar. The year is counted
 * from March, so that the leap day is its last. */
static int64_t days_since_1970(int year, int month, int day)
{
	int y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;
	int64_t era = (y + 400) / 400 - 1, of_era = y - era * 400;
	int64_t of_year = (153 * m + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* "Z", "+01:00": seconds east of UTC. */
static bool read_zone(struct weir_bytes zone, int *seconds)
{
	int hours, minutes;

	if (zone.len == 1 && (*zone.data == 'Z' || *zone.data == 'z')) {
		*seconds = 0;
		return true;
	}
	if (zone.len != 6 || (*zone.data != '+' && *zone.data != '-') || zone.data[3] != ':')
		return false;
	hours = two(zone.data + 1);
	minutes = two(zone.data + 4);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return false;
	*seconds = (hours * 60 + minutes) * 60 * (*zone.data == '-' ? -1 : 1);
	return true;
}

static bool read_date(const char *p, int64_t *days)
{
	int century = two(p), rest = two(p + 2), month = two(p + 5), day = two(p + 8);
	int year = century * 100 + rest;

	if (century < 0 || rest < 0 || p[4] != '-' || p[7] != '-')
		return false;
	if (month < 1 || month > 12 || day < 1 || day > days_in(year, month))
		return false;
	*days = days_since_1970(year, month, day);
	return true;
}

bool rule_time_read(struct weir_bytes text, struct rule_time *time)
{
	const char *p = text.data, *end = p + text.len;
	int hour, minute, second, zone;
	int64_t days;

	if (text.len <= DATE_AND_TIME || !read_date(p, &days))
		return false;
	hour = two(p + 11);
	minute = two(p + 14);
	second = two(p + 17);
	if ((p[10] != 'T' && p[10] != 't' && p[10] != ' ') || p[13] != ':' || p[16] != ':')
		return false;
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
		return false;
	time->plain = p[10] == 'T' && second < 60 && end[-1] == 'Z';
	time->fraction = (struct weir_bytes){ 0 };
	p += DATE_AND_TIME;
	if (*p == '.') {
		const char *digits = ++p;

		while (p < end && *p >= '0' && *p <= '9')
			p++;
		time->fraction = (struct weir_bytes){ digits, (size_t)(p - digits) };
		if (time->fraction.len == 0)
			return false;
	}
	if (!read_zone((struct weir_bytes){ p, (size_t)(end - p) }, &zone))
		return false;
	time->seconds = days * DAY_S + (hour * 60 + minute) * 60 + second - zone;
	return true;
}

int64_t rule_time_micros(const struct rule_time *time)
{
	int64_t micros = 0;

	for (size_t i = 0; i < 6; i++)
		micros = micros * 10 + (i < time->fraction.len ? time->fraction.data[i] - '0' : 0);
	return time->seconds * 1000000 + micros;
}

void rule_time_write(const struct rule_time *time, struct weir_buf *text)
{
	char whole[25];

	weir_time_format(time->seconds * 1000000, whole);
	weir_buf_add(text, whole, DATE_AND_TIME);
	if (time->fraction.len) {
		weir_buf_putc(text, '.');
		weir_buf_add(text, time->fraction.data, time->fraction.len);
	}
	weir_buf_putc(text, 'Z');
}

const char *rule_time_precision(const struct rule_time *time)
{
	if (time->fraction.len == 0)
		return "SECOND";
	if (time->fraction.len <= 3)
		return "MILLISECOND";
	return time->fraction.len <= 6 ? "MICROSECOND" : "NANOSECOND";
}
