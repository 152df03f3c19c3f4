/* test_parts.c - core/parts.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "budget.h"
#include "parts.h"

static const struct json_limits limits = { 16 << 20, 64 };

enum { EVENTS = 1000, EVENT_LEN = 1000 };

/* EVENTS objects {"n":0,"text":"xxx..."} of that length each. */
static struct page *page_of_events(enum weir_page_format format, size_t event_len)
{
	bool array = format == WEIR_PAGE_ARRAY;
	struct weir_buf text = { 0 };
	struct page *page = page_create();

	for (int i = 0; i < EVENTS; i++) {
		size_t end = text.len + event_len - 3;

		weir_buf_printf(&text, "%c{\"n\":%d,\"text\":\"", !array ? ' ' : i ? ',' : '[', i);
		while (text.len < end)
			weir_buf_putc(&text, 'x');
		weir_buf_add(&text, array ? "\"}" : "\"}\n", array ? 2 : 3);
	}
	if (array)
		weir_buf_putc(&text, ']');
	weir_buf_room(&text, WEIR_PAGE_PADDING);
	page->source_name = "acme";
	page->origin = weir_strdup("acme.okta.com");
	page_adopt(page, format, text.data, text.len);
	return page;
}

/* Its parts are parsed, say how many events they have together, and are let go. */
static size_t take_apart(struct parts *parts)
{
	size_t events = 0, count = 0;

	for (struct page *part = parts->first, *next; part; part = next) {
		struct weir_error err;

		next = part->next;
		assert_true(page_parse(part, &limits, PAGE_STRICT, &err));
		assert_string_equal(part->source_name, "acme");
		assert_string_equal(part->origin, "acme.okta.com");
		for (size_t i = 0; i < part->event_count; i++) {
			int64_t n;

			assert_true(weir_value_int(weir_value_get(part->events[i].value, "n"), &n));
			assert_int_equal(n, events + i);
		}
		events += part->event_count;
		assert_ptr_equal(parts->last, next ? parts->last : part);
		page_unref(part);
		count++;
	}
	assert_int_equal(count, parts->count);
	return events;
}

static void lines_are_cut_where_they_end(void **state)
{
	struct page *page = page_of_events(WEIR_PAGE_LINES, EVENT_LEN);
	const char *data = page->data, *end = data + page->len;
	struct parts parts;

	(void)state;
	parts = parts_of(page, &limits);
	assert_true(parts.count > 3 && parts.count < 6);
	for (const struct page *part = parts.first; part; part = part->next) {
		assert_ptr_equal(part->data, data);
		assert_true(part->len <= 257 * 1024);
		assert_int_equal(part->data[part->len - 1], '\n');
		assert_false(part->parsed);
		data += part->len;
	}
	assert_ptr_equal(data, end);
	assert_int_equal(take_apart(&parts), EVENTS);
}

static void a_very_long_line_stands_alone(void **state)
{
	struct page *page = page_of_events(WEIR_PAGE_LINES, EVENT_LEN);
	struct parts parts;
	struct page *part;

	(void)state;
	/* Lines 10 to 600 become one. */
	for (size_t line = 10; line < 600; line++)
		page->data[(line + 1) * EVENT_LEN - 1] = ' ';
	parts = parts_of(page, &limits);
	part = parts.first;
	assert_int_equal(part->len, 10 * EVENT_LEN);
	assert_int_equal(part->next->len, 591 * EVENT_LEN);
	assert_true(part->next->next->len < 300 * 1024);
	for (struct page *next; part; part = next) {
		next = part->next;
		page_unref(part);
	}
}

static void an_array_is_parsed_before_it_is_cut(void **state)
{
	struct parts parts = parts_of(page_of_events(WEIR_PAGE_ARRAY, EVENT_LEN), &limits);

	(void)state;
	assert_true(parts.count > 3 && parts.count < 6);
	assert_int_equal(take_apart(&parts), EVENTS);
}

static void what_was_noted_of_events_goes_with_them(void **state)
{
	struct page *page = page_of_events(WEIR_PAGE_ARRAY, EVENT_LEN);
	struct weir_error err;
	struct parts parts;
	size_t first = 0;

	(void)state;
	assert_true(page_parse(page, &limits, PAGE_KEEP_REFUSED, &err));
	page->ids = weir_arena_alloc(page->arena, EVENTS * sizeof *page->ids);
	for (size_t i = 0; i < EVENTS; i++)
		page->ids[i] = (struct weir_bytes){ page->events[i].source.data, 8 };
	page_set_repeated(page, 700);
	parts = parts_of(page, &limits);
	for (struct page *part = parts.first, *next; part; part = next) {
		next = part->next;
		for (size_t i = 0; i < part->event_count; i++) {
			assert_ptr_equal(page_id(part, i).data, part->events[i].source.data);
			assert_int_equal(page_is_repeated(part, i), first + i == 700);
		}
		first += part->event_count;
		page_unref(part);
	}
	assert_int_equal(first, EVENTS);
}

static void a_small_page_is_its_only_part(void **state)
{
	struct page *page = page_of_events(WEIR_PAGE_LINES, 100);
	struct parts parts = parts_of(page, &limits);

	(void)state;
	assert_int_equal(parts.count, 1);
	assert_ptr_equal(parts.first, page);
	assert_ptr_equal(parts.last, page);
	page_unref(page);
}

static void what_is_no_json_stays_whole(void **state)
{
	struct page *page = page_of_events(WEIR_PAGE_ARRAY, EVENT_LEN);
	struct parts parts;

	(void)state;
	page->data[page->len - 1] = '}';
	parts = parts_of(page, &limits);
	assert_int_equal(parts.count, 1);
	assert_non_null(page->events[0].error);
	page_unref(page);
}

static void no_room(void *arg)
{
	(void)arg;
}

static void parts_hold_the_charge_of_their_page_until_the_last_is_gone(void **state)
{
	struct budget budget = { .limit = 1, .room = no_room };
	struct page *page = page_of_events(WEIR_PAGE_LINES, EVENT_LEN);
	int64_t charged, left, text = (int64_t)page->len;
	struct parts parts;

	(void)state;
	page->budget = &budget;
	page_charge(page);
	charged = left = budget_used(&budget);
	parts = parts_of(page, &limits);
	assert_int_equal(budget_used(&budget), charged);
	for (struct page *part = parts.first, *next; part; part = next) {
		next = part->next;
		page_unref(part);
		assert_true(budget_used(&budget) < left);
		left = budget_used(&budget);
		assert_true(!next || left > text);
	}
	assert_int_equal(left, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_cut_where_they_end),
		cmocka_unit_test(a_very_long_line_stands_alone),
		cmocka_unit_test(an_array_is_parsed_before_it_is_cut),
		cmocka_unit_test(what_was_noted_of_events_goes_with_them),
		cmocka_unit_test(a_small_page_is_its_only_part),
		cmocka_unit_test(what_is_no_json_stays_whole),
		cmocka_unit_test(parts_hold_the_charge_of_their_page_until_the_last_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
