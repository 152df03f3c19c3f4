/* batch_source.c - struct weir_batch as a source fills it.
 *
 * Lives here: the page, its position and origin. Not here: handing it over (driver.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "batch.h"

void weir_batch_page(struct weir_batch *out, enum weir_page_format format, char *data,
                     size_t len)
{
	page_adopt(out->page, format, data, len);
	out->len = 0;
}

enum weir_status weir_batch_parse(struct weir_batch *out, struct weir_error *err)
{
	if (page_parse(out->page, out->limits, PAGE_STRICT, err)) {
		out->len = out->page->event_count;
		return WEIR_OK;
	}
	page_adopt(out->page, out->page->format, NULL, 0);
	return err->code == WEIR_E_RESOURCE ? WEIR_RETRY : WEIR_FAIL;
}

enum weir_status weir_batch_salvage(struct weir_batch *out, struct weir_error *err)
{
	if (page_salvage(out->page, out->limits, err)) {
		out->len = out->page->event_count;
		return WEIR_OK;
	}
	page_adopt(out->page, out->page->format, NULL, 0);
	return WEIR_FAIL;
}

void weir_batch_position(struct weir_batch *out, const char *position)
{
	weir_free(out->page->position);
	out->page->position = weir_strdup(position);
}

void weir_batch_origin(struct weir_batch *out, const char *origin)
{
	weir_free(out->page->origin);
	out->page->origin = weir_strdup(origin);
}
