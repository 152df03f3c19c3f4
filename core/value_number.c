/* value_number.c - numbers, which are text until somebody computes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "value_form.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- printing --------------------------------------------------------------------------- */

size_t value_print_int(int64_t number, char *out)
{
	char digits[20], *p = digits + sizeof digits;
	uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	size_t len;

	do {
		*--p = (char)('0' + left % 10);
		left /= 10;
	} while (left);
	len = (size_t)(digits + sizeof digits - p);
	if (number < 0)
		*out = '-';
	memcpy(out + (number < 0), p, len);
	return len + (number < 0);
}

/* Below this, integral doubles are printed as integers; they are exact. */
#define INTEGRAL_MAX 1e15

size_t value_print_double(double number, char *out)
{
	int len = 0;

	if (number == rint(number) && fabs(number) < INTEGRAL_MAX) {
		if (number == 0 && signbit(number)) {
			memcpy(out, "-0", 2);
			return 2;
		}
		return value_print_int((int64_t)number, out);
	}
	/* What has at most 15 digits is found by the first; below the normal range fewer do. */
	for (int digits = fabs(number) < DBL_MIN ? 1 : 15; digits <= 17; digits++) {
		len = snprintf(out, VALUE_NUMBER_MAX, "%.*g", digits, number);
		if (strtod(out, NULL) == number)
			break;
	}
	return (size_t)len;
}

struct weir_bytes value_number_text(struct weir_value v, char scratch[VALUE_NUMBER_MAX])
{
	struct weir_bytes text = { scratch, 0 };

	if (value_has_token(v))
		return value_token(v);
	if (v.form == FORM_INT)
		text.len = value_print_int(*(const int64_t *)v.base, scratch);
	else
		text.len = value_print_double(*(const double *)v.base, scratch);
	return text;
}

/* ---- reading ------------------------------------------------------------------------------ */

static bool parse_int(struct weir_bytes text, int64_t *number)
{
	const char *p = text.data, *end = p + text.len;
	bool negative = *p == '-';
	uint64_t value = 0, limit = (uint64_t)INT64_MAX + negative;

	for (p += negative; p < end; p++) {
		unsigned digit = (unsigned)(*p - '0');

		if (digit > 9 || value > (limit - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*number = negative ? (int64_t)(0 - value) : (int64_t)value;
	return true;
}

bool weir_value_int(struct weir_value v, int64_t *number)
{
	char scratch[VALUE_NUMBER_MAX];

	if (v.kind != WEIR_NUMBER)
		return false;
	v = value_bare(v);
	if (v.form == FORM_INT) {
		*number = *(const int64_t *)v.base;
		return true;
	}
	return parse_int(value_number_text(v, scratch), number);
}

/* A few digits and a point, like most fractions are: two whole numbers that a double holds
 * exactly, so that their quotient is rounded once, as it should. */
static bool parse_short(struct weir_bytes text, double *number)
{
	static const double tens[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
		                       1e12, 1e13, 1e14, 1e15 };
	bool negative = *text.data == '-', point = false;
	int64_t whole = 0;
	size_t behind = 0;

	if (text.len > WEIR_COUNT(tens) || FLT_EVAL_METHOD != 0)
		return false;
	for (size_t i = negative; i < text.len; i++) {
		if (text.data[i] == '.') {
			point = true;
			continue;
		}
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		whole = whole * 10 + (text.data[i] - '0');
		behind += point;
	}
	*number = (double)whole / tens[behind];
	if (negative)
		*number = -*number;
	return true;
}

/* The text need not be terminated, so it is copied. */
static bool parse_double(struct weir_bytes text, double *number)
{
	char small[128], *copy;

	if (parse_short(text, number))
		return true;
	copy = text.len < sizeof small ? small : weir_alloc(text.len + 1);
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	*number = strtod(copy, NULL);
	if (copy != small)
		weir_free(copy);
	return isfinite(*number);
}

bool weir_value_double(struct weir_value v, double *number)
{
	if (v.kind != WEIR_NUMBER)
		return false;
	v = value_bare(v);
	if (v.form == FORM_INT)
		*number = (double)*(const int64_t *)v.base;
	else if (v.form == FORM_DOUBLE)
		*number = *(const double *)v.base;
	else
		return parse_double(value_token(v), number);
	return true;
}

/* ---- equality ------------------------------------------------------------------------------- */

/* 0.d1d2d3... * 10^exponent, the digits without zeros at either end. */
struct decimal {
	bool negative;
	const char *p, *end; /* digits, and perhaps a point */
	int64_t exponent;
};

static int64_t exponent_of(const char *p, const char *end)
{
	const int64_t far = INT64_C(1) << 40; /* beyond what digits can make up for */
	bool negative = *p == '-';
	int64_t value = 0;

	if (*p == '-' || *p == '+')
		p++;
	for (; p < end && value < far; p++)
		value = value * 10 + (*p - '0');
	return negative ? -value : value;
}

static struct decimal decimal_of(struct weir_bytes text)
{
	const char *p = text.data, *end = p + text.len, *point = NULL, *stop = p;
	struct decimal d = { .negative = *p == '-' };

	p += d.negative;
	for (stop = p; stop < end && *stop != 'e' && *stop != 'E'; stop++) {
		if (*stop == '.')
			point = stop;
	}
	if (stop < end)
		d.exponent = exponent_of(stop + 1, end);
	d.exponent += (point ? point : stop) - p;
	for (; p < stop && (*p == '0' || *p == '.'); p++)
		d.exponent -= *p == '0';
	while (stop > p && (stop[-1] == '0' || stop[-1] == '.'))
		stop--;
	d.p = p;
	d.end = stop;
	if (p == stop) {
		d.negative = false;
		d.exponent = 0;
	}
	return d;
}

bool value_decimal_equal(struct weir_bytes a, struct weir_bytes b)
{
	struct decimal x = decimal_of(a), y = decimal_of(b);

	if (x.negative != y.negative || x.exponent != y.exponent)
		return false;
	for (;;) {
		x.p += x.p < x.end && *x.p == '.';
		y.p += y.p < y.end && *y.p == '.';
		if (x.p == x.end || y.p == y.end)
			return x.p == x.end && y.p == y.end;
		if (*x.p++ != *y.p++)
			return false;
	}
}
