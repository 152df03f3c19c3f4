/* pages.h - parsed pages for unit tests.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_PAGES_H
#define TESTS_PAGES_H

#include <string.h>

#include "page.h"
#include "view.h"

#define PAGES_HELPER __attribute__((unused)) static

PAGES_HELPER const struct json_limits pages_limits = { 1 << 20, 64 };

/* A page of that text, parsed; one reference. */
PAGES_HELPER struct page *page_of(enum weir_page_format format, const char *text)
{
	size_t len = strlen(text);
	char *data = weir_alloc(len + WEIR_PAGE_PADDING);
	struct page *page = page_create();
	struct weir_error err = { 0 };

	memcpy(data, text, len);
	page->source_name = "acme";
	page->source_stage = "sources.acme";
	page_adopt(page, format, data, len);
	page_parse(page, &pages_limits, PAGE_KEEP_REFUSED, &err);
	return page;
}

PAGES_HELPER struct page *page_of_lines(const char *text)
{
	return page_of(WEIR_PAGE_LINES, text);
}

#endif
