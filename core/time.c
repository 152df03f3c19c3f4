/* time.c - RFC 3339 times as text. Pure: the clock is clock.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <weir/util.h>

#include <string.h>

struct reader {
	const char *p, *end;
	bool ok;
};

/* Exactly so many digits. */
static int read_digits(struct reader *r, int count)
{
	int number = 0;

	for (; count > 0; count--) {
		if (r->p == r->end || *r->p < '0' || *r->p > '9') {
			r->ok = false;
			return 0;
		}
		number = 10 * number + (*r->p++ - '0');
	}
	return number;
}

static bool read_one_of(struct reader *r, char a, char b)
{
	if (r->p == r->end || (*r->p != a && *r->p != b))
		return false;
	r->p++;
	return true;
}

static void need(struct reader *r, char a, char b)
{
	if (!read_one_of(r, a, b))
		r->ok = false;
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return days[month - 1];
}

/* Days since 1970-01-01 of the Gregorian calendar, by counting years from March on. */
static int64_t days_since_1970(int year, int month, int day)
{
	int64_t y = (month > 2 ? year : year - 1) + 400; /* one cycle more: never negative */
	int64_t m = month > 2 ? month - 3 : month + 9;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468 - 146097;
}

static int64_t read_micros(struct reader *r)
{
	int64_t micros = 0, unit = 100000;
	int digits = 0;

	if (!read_one_of(r, '.', '.'))
		return 0;
	for (; r->p < r->end && *r->p >= '0' && *r->p <= '9'; r->p++, digits++) {
		micros += unit * (*r->p - '0');
		unit /= 10;
	}
	if (digits == 0 || digits > 9)
		r->ok = false;
	return micros;
}

/* Seconds east of UTC. */
static int read_zone(struct reader *r)
{
	int sign, hours, minutes;

	if (read_one_of(r, 'Z', 'z'))
		return 0;
	sign = r->p < r->end && *r->p == '-' ? -1 : 1;
	need(r, '+', '-');
	hours = read_digits(r, 2);
	need(r, ':', ':');
	minutes = read_digits(r, 2);
	if (hours > 23 || minutes > 59)
		r->ok = false;
	return sign * (3600 * hours + 60 * minutes);
}

bool weir_time_parse(struct weir_bytes text, int64_t *micros)
{
	struct reader r = { text.data, text.data + text.len, true };
	int year, month, day, hour, minute, second, zone;
	int64_t fraction;

	year = read_digits(&r, 4);
	need(&r, '-', '-');
	month = read_digits(&r, 2);
	need(&r, '-', '-');
	day = read_digits(&r, 2);
	if (!read_one_of(&r, 'T', 't'))
		need(&r, ' ', ' ');
	hour = read_digits(&r, 2);
	need(&r, ':', ':');
	minute = read_digits(&r, 2);
	need(&r, ':', ':');
	second = read_digits(&r, 2);
	fraction = read_micros(&r);
	zone = read_zone(&r);
	if (!r.ok || r.p != r.end || month < 1 || month > 12 || day < 1
	    || day > days_in(year, month) || hour > 23 || minute > 59 || second > 60)
		return false;
	*micros = (days_since_1970(year, month, day) * 86400 + 3600 * hour + 60 * minute + second
	           - zone) * 1000000 + fraction;
	return true;
}

/* The inverse of days_since_1970. */
static void date_of(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t of_era = z - era * 146097;
	int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
	int64_t m = (5 * of_year + 2) / 153;

	*day = (int)(of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = years + era * 400 + (*month <= 2);
}

static void put(char *text, int digits, int64_t number)
{
	while (digits-- > 0) {
		text[digits] = (char)('0' + number % 10);
		number /= 10;
	}
}

void weir_time_format(int64_t micros, char text[25])
{
	const int64_t first = -62167219200000000, last = 253402300799999999; /* years 0 to 9999 */
	int64_t year, ms;
	int month, day;

	micros = micros < first ? first : micros > last ? last : micros;
	ms = (micros - first) / 1000;
	date_of(ms / 86400000 + first / 86400000000, &year, &month, &day);
	memcpy(text, "0000-00-00T00:00:00.000Z", 25);
	put(text, 4, year);
	put(text + 5, 2, month);
	put(text + 8, 2, day);
	put(text + 11, 2, ms / 3600000 % 24);
	put(text + 14, 2, ms / 60000 % 60);
	put(text + 17, 2, ms / 1000 % 60);
	put(text + 20, 3, ms % 1000);
}
